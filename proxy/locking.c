/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The locked copies of a letter. All of them are made before anything of the letter leaves (promise
 * 4): one for the visible recipients of a method, one for each Bcc recipient (promise 6). A lock
 * that fails is taken out of the choice, and the recipient is decided again: never sent open in its
 * place.
 */

#include "sealing.h"

#include "api/intl.h"

#include <string.h>

static const LlMethod methods[] = { LL_METHOD_PGP, LL_METHOD_SMIME };

/* -- what is kept with a recipient ----------------------------------------------------------- */

guint
ll_locked_copy (const LlProgress *progress)
{
  return ll_extra_number (progress->extra, "copy");
}

/* The proof gains which key, found where, trusted why, who signed, and what became of the subject:
 * "hidden" or "readable". */
static void
keep_lock (LlProgress *progress,
           const LlKey *key,
           const char *signer,
           const char *unsigned_why,
           const char *subject,
           guint number)
{
  g_autoptr (GVariant) shown = g_variant_ref_sink (ll_key_to_variant (key));
  g_auto (GVariantDict) lock = G_VARIANT_DICT_INIT (shown);

  if (signer != NULL)
    g_variant_dict_insert (&lock, "signer", "s", signer);
  if (unsigned_why != NULL)
    g_variant_dict_insert (&lock, "unsigned", "s", unsigned_why);
  g_variant_dict_insert (&lock, "subject", "s", subject);
  ll_progress_prove (progress, "lock", g_variant_dict_end (&lock));
  ll_progress_keep (progress, "copy", g_variant_new_uint32 (number));
}

void
ll_lock_carry (LlProgress *progress, const LlExtra *before, const LlKey *key)
{
  GVariant *proof = ll_extra_get (before, "proof", G_VARIANT_TYPE_VARDICT);
  guint32 number = ll_extra_number (before, "copy");
  g_autoptr (GVariant) lock = NULL;
  const char *fingerprint = "";
  const char *signer = NULL;
  const char *unsigned_why = NULL;
  const char *subject = "hidden"; /* always so once */

  if (number == 0 || proof == NULL)
    return;
  lock = g_variant_lookup_value (proof, "lock", G_VARIANT_TYPE_VARDICT);
  if (lock == NULL || !g_variant_lookup (lock, "fingerprint", "&s", &fingerprint)
      || strcmp (fingerprint, key->fingerprint) != 0)
    return;
  g_variant_lookup (lock, "signer", "&s", &signer);
  g_variant_lookup (lock, "unsigned", "&s", &unsigned_why);
  g_variant_lookup (lock, "subject", "&s", &subject);
  keep_lock (progress, key, signer, unsigned_why, subject, number);
}

/* -- what came of it ------------------------------------------------------------------------- */

static void
rule_out (LlLive *live, guint i, LlMethod method, const char *why)
{
  char *copy = g_strdup (why);

  live->failed[i] |= 1u << method;
  g_free (live->failure);
  live->failure = copy;
}

void
ll_lock_too_large (LlLive *live, guint i, const char *why)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", LL_TOO_LARGE_ONCE_LOCKED, why);

  rule_out (live, i, ll_letter_progress (live->letter, i)->method, text);
}

/* This lock is out of the choice until the letter is decided at another time. */
static void
take_out (LlSealing *copy, const char *why)
{
  g_autofree char *text
      = g_strdup_printf (N_ ("locking with %s failed: %s"), ll_method_name (copy->method), why);

  for (guint i = 0; i < copy->recipients->len; i++)
    {
      guint index = g_array_index (copy->recipients, guint, i);
      LlProgress *progress = ll_letter_progress (copy->live->letter, index);

      rule_out (copy->live, index, copy->method, why);
      progress->decided = 0;
      progress->method = LL_METHOD_NONE;
      ll_progress_set (progress, LL_STATE_CHECKING, text);
    }
  ll_pipeline_note (copy->pipeline, copy->live, "lock-failed", text);
}

/* Returns whether its recipients must be decided again. */
static gboolean
settle_failure (LlSealing *copy, const GError *error)
{
  if (ll_wants_time (copy->pipeline, copy->live, copy->recipients, "locked", error))
    return FALSE;
  take_out (copy, error->message);
  return TRUE;
}

static void
settle_success (LlSealing *copy)
{
  const LlEnvelope *envelope = copy->live->letter->envelope;

  for (guint i = 0; i < copy->recipients->len; i++)
    {
      guint index = g_array_index (copy->recipients, guint, i);
      const LlKey *key = g_ptr_array_index (copy->live->keys, index);

      keep_lock (ll_letter_progress (copy->live->letter, index), key, ll_signer_name (copy->signer),
                 copy->signer->unsigned_why,
                 ll_sealing_hides_subject (copy) ? "hidden" : "readable", copy->number);
      ll_locks_used (copy->pipeline, ll_envelope_recipient (envelope, index)->address, key);
    }
}

/* -- all of a letter ------------------------------------------------------------------------- */

static gboolean
wants_lock (const LlLive *live, guint i, LlMethod method)
{
  const LlProgress *progress = ll_letter_progress (live->letter, i);

  return progress->method == method && ll_progress_is_due (progress)
         && ll_locked_copy (progress) == 0 && progress->decided != 0;
}

static gboolean
is_blind (const LlLive *live, guint i)
{
  return ll_message_is_blind (live->facts, ll_envelope_recipient (live->letter->envelope, i));
}

/* Those who share the copy of @first. */
static GArray *
sharers (const LlLive *live, guint first, LlMethod method)
{
  GArray *recipients = g_array_new (FALSE, FALSE, sizeof (guint));

  g_array_append_val (recipients, first);
  for (guint i = first + 1; !is_blind (live, first) && i < live->letter->progress->len; i++)
    if (wants_lock (live, i, method) && !is_blind (live, i))
      g_array_append_val (recipients, i);
  return recipients;
}

/* The keys are known only to the step that decided: after a restart it is decided again. */
static gboolean
has_keys (const LlLive *live, const GArray *recipients)
{
  for (guint i = 0; i < recipients->len; i++)
    if (g_ptr_array_index (live->keys, g_array_index (recipients, guint, i)) == NULL)
      return FALSE;
  return TRUE;
}

static void
decide_again (LlLive *live, const GArray *recipients)
{
  for (guint i = 0; i < recipients->len; i++)
    {
      LlProgress *progress
          = ll_letter_progress (live->letter, g_array_index (recipients, guint, i));

      progress->decided = 0;
      progress->method = LL_METHOD_NONE;
      ll_progress_set (progress, LL_STATE_CHECKING, progress->reason);
    }
}

/* Nobody is asked for a passphrase out of the blue: only right after `retry`, and once. */
static gboolean
take_permission (LlLive *live, const GArray *recipients)
{
  gboolean asked = FALSE;

  for (guint i = 0; i < recipients->len; i++)
    {
      LlProgress *progress
          = ll_letter_progress (live->letter, g_array_index (recipients, guint, i));

      asked |= ll_progress_has (progress, "ask");
      ll_progress_unmark (progress, "ask");
    }
  return asked;
}

static gboolean
lock_group (LlPipeline *pipeline,
            const LlAccount *account,
            LlLive *live,
            LlMethod method,
            GArray *recipients)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  g_auto (LlSigner) signer = { NULL };
  LlSealing copy = { .pipeline = pipeline,
                     .live = live,
                     .account = account,
                     .method = method,
                     .recipients = recipients,
                     .keys = keys,
                     .signer = &signer,
                     .gossip = config->gossip,
                     .autocrypt = config->autocrypt,
                     .number = g_array_index (recipients, guint, 0) + 1 };

  copy.prompt = take_permission (live, recipients);
  for (guint i = 0; i < recipients->len; i++)
    g_ptr_array_add (keys, g_ptr_array_index (live->keys, g_array_index (recipients, guint, i)));
  if (!ll_signer_find (pipeline, live, method, &signer, &error))
    return settle_failure (&copy, error);
  if (signer.key != NULL && signer.key->defect == LL_KEY_SOUND)
    g_ptr_array_add (keys, signer.key);
  if (!ll_seal_copy (&copy, &error))
    return settle_failure (&copy, error);
  settle_success (&copy);
  return FALSE;
}

gboolean
ll_lock_letter (LlPipeline *pipeline, const LlAccount *account, LlLive *live)
{
  gboolean again = FALSE;

  for (guint m = 0; m < G_N_ELEMENTS (methods); m++)
    for (guint i = 0; i < live->letter->progress->len; i++)
      {
        g_autoptr (GArray) recipients = NULL;

        if (!wants_lock (live, i, methods[m]))
          continue;
        recipients = sharers (live, i, methods[m]);
        if (has_keys (live, recipients))
          again |= lock_group (pipeline, account, live, methods[m], recipients);
        else
          {
            decide_again (live, recipients);
            again = TRUE;
          }
      }
  return again;
}
