/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * One letter, whole: what there is to decide, its recipients, its timeline. It follows what the
 * daemon tells.
 *
 * Signal "back": the user wants the list again.
 */
#define LL_TYPE_LETTER_PAGE (ll_letter_page_get_type ())
G_DECLARE_FINAL_TYPE (LlLetterPage, ll_letter_page, LL, LETTER_PAGE, AdwBin)

GtkWidget *ll_letter_page_new (LlDaemon *daemon);
/* @id: whole, or a unique prefix. */
void ll_letter_page_open (LlLetterPage *page, const char *id);

G_END_DECLS
