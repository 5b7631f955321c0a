/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The desktop's keyring is opened: its own prompt asks for the password, which passes through no
 * program of ours. For the window and the icon, after the user asked for it; the daemon never
 * raises a prompt.
 */

/* Comes back when the keyring is open, or when its prompt is on the screen: what is typed there is
 * between the two of them. */
void ll_unlock_keyring (GDBusConnection *session, GAsyncReadyCallback callback, gpointer data);

gboolean ll_unlock_keyring_finish (GAsyncResult *result, GError **error);

G_END_DECLS
