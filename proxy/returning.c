/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Letters that were here before we were: taken up at the start, opened when the keyring
 * lets us, and told to be lost by their id when nothing ever will (promise 2). A disk that
 * does not answer just now, or too many open files, is no loss: it is tried again.
 */

#include "pipeline-private.h"

#include "api/intl.h"
#include "record/lost.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"

/* A file that cannot be read now (not for what is in it). */
#define READ_AGAIN_SECONDS 60

static gboolean
may_pass (const GError *error)
{
  return g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_IO)
         || g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_FULL);
}

/* -- opening ------------------------------------------------------------------------------ */

static void
come_back (LlLive *live, LlState state, gint64 seconds, const char *reason)
{
  ll_live_rest (live, state, reason);
  for (guint i = 0; i < live->letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (live->letter, i);

      if (progress->state == state)
        progress->next_try = ll_clock_now () + seconds;
    }
}

/* Told by its id: in the ledger, to those who watch, and by mail. */
static void
lose (LlPipeline *pipeline, LlLive *live, const char *sentence, const GError *error)
{
  g_autofree char *news
      = g_strdup_printf (N_ ("letter %s is lost: %s"), live->letter->id, error->message);

  g_warning ("%s", news);
  for (guint i = 0; i < live->letter->progress->len; i++)
    if (!ll_state_is_final (ll_letter_progress (live->letter, i)->state))
      ll_progress_mark (ll_letter_progress (live->letter, i), "mail_due");
  ll_live_rest (live, LL_STATE_FAILED, sentence);
  ll_pipeline_note (pipeline, live, "lost", error->message);
  ll_pipeline_tell (pipeline, LL_PIPELINE_TROUBLE, live->letter->id, news);
}

/* The facts of a letter that was loaded while the keyring was locked are sealed with its content:
 * without them nobody knows what must not leave (Bcc), so nothing is decided or sent before. */
gboolean
ll_pipeline_open (LlPipeline *pipeline, LlLive *live)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlReader) reader = NULL;

  if (live->facts != NULL)
    return TRUE;
  reader = ll_store_read (pipeline->parts.store, live->letter, &error);
  if (reader != NULL && live->letter->facts != NULL)
    live->facts = ll_message_facts_from_variant (live->letter->facts);
  if (live->facts != NULL)
    {
      ll_pipeline_enter (pipeline, live); /* with its subject now */
      return TRUE;
    }
  if (error == NULL)
    g_set_error_literal (&error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "its facts are missing");
  if (g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_LOCKED))
    come_back (live, LL_STATE_WAITING, LL_KEYRING_AGAIN,
               N_ ("your keyring is locked; the letter waits for it"));
  else if (may_pass (error))
    come_back (live, LL_STATE_QUEUED, READ_AGAIN_SECONDS,
               N_ ("the stored letter cannot be read now; it is tried again"));
  else if (g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_LOST))
    lose (pipeline, live, N_ ("the key that opens this letter is gone; the letter is lost"), error);
  else
    lose (pipeline, live, N_ ("the stored letter is damaged; the letter is lost"), error);
  return FALSE;
}

/* -- taking up ---------------------------------------------------------------------------- */

/* What was on its way when the program ended may have arrived: nobody can know, so it is said. */
static void
settle_interrupted (LlLetter *letter)
{
  for (guint i = 0; i < letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (letter, i);

      if (progress->state == LL_STATE_SENDING)
        {
          ll_progress_set (progress, LL_STATE_UNCERTAIN,
                           N_ ("Letterlock ended between handing the letter over and the "
                               "provider's answer; it may have arrived"));
          progress->next_try = 0;
        }
    }
}

static gboolean
is_mail_due (const LlLetter *letter)
{
  for (guint i = 0; i < letter->progress->len; i++)
    if (ll_progress_has (ll_letter_progress (letter, i), "mail_due"))
      return TRUE;
  return FALSE;
}

static void
keep_unread (LlPipeline *pipeline, const char *id, const char *why)
{
  g_warning ("letter %s cannot be read now and is tried again: %s", id, why);
  g_mutex_lock (&pipeline->lock);
  g_ptr_array_add (pipeline->unread, g_strdup (id));
  g_mutex_unlock (&pipeline->lock);
  ll_queue_add (pipeline->queue, LL_PIPELINE_UNREAD, LL_PIPELINE_UNREAD,
                ll_clock_now () + READ_AGAIN_SECONDS);
}

/* Its files stay where they are, so it is met at every start; it is told once. */
static void
report_unreadable (LlPipeline *pipeline, const char *id, const char *why)
{
  g_autofree char *news = g_strdup_printf (N_ ("letter %s is lost: %s"), id, why);

  g_warning ("%s", news);
  if (!ll_ledger_lose (pipeline->parts.ledger, id,
                       N_ ("the stored letter is damaged; the letter is lost")))
    return;
  ll_ledger_event (pipeline->parts.ledger, id, "lost", why);
  ll_pipeline_tell (pipeline, LL_PIPELINE_TROUBLE, id, news);
}

static void
take_up (LlPipeline *pipeline, const char *id)
{
  g_autoptr (GError) error = NULL;
  LlLetter *letter = ll_store_load (pipeline->parts.store, id, &error);
  g_autoptr (LlLive) live = NULL;
  gint64 next;

  if (letter == NULL)
    {
      if (may_pass (error))
        keep_unread (pipeline, id, error->message);
      else
        report_unreadable (pipeline, id, error->message);
      return;
    }
  live = ll_live_new (letter,
                      letter->facts != NULL ? ll_message_facts_from_variant (letter->facts) : NULL);
  settle_interrupted (letter);
  ll_pipeline_keep (pipeline, live);
  ll_pipeline_enter (pipeline, live);
  ll_pipeline_save (pipeline, live, FALSE);
  if (ll_pipeline_is_done (letter) && !is_mail_due (letter))
    {
      ll_pipeline_close (pipeline, live);
      return;
    }
  /* also one that rests: whether its key is gone for good is told now, not when it is released */
  next = is_mail_due (letter) || live->facts == NULL ? ll_clock_now ()
                                                     : ll_pipeline_next_time (letter);
  for (guint i = 0; i < letter->progress->len; i++)
    if (ll_letter_progress (letter, i)->state == LL_STATE_CHECKING
        || ll_letter_progress (letter, i)->state == LL_STATE_WAITING)
      next = ll_clock_now ();
  if (next != 0)
    ll_queue_add (pipeline->queue, id, letter->account, next);
}

void
ll_pipeline_take_up (LlPipeline *pipeline)
{
  g_auto (GStrv) ids = ll_store_list (pipeline->parts.store);

  for (guint i = 0; ids[i] != NULL; i++)
    take_up (pipeline, ids[i]);
}

void
ll_pipeline_take_up_unread (LlPipeline *pipeline)
{
  g_autoptr (GPtrArray) unread = NULL;

  g_mutex_lock (&pipeline->lock);
  unread = g_steal_pointer (&pipeline->unread);
  pipeline->unread = g_ptr_array_new_with_free_func (g_free);
  g_mutex_unlock (&pipeline->lock);
  for (guint i = 0; i < unread->len; i++)
    take_up (pipeline, g_ptr_array_index (unread, i));
}
