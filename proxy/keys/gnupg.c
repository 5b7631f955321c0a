/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/gnupg.h"

#include "base/error.h"

static GPtrArray *
keys_of (GVariant *reply, LlKeySource source, GBytes *blob)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  g_autoptr (GVariant) list = g_variant_lookup_value (reply, "keys", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (list, i);
      LlKey *key = ll_key_from_engine (one, source);

      if (key == NULL)
        continue;
      key->blob = blob != NULL ? g_bytes_ref (blob) : NULL;
      g_ptr_array_add (keys, key);
    }
  return keys;
}

static GPtrArray *
ask (LlWorker *worker,
     const char *verb,
     const char *address,
     GBytes *blob,
     LlKeySource source,
     LlDeadline deadline,
     GCancellable *cancellable,
     GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "address", "s", address);
  if (blob != NULL)
    g_variant_dict_insert_value (&dict, "blob",
                                 g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, blob, TRUE));
  reply = ll_worker_call (worker, verb, g_variant_dict_end (&dict), NULL, 0, deadline, cancellable,
                          error);
  return reply != NULL ? keys_of (reply, source, blob) : NULL;
}

GPtrArray *
ll_gnupg_find (LlWorker *worker,
               const char *address,
               LlDeadline deadline,
               GCancellable *cancellable,
               GError **error)
{
  return ask (worker, "list", address, NULL, LL_KEY_SOURCE_GNUPG, deadline, cancellable, error);
}

/* Without an agent nobody knows which secret keys there are; it matters where one could be his. */
static gboolean
could_be_own (LlWorker *worker, const char *address, LlDeadline deadline, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) keys = ll_gnupg_find (worker, address, deadline, cancellable, NULL);

  return keys == NULL || keys->len > 0;
}

/* How much of what one's own key is for it can do. */
static guint
worth (const LlKey *key)
{
  return key->signs ? (ll_key_is_sound (key, ll_clock_now ()) ? 2 : 1) : 0;
}

LlKey *
ll_gnupg_own (LlWorker *worker,
              const char *address,
              LlDeadline deadline,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) keys
      = ask (worker, "own", address, NULL, LL_KEY_SOURCE_GNUPG, deadline, cancellable, &local);
  const LlKey *best = NULL;

  if (g_error_matches (local, LL_ENGINE_ERROR, LL_ENGINE_ERROR_NO_AGENT)
      && !could_be_own (worker, address, deadline, cancellable))
    return NULL;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (keys, i);

      if (best == NULL || worth (key) > worth (best)
          || (worth (key) == worth (best) && key->created > best->created))
        best = key;
    }
  return best != NULL ? ll_key_ref ((LlKey *) best) : NULL;
}

GPtrArray *
ll_gnupg_inspect (LlWorker *worker,
                  GBytes *blob,
                  const char *address,
                  LlKeySource source,
                  LlDeadline deadline,
                  GCancellable *cancellable,
                  GError **error)
{
  return ask (worker, "inspect", address, blob, source, deadline, cancellable, error);
}

char *
ll_gnupg_export (LlWorker *worker,
                 const char *fingerprint,
                 LlDeadline deadline,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GVariantDict dict;
  char *text = NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "fingerprint", "s", fingerprint);
  reply = ll_worker_call (worker, "export", g_variant_dict_end (&dict), NULL, 0, deadline,
                          cancellable, error);
  if (reply != NULL && g_variant_lookup (reply, "key", "s", &text) && *text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}
