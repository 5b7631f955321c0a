/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/desktop.h"

#include "api/client.h"
#include "api/prerequisite.h"

#define WATCHER "org.kde.StatusNotifierWatcher"

/* Who is told of letters at logout (tray/logout.c, tray/farewell.c). */
#define SESSION "org.gnome.SessionManager"
#define XSMP_SESSION "SESSION_MANAGER"

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

static gboolean
has_session (GDBusConnection *bus)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus", "NameHasOwner",
                                     g_variant_new ("(s)", SESSION), G_VARIANT_TYPE ("(b)"),
                                     G_DBUS_CALL_FLAGS_NONE, PATIENCE, NULL, NULL);
  gboolean owned = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &owned);
  return owned;
}

static void
add_icon (GVariantBuilder *lines, gboolean host)
{
  if (host)
    ll_prerequisite_add (lines, "icon", LL_PREREQUISITE_THERE, "This desktop shows status icons.",
                         NULL);
  else
    ll_prerequisite_add (lines, "icon", LL_PREREQUISITE_THERE,
                         "This desktop shows no status icons: the window and the notifications "
                         "carry everything.",
                         "None needed. For the icon: on GNOME, install "
                         "gnome-shell-extension-appindicator, log in again and switch it on in "
                         "Extensions; elsewhere, add the system tray to a panel.");
}

static void
add_logout (GVariantBuilder *lines, gboolean session)
{
  if (session)
    ll_prerequisite_add (lines, "logout", LL_PREREQUISITE_THERE,
                         "This desktop can say at logout that letters are not sent yet: the icon "
                         "tells it.",
                         NULL);
  else
    ll_prerequisite_add (lines, "logout", LL_PREREQUISITE_THERE,
                         "This desktop does not ask its programs before a logout (GNOME, KDE, "
                         "Xfce, Cinnamon, Budgie, MATE and LXQt do): it does not say that letters "
                         "are not sent yet, and they wait for the next login.",
                         "None needed; letterlock queue shows them.");
}

GVariant *
ll_desktop_check (void)
{
  g_auto (GVariantBuilder) lines = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GDBusConnection) bus = NULL;

  if (g_getenv ("DISPLAY") != NULL || g_getenv ("WAYLAND_DISPLAY") != NULL)
    bus = ll_bus_session (NULL);
  if (bus != NULL)
    {
      add_icon (&lines, has_host (bus));
      add_logout (&lines, g_getenv (XSMP_SESSION) != NULL || has_session (bus));
      g_dbus_connection_close_sync (bus, NULL, NULL);
    }
  return g_variant_ref_sink (g_variant_builder_end (&lines));
}
