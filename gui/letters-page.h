/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* All letters, with search and a filter; one of them opened beside or over the list. */
#define LL_TYPE_LETTERS_PAGE (ll_letters_page_get_type ())
G_DECLARE_FINAL_TYPE (LlLettersPage, ll_letters_page, LL, LETTERS_PAGE, AdwBin)

GtkWidget *ll_letters_page_new (LlDaemon *daemon);

/* Opens the letter @id (or a unique prefix of one). */
void ll_letters_page_open (LlLettersPage *page, const char *id);

G_END_DECLS
