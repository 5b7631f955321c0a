/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/parse.h"

G_BEGIN_DECLS

/*
 * The few stretches of a letter that leave differently from how they came (promise 5): a removed
 * tag, Bcc. Applied while the letter streams by, so that it is never whole in memory and never
 * rewritten on disk.
 *
 * Pure: bytes in, bytes out.
 */

typedef struct _LlEdits LlEdits;

/* @edits: of LlEdit, ascending, not overlapping (else LL_MESSAGE_ERROR_MALFORMED); NULL: none.
 * Not owned: must outlive the result. */
LlEdits *ll_edits_new (const GPtrArray *edits, GError **error);
void ll_edits_free (LlEdits *edits);

/* Takes the next bytes of the letter, appends to @out what leaves. An empty letter is pushed, too:
 * something may be put in. */
void ll_edits_push (LlEdits *edits, const char *bytes, gsize length, GString *out);

/* How long the letter is that leaves, when @size octets came. */
guint64 ll_edits_size (const LlEdits *edits, guint64 size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlEdits, ll_edits_free)

G_END_DECLS
