/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/directory.h"

#include "keys/armor.h"
#include "keys/blob.h"
#include "keys/cache.h"
#include "keys/certificate.h"

#define CACHE "ldap"

static void
add (const LlDirectory *directory, GBytes *der, const LlKeyQuery *query, GPtrArray *found)
{
  g_autoptr (LlKey) key = ll_certificate_parse (der, LL_KEY_SOURCE_LDAP, NULL);

  if (key == NULL)
    return;
  ll_key_expect (key, query->address);
  g_ptr_array_add (found, ll_imported_verify (directory->imported, key));
}

/* As one file; more than fits is asked for again the next time. */
static void
keep (const LlDirectory *directory, const LlKeyQuery *query, const GPtrArray *ders)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < ders->len; i++)
    {
      g_autofree char *one = ll_armor_certificate (g_ptr_array_index (ders, i));

      g_string_append (text, one);
    }
  bytes = g_string_free_to_bytes (text);
  if (g_bytes_get_size (bytes) <= LL_BLOB_MAX)
    ll_key_cache_keep (directory->folder, CACHE, query->address, bytes);
}

/* NULL: @error. (transfer full) of GBytes */
static GPtrArray *
ask (const LlDirectory *directory, const LlConfig *config, const LlKeyQuery *query, GError **error)
{
  g_autoptr (GPtrArray) ders = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) list = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "address", "s", query->address);
  g_variant_dict_insert (&dict, "urls", "^as", config->ldap);
  g_variant_dict_insert (&dict, "milliseconds", "u", (guint32) ll_deadline_left (query->deadline));
  if (config->ca_file != NULL)
    g_variant_dict_insert (&dict, "ca-file", "s", config->ca_file);
  reply = ll_worker_call (directory->worker, "ldap", g_variant_dict_end (&dict), NULL, 0,
                          query->deadline, query->cancellable, error);
  if (reply == NULL)
    return NULL;
  list = g_variant_lookup_value (reply, "certificates", G_VARIANT_TYPE ("aay"));
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (list, i);

      g_ptr_array_add (ders, g_variant_get_data_as_bytes (one));
    }
  return g_steal_pointer (&ders);
}

char *
ll_directory_find (gpointer data, const LlKeyQuery *query, GPtrArray *found)
{
  const LlDirectory *directory = data;
  g_autoptr (LlConfig) config = directory->config (directory->data);
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GPtrArray) ders = NULL;
  g_autoptr (GError) error = NULL;

  if (config->ldap[0] == NULL)
    return NULL;
  kept = query->anew ? NULL : ll_key_cache_load (directory->folder, CACHE, query->address);
  ders = kept != NULL ? ll_certificate_read_all (kept) : ask (directory, config, query, &error);
  if (ders == NULL)
    return g_strdup (error->message);
  if (kept == NULL)
    keep (directory, query, ders);
  for (guint i = 0; i < ders->len; i++)
    add (directory, g_ptr_array_index (ders, i), query, found);
  return NULL;
}
