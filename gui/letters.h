/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/* So many come at once: a few screens. */
#define LL_LETTERS_AT_ONCE 100

/*
 * The letters of the ledger, newest first, as a list model of LlLetter that asks for what a row
 * shows when somebody looks at it, and follows what the daemon tells. It never blocks, and keeps
 * what some screens show, however long the ledger is.
 *
 * Property "loading": it is not known yet which letters there are.
 */
#define LL_TYPE_LETTERS (ll_letters_get_type ())
G_DECLARE_FINAL_TYPE (LlLetters, ll_letters, LL, LETTERS, GObject)

LlLetters *ll_letters_new (LlDaemon *daemon);

/* Which letters: those with @text in an address (NULL or "": all) and in one of @states, names of
 * api/names.h (NULL: any). Starts anew. */
void ll_letters_set_filter (LlLetters *letters, const char *text, const char *const *states);

gboolean ll_letters_is_loading (LlLetters *letters);

G_END_DECLS
