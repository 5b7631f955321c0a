/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * The few settings that many want to change; letterlock.conf(5) has all. Each counts at once. What
 * an administrator has fixed is shown, and cannot be changed.
 */
#define LL_TYPE_PREFERENCES_WINDOW (ll_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (
    LlPreferencesWindow, ll_preferences_window, LL, PREFERENCES_WINDOW, AdwPreferencesWindow)

GtkWindow *ll_preferences_window_new (GtkWindow *parent, LlDaemon *daemon);

G_END_DECLS
