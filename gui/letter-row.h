/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "gui/letter.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* One letter in a list: to whom, how it went, when. Made once, bound to one letter after the other.
 */
#define LL_TYPE_LETTER_ROW (ll_letter_row_get_type ())
G_DECLARE_FINAL_TYPE (LlLetterRow, ll_letter_row, LL, LETTER_ROW, AdwBin)

GtkWidget *ll_letter_row_new (void);

/* Shows @letter and follows it; NULL: none any more. */
void ll_letter_row_bind (LlLetterRow *row, LlLetter *letter);

G_END_DECLS
