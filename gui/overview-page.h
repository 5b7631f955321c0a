/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* How the mail of the last 30 days went, as a chart and in numbers. */
#define LL_TYPE_OVERVIEW_PAGE (ll_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (LlOverviewPage, ll_overview_page, LL, OVERVIEW_PAGE, AdwBin)

GtkWidget *ll_overview_page_new (LlDaemon *daemon);

G_END_DECLS
