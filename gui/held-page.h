/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Letters that wait for the user's word, those alike together. */
#define LL_TYPE_HELD_PAGE (ll_held_page_get_type ())
G_DECLARE_FINAL_TYPE (LlHeldPage, ll_held_page, LL, HELD_PAGE, AdwBin)

GtkWidget *ll_held_page_new (LlDaemon *daemon);

G_END_DECLS
