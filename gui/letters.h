/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/*
 * The letters of the ledger, newest first, as a list model of LlLetter that asks for the next page
 * when somebody looks near its end, and follows what the daemon tells. It never blocks.
 *
 * Property "loading": a page is on its way.
 */
#define LL_TYPE_LETTERS (ll_letters_get_type ())
G_DECLARE_FINAL_TYPE (LlLetters, ll_letters, LL, LETTERS, GObject)

LlLetters *ll_letters_new (LlDaemon *daemon);

/* Which letters: those with @text in an address (NULL or "": all) and in one of @states, names of
 * api/names.h (NULL: any). Starts anew. */
void ll_letters_set_filter (LlLetters *letters, const char *text, const char *const *states);

gboolean ll_letters_is_loading (LlLetters *letters);

G_END_DECLS
