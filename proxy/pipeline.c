/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One step of a letter. Each step reads where the recipients stand, judges those
 * that need it, lets depart what may, and says when to come back.
 */

#include "pipeline-private.h"

#include "api/intl.h"
#include "deliver/retry.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <malloc.h>
#include <string.h>

/* In the queue, beside the letters: time to clear away what is done. */
#define CLOSING "closing"

/* When a disk that is full, or does not answer, is tried again. */
#define AGAIN_SECONDS 60

/* That many are not kept for a second after they left: some 7 KB each. */
#define CLOSED_AT_ONCE 64

/* A held letter is asked about again after a quarter of an hour, and told by mail after a day. */
#define REMIND_SECONDS (15 * 60)
#define REMIND_BY_MAIL_SECONDS (24 * 60 * 60)

/* Steps wait for checks and for providers, so there are more of them than processors. */
#define STEP_THREADS 16

/* -- saying what happened ---------------------------------------------------------- */

void
ll_pipeline_tell (LlPipeline *pipeline, LlPipelineNews news, const char *id, const char *text)
{
  g_mutex_lock (&pipeline->news_lock);
  if (pipeline->listener != NULL)
    pipeline->listener (news, id, text, pipeline->listener_data);
  g_mutex_unlock (&pipeline->news_lock);
}

void
ll_pipeline_note (LlPipeline *pipeline, LlLive *live, const char *event, const char *text)
{
  ll_ledger_event (pipeline->parts.ledger, live->letter->id, event, text);
}

void
ll_pipeline_enter (LlPipeline *pipeline, const LlLive *live)
{
  ll_ledger_put (pipeline->parts.ledger, live->letter,
                 live->facts != NULL ? live->facts->subject : NULL);
}

gboolean
ll_pipeline_save (LlPipeline *pipeline, LlLive *live, gboolean durable)
{
  g_autoptr (GError) error = NULL;
  guint before = ll_store_records (live->letter);
  gboolean saved = ll_store_record (pipeline->parts.store, live->letter, durable, &error);

  ll_live_count (live);
  if (ll_store_is_synced (live->letter))
    g_atomic_int_set (&live->certain, TRUE);
  if (saved && ll_store_records (live->letter) == before)
    return TRUE; /* nothing is new */
  if (!saved)
    g_warning ("letter %s: its state cannot be written: %s", live->letter->id, error->message);
  ll_ledger_put (pipeline->parts.ledger, live->letter, NULL);
  ll_pipeline_tell (pipeline, LL_PIPELINE_CHANGED, live->letter->id, NULL);
  return saved;
}

/* -- the step ------------------------------------------------------------------------ */

LlLive *
ll_pipeline_find (LlPipeline *pipeline, const char *id)
{
  LlLive *live;

  g_mutex_lock (&pipeline->lock);
  live = g_hash_table_lookup (pipeline->live, id);
  live = live != NULL ? ll_live_ref (live) : NULL;
  g_mutex_unlock (&pipeline->lock);
  return live;
}

void
ll_pipeline_keep (LlPipeline *pipeline, LlLive *live)
{
  g_mutex_lock (&pipeline->lock);
  g_hash_table_replace (pipeline->live, g_strdup (live->letter->id), ll_live_ref (live));
  g_hash_table_replace (pipeline->digests, g_strdup (live->letter->digest), ll_live_ref (live));
  g_mutex_unlock (&pipeline->lock);
}

/* The ledger has it. Another one may have the same digest. */
static void
forget (LlPipeline *pipeline, const LlLive *live)
{
  g_mutex_lock (&pipeline->lock);
  if (g_hash_table_lookup (pipeline->digests, live->letter->digest) == live)
    g_hash_table_remove (pipeline->digests, live->letter->digest);
  g_mutex_unlock (&pipeline->lock);
}

gboolean
ll_pipeline_is_done (const LlLetter *letter)
{
  for (guint i = 0; i < letter->progress->len; i++)
    if (!ll_state_is_final (ll_letter_progress (letter, i)->state))
      return FALSE;
  return TRUE;
}

/* The ledger has it, then the files go: at no instant does neither know the letter. What was done
 * within a second or so shares one commit of the ledger; nobody waits for it. FALSE: some stay, and
 * are tried again. */
static gboolean
close_done (LlPipeline *pipeline)
{
  g_autoptr (GPtrArray) done = NULL;
  g_autoptr (GError) error = NULL;
  gboolean all = TRUE;
  gboolean recorded;

  g_mutex_lock (&pipeline->lock);
  done = g_steal_pointer (&pipeline->done);
  pipeline->done = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_live_unref);
  g_mutex_unlock (&pipeline->lock);
  recorded = done->len == 0 || ll_ledger_flush (pipeline->parts.ledger, &error);
  for (guint i = 0; i < done->len; i++)
    {
      LlLive *live = g_ptr_array_index (done, i);

      if (recorded && ll_store_remove (pipeline->parts.store, live->letter, &error))
        {
          forget (pipeline, live);
          continue;
        }
      g_warning ("letter %s stays in the spool: %s", live->letter->id, error->message);
      if (recorded)
        g_clear_error (&error);
      all = FALSE;
      g_mutex_lock (&pipeline->lock);
      g_ptr_array_add (pipeline->done, ll_live_ref (live));
      g_mutex_unlock (&pipeline->lock);
    }
  return all;
}

/* Some of what a crowd of letters took would stay with us for days: glibc returns by itself only
 * what is free at the end. */
static void
give_back_memory (LlPipeline *pipeline)
{
  guint left;

  g_mutex_lock (&pipeline->lock);
  left = g_hash_table_size (pipeline->live);
  g_mutex_unlock (&pipeline->lock);
  if (left == 0)
    malloc_trim (0);
}

void
ll_pipeline_close (LlPipeline *pipeline, LlLive *live)
{
  guint done;

  if (!ll_keep_original (pipeline, live))
    {
      ll_queue_add (pipeline->queue, live->letter->id, live->letter->account,
                    ll_clock_now () + AGAIN_SECONDS);
      return;
    }
  ll_store_close (live->letter);
  g_clear_pointer (&live->facts, ll_message_facts_free);
  g_mutex_lock (&pipeline->lock);
  g_hash_table_remove (pipeline->live, live->letter->id);
  g_ptr_array_add (pipeline->done, ll_live_ref (live));
  done = pipeline->done->len;
  g_mutex_unlock (&pipeline->lock);
  ll_queue_add (pipeline->queue, CLOSING, CLOSING, done < CLOSED_AT_ONCE ? ll_clock_now () + 1 : 0);
}

gint64
ll_pipeline_next_time (const LlLetter *letter)
{
  gint64 next = 0;

  for (guint i = 0; i < letter->progress->len; i++)
    {
      const LlProgress *progress = ll_letter_progress (letter, i);

      if (ll_state_is_final (progress->state) || progress->next_try == 0)
        continue;
      next = next == 0 ? progress->next_try : MIN (next, progress->next_try);
    }
  return next;
}

/* Never sent by itself (design 4.5): the person is asked again, and in the end by mail. Time counts
 * from when it was held, which may be long after it came. */
static void
remind (LlPipeline *pipeline, LlLive *live)
{
  const LlLetter *letter = live->letter;
  gint64 now = ll_clock_now ();

  for (guint i = 0; i < letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (letter, i);
      gint64 held = MAX (letter->received, progress->decided);

      if (progress->state != LL_STATE_HELD || ll_progress_has (progress, "reminded")
          || ll_progress_has (progress, "again"))
        continue;
      if (progress->next_try == 0)
        progress->next_try = held + REMIND_SECONDS;
      if (progress->next_try > now)
        continue;
      ll_pipeline_tell (pipeline, LL_PIPELINE_HELD, letter->id, progress->reason);
      progress->next_try = 0;
      if (now < held + REMIND_BY_MAIL_SECONDS)
        progress->next_try = held + REMIND_BY_MAIL_SECONDS;
      else
        {
          ll_progress_mark (progress, "reminded");
          ll_progress_mark (progress, "mail_due");
        }
    }
}

/* auth = client: the credentials are not kept for a letter that rests (design 4.2). One that is
 * still looked at goes on with them, and so does one whose sign-in came just now. */
static void
forget_password (LlLive *live)
{
  const LlLetter *letter = live->letter;

  for (guint i = 0; i < letter->progress->len; i++)
    if (ll_letter_progress (letter, i)->state == LL_STATE_CHECKING)
      return;
  g_mutex_lock (&live->lock);
  if (!g_atomic_int_get (&live->anew))
    g_clear_pointer (&live->password, ll_secret_free);
  g_mutex_unlock (&live->lock);
}

/* Until every recipient is decided and every lock that was decided is made: each round takes at
 * least one lock that failed out of the choice. */
static void
judge_and_lock (LlPipeline *pipeline, LlConfig *config, const LlAccount *account, LlLive *live)
{
  guint recipients = live->letter->progress->len;

  memset (live->failed, 0, recipients * sizeof live->failed[0]);
  memset (live->no_requiretls, 0, recipients * sizeof live->no_requiretls[0]);
  g_clear_pointer (&live->failure, g_free);
  ll_judge_letter (pipeline, config, account, live);
  ll_reach (pipeline, config, account, live);
  while (ll_lock_letter (pipeline, account, live))
    ll_judge_letter (pipeline, config, account, live);
}

/* What the provider did not take as it was decided is decided again: without REQUIRETLS, and
 * without a lock that makes the letter too large for it. Each round takes one of them away. */
static void
depart (LlPipeline *pipeline, LlConfig *config, const LlAccount *account, LlLive *live)
{
  ll_sign_letter (pipeline, account, live);
  for (guint round = 0; ll_depart (pipeline, config, account, live) && round < LL_METHOD_OPEN;
       round++)
    {
      do
        ll_judge_letter (pipeline, config, account, live);
      while (ll_lock_letter (pipeline, account, live));
      ll_sign_letter (pipeline, account, live);
    }
}

static void
step_letter (LlPipeline *pipeline, LlLive *live)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *account = ll_config_account (config, live->letter->account);

  if (g_atomic_int_compare_and_exchange (&live->anew, TRUE, FALSE))
    ll_try_anew (live->letter);
  if (g_atomic_int_compare_and_exchange (&live->keys_came, TRUE, FALSE))
    ll_try_keys (live->letter);
  if (account == NULL)
    ll_live_rest (live, LL_STATE_HELD, N_ ("its account is no longer in the configuration"));
  else if (ll_pipeline_paused_until (pipeline) != 0)
    ll_live_rest (live, LL_STATE_WAITING, N_ ("sending is paused; letterlock resume goes on"));
  else if (ll_pipeline_open (pipeline, live))
    {
      judge_and_lock (pipeline, config, account, live);
      depart (pipeline, config, account, live);
    }
  remind (pipeline, live);
  ll_pipeline_save (pipeline, live, FALSE);
  ll_live_answer_taken (live);
  if (ll_pipeline_write_due (pipeline, live))
    ll_pipeline_save (pipeline, live, FALSE);
  forget_password (live);
}

static void
step_cb (const char *id, const char *account, gpointer data)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlLive) live = NULL;
  gint64 soon = ll_clock_now () + LL_KEYRING_AGAIN;
  gint64 next;

  if (strcmp (id, CLOSING) == 0)
    {
      if (!close_done (pipeline))
        ll_queue_add (pipeline->queue, CLOSING, CLOSING, ll_clock_now () + AGAIN_SECONDS);
      give_back_memory (pipeline);
      return;
    }
  if (strcmp (id, LL_PIPELINE_UNREAD) == 0)
    {
      ll_pipeline_take_up_unread (pipeline);
      return;
    }
  if (strcmp (id, LL_PIPELINE_PRUNING) == 0)
    {
      ll_pipeline_prune (pipeline);
      return;
    }
  if (strcmp (id, LL_PIPELINE_RESUMING) == 0)
    {
      ll_pipeline_resume_if_due (pipeline);
      return;
    }
  live = ll_pipeline_find (pipeline, id);
  if (live == NULL)
    return;
  /* a person's request may have it just now, and adds the letter again when it is through */
  if (!ll_store_claim (pipeline->parts.store, id))
    return;
  live->in_line = FALSE;
  step_letter (pipeline, live);
  next = ll_pipeline_next_time (live->letter);
  /* held or not: until it could be opened, nobody knows that it is not lost */
  if (live->facts == NULL && (next == 0 || next > soon))
    next = soon;
  if (ll_pipeline_is_done (live->letter))
    ll_pipeline_close (pipeline, live);
  else if (live->in_line)
    ll_queue_add_in_line (pipeline->queue, id, live->letter->account);
  else if (next != 0)
    ll_queue_add (pipeline->queue, id, live->letter->account, next);
  ll_store_release (pipeline->parts.store, id);
}

void
ll_pipeline_take (LlPipeline *pipeline, LlLive *live)
{
  ll_pipeline_keep (pipeline, live);
  ll_queue_add (pipeline->queue, live->letter->id, live->letter->account, 0);
}

/* -- start ------------------------------------------------------------------------------ */

LlPipeline *
ll_pipeline_new (const LlPipelineParts *parts, LlConfig *config)
{
  LlPipeline *pipeline = g_new0 (LlPipeline, 1);

  pipeline->parts = *parts;
  pipeline->config = ll_config_ref (config);
  g_mutex_init (&pipeline->lock);
  g_mutex_init (&pipeline->news_lock);
  pipeline->ended = g_cancellable_new ();
  (void) g_cancellable_make_pollfd (pipeline->ended, &(GPollFD){ 0 });
  pipeline->live
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) ll_live_unref);
  pipeline->digests
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) ll_live_unref);
  pipeline->done = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_live_unref);
  pipeline->unread = g_ptr_array_new_with_free_func (g_free);
  pipeline->sign_ins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  pipeline->onward = ll_onward_book_new (parts->state_folder);
  pipeline->queue = ll_queue_new (step_cb, pipeline, STEP_THREADS);
  ll_pipeline_keep_subjects (pipeline, config);
  ll_pipeline_take_up_pause (pipeline);
  ll_pipeline_take_up (pipeline);
  ll_queue_add (pipeline->queue, LL_PIPELINE_PRUNING, LL_PIPELINE_PRUNING, 0);
  return pipeline;
}

void
ll_pipeline_end (LlPipeline *pipeline)
{
  g_cancellable_cancel (pipeline->ended);
}

void
ll_pipeline_free (LlPipeline *pipeline)
{
  if (pipeline == NULL)
    return;
  ll_pipeline_end (pipeline);
  ll_queue_free (pipeline->queue);
  close_done (pipeline);
  g_ptr_array_unref (pipeline->done);
  g_ptr_array_unref (pipeline->unread);
  g_hash_table_unref (pipeline->sign_ins);
  g_hash_table_unref (pipeline->digests);
  g_hash_table_unref (pipeline->live);
  ll_config_unref (pipeline->config);
  ll_onward_book_free (pipeline->onward);
  g_cancellable_release_fd (pipeline->ended);
  g_object_unref (pipeline->ended);
  g_mutex_clear (&pipeline->news_lock);
  g_mutex_clear (&pipeline->lock);
  g_free (pipeline);
}

/* -- from outside ------------------------------------------------------------------------- */

gpointer
ll_pipeline_host (LlPipeline *pipeline)
{
  return pipeline->parts.host;
}

LlConfig *
ll_pipeline_config (LlPipeline *pipeline)
{
  LlConfig *config;

  g_mutex_lock (&pipeline->lock);
  config = ll_config_ref (pipeline->config);
  g_mutex_unlock (&pipeline->lock);
  return config;
}

void
ll_pipeline_watch (LlPipeline *pipeline, LlPipelineListener listener, gpointer data)
{
  g_mutex_lock (&pipeline->news_lock);
  pipeline->listener_data = data;
  pipeline->listener = listener;
  g_mutex_unlock (&pipeline->news_lock);
}
