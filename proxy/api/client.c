/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/client.h"

#include "api/intl.h"
#include "api/names.h"
#include "base/error.h"
#include "base/file.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

/* A daemon that takes longer to say hello does not work. */
#define CONNECT_SECONDS 5

struct _LlClient
{
  GDBusConnection *connection;
  char *name; /* on the session bus; NULL: the private socket */
};

/* -- errors ---------------------------------------------------------------------------- */

/* What GDBus reports, as one sentence and one of our codes. Consumes @cause. */
static void
set_api_error (GError **error, GError *cause, const char *method)
{
  g_autoptr (GError) owned = cause;
  LlApiError code = LL_API_ERROR_UNAVAILABLE;
  const char *text = N_ ("Letterlock stopped while it was asked");

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&owned));
      return;
    }
  g_dbus_error_strip_remote_error (cause);
  if (cause->domain == LL_API_ERROR)
    {
      code = (LlApiError) cause->code;
      text = cause->message;
    }
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
           || g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    text = N_ ("Letterlock did not answer in time");
  else if (g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
           || g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS))
    text = N_ ("The Letterlock that runs is of another version: restart it");
  else if (g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
           || g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    text = N_ ("Letterlock does not run");
  g_debug ("%s: %s", method, cause->message);
  g_set_error_literal (error, LL_API_ERROR, (int) code, text);
}

/* -- connecting --------------------------------------------------------------------------- */

/* One connection attempt with an end, in a context of its own. */
typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;
  GDBusConnection *connection;
} Attempt;

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Attempt *attempt = data;

  attempt->connection = g_dbus_connection_new_for_address_finish (result, NULL);
  g_main_loop_quit (attempt->loop);
}

static gboolean
late_cb (gpointer data)
{
  Attempt *attempt = data;

  g_cancellable_cancel (attempt->cancellable);
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *outer, gpointer data)
{
  g_cancellable_cancel (G_CANCELLABLE (data));
}

/* NULL: nobody there. */
static GDBusConnection *
connect_to (const char *address, GDBusConnectionFlags flags, GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) late = g_timeout_source_new_seconds (CONNECT_SECONDS);
  Attempt attempt = { .cancellable = g_cancellable_new () };
  gulong handler = 0;

  g_main_context_push_thread_default (context);
  attempt.loop = g_main_loop_new (context, FALSE);
  g_source_set_callback (late, late_cb, &attempt, NULL);
  g_source_attach (late, context);
  if (cancellable != NULL)
    handler
        = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), attempt.cancellable, NULL);
  g_dbus_connection_new_for_address (address, flags | G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                     NULL, attempt.cancellable, connected_cb, &attempt);
  g_main_loop_run (attempt.loop);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, handler);
  g_source_destroy (late);
  g_main_loop_unref (attempt.loop);
  g_main_context_pop_thread_default (context);
  g_object_unref (attempt.cancellable);
  if (attempt.connection != NULL)
    g_dbus_connection_set_exit_on_close (attempt.connection, FALSE);
  return attempt.connection;
}

static GDBusConnection *
connect_socket (GCancellable *cancellable)
{
  g_autofree char *runtime = ll_folder_runtime ();
  g_autofree char *path = g_build_filename (runtime, LL_BUS_SOCKET, NULL);
  g_autofree char *escaped = g_dbus_address_escape_value (path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return connect_to (address, G_DBUS_CONNECTION_FLAGS_NONE, cancellable);
}

/* Where there is one: none is ever started for us. */
static char *
session_address (void)
{
  const char *given = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *path = NULL;
  g_autofree char *escaped = NULL;

  if (given != NULL && *given != '\0')
    return g_str_has_prefix (given, "unix:") ? g_strdup (given) : NULL;
  path = runtime != NULL ? g_build_filename (runtime, "bus", NULL) : NULL;
  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  escaped = g_dbus_address_escape_value (path);
  return g_strconcat ("unix:path=", escaped, NULL);
}

GDBusConnection *
ll_bus_session (GCancellable *cancellable)
{
  g_autofree char *address = session_address ();

  if (address == NULL)
    return NULL;
  return connect_to (address, G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, cancellable);
}

static gboolean
ask_bus (GDBusConnection *bus, const char *method, GVariant *arguments, GCancellable *cancellable)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus", method, arguments, NULL,
                                     G_DBUS_CALL_FLAGS_NONE, CONNECT_SECONDS * 1000, cancellable,
                                     NULL);

  return reply != NULL;
}

/* The session bus, if the daemon is on it or can be started by it. The order matters: a name
 * without an activation file cannot be started even while it is owned. */
static GDBusConnection *
connect_session (GCancellable *cancellable)
{
  g_autoptr (GDBusConnection) bus = ll_bus_session (cancellable);

  if (bus == NULL)
    return NULL;
  if (ask_bus (bus, "GetNameOwner", g_variant_new ("(s)", LL_BUS_NAME), cancellable)
      || ask_bus (bus, "StartServiceByName", g_variant_new ("(su)", LL_BUS_NAME, 0), cancellable))
    return g_steal_pointer (&bus);
  return NULL;
}

LlBusClient *
ll_bus_client_new (GCancellable *cancellable, GError **error)
{
  GDBusConnection *connection;
  LlBusClient *client;
  gboolean session = FALSE;

  (void) LL_API_ERROR; /* registers the names of the errors that come back */
  connection = connect_socket (cancellable);
  if (connection == NULL)
    {
      connection = connect_session (cancellable);
      session = TRUE;
    }
  if (connection == NULL)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE,
                           "Letterlock does not run: start it with "
                           "systemctl --user start letterlock, or letterlockd");
      return NULL;
    }
  client = g_new0 (LlBusClient, 1);
  client->connection = connection;
  client->name = session ? g_strdup (LL_BUS_NAME) : NULL;
  return client;
}

void
ll_bus_client_free (LlBusClient *client)
{
  if (client == NULL)
    return;
  g_object_unref (client->connection);
  g_free (client->name);
  g_free (client);
}

/* -- calling -------------------------------------------------------------------------------- */

GVariant *
ll_bus_client_call (LlBusClient *client,
                    const char *method,
                    GVariant *arguments,
                    GUnixFDList *descriptors,
                    int milliseconds,
                    GCancellable *cancellable,
                    GError **error)
{
  GError *cause = NULL;
  GVariant *reply
      = g_dbus_connection_call_with_unix_fd_list_sync (client->connection, client->name,
                                                       LL_BUS_PATH, LL_BUS_INTERFACE, method,
                                                       arguments, NULL, G_DBUS_CALL_FLAGS_NONE,
                                                       milliseconds < 0 ? G_MAXINT : milliseconds,
                                                       descriptors, NULL, cancellable, &cause);

  if (reply == NULL)
    set_api_error (error, cause, method);
  return reply;
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *cause = NULL;
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source),
                                                                     NULL, result, &cause);

  if (reply != NULL)
    {
      g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
      return;
    }
  set_api_error (&error, cause, g_task_get_task_data (task));
  g_task_return_error (task, error);
}

void
ll_bus_client_call_async (LlBusClient *client,
                          const char *method,
                          GVariant *arguments,
                          GUnixFDList *descriptors,
                          int milliseconds,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  GTask *task = g_task_new (client->connection, cancellable, callback, data);

  g_task_set_task_data (task, g_strdup (method), g_free);
  g_dbus_connection_call_with_unix_fd_list (client->connection, client->name, LL_BUS_PATH,
                                            LL_BUS_INTERFACE, method, arguments, NULL,
                                            G_DBUS_CALL_FLAGS_NONE,
                                            milliseconds < 0 ? G_MAXINT : milliseconds, descriptors,
                                            cancellable, called_cb, task);
}

GVariant *
ll_bus_client_call_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

GUnixFDList *
ll_bus_client_hand_over (const char *secret, gsize length, GVariant **handles)
{
  GUnixFDList *list = g_unix_fd_list_new ();
  gint32 handle = 0;
  int ends[2];

  *handles = g_variant_new_array (G_VARIANT_TYPE_HANDLE, NULL, 0);
  if (secret == NULL || pipe2 (ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return list;
  if (write (ends[1], secret, length) == (gssize) length
      && g_unix_fd_list_append (list, ends[0], NULL) == 0)
    {
      g_variant_unref (g_variant_ref_sink (*handles));
      *handles = g_variant_new_fixed_array (G_VARIANT_TYPE_HANDLE, &handle, 1, sizeof handle);
    }
  close (ends[0]);
  close (ends[1]);
  return list;
}

/* -- signals ---------------------------------------------------------------------------------- */

typedef struct
{
  LlBusClientSignal callback;
  gpointer data;
} Subscription;

static void
signal_cb (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *arguments,
           gpointer data)
{
  const Subscription *subscription = data;

  subscription->callback (name, arguments, subscription->data);
}

guint
ll_bus_client_subscribe (LlBusClient *client,
                         const char *signal,
                         LlBusClientSignal callback,
                         gpointer data)
{
  Subscription *subscription = g_new0 (Subscription, 1);

  subscription->callback = callback;
  subscription->data = data;
  return g_dbus_connection_signal_subscribe (client->connection, client->name, LL_BUS_INTERFACE,
                                             signal, LL_BUS_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                             signal_cb, subscription, g_free);
}

void
ll_bus_client_unsubscribe (LlBusClient *client, guint id)
{
  g_dbus_connection_signal_unsubscribe (client->connection, id);
}

GDBusConnection *
ll_bus_client_connection (LlBusClient *client)
{
  return client->connection;
}
