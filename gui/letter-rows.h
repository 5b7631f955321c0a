/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "gui/letter.h"

G_BEGIN_DECLS

/*
 * Letters by their ids: those that somebody holds, and some that were looked at a moment ago. Only
 * for one thread.
 */
typedef struct _LlLetterRows LlLetterRows;

LlLetterRows *ll_letter_rows_new (void);
void ll_letter_rows_free (LlLetterRows *rows);
void ll_letter_rows_clear (LlLetterRows *rows);

/* NULL: nobody holds it. (transfer none) */
LlLetter *ll_letter_rows_find (LlLetterRows *rows, const char *id);
/* The same; one that is not there is made, and not read yet. (transfer full) */
LlLetter *ll_letter_rows_get (LlLetterRows *rows, const char *id);
/* What @letter, as of ListLetters, says: for the one who holds it, and for who comes back. */
void ll_letter_rows_take (LlLetterRows *rows, GVariant *letter);

G_END_DECLS
