/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Tags at the very start of a subject ("[encrypt] Results"), also inside encoded words
 * (RFC 2047), never after "Re:" or any other word; and what bytes to change so that
 * they are gone and all others stay as they are.
 *
 * Pure. Works on the field's value as it stands in the header, folds included.
 */

typedef struct
{
  gsize offset; /* in the value */
  gsize length; /* 0: no tag */
  char *replacement;
} LlTagCut;

void ll_tag_cut_clear (LlTagCut *cut);

/* Appends the tags found, lower case without brackets, to @found. @tags are the known ones,
 * without brackets. */
void ll_subject_find_tags (
    const char *value, gsize length, const char *const *tags, GPtrArray *found, LlTagCut *cut);

/* The subject for people: decoded, without control characters, at most @max characters; @cut may
 * be NULL. NULL when nothing is left. (transfer full) */
char *ll_subject_text (const char *value, gsize length, const LlTagCut *cut, glong max);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlTagCut, ll_tag_cut_clear)

G_END_DECLS
