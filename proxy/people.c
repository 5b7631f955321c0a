/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person asks and says about the keys of others, through the bus. */

#include "pipeline-private.h"
#include "requests.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

static const LlMethod methods[] = { LL_METHOD_PGP, LL_METHOD_SMIME };

/* How one key stands: the word for programs, and a clause for people (transfer full, may be
 * NULL). */
static const char *
use_of (const LlKey *key, const LlContactKey *contact, const LlLockChoice *choice, char **reason)
{
  gboolean chosen = choice->key == key;

  *reason = ll_key_defect_text (key);
  if (contact->rejected != NULL
      && g_strv_contains ((const char *const *) contact->rejected, key->fingerprint))
    return "rejected";
  if (*reason != NULL)
    return "no";
  if (!chosen)
    {
      *reason = g_strdup ("another one is better");
      return "no";
    }
  switch (choice->found)
    {
    case LL_LOCK_READY:
      return "ready";
    case LL_LOCK_ASKS_FOR_KEY:
      *reason = g_strdup ("nobody vouches for it: you are asked first");
      return "ask";
    case LL_LOCK_OTHER_KEY:
      *reason = g_strdup ("another one was used before: you are asked first");
      return "changed";
    case LL_LOCK_NO_KEY:
      return "no";
    }
  g_return_val_if_reached ("no");
}

static GVariant *
shown (const LlKey *key, const char *use, const char *reason)
{
  g_autoptr (GVariant) known = g_variant_ref_sink (ll_key_to_variant (key));
  GVariantDict dict;

  g_variant_dict_init (&dict, known);
  g_variant_dict_insert (&dict, "use", "s", use);
  if (reason != NULL)
    g_variant_dict_insert (&dict, "reason", "s", reason);
  return g_variant_dict_end (&dict);
}

static void
add_keys (LlPipeline *pipeline,
          const LlKeyring *ring,
          const char *address,
          LlMethod method,
          GVariantBuilder *list)
{
  g_auto (LlContactKey) contact = { NULL };
  LlLockChoice choice;

  ll_contacts_load (pipeline->parts.contacts, address, method, &contact);
  choice = ll_trust_choose (ring->keys, method, address, &contact, LL_TRUST_ACCEPTED_ONES,
                            ll_clock_now ());
  for (guint i = 0; i < ring->keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (ring->keys, i);
      g_autofree char *reason = NULL;
      const char *use;

      if (key->method != method)
        continue;
      use = use_of (key, &contact, &choice, &reason);
      g_variant_builder_add_value (list, shown (key, use, reason));
    }
}

static GVariant *
keys (gpointer data, const char *address, GError **error)
{
  LlPipeline *pipeline = data;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (LlKeyring) ring = NULL;

  ll_keys_renew (pipeline->parts.keys); /* a person asks: as it is now */
  ring = ll_keys_wait (pipeline->parts.keys, address, ll_deadline_in (LL_KEYS_BUDGET));
  if (ring->keys->len == 0 && ring->troubles[0] != NULL)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE, ring->troubles[0]);
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    add_keys (pipeline, ring, address, methods[i], &list);
  return g_variant_builder_end (&list);
}

/* The key that is meant: by the beginning of its fingerprint, or the one that is asked about. */
static const LlKey *
meant (LlPipeline *pipeline,
       const LlKeyring *ring,
       const char *address,
       const char *fingerprint,
       GError **error)
{
  const LlKey *found = NULL;

  for (guint i = 0; i < ring->keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (ring->keys, i);

      if (!g_str_has_prefix (key->fingerprint, fingerprint)
          || (*fingerprint == '\0' && !ll_key_is_sound (key, ll_clock_now ())))
        continue;
      if (found != NULL)
        {
          g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                       "there is more than one such key for %s; name it by its fingerprint",
                       address);
          return NULL;
        }
      found = key;
    }
  if (found == NULL)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "there is no such key for %s",
                 address);
  return found;
}

static GVariant *
key_say (
    gpointer data, const char *address, const char *fingerprint, gboolean accept, GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlKeyring) ring
      = ll_keys_wait (pipeline->parts.keys, address, ll_deadline_in (LL_KEYS_BUDGET));
  const LlKey *key = meant (pipeline, ring, address, fingerprint, error);
  gboolean done;

  if (key == NULL)
    return NULL;
  done = accept ? ll_contacts_accept (pipeline->parts.contacts, address, key->method,
                                      key->fingerprint, error)
                : ll_contacts_reject (pipeline->parts.contacts, address, key->method,
                                      key->fingerprint, error);
  return done ? shown (key, accept ? "ready" : "rejected", NULL) : NULL;
}

static GVariant *
key_import (gpointer data, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  LlPipeline *pipeline = data;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) added
      = ll_imported_add (pipeline->parts.imported, bytes, ll_deadline_in (LL_KEYS_BUDGET),
                         cancellable, &local);

  if (added == NULL)
    {
      g_set_error_literal (error, LL_API_ERROR,
                           g_error_matches (local, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY)
                               ? LL_API_ERROR_INVALID
                               : LL_API_ERROR_UNAVAILABLE,
                           local->message);
      return NULL;
    }
  ll_keys_renew (pipeline->parts.keys);
  for (guint i = 0; i < added->len; i++)
    g_variant_builder_add_value (&list, ll_key_to_variant (g_ptr_array_index (added, i)));
  return g_variant_builder_end (&list);
}

void
ll_people_fill (LlBusActions *actions)
{
  actions->keys = keys;
  actions->key_say = key_say;
  actions->key_import = key_import;
}
