/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person asks and says about the keys of others, through the bus. */

#include "pipeline-private.h"
#include "api/intl.h"
#include "requests.h"

#include "base/error.h"
#include "base/limits.h"
#include "keys/armor.h"
#include "keys/gnupg.h"

#include <string.h>

static const LlMethod methods[] = { LL_METHOD_PGP, LL_METHOD_SMIME };

/* How one key stands: the word for programs, and a clause for people (transfer full, may be
 * NULL). */
static const char *
use_of (const LlKey *key, const LlContactKey *contact, const LlLockChoice *choice, char **reason)
{
  /* the same one may have been found in several places */
  gboolean chosen = choice->key != NULL && strcmp (choice->key->fingerprint, key->fingerprint) == 0;

  *reason = ll_key_defect_text (key);
  if (contact->rejected != NULL
      && g_strv_contains ((const char *const *) contact->rejected, key->fingerprint))
    return "rejected";
  if (*reason != NULL)
    return "no";
  if (!chosen)
    {
      *reason = g_strdup (N_ ("another one is better"));
      return "no";
    }
  switch (choice->found)
    {
    case LL_LOCK_READY:
      return "ready";
    case LL_LOCK_ASKS_FOR_KEY:
      *reason = g_strdup (N_ ("nobody vouches for it: you are asked first"));
      return "ask";
    case LL_LOCK_OTHER_KEY:
      *reason = g_strdup (N_ ("another one was used before: you are asked first"));
      return "changed";
    case LL_LOCK_NO_KEY:
      return "no";
    }
  g_return_val_if_reached ("no");
}

static GVariant *
shown (const LlKey *key, const LlContactKey *contact, const char *use, const char *reason)
{
  g_autoptr (GVariant) known = g_variant_ref_sink (ll_key_to_variant (key));
  GVariantDict dict;

  g_variant_dict_init (&dict, known);
  g_variant_dict_insert (&dict, "trust", "s", ll_trust_name (ll_trust_of (key, contact)));
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
  choice = ll_locks_choose (pipeline, ring, method, address, &contact);
  for (guint i = 0; i < ring->keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (ring->keys, i);
      g_autofree char *reason = NULL;
      const char *use;

      if (key->method != method)
        continue;
      use = use_of (key, &contact, &choice, &reason);
      g_variant_builder_add_value (list, shown (key, &contact, use, reason));
    }
}

static void
add_all_keys (LlPipeline *pipeline,
              const LlKeyring *ring,
              const char *address,
              GVariantBuilder *list)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    add_keys (pipeline, ring, address, methods[i], list);
}

static GVariant *
keys (gpointer data, const char *address, GError **error)
{
  LlPipeline *pipeline = data;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autofree char *whose = NULL;
  g_autoptr (LlKeyring) ring = NULL;

  ll_keys_renew (pipeline->parts.keys); /* a person asks: as it is now */
  ring = ll_locks_keyring (pipeline, address, ll_deadline_in (LL_KEYS_BUDGET), &whose);
  if (ring->keys->len == 0 && ring->troubles[0] != NULL)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE, ring->troubles[0]);
      return NULL;
    }
  add_all_keys (pipeline, ring, whose, &list);
  return g_variant_builder_end (&list);
}

/* -- key find -------------------------------------------------------------------------------- */

static GVariant *
answers_variant (const LlKeyring *ring)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < ring->answers->len; i++)
    {
      const LlKeyAnswer *answer = &g_array_index (ring->answers, LlKeyAnswer, i);
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "source", "s", ll_key_source_name (answer->source));
      g_variant_dict_insert (&dict, "done", "b", answer->done);
      g_variant_dict_insert (&dict, "found", "u", (guint32) answer->found);
      if (answer->trouble != NULL)
        g_variant_dict_insert (&dict, "reason", "s", answer->trouble);
      g_variant_builder_add_value (&list, g_variant_dict_end (&dict));
    }
  return g_variant_builder_end (&list);
}

typedef struct
{
  LlPipeline *pipeline;
  const char *asked;
  const char *whose; /* the address that the keys are of: without its tag, perhaps */
  LlBusProgress progress;
  gpointer data;
  GCancellable *cancellable;
} Finding;

static GVariant *
finding_variant (const Finding *finding, const LlKeyring *ring)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  GVariantDict dict;

  add_all_keys (finding->pipeline, ring, finding->whose, &list);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "address", "s", finding->asked);
  g_variant_dict_insert_value (&dict, "keys", g_variant_builder_end (&list));
  g_variant_dict_insert_value (&dict, "sources", answers_variant (ring));
  return g_variant_dict_end (&dict);
}

static gboolean
finding_cb (const LlKeyring *ring, gpointer data)
{
  const Finding *finding = data;

  if (finding->progress != NULL)
    finding->progress (finding_variant (finding, ring), finding->data);
  return !g_cancellable_is_cancelled (finding->cancellable);
}

static GVariant *
key_find (gpointer data,
          const char *address,
          LlBusProgress progress,
          gpointer progress_data,
          GCancellable *cancellable,
          GError **error)
{
  LlPipeline *pipeline = data;
  Finding finding = { pipeline, address, address, progress, progress_data, cancellable };
  LlDeadline deadline = ll_deadline_in (LL_KEYS_BUDGET);
  g_autofree char *whose = NULL;
  g_autoptr (LlKeyring) ring = NULL;

  ll_locks_ask_anew (pipeline, address);
  ll_keyring_free (ll_keys_follow (pipeline->parts.keys, address, deadline, finding_cb, &finding));
  ring = ll_locks_keyring (pipeline, address, deadline, &whose);
  finding.whose = whose;
  return finding_variant (&finding, ring);
}

/* -- one key --------------------------------------------------------------------------------- */

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
      if (found != NULL && strcmp (found->fingerprint, key->fingerprint) != 0)
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
  g_autofree char *whose = NULL;
  g_autoptr (LlKeyring) ring
      = ll_locks_keyring (pipeline, address, ll_deadline_in (LL_KEYS_BUDGET), &whose);
  const LlKey *key = meant (pipeline, ring, address, fingerprint, error);
  const char *addresses[] = { whose, NULL };
  g_auto (LlContactKey) contact = { NULL };
  gboolean done;

  if (key == NULL)
    return NULL;
  done = accept ? ll_contacts_accept (pipeline->parts.contacts, whose, key->method,
                                      key->fingerprint, error)
                : ll_contacts_reject (pipeline->parts.contacts, whose, key->method,
                                      key->fingerprint, error);
  if (!done)
    return NULL;
  if (accept)
    ll_pipeline_keys_came (pipeline, addresses);
  ll_contacts_load (pipeline->parts.contacts, whose, key->method, &contact);
  return shown (key, &contact, accept ? "ready" : "rejected", NULL);
}

static gboolean
set_method (LlPipeline *pipeline, const char *address, const char *word, GError **error)
{
  LlMethod method = LL_METHOD_NONE;

  if (strcmp (word, "auto") != 0
      && (!ll_method_from_name (word, &method)
          || (method != LL_METHOD_PGP && method != LL_METHOD_SMIME)))
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "\"%s\" locks nothing: pgp, smime or auto", word);
      return FALSE;
    }
  return ll_contacts_prefer (pipeline->parts.contacts, address, method, error);
}

static gboolean
set_subject (LlPipeline *pipeline, const char *address, const char *word, GError **error)
{
  LlSubject subject;

  if (!ll_subject_from_name (word, &subject))
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "\"%s\" is nothing to do with a subject: hide, keep or auto", word);
      return FALSE;
    }
  return ll_contacts_set_subject (pipeline->parts.contacts, address, subject, error);
}

static GVariant *
key_prefer (gpointer data, const char *address, GVariant *wishes, GError **error)
{
  LlPipeline *pipeline = data;
  const char *word;
  LlMethod method;
  GVariantDict contact;

  if (g_variant_lookup (wishes, "method", "&s", &word)
      && !set_method (pipeline, address, word, error))
    return NULL;
  if (g_variant_lookup (wishes, "subject", "&s", &word)
      && !set_subject (pipeline, address, word, error))
    return NULL;
  method = ll_contacts_preferred (pipeline->parts.contacts, address);
  g_variant_dict_init (&contact, NULL);
  g_variant_dict_insert (&contact, "address", "s", address);
  g_variant_dict_insert (&contact, "method", "s",
                         method != LL_METHOD_NONE ? ll_method_name (method) : "auto");
  g_variant_dict_insert (&contact, "subject", "s",
                         ll_subject_name (ll_contacts_subject (pipeline->parts.contacts, address)));
  return g_variant_dict_end (&contact);
}

static char *
no_such_key (const char *name, GError **error)
{
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "there is no such key: %s", name);
  return NULL;
}

/* From the keyring or from a file: what has no address beside it. */
static char *
export_by_fingerprint (LlPipeline *pipeline,
                       const char *fingerprint,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;

  if (*fingerprint == '\0' || fingerprint[strspn (fingerprint, "0123456789abcdef")] != '\0')
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "\"%s\" is neither an address nor a fingerprint", fingerprint);
      return NULL;
    }
  text = ll_imported_export (pipeline->parts.imported, fingerprint);
  if (text == NULL && strlen (fingerprint) == 40)
    text = ll_gnupg_export (pipeline->parts.worker, fingerprint, ll_deadline_in (LL_KEYS_BUDGET),
                            cancellable, &local);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (text == NULL)
    no_such_key (fingerprint, error);
  return g_steal_pointer (&text);
}

/* The one that letters would be locked for, PGP first; or one by its fingerprint. */
static const LlKey *
best_key (LlPipeline *pipeline, const LlKeyring *ring, const char *address)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_auto (LlContactKey) contact = { NULL };
      LlLockChoice choice;

      ll_contacts_load (pipeline->parts.contacts, address, methods[i], &contact);
      choice = ll_locks_choose (pipeline, ring, methods[i], address, &contact);
      if (choice.found != LL_LOCK_NO_KEY)
        return choice.key;
    }
  return NULL;
}

static char *
key_export (gpointer data,
            const char *name,
            const char *fingerprint,
            GCancellable *cancellable,
            GError **error)
{
  LlPipeline *pipeline = data;
  g_autofree char *whose = NULL;
  g_autoptr (LlKeyring) ring = NULL;
  const LlKey *key;

  if (strchr (name, '@') == NULL)
    return export_by_fingerprint (pipeline, name, cancellable, error);
  ring = ll_locks_keyring (pipeline, name, ll_deadline_in (LL_KEYS_BUDGET), &whose);
  if (*fingerprint != '\0')
    {
      key = meant (pipeline, ring, name, fingerprint, error);
      if (key == NULL)
        return NULL;
    }
  else
    key = best_key (pipeline, ring, whose);
  if (key == NULL)
    return no_such_key (name, error);
  if (key->blob == NULL)
    return ll_gnupg_export (pipeline->parts.worker, key->fingerprint,
                            ll_deadline_in (LL_KEYS_BUDGET), cancellable, error);
  return key->method == LL_METHOD_SMIME ? ll_armor_certificate (key->blob)
                                        : ll_armor_pgp (key->blob);
}

/* -- key import ------------------------------------------------------------------------------ */

/* What the user said with the file: these are right. */
static gboolean
accept_all (LlPipeline *pipeline, const GPtrArray *added, GError **error)
{
  for (guint i = 0; i < added->len; i++)
    {
      const LlKey *key = g_ptr_array_index (added, i);

      for (guint a = 0; key->addresses[a] != NULL; a++)
        if (!ll_contacts_accept (pipeline->parts.contacts, key->addresses[a], key->method,
                                 key->fingerprint, error))
          return FALSE;
    }
  return TRUE;
}

static GVariant *
key_import (gpointer data, int file, gboolean accept, GCancellable *cancellable, GError **error)
{
  LlPipeline *pipeline = data;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autofree char *prefers = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) added
      = ll_imported_add (pipeline->parts.imported, file, ll_deadline_in (LL_KEYS_BUDGET),
                         cancellable, &prefers, &local);

  if (added == NULL)
    {
      g_set_error_literal (error, LL_API_ERROR,
                           g_error_matches (local, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY)
                               ? LL_API_ERROR_INVALID
                               : LL_API_ERROR_UNAVAILABLE,
                           local->message);
      return NULL;
    }
  if (accept && !accept_all (pipeline, added, error))
    return NULL;
  if (prefers != NULL
      && ll_contacts_preferred (pipeline->parts.contacts, prefers) == LL_METHOD_NONE)
    ll_contacts_prefer (pipeline->parts.contacts, prefers, LL_METHOD_PGP, NULL);
  ll_keys_renew (pipeline->parts.keys);
  for (guint i = 0; i < added->len; i++)
    {
      const LlKey *key = g_ptr_array_index (added, i);

      ll_pipeline_keys_came (pipeline, (const char *const *) key->addresses);
      g_variant_builder_add_value (&list, ll_key_to_variant (key));
    }
  return g_variant_builder_end (&list);
}

void
ll_people_fill (LlBusActions *actions)
{
  actions->keys = keys;
  actions->key_find = key_find;
  actions->key_export = key_export;
  actions->key_say = key_say;
  actions->key_prefer = key_prefer;
  actions->key_import = key_import;
}
