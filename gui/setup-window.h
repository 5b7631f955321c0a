/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * Sets an account up: the provider and a sign-in there that was tried, what happens where the way
 * is open (letters are locked, where a key was found, or Everyday), and what the mail program
 * needs. It says what all that does not cover.
 */
#define LL_TYPE_SETUP_WINDOW (ll_setup_window_get_type ())
G_DECLARE_FINAL_TYPE (LlSetupWindow, ll_setup_window, LL, SETUP_WINDOW, AdwWindow)

GtkWindow *ll_setup_window_new (GtkWindow *parent, LlDaemon *daemon);

G_END_DECLS
