/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One notification of the desktop (the Desktop Notifications Specification of freedesktop.org). */

#define LL_NOTIFICATION_NAME "org.freedesktop.Notifications"
#define LL_NOTIFICATION_PATH "/org/freedesktop/Notifications"

typedef struct
{
  guint replaces; /* the number of what it stands in place of, 0: nothing */
  const char *summary;
  const char *body;  /* plain text */
  GVariant *actions; /* as; floating; NULL: none */
  gboolean urgent;   /* it stays until the user acts */
} LlNotification;

/* @done may be NULL. */
void ll_notification_show (GDBusConnection *bus,
                           const LlNotification *notification,
                           GCancellable *cancellable,
                           GAsyncReadyCallback done,
                           gpointer data);

/* Its number, for @done; 0: there is none. */
guint ll_notification_show_finish (GObject *source, GAsyncResult *result, GError **error);

/* Nothing for 0. */
void ll_notification_close (GDBusConnection *bus, guint number);

/* What was asked for in a notification did not work. */
void ll_notification_complain (GDBusConnection *bus, const GError *error);

G_END_DECLS
