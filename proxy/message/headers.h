/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/intl.h"
#include "message/parse.h"

G_BEGIN_DECLS

/*
 * Where the fields of a header begin and end, to the byte, while it streams by.
 * Says nothing about what stands in them; keeps the values that later look-ups ask
 * for, LL_HEADER_MAX octets of them at most.
 *
 * RFC 5322 2.2 and 3.6.8; kinder in what counts as a field ("Bcc :" does), because
 * what the recipient's program may show as Bcc must be found here. A line that is no
 * field does not end the header: only the blank line does, for the same reason.
 */

typedef struct
{
  const char *name;     /* (not owned) lower case */
  guint64 value_offset; /* of the octet after the colon */
  GString *value;       /* as it stands there, folds and last newline included */
} LlField;

/* Longer than any field name there is. */
#define LL_FIELD_NAME_MAX 76

/* The length of the field name that @bytes begin with, blanks before the colon not counted; -1:
 * they begin with no field. */
gssize ll_field_name_length (const char *bytes, gsize length);

typedef struct _LlHeaders LlHeaders;

LlHeaders *ll_headers_new (void);
void ll_headers_free (LlHeaders *headers);

/* Whether a message that begins like this has a header at all: its first line is blank, a
 * field, or an mbox "From " line, or a line before the first blank one is a well-known field. */
gboolean ll_headers_are_there (const char *bytes, gsize length);

/* Returns how many octets belong to the header; fewer than @length once it has ended. */
gsize ll_headers_feed (LlHeaders *headers, const char *bytes, gsize length);

/* The message ended inside its header. */
void ll_headers_finish (LlHeaders *headers);

gboolean ll_headers_ended (const LlHeaders *headers);
guint64 ll_headers_length (const LlHeaders *headers);
gboolean ll_headers_have_8bit (const LlHeaders *headers);

/* More fields to be removed than any letter has: the message cannot be sent on safely. */
gboolean ll_headers_are_absurd (const LlHeaders *headers);

/* The @n-th field of that name, counted from 0, or NULL. (transfer none) */
const LlField *ll_headers_field (const LlHeaders *headers, const char *name, guint n);

/* Its value without folds, trimmed; NULL when there is none. (transfer full) */
char *ll_headers_text (const LlHeaders *headers, const char *name);

/* Whether any field's name begins with @prefix. */
gboolean ll_headers_have_prefix (const LlHeaders *headers, const char *prefix);

/* Fields that never leave (Bcc, Resent-Bcc, Letterlock-Mode), ascending. (transfer full) */
GPtrArray *ll_headers_take_removals (LlHeaders *headers);

LlEdit *ll_edit_new (guint64 offset, guint64 length, const char *replacement, const char *what);
void ll_edit_free (LlEdit *edit);

/* The words for `show`, from one table: facts that were written to disk point back into it. */
const char *ll_edit_what (const char *what);
#define LL_EDIT_BCC N_ ("Bcc header removed")
#define LL_EDIT_RESENT_BCC N_ ("Resent-Bcc header removed")
#define LL_EDIT_MODE N_ ("Letterlock-Mode header removed")
#define LL_EDIT_TAG N_ ("subject tag removed")
#define LL_EDIT_TRACE N_ ("Received header added")

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlHeaders, ll_headers_free)

G_END_DECLS
