/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/daemon.h"

#include "api/client.h"
#include "api/intl.h"
#include "api/names.h"
#include "api/read.h"
#include "api/sentence.h"

#include <gio/gunixconnection.h>
#include <gio/gunixfdlist.h>
#include <string.h>

/* Until the next look for a daemon that is not there. */
#define RETRY_SECONDS 3
/* Letters change in bursts, and the counts of the state with them. */
#define REFRESH_MS 200
/* The daemon gives up after ten minutes, and says so. */
#define SIGN_IN_MS (11 * 60 * 1000)

struct _LlDaemon
{
  GObject parent_instance;

  LlBusClient *client; /* NULL: not connected */
  GVariant *state;     /* may be NULL */
  GSource *hangup;     /* the private socket's end */
  guint watched_name;  /* the daemon's name on the session bus */
  guint retry;
  guint refresh; /* of the state, after letters changed */
  guint subscriptions[4];
};

enum
{
  PROP_CONNECTED = 1,
  PROP_STATE,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  LETTERS_CHANGED,
  LETTERS_OUTDATED,
  CHECK_PROGRESS,
  SIGN_IN_PROGRESS,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LlDaemon, ll_daemon, G_TYPE_OBJECT)

static void look_for_it (LlDaemon *self);

static gboolean
subjects_differ (GVariant *before, GVariant *now)
{
  return before != NULL && now != NULL
         && !g_str_equal (ll_read_text (before, "subjects"), ll_read_text (now, "subjects"));
}

static void
set_state (LlDaemon *self, GVariant *state)
{
  g_autoptr (GVariant) before = g_steal_pointer (&self->state);

  self->state = state != NULL ? g_variant_ref_sink (state) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  if (subjects_differ (before, self->state))
    g_signal_emit (self, signals[LETTERS_OUTDATED], 0);
}

/* -- its state ------------------------------------------------------------------------------- */

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlDaemon) self = data;
  g_autoptr (GVariant) reply = ll_bus_client_call_finish (result, NULL);
  g_autoptr (GVariant) state = NULL;

  if (reply == NULL || self->client == NULL)
    return;
  state = g_variant_get_child_value (reply, 0);
  set_state (self, state);
}

static void
ask_state (LlDaemon *self)
{
  if (self->client != NULL)
    ll_bus_client_call_async (self->client, "Status", NULL, NULL, -1, NULL, status_cb,
                              g_object_ref (self));
}

static gboolean
refresh_cb (gpointer data)
{
  LlDaemon *self = data;

  self->refresh = 0;
  ask_state (self);
  return G_SOURCE_REMOVE;
}

/* -- what it tells by itself ------------------------------------------------------------- */

/* The address comes from a server: only what a browser is for is handed to one. */
static void
open_browser (GVariant *step)
{
  const char *url = "";

  g_variant_lookup (step, "url", "&s", &url);
  if (g_str_has_prefix (url, "https://") && !g_variant_lookup (step, "code", "&s", NULL))
    g_app_info_launch_default_for_uri_async (url, NULL, NULL, NULL, NULL);
}

static void
signal_cb (const char *name, GVariant *arguments, gpointer data)
{
  LlDaemon *self = data;

  if (g_str_equal (name, "LettersChanged")
      && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(as)")))
    {
      g_auto (GStrv) ids = NULL;

      g_variant_get (arguments, "(^as)", &ids);
      g_signal_emit (self, signals[LETTERS_CHANGED], 0, ids);
      if (self->refresh == 0)
        self->refresh = g_timeout_add (REFRESH_MS, refresh_cb, self);
    }
  else if (g_str_equal (name, "StateChanged")
           && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(a{sv})")))
    {
      g_autoptr (GVariant) state = g_variant_get_child_value (arguments, 0);

      set_state (self, state);
    }
  else if (g_str_equal (name, "CheckProgress")
           && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ua{sv})")))
    {
      g_autoptr (GVariant) partial = g_variant_get_child_value (arguments, 1);
      guint cookie;

      g_variant_get_child (arguments, 0, "u", &cookie);
      g_signal_emit (self, signals[CHECK_PROGRESS], 0, cookie, partial);
    }
  else if (g_str_equal (name, "SignInProgress")
           && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ua{sv})")))
    {
      g_autoptr (GVariant) step = g_variant_get_child_value (arguments, 1);

      open_browser (step);
      g_signal_emit (self, signals[SIGN_IN_PROGRESS], 0, step);
    }
}

static void
subscribe (LlDaemon *self)
{
  static const char *const names[]
      = { "LettersChanged", "StateChanged", "CheckProgress", "SignInProgress" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    self->subscriptions[i] = ll_bus_client_subscribe (self->client, names[i], signal_cb, self);
}

/* -- there, and gone again ---------------------------------------------------------------- */

static gboolean
retry_cb (gpointer data)
{
  LlDaemon *self = data;

  self->retry = 0;
  look_for_it (self);
  return G_SOURCE_REMOVE;
}

static void
disconnect (LlDaemon *self)
{
  if (self->hangup != NULL)
    g_source_destroy (self->hangup);
  g_clear_pointer (&self->hangup, g_source_unref);
  g_clear_handle_id (&self->watched_name, g_bus_unwatch_name);
  if (self->client != NULL)
    for (guint i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
      ll_bus_client_unsubscribe (self->client, self->subscriptions[i]);
  g_clear_pointer (&self->client, ll_bus_client_free);
}

static void
lost (LlDaemon *self)
{
  if (self->client == NULL)
    return;
  disconnect (self);
  set_state (self, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTED]);
  if (self->retry == 0)
    self->retry = g_timeout_add_seconds (RETRY_SECONDS, retry_cb, self);
}

static gboolean
hangup_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  lost (data);
  return G_SOURCE_REMOVE;
}

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer data)
{
  lost (data);
}

/* The connection was made in a thread, so that its own "closed" is never told: a private socket is
 * watched itself, on the session bus the name is. */
static void
watch_its_end (LlDaemon *self)
{
  GDBusConnection *connection = ll_bus_client_connection (self->client);
  GIOStream *stream = g_dbus_connection_get_stream (connection);

  if (g_dbus_connection_get_unique_name (connection) != NULL)
    self->watched_name
        = g_bus_watch_name_on_connection (connection, LL_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                          NULL, vanished_cb, self, NULL);
  else if (G_IS_SOCKET_CONNECTION (stream))
    {
      GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));

      self->hangup = g_socket_create_source (socket, G_IO_HUP | G_IO_ERR, NULL);
      g_source_set_callback (self->hangup, G_SOURCE_FUNC (hangup_cb), self, NULL);
      g_source_attach (self->hangup, NULL);
    }
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LlDaemon *self = LL_DAEMON (source);
  LlBusClient *client = g_task_propagate_pointer (G_TASK (result), NULL);

  if (client == NULL)
    {
      if (self->retry == 0)
        self->retry = g_timeout_add_seconds (RETRY_SECONDS, retry_cb, self);
      return;
    }
  self->client = client;
  watch_its_end (self);
  subscribe (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTED]);
  ask_state (self);
}

static void
look_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  LlBusClient *client = ll_bus_client_new (cancellable, &error);

  if (client == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, client, (GDestroyNotify) ll_bus_client_free);
}

static void
look_for_it (LlDaemon *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, found_cb, NULL);

  g_task_run_in_thread (task, look_thread);
}

/* -- calls ---------------------------------------------------------------------------------- */

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GVariant *reply = ll_bus_client_call_finish (result, &error);

  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
  else
    {
      ll_sentence_of_error (error);
      g_task_return_error (task, error);
    }
}

static void
call (LlDaemon *self,
      const char *method,
      GVariant *arguments,
      GUnixFDList *descriptors,
      int milliseconds,
      GCancellable *cancellable,
      GAsyncReadyCallback callback,
      gpointer data)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  if (self->client == NULL)
    {
      g_task_return_new_error (task, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE,
                               _ ("Letterlock does not run"));
      return;
    }
  ll_bus_client_call_async (self->client, method, owned, descriptors, milliseconds, cancellable,
                            called_cb, g_steal_pointer (&task));
}

void
ll_daemon_call (LlDaemon *self,
                const char *method,
                GVariant *arguments,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer data)
{
  call (self, method, arguments, NULL, -1, cancellable, callback, data);
}

void
ll_daemon_sign_in (LlDaemon *self,
                   const char *account,
                   gboolean device,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (device)
    g_variant_dict_insert (&options, "device", "b", TRUE);
  call (self, "SignIn", g_variant_new ("(su@a{sv})", account, 1, g_variant_dict_end (&options)),
        NULL, SIGN_IN_MS, cancellable, callback, data);
}

void
ll_daemon_call_with_secret (LlDaemon *self,
                            const char *method,
                            GVariant *arguments,
                            const char *secret,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GUnixFDList) list = NULL;
  GVariant *handles;

  for (gsize i = 0; i < g_variant_n_children (owned); i++)
    g_ptr_array_add (all, g_variant_get_child_value (owned, i));
  list = ll_bus_client_hand_over (secret, secret != NULL ? strlen (secret) : 0, &handles);
  g_ptr_array_add (all, g_variant_ref_sink (handles));
  call (self, method, g_variant_new_tuple ((GVariant **) all->pdata, all->len), list, -1, NULL,
        callback, data);
}

GVariant *
ll_daemon_call_finish (LlDaemon *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
ll_daemon_is_connected (LlDaemon *self)
{
  return self->client != NULL;
}

GVariant *
ll_daemon_get_state (LlDaemon *self)
{
  return self->state;
}

/* -- class ----------------------------------------------------------------------------------- */

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  LlDaemon *self = LL_DAEMON (object);

  if (id == PROP_CONNECTED)
    g_value_set_boolean (value, self->client != NULL);
  else if (id == PROP_STATE)
    g_value_set_variant (value, self->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
finalize (GObject *object)
{
  LlDaemon *self = LL_DAEMON (object);

  disconnect (self);
  g_clear_handle_id (&self->retry, g_source_remove);
  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_pointer (&self->state, g_variant_unref);
  G_OBJECT_CLASS (ll_daemon_parent_class)->finalize (object);
}

static void
ll_daemon_class_init (LlDaemonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = get_property;
  object_class->finalize = finalize;
  properties[PROP_CONNECTED] = g_param_spec_boolean ("connected", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATE] = g_param_spec_variant ("state", NULL, NULL, G_VARIANT_TYPE_VARDICT, NULL,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[LETTERS_CHANGED] = g_signal_new ("letters-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRV);
  signals[LETTERS_OUTDATED] = g_signal_new ("letters-outdated", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 0);
  signals[CHECK_PROGRESS] = g_signal_new ("check-progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_VARIANT);
  signals[SIGN_IN_PROGRESS] = g_signal_new ("sign-in-progress", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 1, G_TYPE_VARIANT);
}

static void
ll_daemon_init (LlDaemon *self)
{
  look_for_it (self);
}

LlDaemon *
ll_daemon_new (void)
{
  return g_object_new (LL_TYPE_DAEMON, NULL);
}
