/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Names, addresses and others' words in sentences that are written from right to left: without
 * marks, one that a sentence begins with turns all of it round, and one that begins with a number
 * falls apart. (Unicode Standard Annex 9, 2.4 and 2.6.)
 *
 * In a language that is written from left to right nothing changes.
 */

/* @text, which begins at the right whatever it begins with. One line. (transfer full) */
char *ll_bidi_line (const char *text);

/* @text, which has its own direction and gives it to nothing around it. (transfer full) */
char *ll_bidi_isolate (const char *text);

G_END_DECLS
