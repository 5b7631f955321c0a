/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/published.h"

#include "base/error.h"
#include "keys/blob.h"
#include "keys/gnupg.h"

static LlKey *
unusable (GBytes *blob, const char *address, LlKeySource source, LlKeyDefect defect)
{
  LlKey *key = ll_key_new (LL_METHOD_PGP, source);
  const char *addresses[] = { address, NULL };

  /* nothing of it can be trusted, so its name is that of its bytes */
  key->fingerprint = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, blob);
  key->addresses = g_strdupv ((char **) addresses);
  key->user_id = g_strdup (address);
  key->defect = defect;
  return key;
}

/* Of one that gpg does not take: a key without a user id, as key servers give it out, is whole. */
static LlKeyDefect
defect_of (const LlBlobOutline *outline)
{
  if (outline->version != 4)
    return LL_KEY_UNSUPPORTED;
  return outline->user_ids == 0 ? LL_KEY_OTHER_ADDRESS : LL_KEY_MALFORMED;
}

char *
ll_published_add (LlWorker *worker,
                  GBytes *blob,
                  const LlKeyQuery *query,
                  LlKeySource source,
                  LlTrust trust,
                  GPtrArray *found)
{
  LlBlobOutline outline;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (blob, &length);
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GError) error = NULL;

  if (!ll_blob_outline (bytes, length, &outline) || outline.primaries != 1)
    {
      g_ptr_array_add (found, unusable (blob, query->address, source, LL_KEY_MALFORMED));
      return NULL;
    }
  keys = ll_gnupg_inspect (worker, blob, query->address, source, query->deadline,
                           query->cancellable, &error);
  if (keys == NULL && !g_error_matches (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY))
    return g_strdup (error->message);
  if (keys == NULL || keys->len == 0)
    g_ptr_array_add (found, unusable (blob, query->address, source, defect_of (&outline)));
  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      LlKey *key = g_ptr_array_index (keys, i);

      key->trust = trust;
      g_ptr_array_add (found, ll_key_ref (key));
    }
  return NULL;
}

gboolean
ll_published_add_kept (LlWorker *worker,
                       GBytes *blob,
                       const LlKeyQuery *query,
                       LlKeySource source,
                       LlTrust trust,
                       GPtrArray *found)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  g_autofree char *trouble = ll_published_add (worker, blob, query, source, trust, kept);

  for (guint i = 0; i < kept->len; i++)
    if (!ll_key_is_sound (g_ptr_array_index (kept, i), ll_clock_now ()))
      return FALSE;
  if (kept->len == 0)
    return FALSE;
  g_ptr_array_extend_and_steal (found, g_steal_pointer (&kept));
  return TRUE;
}
