/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/icon.h"

#include "api/client.h"

#define WATCHER "org.kde.StatusNotifierWatcher"

/* A desktop that hangs is not waited for (milliseconds). */
#define PATIENCE 3000

/* FALSE also where nobody answers. */
static gboolean
has_host (GDBusConnection *bus)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (bus, WATCHER, "/StatusNotifierWatcher",
                                     "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", WATCHER,
                                                    "IsStatusNotifierHostRegistered"),
                                     G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                     PATIENCE, NULL, NULL);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(v)", &value);
  return g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value);
}

GVariant *
ll_icon_check (void)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GDBusConnection) bus = NULL;
  gboolean host;

  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL)
    return NULL;
  bus = ll_bus_session (NULL);
  if (bus == NULL)
    return NULL;
  host = has_host (bus);
  g_dbus_connection_close_sync (bus, NULL, NULL);
  g_variant_dict_insert (&dict, "check", "s", "icon");
  g_variant_dict_insert (&dict, "ok", "b", TRUE);
  g_variant_dict_insert (&dict, "reason", "s",
                         host ? "This desktop shows status icons."
                              : "This desktop shows no status icons: the window and the "
                                "notifications carry everything.");
  if (!host)
    g_variant_dict_insert (&dict, "remedy", "s",
                           "None needed. For the icon: on GNOME, install "
                           "gnome-shell-extension-appindicator, log in again and switch it on in "
                           "Extensions; elsewhere, add the system tray to a panel.");
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
