/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Whether the screen is locked, as the desktop's own screen saver says: that of KDE, GNOME,
 * Cinnamon, MATE or Xfce. Without one it is not.
 *
 * Main thread.
 */
typedef struct _LlScreen LlScreen;

typedef void (*LlScreenChanged) (gboolean locked, gpointer data);

/* @changed: also soon after this, where it is locked already. */
LlScreen *ll_screen_new (GDBusConnection *bus, LlScreenChanged changed, gpointer data);
void ll_screen_free (LlScreen *screen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlScreen, ll_screen_free)

G_END_DECLS
