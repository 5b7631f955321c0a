/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/libsecret.h"

#include "base/error.h"
#include "secrets/wait.h"

#include <libsecret/secret.h>
#include <string.h>

#define SERVICE_DEADLINE 5000
/* A person has to find and type a password. */

/* gnome-keyring keeps text; what is not text, or looks like this, goes in encoded. */
#define ENCODED "base64:"

static const SecretSchema schema = {
  .name = "org.letterlock.Secret",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "purpose", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "name", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

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

/* -- the calls ----------------------------------------------------------------------- */

/* (transfer full) */
static SecretService *
service_open (GCancellable *cancellable, GError **error)
{
  g_autofree char *address = ll_bus_address ();
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
lookup (const char *purpose,
        const char *name,
        gboolean stored,
        GCancellable *cancellable,
        GError **error)
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
    {
      DefaultState state = default_collection (service, NULL, cancellable, &local);

      locked = state == DEFAULT_LOCKED || (state == DEFAULT_MISSING && stored);
    }
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

/* -- one call, with an end ------------------------------------------------------------------ */

typedef enum
{
  LOOKUP,
  SAVE,
  REMOVE,
} Verb;

typedef struct
{
  Verb verb;
  const char *purpose;
  const char *name;
  const LlSecret *secret; /* to save */
  gboolean stored;
  LlSecret *found;
} Call;

static gboolean
try_once (Call *call, GCancellable *cancellable, GError **error)
{
  switch (call->verb)
    {
    case LOOKUP:
      call->found = lookup (call->purpose, call->name, call->stored, cancellable, error);
      return call->found != NULL;
    case SAVE:
      return save (call->purpose, call->name, call->secret, cancellable, error);
    case REMOVE:
    default:
      return discard (call->purpose, call->name, cancellable, error);
    }
}

/* A prompt that the person sent away is a FALSE without an error. */
static gboolean
call_once (Call *call, GCancellable *cancellable, GError **error)
{
  GError *local = NULL;

  if (try_once (call, cancellable, &local))
    return TRUE;
  if (local == NULL)
    return set_locked (error);
  g_propagate_error (error, local);
  return FALSE;
}

/* libsecret holds on to one keyring process and one session with it; after that process was
 * restarted, a first call fails, and the next one begins anew. */
static gboolean
call_service (Call *call, int milliseconds, GCancellable *cancellable, GError **error)
{
  GError *local = NULL;
  gboolean expired;
  gboolean done;
  LlWait wait;

  ll_wait_begin (&wait, milliseconds, cancellable);
  done = call_once (call, wait.cancellable, &local);
  if (!done && local->domain != LL_SECRET_ERROR && !g_cancellable_is_cancelled (wait.cancellable))
    {
      secret_service_disconnect ();
      g_clear_error (&local);
      done = call_once (call, wait.cancellable, &local);
    }
  expired = ll_wait_end (&wait);
  if (done)
    return TRUE;
  if (local->domain == LL_SECRET_ERROR)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  secret_service_disconnect ();
  return set_error (error, local, expired);
}

LlSecret *
ll_secret_service_lookup (const char *purpose,
                          const char *name,
                          gboolean stored,
                          GCancellable *cancellable,
                          GError **error)
{
  Call call = { .verb = LOOKUP, .purpose = purpose, .name = name, .stored = stored };

  call_service (&call, SERVICE_DEADLINE, cancellable, error);
  return call.found;
}

gboolean
ll_secret_service_save (const char *purpose,
                        const char *name,
                        const LlSecret *secret,
                        GCancellable *cancellable,
                        GError **error)
{
  Call call = { .verb = SAVE, .purpose = purpose, .name = name, .secret = secret };

  return call_service (&call, SERVICE_DEADLINE, cancellable, error);
}

gboolean
ll_secret_service_remove (const char *purpose,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  Call call = { .verb = REMOVE, .purpose = purpose, .name = name };

  return call_service (&call, SERVICE_DEADLINE, cancellable, error);
}
