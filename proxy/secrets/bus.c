/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/libsecret.h"

#include "secrets/wait.h"

#define DEADLINE 5000

#define BUS_CALL(name)                                                                             \
  "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", (name)
#define SERVICE_NAME "org.freedesktop.secrets"

char *
ll_bus_address (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *socket = NULL;

  if (address != NULL && *address)
    return g_str_has_prefix (address, "autolaunch:") ? NULL : g_strdup (address);
  if (runtime == NULL)
    return NULL;
  socket = g_build_filename (runtime, "bus", NULL);
  return g_file_test (socket, G_FILE_TEST_EXISTS) ? g_strconcat ("unix:path=", socket, NULL) : NULL;
}

static gboolean
service_can_start (GDBusConnection *bus, GCancellable *cancellable)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (bus, BUS_CALL ("ListActivatableNames"), NULL,
                                     G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, DEADLINE,
                                     cancellable, NULL);
  g_autoptr (GVariant) started = NULL;
  g_autofree const char **names = NULL;

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(^a&s)", &names);
  if (!g_strv_contains (names, SERVICE_NAME))
    return FALSE;
  started = g_dbus_connection_call_sync (bus, BUS_CALL ("StartServiceByName"),
                                         g_variant_new ("(su)", SERVICE_NAME, 0), NULL,
                                         G_DBUS_CALL_FLAGS_NONE, DEADLINE, cancellable, NULL);
  return started != NULL;
}

gboolean
ll_secret_service_is_there (gboolean start)
{
  g_autofree char *address = ll_bus_address ();
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  gboolean there = FALSE;
  LlWait wait;

  if (address == NULL)
    return FALSE;
  ll_wait_begin (&wait, DEADLINE, NULL);
  bus = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, wait.cancellable, NULL);
  if (bus != NULL)
    reply
        = g_dbus_connection_call_sync (bus, BUS_CALL ("NameHasOwner"),
                                       g_variant_new ("(s)", SERVICE_NAME), G_VARIANT_TYPE ("(b)"),
                                       G_DBUS_CALL_FLAGS_NONE, DEADLINE, wait.cancellable, NULL);
  if (reply != NULL)
    g_variant_get (reply, "(b)", &there);
  if (reply != NULL && !there && start)
    there = service_can_start (bus, wait.cancellable);
  ll_wait_end (&wait);
  if (bus != NULL)
    g_dbus_connection_close_sync (bus, NULL, NULL);
  return there;
}
