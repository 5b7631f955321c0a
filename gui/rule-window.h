/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * A new rule: for whom, and what is done. Before it is added it can be tried: what would happen to
 * a letter if it stood there. The first rule wins, so it comes before the user's others.
 */
#define LL_TYPE_RULE_WINDOW (ll_rule_window_get_type ())
G_DECLARE_FINAL_TYPE (LlRuleWindow, ll_rule_window, LL, RULE_WINDOW, AdwWindow)

GtkWindow *ll_rule_window_new (GtkWindow *parent, LlDaemon *daemon);

G_END_DECLS
