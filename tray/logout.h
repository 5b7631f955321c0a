/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Who logs out while letters are not sent yet is told so by his session (org.gnome.SessionManager,
 * which GNOME, Cinnamon, Budgie and MATE have), and can log out all the same. Where there is no
 * such session, nothing of this happens.
 *
 * Main thread.
 */
typedef struct _LlLogout LlLogout;

LlLogout *ll_logout_new (GDBusConnection *bus);
void ll_logout_free (LlLogout *logout);

/* @unsent: how many there are; 0: nothing holds the user back. */
void ll_logout_look (LlLogout *logout, gulong unsent);

/* Whether the session knows of letters, and says so. */
gboolean ll_logout_is_told (LlLogout *logout);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLogout, ll_logout_free)

G_END_DECLS
