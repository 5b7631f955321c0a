/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What waits does not wait for its timer when what it waits for is there. */

#include "pipeline-private.h"

#include "keys/subaddress.h"

#include <string.h>

/* The network, the keyring or a sign-in may be back: nobody waits for the timer, and what was
 * decided before is decided anew (design 4.5). A provider's 4xx keeps its time. */
void
ll_try_anew (LlLetter *letter)
{
  for (guint i = 0; i < letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (letter, i);

      if (progress->state == LL_STATE_WAITING || progress->state == LL_STATE_QUEUED)
        progress->decided = 0;
      if (progress->state == LL_STATE_WAITING
          || (progress->state == LL_STATE_QUEUED && progress->method == LL_METHOD_NONE)
          || (progress->state == LL_STATE_HELD && ll_progress_has (progress, "again")))
        progress->next_try = 0;
    }
}

void
ll_try_keys (LlLetter *letter)
{
  for (guint i = 0; i < letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (letter, i);

      if (progress->state != LL_STATE_HELD || !ll_progress_has (progress, "wants_key"))
        continue;
      progress->decided = 0;
      progress->next_try = 0;
      progress->method = LL_METHOD_NONE;
      ll_progress_set (progress, LL_STATE_CHECKING, progress->reason);
    }
}

/* A tag may be none of the address's own (keys.plus-tags). */
static gboolean
is_to (const LlRecipient *recipient, const char *const *addresses)
{
  g_autofree char *owner = ll_subaddress_owner (recipient->address);

  for (guint i = 0; addresses[i] != NULL; i++)
    if (g_ascii_strcasecmp (recipient->address, addresses[i]) == 0
        || (owner != NULL && g_ascii_strcasecmp (owner, addresses[i]) == 0))
      return TRUE;
  return FALSE;
}

static gboolean
is_to_any (const LlEnvelope *envelope, const char *const *addresses)
{
  for (guint i = 0; i < envelope->recipients->len; i++)
    if (is_to (ll_envelope_recipient (envelope, i), addresses))
      return TRUE;
  return FALSE;
}

void
ll_pipeline_keys_came (LlPipeline *pipeline, const char *const *addresses)
{
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&pipeline->lock);
  g_hash_table_iter_init (&iter, pipeline->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LlLive *live = value;

      if (!is_to_any (live->letter->envelope, addresses))
        continue;
      g_atomic_int_set (&live->keys_came, TRUE);
      ll_queue_add (pipeline->queue, live->letter->id, live->letter->account, 0);
    }
  g_mutex_unlock (&pipeline->lock);
}

void
ll_pipeline_wake (LlPipeline *pipeline)
{
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&pipeline->lock);
  g_hash_table_iter_init (&iter, pipeline->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LlLive *live = value;

      g_atomic_int_set (&live->anew, TRUE);
      ll_queue_add (pipeline->queue, live->letter->id, live->letter->account, 0);
    }
  g_mutex_unlock (&pipeline->lock);
}

void
ll_pipeline_signed_in (LlPipeline *pipeline,
                       const char *account,
                       const char *login,
                       const LlSecret *password)
{
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&pipeline->lock);
  g_hash_table_iter_init (&iter, pipeline->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LlLive *live = value;

      if (strcmp (live->letter->account, account) != 0)
        continue;
      g_mutex_lock (&live->lock);
      g_free (live->login);
      ll_secret_free (live->password);
      live->login = g_strdup (login);
      live->password = ll_secret_copy (password);
      g_atomic_int_set (&live->anew, TRUE);
      g_mutex_unlock (&live->lock);
      ll_queue_add (pipeline->queue, live->letter->id, account, 0);
    }
  g_mutex_unlock (&pipeline->lock);
}

void
ll_pipeline_configure (LlPipeline *pipeline, LlConfig *config)
{
  LlConfig *old;

  g_mutex_lock (&pipeline->lock);
  old = pipeline->config;
  pipeline->config = ll_config_ref (config);
  g_mutex_unlock (&pipeline->lock);
  ll_config_unref (old);
  ll_pipeline_keep_subjects (pipeline, config);
  ll_upstream_drop (pipeline->parts.upstream);
  ll_queue_kick (pipeline->queue, NULL);
  ll_queue_add (pipeline->queue, LL_PIPELINE_PRUNING, LL_PIPELINE_PRUNING, 0);
  ll_pipeline_wake (pipeline);
}

void
ll_pipeline_renew (LlPipeline *pipeline)
{
  ll_assess_renew (pipeline->parts.assess);
  ll_upstream_drop (pipeline->parts.upstream);
  ll_queue_kick (pipeline->queue, NULL);
  ll_pipeline_wake (pipeline);
}
