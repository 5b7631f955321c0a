/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Looks at the mail servers of a domain now, and shows what is seen while it is seen. */
#define LL_TYPE_CHECK_PAGE (ll_check_page_get_type ())
G_DECLARE_FINAL_TYPE (LlCheckPage, ll_check_page, LL, CHECK_PAGE, AdwBin)

GtkWidget *ll_check_page_new (LlDaemon *daemon);

G_END_DECLS
