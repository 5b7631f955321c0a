/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whether a letter that the mail program locked itself is locked for its recipient: the keys that
 * it names beside those that are known here (facts/protection.md A.7). What is not known stays
 * unknown: a mail program may have keys of its own.
 */

#include "pipeline-private.h"

#include "base/limits.h"

#include <string.h>

typedef struct
{
  LlPipeline *pipeline;
  const LlMessageFacts *facts;
  LlDeadline deadline;
} Look;

static LlMethod
method_of (const LlMessageFacts *facts)
{
  return facts->protection == LL_PROTECTION_SMIME ? LL_METHOD_SMIME : LL_METHOD_PGP;
}

static gboolean
has_id (const LlKey *key, const char *id)
{
  return key->ids != NULL && g_strv_contains ((const char *const *) key->ids, id);
}

/* One of the keys that the letter is locked for. */
static gboolean
is_named (const Look *look, const LlKey *key)
{
  for (char **id = look->facts->sealed_for; *id != NULL; id++)
    if (has_id (key, *id))
      return TRUE;
  return FALSE;
}

/* Keys of @address that somebody vouches for; with a defect, too: who holds an expired one can
 * still open what is locked for it. (transfer full) of LlKey, with the trust that counts */
static GPtrArray *
vouched_keys (const Look *look, const char *address)
{
  g_autoptr (LlKeyring) ring = ll_keys_wait (look->pipeline->parts.keys, address, look->deadline);
  GPtrArray *vouched = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  g_auto (LlContactKey) contact = { NULL };

  ll_contacts_load (look->pipeline->parts.contacts, address, method_of (look->facts), &contact);
  for (guint i = 0; i < ring->keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (ring->keys, i);
      LlTrust trust = ll_trust_of (key, &contact);
      LlKey *copy;

      if (key->method != method_of (look->facts) || trust < LL_TRUST_KEPT
          || !ll_key_is_for (key, address, TRUE))
        continue;
      copy = ll_key_copy (key);
      copy->trust = trust;
      g_ptr_array_add (vouched, copy);
    }
  return vouched;
}

/* Of those that the letter names, how many are @address's. */
static void
cross_out (const Look *look, const char *address, GHashTable *ids)
{
  g_autoptr (GPtrArray) keys = vouched_keys (look, address);

  for (guint i = 0; i < keys->len; i++)
    for (char **id = look->facts->sealed_for; *id != NULL; id++)
      if (has_id (g_ptr_array_index (keys, i), *id))
        g_hash_table_remove (ids, *id);
}

/* Every key that it names is known to be the sender's or another recipient's. */
static gboolean
is_all_of_others (const Look *look, const LlLive *live, guint but)
{
  const LlEnvelope *envelope = live->letter->envelope;
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (char **id = look->facts->sealed_for; *id != NULL; id++)
    g_hash_table_add (ids, *id);
  cross_out (look, look->facts->from != NULL ? look->facts->from : envelope->sender, ids);
  for (guint i = 0; i < envelope->recipients->len && i < LL_MANY_RECIPIENTS; i++)
    if (i != but)
      cross_out (look, ll_envelope_recipient (envelope, i)->address, ids);
  return g_hash_table_size (ids) == 0;
}

LlFits
ll_fits (LlPipeline *pipeline, const LlLive *live, guint i, LlDeadline deadline)
{
  Look look
      = { pipeline, live->facts, ll_deadline_earlier (deadline, ll_deadline_in (LL_KEYS_BUDGET)) };
  g_autoptr (GPtrArray) keys = NULL;

  if (live->facts->protection == LL_PROTECTION_NONE || live->facts->sealed_for[0] == NULL)
    return LL_FITS_UNKNOWN;
  keys = vouched_keys (&look, ll_envelope_recipient (live->letter->envelope, i)->address);
  for (guint k = 0; k < keys->len; k++)
    {
      const LlKey *key = g_ptr_array_index (keys, k);

      if (is_named (&look, key))
        return key->trust == LL_TRUST_ACCEPTED && ll_key_is_sound (key, ll_clock_now ())
                   ? LL_FITS_ACCEPTED
                   : LL_FITS_KEY;
    }
  if (!live->facts->sealed_whole)
    return LL_FITS_UNKNOWN;
  return keys->len > 0 || is_all_of_others (&look, live, i) ? LL_FITS_OTHERS : LL_FITS_UNKNOWN;
}

void
ll_fits_keep (LlProgress *progress, const LlMessageFacts *facts, LlFits fits)
{
  static const char *const words[] = {
    [LL_FITS_UNKNOWN] = "not known",
    [LL_FITS_KEY] = "this recipient",
    [LL_FITS_ACCEPTED] = "this recipient",
    [LL_FITS_OTHERS] = "others",
  };

  if (facts->protection == LL_PROTECTION_NONE)
    return;
  ll_progress_prove (progress, "locked_for", g_variant_new_string (words[fits]));
  ll_progress_prove (progress, "locked_keys",
                     g_variant_new_strv ((const char *const *) facts->sealed_for, -1));
}
