/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The sender's own key: he can read what he sent, and signs it. */

#include "pipeline-private.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "keys/gnupg.h"

void
ll_signer_clear (LlSigner *signer)
{
  g_clear_pointer (&signer->key, ll_key_unref);
  g_clear_pointer (&signer->own, ll_own_free);
  g_clear_pointer (&signer->unsigned_why, g_free);
}

const char *
ll_signer_name (const LlSigner *signer)
{
  return signer->signs ? signer->key->fingerprint : NULL;
}

static const char *
author_of (const LlLive *live)
{
  return live->facts->from != NULL ? live->facts->from : live->letter->envelope->sender;
}

/* Not again: its bytes stay, and one signature says it all. */
static char *
signed_already (const LlLive *live)
{
  return live->facts->is_signed ? g_strdup (N_ ("your mail program has signed it")) : NULL;
}

/* Why the key cannot sign; NULL: it can. (transfer full) */
static char *
weakness (const LlKey *key)
{
  g_autofree char *defect = ll_key_defect_text (key);

  if (key->signs)
    return NULL;
  if (defect == NULL)
    return g_strdup (N_ ("your own PGP key cannot sign"));
  return g_strdup_printf (N_ ("your own PGP key %s"), defect);
}

/* Without gpg-agent nobody knows whether a key is his, and the letter waits for it (design 5). What
 * else fails here fails in the engine's own words, and the letter goes locked without a signature.
 */
static gboolean
find_key (LlPipeline *pipeline, const LlLive *live, LlSigner *signer, GError **error)
{
  g_autoptr (GError) local = NULL;

  signer->key = ll_gnupg_own (pipeline->parts.worker, author_of (live),
                              ll_deadline_in (LL_KEYS_BUDGET), pipeline->ended, &local);
  if (g_error_matches (local, LL_ENGINE_ERROR, LL_ENGINE_ERROR_NO_AGENT))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (signer->key != NULL)
    signer->unsigned_why = signed_already (live);
  if (signer->key != NULL && signer->unsigned_why == NULL)
    signer->unsigned_why = weakness (signer->key);
  signer->signs = signer->key != NULL && signer->unsigned_why == NULL;
  if (local != NULL)
    signer->unsigned_why = g_strdup_printf (N_ ("your own PGP key: %s"), local->message);
  return TRUE;
}

/* Why the certificate cannot sign this letter; NULL: it can. (transfer full) */
static char *
misfit (const LlOwn *own, const char *author)
{
  g_autoptr (LlKey) judged = ll_key_copy (own->key);
  g_autofree char *defect = NULL;

  judged->defect = LL_KEY_SOUND; /* what it cannot do as a recipient's is no matter here */
  defect = ll_key_defect_text (judged);
  if (defect != NULL)
    return g_strdup_printf (N_ ("your certificate %s"), defect);
  if (!ll_key_is_for (own->key, author, TRUE))
    return g_strdup_printf (N_ ("your certificate does not name %s"), author);
  return NULL;
}

static gboolean
find_certificate (LlPipeline *pipeline, const LlLive *live, LlSigner *signer, GError **error)
{
  const char *account = live->letter->account;
  g_autoptr (GError) local = NULL;

  signer->own = ll_own_of (pipeline, account);
  if (signer->own == NULL)
    return TRUE;
  signer->key = ll_key_ref (signer->own->key);
  signer->unsigned_why = signed_already (live);
  if (signer->unsigned_why == NULL)
    signer->unsigned_why = misfit (signer->own, author_of (live));
  if (signer->unsigned_why != NULL)
    return TRUE;
  signer->signs = ll_own_unlock (pipeline, account, signer->own, &local);
  if (signer->signs)
    return TRUE;
  if (g_error_matches (local, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  signer->unsigned_why
      = g_strdup_printf (N_ ("the key of your certificate could not be used: %s"), local->message);
  return TRUE;
}

gboolean
ll_signer_find (
    LlPipeline *pipeline, const LlLive *live, LlMethod method, LlSigner *signer, GError **error)
{
  return method == LL_METHOD_SMIME ? find_certificate (pipeline, live, signer, error)
                                   : find_key (pipeline, live, signer, error);
}
