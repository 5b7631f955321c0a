/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * Leafs through a long list, so many rows at a time: a GtkListView of GTK 4.8 with more than 200
 * jumps back while it is scrolled (its issue 2971). Not to be seen where one leaf holds all.
 *
 * Signal "turning": another leaf will be shown; the rows of this one are still in their places.
 */
#define LL_TYPE_LEAF_BAR (ll_leaf_bar_get_type ())
G_DECLARE_FINAL_TYPE (LlLeafBar, ll_leaf_bar, LL, LEAF_BAR, AdwBin)

/* The leaf of @all that is shown. (transfer none) */
GListModel *ll_leaf_bar_open (LlLeafBar *bar, GListModel *all);

G_END_DECLS
