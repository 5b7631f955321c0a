/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "gui/trial.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What happens to a letter whose way is open: locked or asked about, if there is anything to lock
 * with, or sent. */
#define LL_TYPE_OPEN_WAY_PAGE (ll_open_way_page_get_type ())
G_DECLARE_FINAL_TYPE (LlOpenWayPage, ll_open_way_page, LL, OPEN_WAY_PAGE, AdwBin)

/* What was tried, and the choice that it allows. */
void ll_open_way_page_show (LlOpenWayPage *page, const LlTrial *trial);

/* Careful, else everyday. */
gboolean ll_open_way_page_is_careful (LlOpenWayPage *page);

G_END_DECLS
