/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/evolution-bus.h"

#include "base/error.h"
#include "base/limits.h"
#include "secrets/libsecret.h"

#include <string.h>

#define EVOLUTION "org.gnome.Evolution"
/* The number after it grows with the interface. */
#define REGISTRY "org.gnome.evolution.dataserver.Sources"
#define MANAGER "/org/gnome/evolution/dataserver/SourceManager"
#define SOURCE "org.gnome.evolution.dataserver.Source"

/* (transfer full), NULL: there is none */
static GDBusConnection *
open_bus (void)
{
  g_autofree char *address = ll_bus_address ();

  return address != NULL ? g_dbus_connection_new_for_address_sync (
             address,
             G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                 | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
             NULL, NULL, NULL)
                         : NULL;
}

/* The names on it. (transfer full), NULL: there is no bus */
static GStrv
names_on (GDBusConnection *bus)
{
  g_autoptr (GVariant) reply
      = bus != NULL ? g_dbus_connection_call_sync (bus, "org.freedesktop.DBus",
                                                   "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                                   "ListNames", NULL, G_VARIANT_TYPE ("(as)"),
                                                   G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL)
                    : NULL;
  GStrv names = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(^as)", &names);
  return names;
}

gboolean
ll_evolution_check_stopped (GError **error)
{
  g_autoptr (GDBusConnection) bus = open_bus ();
  g_auto (GStrv) names = names_on (bus);

  if (names == NULL || !g_strv_contains ((const char *const *) names, EVOLUTION))
    return TRUE;
  g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                       "Evolution is running: quit it first, since it would write its own settings "
                       "over it");
  return FALSE;
}

/* -- what the registry knows ----------------------------------------------- */

/* The text of the source as it has it; NULL: it has none. (transfer full) */
static char *
text_of (GDBusConnection *bus, const char *registry, const char *uid)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (bus, registry, MANAGER, "org.freedesktop.DBus.ObjectManager",
                                     "GetManagedObjects", NULL, G_VARIANT_TYPE ("(a{oa{sa{sv}}})"),
                                     G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL);
  g_autoptr (GVariant) objects = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  for (gsize i = 0; objects != NULL && i < g_variant_n_children (objects); i++)
    {
      g_autoptr (GVariant) object = g_variant_get_child_value (objects, i);
      g_autoptr (GVariant) interfaces = g_variant_get_child_value (object, 1);
      g_autoptr (GVariant) source
          = g_variant_lookup_value (interfaces, SOURCE, G_VARIANT_TYPE_VARDICT);
      const char *its = NULL, *text = NULL;

      if (source != NULL && g_variant_lookup (source, "UID", "&s", &its)
          && g_strcmp0 (its, uid) == 0 && g_variant_lookup (source, "Data", "&s", &text))
        return g_strdup (text);
    }
  return NULL;
}

static gboolean
has_read (GDBusConnection *bus, const char *registry, const char *uid, const char *transport)
{
  g_autofree char *text = text_of (bus, registry, uid);
  g_autofree char *line = g_strdup_printf ("\nTransportUid=%s\n", transport);

  return text == NULL || strstr (text, line) != NULL;
}

static void
changed_cb (GDBusConnection *bus,
            const char *sender,
            const char *path,
            const char *interface,
            const char *signal,
            GVariant *parameters,
            gpointer data)
{
  /* it ended the iteration: somebody looks again */
}

static gboolean
expired_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for (GDBusConnection *bus, const char *registry, const char *uid, const char *transport)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) deadline = g_timeout_source_new (LL_SETUP_REGISTRY_DEADLINE);
  gboolean expired = FALSE;
  guint id;

  g_main_context_push_thread_default (context);
  g_source_set_callback (deadline, expired_cb, &expired, NULL);
  g_source_attach (deadline, context);
  id = g_dbus_connection_signal_subscribe (bus, registry, "org.freedesktop.DBus.Properties",
                                           "PropertiesChanged", NULL, SOURCE,
                                           G_DBUS_SIGNAL_FLAGS_NONE, changed_cb, NULL, NULL);
  while (!expired && !has_read (bus, registry, uid, transport))
    g_main_context_iteration (context, TRUE);
  g_dbus_connection_signal_unsubscribe (bus, id);
  g_source_destroy (deadline);
  g_main_context_pop_thread_default (context);
}

void
ll_evolution_wait_read (const char *uid, const char *transport)
{
  g_autoptr (GDBusConnection) bus = open_bus ();
  g_auto (GStrv) names = names_on (bus);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], REGISTRY))
      wait_for (bus, names[i], uid, transport);
}
