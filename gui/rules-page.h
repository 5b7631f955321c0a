/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The rules in their order, and what would happen now to a letter to somebody. */
#define LL_TYPE_RULES_PAGE (ll_rules_page_get_type ())
G_DECLARE_FINAL_TYPE (LlRulesPage, ll_rules_page, LL, RULES_PAGE, AdwBin)

GtkWidget *ll_rules_page_new (LlDaemon *daemon);

G_END_DECLS
