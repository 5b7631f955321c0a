/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The window: pages at the side, what the chosen one shows, and above it what is wrong with the
 * whole (no daemon, no network, a locked keyring, paused). */
#define LL_TYPE_WINDOW (ll_window_get_type ())
G_DECLARE_FINAL_TYPE (LlWindow, ll_window, LL, WINDOW, AdwApplicationWindow)

GtkWindow *ll_window_new (AdwApplication *app, LlDaemon *daemon);

/* @name: letters, held, check, people, rules, accounts or overview. */
void ll_window_show_page (LlWindow *window, const char *name);

void ll_window_open_letter (LlWindow *window, const char *id);

G_END_DECLS
