/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The accounts: through whom letters leave, what is known of each, and a test of it. */
#define LL_TYPE_ACCOUNTS_PAGE (ll_accounts_page_get_type ())
G_DECLARE_FINAL_TYPE (LlAccountsPage, ll_accounts_page, LL, ACCOUNTS_PAGE, AdwBin)

GtkWidget *ll_accounts_page_new (LlDaemon *daemon);

G_END_DECLS
