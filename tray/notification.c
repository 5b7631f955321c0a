/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/notification.h"

#include "api/intl.h"

#define ICON "org.letterlock.Letterlock"

static GVariant *
hints_of (const LlNotification *notification)
{
  GVariantBuilder hints = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&hints, "{sv}", "urgency",
                         g_variant_new_byte (notification->urgent ? 2 : 1));
  g_variant_builder_add (&hints, "{sv}", "category", g_variant_new_string ("email"));
  g_variant_builder_add (&hints, "{sv}", "desktop-entry", g_variant_new_string (ICON));
  return g_variant_builder_end (&hints);
}

void
ll_notification_show (GDBusConnection *bus,
                      const LlNotification *notification,
                      GCancellable *cancellable,
                      GAsyncReadyCallback done,
                      gpointer data)
{
  g_autofree char *escaped = g_markup_escape_text (notification->body, -1);
  GVariant *actions
      = notification->actions != NULL ? notification->actions : g_variant_new_strv (NULL, 0);

  g_dbus_connection_call (bus, LL_NOTIFICATION_NAME, LL_NOTIFICATION_PATH, LL_NOTIFICATION_NAME,
                          "Notify",
                          g_variant_new ("(susss@as@a{sv}i)", "Letterlock", notification->replaces,
                                         ICON, notification->summary, escaped, actions,
                                         hints_of (notification), -1),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, done,
                          data);
}

guint
ll_notification_show_finish (GObject *source, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, error);
  guint number = 0;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &number);
  return number;
}

void
ll_notification_close (GDBusConnection *bus, guint number)
{
  if (number != 0)
    g_dbus_connection_call (bus, LL_NOTIFICATION_NAME, LL_NOTIFICATION_PATH, LL_NOTIFICATION_NAME,
                            "CloseNotification", g_variant_new ("(u)", number), NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

void
ll_notification_complain (GDBusConnection *bus, const GError *error)
{
  const LlNotification complaint = { .summary = _ ("That did not work"), .body = error->message };

  ll_notification_show (bus, &complaint, NULL, NULL, NULL);
}
