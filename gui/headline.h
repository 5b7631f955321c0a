/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What is so, in a word, with its icon, and the sentence that says why. */
#define LL_TYPE_HEADLINE (ll_headline_get_type ())
G_DECLARE_FINAL_TYPE (LlHeadline, ll_headline, LL, HEADLINE, AdwBin)

/* @icon, @style: of gui/look.h. @what begins as a heading whatever it begins with. */
void ll_headline_show (
    LlHeadline *headline, const char *icon, const char *style, const char *what, const char *why);

G_END_DECLS
