/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wire/envelope.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Facts of the bytes: what kind of letter this is, looked at with GMime while it
 * streams by, in memory that does not grow with the message. Never rewrites.
 */

/* Kinds that are never converted (design 4.4), and what already protects a letter. */
typedef enum
{
  LL_KIND_ORDINARY,
  LL_KIND_CALENDAR, /* text/calendar with a method */
  LL_KIND_REPORT,   /* multipart/report, MDN, DSN */
  LL_KIND_AUTO,     /* Auto-Submitted, Precedence bulk/junk */
  LL_KIND_LIST,     /* List-Id, List-Post... */
  LL_KIND_SETUP,    /* takes the sender's own key to another device of his (Autocrypt 1.1 4.4) */
} LlKind;

typedef enum
{
  LL_PROTECTION_NONE,
  LL_PROTECTION_PGP_MIME,
  LL_PROTECTION_SMIME,
  LL_PROTECTION_PGP_INLINE,
} LlProtection;

/* A stretch of the original bytes to leave out (or to put other bytes in its place). */
typedef struct
{
  guint64 offset;
  guint64 length;
  char *replacement; /* "" to remove */
  const char *what;  /* (not owned) for show: "Bcc header removed", "subject tag removed"... */
} LlEdit;

typedef struct
{
  guint64 header_length; /* octets up to and including the blank line */
  guint64 size;
  gboolean has_8bit; /* any octet >= 0x80 */
  gboolean header_8bit;
  gboolean cut_found; /* there is a blank line */
  LlKind kind;
  LlProtection protection;
  GStrv sealed_for; /* the keys that it is locked for (message/sealed.h); NULL: none is named */
  gboolean sealed_whole; /* ... and for nobody else */
  gboolean is_signed;    /* by the mail program; then we do not sign it again */
  gboolean is_text;      /* every part of it: nothing in it is compressed already */
  guint parts;
  char *message_id; /* without <>, or NULL */
  char *subject;    /* decoded, at most 200 characters, tag removed; or NULL */
  char *from;       /* mailbox of From, or NULL */
  GStrv visible;    /* mailboxes in To and Cc, domain lower case */
  GStrv tags;       /* subject tags at the very start, lower case without brackets, known ones */
  char *mode;       /* Letterlock-Mode: value, or NULL */
  gboolean tls_required_no;    /* TLS-Required: No */
  gboolean tls_required_twice; /* more than one of them, which RFC 8689 3 forbids; not kept */
  gboolean reply;              /* In-Reply-To or References is there */
  GStrv references;            /* ids in In-Reply-To and References, without <>, at most 50 */
  GPtrArray *edits; /* of LlEdit, ascending: what leaves for the provider differs there */
} LlMessageFacts;

/* Looks while the letter comes in, in pieces of any size. Malformed mail is normal: every field has
 * a safe default. */
typedef struct _LlInspection LlInspection;

LlInspection *ll_inspection_new (void);
void ll_inspection_free (LlInspection *inspection);
void ll_inspection_feed (LlInspection *inspection, const char *bytes, gsize length);

/* All has come: once. @tags: the configured subject tags. NULL only for what no letter can be
 * (LL_MESSAGE_ERROR_TOO_LARGE). (transfer full) */
LlMessageFacts *
ll_inspection_finish (LlInspection *inspection, const char *const *tags, GError **error);

/* The same for a letter that is there. (transfer full) */
LlMessageFacts *
ll_message_inspect (const char *bytes, gsize length, const char *const *tags, GError **error);
void ll_message_facts_free (LlMessageFacts *facts);

/* Whether @recipient is in the envelope but in no header (Bcc, alias or list). */
gboolean ll_message_is_blind (const LlMessageFacts *facts, const LlRecipient *recipient);

GVariant *ll_message_facts_to_variant (const LlMessageFacts *facts);
LlMessageFacts *ll_message_facts_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlInspection, ll_inspection_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlMessageFacts, ll_message_facts_free)

G_END_DECLS
