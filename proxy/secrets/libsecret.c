/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/libsecret.h"

#include "base/clock.h"
#include "base/error.h"

#include <libsecret/secret.h>
#include <string.h>

#define SERVICE_DEADLINE 5000
/* A person has to find and type a password. */
#define UNLOCK_DEADLINE (2 * 60 * 1000)

/* gnome-keyring keeps text; what is not text, or looks like this, goes in encoded. */
#define ENCODED "base64:"

#define BUS_CALL(name)                                                                             \
  "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", (name)
#define SERVICE_NAME "org.freedesktop.secrets"

static const SecretSchema schema = {
  .name = "org.letterlock.Secret",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "purpose", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "name", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* -- an end to every wait ------------------------------------------------------------ */

/*
 * libsecret's calls wait inside a main context of their own, so their only way out is a
 * cancellable, and only another thread can pull it.
 */
typedef struct
{
  GCancellable *cancellable;
  GCancellable *outer; /* (not owned) */
  gulong outer_id;
  LlDeadline deadline;
  GThread *thread;
  GMutex lock;
  GCond ended;
  gboolean over;
  gboolean expired;
} Wait;

static gpointer
wait_thread (gpointer data)
{
  Wait *wait = data;

  g_mutex_lock (&wait->lock);
  while (!wait->over && !wait->expired)
    wait->expired = !g_cond_wait_until (&wait->ended, &wait->lock, wait->deadline) && !wait->over;
  g_mutex_unlock (&wait->lock);
  if (wait->expired)
    g_cancellable_cancel (wait->cancellable);
  return NULL;
}

static void
outer_cancelled_cb (GCancellable *outer, gpointer inner)
{
  g_cancellable_cancel (inner);
}

static void
wait_begin (Wait *wait, int milliseconds, GCancellable *outer)
{
  *wait = (Wait){
    .cancellable = g_cancellable_new (),
    .outer = outer,
    .deadline = ll_deadline_in (milliseconds),
  };
  g_mutex_init (&wait->lock);
  g_cond_init (&wait->ended);
  if (outer != NULL)
    wait->outer_id = g_cancellable_connect (outer, G_CALLBACK (outer_cancelled_cb),
                                            g_object_ref (wait->cancellable), g_object_unref);
  wait->thread = g_thread_new ("keyring-wait", wait_thread, wait);
}

/* Returns whether the deadline passed. */
static gboolean
wait_end (Wait *wait)
{
  gboolean expired;

  g_mutex_lock (&wait->lock);
  wait->over = TRUE;
  g_cond_signal (&wait->ended);
  g_mutex_unlock (&wait->lock);
  g_thread_join (wait->thread);
  expired = wait->expired;
  if (wait->outer != NULL)
    g_cancellable_disconnect (wait->outer, wait->outer_id);
  g_mutex_clear (&wait->lock);
  g_cond_clear (&wait->ended);
  g_object_unref (wait->cancellable);
  return expired;
}

/* -- errors -------------------------------------------------------------------------- */

static gboolean
is_silence (const GError *cause)
{
  static const GDBusError codes[] = {
    G_DBUS_ERROR_SERVICE_UNKNOWN, G_DBUS_ERROR_NAME_HAS_NO_OWNER, G_DBUS_ERROR_NO_REPLY,
    G_DBUS_ERROR_TIMEOUT,         G_DBUS_ERROR_TIMED_OUT,         G_DBUS_ERROR_DISCONNECTED,
  };

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CLOSED)
      || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (cause, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (cause, G_DBUS_ERROR, (int) codes[i]))
      return TRUE;
  return FALSE;
}

/* Consumes @cause. libsecret's messages name objects and D-Bus errors, never a secret. */
static gboolean
set_error (GError **error, GError *cause, gboolean expired)
{
  if (expired)
    g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED,
                 "The keyring did not answer; it may be waiting for its password");
  else if (cause == NULL)
    g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED, "The keyring refused");
  else if (is_silence (cause))
    g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED,
                 "The keyring cannot be used now: %s", cause->message);
  else if (g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_DENIED,
                 "The keyring did not let us in: %s", cause->message);
  else
    g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED, "The keyring failed: %s",
                 cause->message);
  g_clear_error (&cause);
  return FALSE;
}

static gboolean
set_locked (GError **error)
{
  g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED, "The keyring is locked");
  return FALSE;
}

/* -- the bus ------------------------------------------------------------------------- */

/* NULL when there is none; never one that GDBus would have to start. (transfer full) */
static char *
bus_address (void)
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
                                     G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE,
                                     SERVICE_DEADLINE, cancellable, NULL);
  g_autoptr (GVariant) started = NULL;
  g_autofree const char **names = NULL;

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(^a&s)", &names);
  if (!g_strv_contains (names, SERVICE_NAME))
    return FALSE;
  started
      = g_dbus_connection_call_sync (bus, BUS_CALL ("StartServiceByName"),
                                     g_variant_new ("(su)", SERVICE_NAME, 0), NULL,
                                     G_DBUS_CALL_FLAGS_NONE, SERVICE_DEADLINE, cancellable, NULL);
  return started != NULL;
}

gboolean
ll_secret_service_is_there (gboolean start)
{
  g_autofree char *address = bus_address ();
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  gboolean there = FALSE;
  Wait wait;

  if (address == NULL)
    return FALSE;
  wait_begin (&wait, SERVICE_DEADLINE, NULL);
  bus = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, wait.cancellable, NULL);
  if (bus != NULL)
    reply = g_dbus_connection_call_sync (bus, BUS_CALL ("NameHasOwner"),
                                         g_variant_new ("(s)", SERVICE_NAME),
                                         G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE,
                                         SERVICE_DEADLINE, wait.cancellable, NULL);
  if (reply != NULL)
    g_variant_get (reply, "(b)", &there);
  if (reply != NULL && !there && start)
    there = service_can_start (bus, wait.cancellable);
  wait_end (&wait);
  if (bus != NULL)
    g_dbus_connection_close_sync (bus, NULL, NULL);
  return there;
}

/* (transfer full) */
static SecretService *
service_open (GCancellable *cancellable, GError **error)
{
  g_autofree char *address = bus_address ();
  g_autoptr (GDBusConnection) bus = NULL;

  if (address == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "there is no session bus");
      return NULL;
    }
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, error);
  if (bus == NULL)
    return NULL;
  /* libsecret shares this connection; when the desktop ends, the daemon must not die of it */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  return secret_service_get_sync (SECRET_SERVICE_OPEN_SESSION, cancellable, error);
}

/* -- the calls ----------------------------------------------------------------------- */

static GHashTable *
attributes_of (const char *purpose, const char *name)
{
  return secret_attributes_build (&schema, "purpose", purpose, "name", name, NULL);
}

/* All items of the name, with their secrets where they are open; *error only on failure. */
static GList *
search (SecretService *service,
        const char *purpose,
        const char *name,
        GCancellable *cancellable,
        GError **error)
{
  g_autoptr (GHashTable) attributes = attributes_of (purpose, name);

  return secret_service_search_sync (service, &schema, attributes,
                                     SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS, cancellable,
                                     error);
}

typedef enum
{
  DEFAULT_OPEN,
  DEFAULT_LOCKED,
  DEFAULT_MISSING,
  DEFAULT_FAILED,
} DefaultState;

static DefaultState
default_collection (SecretService *service,
                    SecretCollection **collection,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SecretCollection) found
      = secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT,
                                          SECRET_COLLECTION_NONE, cancellable, &local);
  DefaultState state = DEFAULT_MISSING;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return DEFAULT_FAILED;
    }
  if (found != NULL)
    state = secret_collection_get_locked (found) ? DEFAULT_LOCKED : DEFAULT_OPEN;
  if (collection != NULL)
    *collection = g_steal_pointer (&found);
  return state;
}

static LlSecret *
secret_from_value (SecretValue *value)
{
  gsize length;
  const char *bytes = secret_value_get (value, &length);
  g_autofree guchar *decoded = NULL;
  LlSecret *secret;

  if (length < strlen (ENCODED) || memcmp (bytes, ENCODED, strlen (ENCODED)) != 0)
    return ll_secret_new (bytes, length);
  decoded = g_base64_decode (bytes + strlen (ENCODED), &length);
  secret = ll_secret_new ((const char *) decoded, length);
  ll_secret_wipe (decoded, length);
  return secret;
}

/* (transfer full) */
static SecretValue *
value_from_secret (const LlSecret *secret)
{
  const char *bytes = ll_secret_peek (secret);
  gsize length = ll_secret_length (secret);
  g_autofree char *plain = NULL;
  char *encoded;

  if (g_utf8_validate (bytes, (gssize) length, NULL) && memchr (bytes, '\0', length) == NULL
      && !g_str_has_prefix (bytes, ENCODED))
    return secret_value_new (bytes, (gssize) length, "text/plain");
  plain = g_base64_encode ((const guchar *) bytes, length);
  encoded = g_strconcat (ENCODED, plain, NULL);
  ll_secret_wipe (plain, strlen (plain));
  return secret_value_new_full (encoded, (gssize) strlen (encoded), "text/plain",
                                (GDestroyNotify) secret_password_free);
}

static LlSecret *
lookup (const char *purpose, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (SecretService) service = service_open (cancellable, error);
  g_autoptr (GError) local = NULL;
  gboolean locked = FALSE;
  LlSecret *secret = NULL;
  GList *items;

  if (service == NULL)
    return NULL;
  items = search (service, purpose, name, cancellable, &local);
  for (GList *item = items; item != NULL && secret == NULL; item = item->next)
    {
      g_autoptr (SecretValue) value = secret_item_get_secret (item->data);

      if (value != NULL)
        secret = secret_from_value (value);
      else
        locked = TRUE;
    }
  g_list_free_full (items, g_object_unref);
  if (secret != NULL)
    return secret;
  /* Some services show nothing of what is locked: then nobody can say "absent". */
  if (local == NULL && !locked)
    locked = default_collection (service, NULL, cancellable, &local) == DEFAULT_LOCKED;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (locked)
    set_locked (error);
  else
    g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT, "The keyring has no %s", purpose);
  return NULL;
}

static gboolean
save (const char *purpose,
      const char *name,
      const LlSecret *secret,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (SecretService) service = service_open (cancellable, error);
  g_autoptr (SecretCollection) collection = NULL;
  g_autoptr (GHashTable) attributes = attributes_of (purpose, name);
  g_autoptr (SecretValue) value = NULL;
  g_autoptr (SecretItem) item = NULL;
  g_autofree char *label = NULL;
  DefaultState state;

  if (service == NULL)
    return FALSE;
  state = default_collection (service, &collection, cancellable, error);
  if (state == DEFAULT_FAILED)
    return FALSE;
  if (state != DEFAULT_OPEN) /* to make one raises a prompt as well */
    return set_locked (error);
  value = value_from_secret (secret);
  label = g_strdup_printf (*name ? "Letterlock: %s (%s)" : "Letterlock: %s", purpose, name);
  item = secret_item_create_sync (collection, &schema, attributes, label, value,
                                  SECRET_ITEM_CREATE_REPLACE, cancellable, error);
  return item != NULL;
}

static gboolean
discard (const char *purpose, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (SecretService) service = service_open (cancellable, error);
  g_autoptr (GError) local = NULL;
  gboolean locked = FALSE;
  GList *items;

  if (service == NULL)
    return FALSE;
  items = search (service, purpose, name, cancellable, &local);
  for (GList *item = items; item != NULL && local == NULL; item = item->next)
    if (secret_item_get_locked (item->data))
      locked = TRUE;
    else
      secret_item_delete_sync (item->data, cancellable, &local);
  if (items == NULL && local == NULL)
    locked = default_collection (service, NULL, cancellable, &local) == DEFAULT_LOCKED;
  g_list_free_full (items, g_object_unref);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return locked ? set_locked (error) : TRUE;
}

/* @local: what the call set, of any domain. A broken session of ours is begun anew next time. */
static void
finish (Wait *wait, GError *local, GError **error)
{
  gboolean expired = wait_end (wait);

  if (local == NULL)
    return;
  if (local->domain == LL_SECRET_ERROR)
    {
      g_propagate_error (error, local);
      return;
    }
  secret_service_disconnect ();
  set_error (error, local, expired);
}

LlSecret *
ll_secret_service_lookup (const char *purpose,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  GError *local = NULL;
  LlSecret *secret;
  Wait wait;

  wait_begin (&wait, SERVICE_DEADLINE, cancellable);
  secret = lookup (purpose, name, wait.cancellable, &local);
  finish (&wait, local, error);
  return secret;
}

gboolean
ll_secret_service_save (const char *purpose,
                        const char *name,
                        const LlSecret *secret,
                        GCancellable *cancellable,
                        GError **error)
{
  GError *local = NULL;
  gboolean done;
  Wait wait;

  wait_begin (&wait, SERVICE_DEADLINE, cancellable);
  done = save (purpose, name, secret, wait.cancellable, &local);
  finish (&wait, local, error);
  return done;
}

gboolean
ll_secret_service_remove (const char *purpose,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  GError *local = NULL;
  gboolean done;
  Wait wait;

  wait_begin (&wait, SERVICE_DEADLINE, cancellable);
  done = discard (purpose, name, wait.cancellable, &local);
  finish (&wait, local, error);
  return done;
}

static gboolean
unlock (GCancellable *cancellable, GError **error)
{
  g_autoptr (SecretService) service = service_open (cancellable, error);
  g_autoptr (SecretCollection) collection = NULL;
  DefaultState state;
  GList objects = { NULL };

  if (service == NULL)
    return FALSE;
  state = default_collection (service, &collection, cancellable, error);
  if (state == DEFAULT_FAILED)
    return FALSE;
  if (state == DEFAULT_OPEN)
    return TRUE;
  if (state == DEFAULT_MISSING)
    {
      collection
          = secret_collection_create_sync (service, "Login", SECRET_COLLECTION_DEFAULT,
                                           SECRET_COLLECTION_CREATE_NONE, cancellable, error);
      return collection != NULL;
    }
  objects.data = collection;
  if (secret_service_unlock_sync (service, &objects, cancellable, NULL, error) < 1)
    return error && *error ? FALSE : set_locked (error);
  return TRUE;
}

gboolean
ll_secret_service_unlock (GCancellable *cancellable, GError **error)
{
  GError *local = NULL;
  gboolean done;
  Wait wait;

  wait_begin (&wait, UNLOCK_DEADLINE, cancellable);
  done = unlock (wait.cancellable, &local);
  finish (&wait, local, error);
  return done;
}
