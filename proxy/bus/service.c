/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/service.h"

#include "api/letterlock1.h"
#include "api/names.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "bus/call.h"
#include "bus/socket.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Two doors to one object. The private socket lets in nobody but this user, by the
 * kernel's word for who connected; the session bus is this user's by its own rules.
 * What comes in is handed to the pool at once: the main loop only carries messages.
 */

#define API_VERSION 1

/* A door: a connection on which the object is served. */
typedef struct
{
  LlBusService *service; /* (not owned) */
  GDBusConnection *connection;
  guint registration;
  gulong closed_handler;
  GCancellable *cancellable; /* its calls */
} Door;

struct _LlBusService
{
  LlBusActions actions;
  char *socket;
  GMainContext *context;
  GDBusServer *server;
  GPtrArray *doors; /* of Door; the main thread's own */
  GThreadPool *pool;

  Door *session; /* (not owned) in doors, or NULL */
  guint name_owner;
  GCancellable *connecting;

  GMutex lock;        /* what signals gather until they are sent */
  GPtrArray *telling; /* (element GDBusConnection, owned) a copy of the doors, for any thread */
  GHashTable *changed;
  GSource *changed_source;
  gboolean state_asked;
};

/* -- calls ------------------------------------------------------------------------------ */

/* What goes through the pool: a call, or with a NULL method the wish to tell the state. */
typedef struct
{
  LlBusService *service;
  const LlBusMethod *method;
  LlBusCall call;
  GVariant *arguments;
} Work;

static void tell (LlBusService *service, const char *signal, GVariant *arguments);

static void
tell_state (LlBusService *service)
{
  g_autoptr (GError) error = NULL;
  GVariant *state;

  g_mutex_lock (&service->lock);
  service->state_asked = FALSE;
  g_mutex_unlock (&service->lock);
  state = service->actions.status != NULL ? service->actions.status (service->actions.data, &error)
                                          : NULL;
  if (state != NULL)
    tell (service, "StateChanged", ll_bus_reply (state));
}

static void
work_thread (gpointer data, gpointer pool_data)
{
  Work *work = data;

  if (work->method == NULL)
    tell_state (work->service);
  else
    ll_bus_call_run (&work->call, work->method);
  g_clear_pointer (&work->arguments, g_variant_unref);
  g_clear_object (&work->call.descriptors);
  g_clear_object (&work->call.cancellable);
  g_free (work);
}

static void
method_call_cb (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *name,
                GVariant *arguments,
                GDBusMethodInvocation *invocation,
                gpointer data)
{
  Door *door = data;
  LlBusService *service = door->service;
  const LlBusMethod *method = ll_bus_method_find (name);
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);
  GUnixFDList *descriptors = g_dbus_message_get_unix_fd_list (message);
  Work *work;

  if (method == NULL || g_thread_pool_unprocessed (service->pool) > LL_BUS_WAITING_MAX)
    {
      g_dbus_method_invocation_return_error (invocation, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE,
                                             method == NULL ? "This daemon does not know %s"
                                                            : "Too busy for %s, try again",
                                             name);
      return;
    }
  work = g_new0 (Work, 1);
  work->service = service;
  work->method = method;
  work->arguments = g_variant_ref (arguments);
  work->call.actions = &service->actions;
  work->call.arguments = work->arguments;
  work->call.descriptors = descriptors != NULL ? g_object_ref (descriptors) : NULL;
  work->call.cancellable = g_object_ref (door->cancellable);
  work->call.service = service;
  work->call.invocation = invocation; /* consumed by its answer */
  g_thread_pool_push (service->pool, work, NULL);
}

static GVariant *
get_property_cb (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *name,
                 GError **error,
                 gpointer data)
{
  if (strcmp (name, "Version") == 0)
    return g_variant_new_string (LL_VERSION);
  return g_variant_new_uint32 (API_VERSION);
}

/* -- doors -------------------------------------------------------------------------------- */

static void
rewrite_telling (LlBusService *service)
{
  g_mutex_lock (&service->lock);
  g_ptr_array_set_size (service->telling, 0);
  for (guint i = 0; i < service->doors->len; i++)
    {
      Door *door = g_ptr_array_index (service->doors, i);

      g_ptr_array_add (service->telling, g_object_ref (door->connection));
    }
  g_mutex_unlock (&service->lock);
}

static void
door_free (Door *door)
{
  g_cancellable_cancel (door->cancellable);
  if (door->closed_handler != 0)
    g_signal_handler_disconnect (door->connection, door->closed_handler);
  if (door->registration != 0)
    g_dbus_connection_unregister_object (door->connection, door->registration);
  g_object_unref (door->connection);
  g_object_unref (door->cancellable);
  g_free (door);
}

static void
closed_cb (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data)
{
  Door *door = data;
  LlBusService *service = door->service;

  if (service->session == door)
    {
      service->session = NULL;
      g_clear_handle_id (&service->name_owner, g_bus_unown_name);
    }
  g_ptr_array_remove (service->doors, door);
  rewrite_telling (service);
}

/* Serves the object on @connection. NULL: it could not be registered. */
static Door *
open_door (LlBusService *service, GDBusConnection *connection)
{
  static const GDBusInterfaceVTable vtable
      = { .method_call = method_call_cb, .get_property = get_property_cb };
  g_autoptr (GError) error = NULL;
  Door *door = g_new0 (Door, 1);

  door->service = service;
  door->connection = g_object_ref (connection);
  door->cancellable = g_cancellable_new ();
  door->registration
      = g_dbus_connection_register_object (connection, LL_BUS_PATH, ll_letterlock_interface_info (),
                                           &vtable, door, NULL, &error);
  if (door->registration == 0)
    {
      g_warning ("Cannot serve %s: %s", LL_BUS_PATH, error->message);
      door_free (door);
      return NULL;
    }
  door->closed_handler = g_signal_connect (connection, "closed", G_CALLBACK (closed_cb), door);
  g_ptr_array_add (service->doors, door);
  rewrite_telling (service);
  return door;
}

/* -- the private socket --------------------------------------------------------------------- */

static gboolean
allow_mechanism_cb (GDBusAuthObserver *observer, const char *mechanism, gpointer data)
{
  return strcmp (mechanism, "EXTERNAL") == 0;
}

/* The kernel's word, not the peer's. */
static gboolean
authorize_cb (GDBusAuthObserver *observer,
              GIOStream *stream,
              GCredentials *credentials,
              gpointer data)
{
  return credentials != NULL && g_credentials_get_unix_user (credentials, NULL) == getuid ();
}

static gboolean
new_connection_cb (GDBusServer *server, GDBusConnection *connection, gpointer data)
{
  LlBusService *service = data;

  if (service->doors->len >= LL_BUS_CONNECTIONS_MAX)
    return FALSE;
  return open_door (service, connection) != NULL;
}

static gboolean
open_socket (LlBusService *service, GError **error)
{
  g_autoptr (GDBusAuthObserver) observer = g_dbus_auth_observer_new ();
  g_autofree char *folder = g_path_get_dirname (service->socket);
  g_autofree char *escaped = g_dbus_address_escape_value (service->socket);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autofree char *guid = g_dbus_generate_guid ();

  if (!ll_file_make_folder (folder, error) || !ll_bus_socket_clear (service->socket, error))
    return FALSE;
  g_signal_connect (observer, "allow-mechanism", G_CALLBACK (allow_mechanism_cb), NULL);
  g_signal_connect (observer, "authorize-authenticated-peer", G_CALLBACK (authorize_cb), NULL);
  service->server
      = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER, guid,
                                observer, NULL, error);
  if (service->server == NULL)
    {
      g_prefix_error (error, "Cannot serve %s: ", service->socket);
      return FALSE;
    }
  chmod (service->socket, 0600);
  g_signal_connect (service->server, "new-connection", G_CALLBACK (new_connection_cb), service);
  g_dbus_server_start (service->server);
  return TRUE;
}

/* -- the session bus ------------------------------------------------------------------------- */

static void
session_connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection
      = g_dbus_connection_new_for_address_finish (result, &error);
  LlBusService *service = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the service is gone */
  if (connection == NULL)
    {
      g_info ("No session bus (%s): the private socket alone serves", error->message);
      return;
    }
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  service->session = open_door (service, connection);
  if (service->session != NULL)
    service->name_owner = g_bus_own_name_on_connection (connection, LL_BUS_NAME,
                                                        G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL,
                                                        NULL, NULL, NULL);
}

static void
open_session (LlBusService *service)
{
  g_autofree char *address = ll_bus_session_address ();

  if (address != NULL)
    g_dbus_connection_new_for_address (address,
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                           | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                       NULL, service->connecting, session_connected_cb, service);
}

/* -- the service ----------------------------------------------------------------------------- */

LlBusService *
ll_bus_service_new (const LlBusActions *actions,
                    const char *socket_path,
                    gboolean session,
                    GError **error)
{
  g_autoptr (LlBusService) service = g_new0 (LlBusService, 1);
  g_autofree char *runtime = ll_folder_runtime ();

  LL_API_ERROR; /* registers the errors' names */
  service->actions = *actions;
  service->socket = socket_path != NULL ? g_strdup (socket_path)
                                        : g_build_filename (runtime, LL_BUS_SOCKET, NULL);
  service->context = g_main_context_ref_thread_default ();
  service->doors = g_ptr_array_new_with_free_func ((GDestroyNotify) door_free);
  service->telling = g_ptr_array_new_with_free_func (g_object_unref);
  service->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  service->connecting = g_cancellable_new ();
  g_mutex_init (&service->lock);
  service->pool = g_thread_pool_new (work_thread, service, LL_BUS_THREADS, FALSE, NULL);
  if (!open_socket (service, error))
    return NULL;
  if (session)
    open_session (service);
  return g_steal_pointer (&service);
}

void
ll_bus_service_free (LlBusService *service)
{
  if (service == NULL)
    return;
  g_cancellable_cancel (service->connecting);
  g_clear_object (&service->connecting);
  g_clear_handle_id (&service->name_owner, g_bus_unown_name);
  if (service->server != NULL)
    {
      g_signal_handlers_disconnect_by_data (service->server, service);
      g_dbus_server_stop (service->server);
      unlink (service->socket);
      g_clear_object (&service->server);
    }
  /* Cancels what runs, and what waits is answered at once. What runs ends by that, or by a deadline
   * of a few seconds of its own (a letter's step, the keyring); nothing of it needs this thread. */
  g_ptr_array_set_size (service->doors, 0);
  g_thread_pool_free (service->pool, FALSE, TRUE);
  g_mutex_lock (&service->lock);
  if (service->changed_source != NULL)
    {
      g_source_destroy (service->changed_source);
      g_clear_pointer (&service->changed_source, g_source_unref);
    }
  g_mutex_unlock (&service->lock);
  /* after the last answers, which are written before it closes */
  for (guint i = 0; i < service->telling->len; i++)
    g_dbus_connection_close (g_ptr_array_index (service->telling, i), NULL, NULL, NULL);
  g_ptr_array_unref (service->doors);
  g_ptr_array_unref (service->telling);
  g_hash_table_unref (service->changed);
  g_main_context_unref (service->context);
  g_mutex_clear (&service->lock);
  g_free (service->socket);
  g_free (service);
}

/* -- signals --------------------------------------------------------------------------------- */

static gpointer
ref_cb (gconstpointer object, gpointer data)
{
  return g_object_ref ((gpointer) object);
}

/* To everybody, from any thread. @arguments: full. */
static void
tell (LlBusService *service, const char *signal, GVariant *arguments)
{
  g_autoptr (GVariant) owned = arguments;
  g_autoptr (GPtrArray) connections = NULL;

  g_mutex_lock (&service->lock);
  connections = g_ptr_array_copy (service->telling, ref_cb, NULL);
  g_mutex_unlock (&service->lock);
  for (guint i = 0; i < connections->len; i++)
    g_dbus_connection_emit_signal (g_ptr_array_index (connections, i), NULL, LL_BUS_PATH,
                                   LL_BUS_INTERFACE, signal, owned, NULL);
}

static gboolean
tell_letters_cb (gpointer data)
{
  LlBusService *service = data;
  g_autoptr (GHashTable) changed = NULL;
  g_autofree const char **ids = NULL;
  GVariant *list;

  g_mutex_lock (&service->lock);
  changed = g_steal_pointer (&service->changed);
  service->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_clear_pointer (&service->changed_source, g_source_unref);
  g_mutex_unlock (&service->lock);
  ids = (const char **) g_hash_table_get_keys_as_array (changed, NULL);
  list = g_variant_new_strv (ids, -1);
  tell (service, "LettersChanged", ll_bus_reply (list));
  return G_SOURCE_REMOVE;
}

void
ll_bus_service_letters_changed (const char *const *ids, gpointer data)
{
  LlBusService *service = data;

  g_mutex_lock (&service->lock);
  for (guint i = 0; ids[i] != NULL; i++)
    g_hash_table_add (service->changed, g_strdup (ids[i]));
  if (service->changed_source == NULL)
    {
      service->changed_source = g_timeout_source_new (50);
      g_source_set_callback (service->changed_source, tell_letters_cb, service, NULL);
      g_source_attach (service->changed_source, service->context);
    }
  g_mutex_unlock (&service->lock);
}

void
ll_bus_service_state_changed (LlBusService *service)
{
  gboolean asked;

  g_mutex_lock (&service->lock);
  asked = service->state_asked;
  service->state_asked = TRUE;
  g_mutex_unlock (&service->lock);
  if (!asked)
    {
      Work *work = g_new0 (Work, 1);

      work->service = service;
      g_thread_pool_push (service->pool, work, NULL);
    }
}
