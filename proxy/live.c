/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A letter that is in the spool, in memory: and what is kept with each of its recipients. */

#include "pipeline-private.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"

#include <string.h>

static void
free_key (gpointer key)
{
  ll_key_unref (key);
}

LlLive *
ll_live_new (LlLetter *letter, LlMessageFacts *facts)
{
  LlLive *live = g_new0 (LlLive, 1);

  live->ref_count = 1;
  live->letter = letter;
  live->facts = facts;
  live->certain = ll_store_is_synced (letter);
  live->keys = g_ptr_array_new_full (letter->progress->len, free_key);
  g_ptr_array_set_size (live->keys, (gint) letter->progress->len);
  live->waits = g_ptr_array_new_full (letter->progress->len, g_free);
  g_ptr_array_set_size (live->waits, (gint) letter->progress->len);
  live->hidden = g_new0 (guint8, letter->progress->len);
  live->failed = g_new0 (guint, letter->progress->len);
  live->no_requiretls = g_new0 (guint8, letter->progress->len);
  g_mutex_init (&live->lock);
  g_cond_init (&live->answered_cond);
  ll_live_count (live);
  return live;
}

void
ll_live_count (LlLive *live)
{
  guint states = 0;

  for (guint i = 0; i < live->letter->progress->len; i++)
    states |= 1u << ll_letter_progress (live->letter, i)->state;
  g_atomic_int_set (&live->states, (gint) states);
}

LlLive *
ll_live_ref (LlLive *live)
{
  g_atomic_int_inc (&live->ref_count);
  return live;
}

void
ll_live_unref (LlLive *live)
{
  if (live == NULL || !g_atomic_int_dec_and_test (&live->ref_count))
    return;
  ll_letter_free (live->letter);
  ll_message_facts_free (live->facts);
  g_ptr_array_unref (live->keys);
  g_ptr_array_unref (live->waits);
  g_free (live->hidden);
  g_free (live->failed);
  g_free (live->no_requiretls);
  g_free (live->failure);
  g_free (live->login);
  ll_secret_free (live->password);
  ll_reply_clear (&live->answer);
  g_mutex_clear (&live->lock);
  g_cond_clear (&live->answered_cond);
  g_free (live);
}

void
ll_live_credentials (LlLive *live, char **login, LlSecret **password)
{
  g_mutex_lock (&live->lock); /* a new sign-in may replace them */
  *login = g_strdup (live->login);
  *password = live->password != NULL ? ll_secret_copy (live->password) : NULL;
  g_mutex_unlock (&live->lock);
}

gboolean
ll_live_answer (LlLive *live, guint code, const char *enhanced, const char *text)
{
  gboolean taken;

  g_mutex_lock (&live->lock);
  taken = live->client_waits && !live->answered;
  if (taken)
    {
      ll_reply_set (&live->answer, code, enhanced, "%s", text);
      live->answered = TRUE;
      g_cond_broadcast (&live->answered_cond);
    }
  g_mutex_unlock (&live->lock);
  return taken;
}

void
ll_live_answer_taken (LlLive *live)
{
  const LlLetter *letter = live->letter;
  g_autofree char *text = NULL;

  for (guint i = 0; i < letter->progress->len; i++)
    {
      const LlProgress *progress = ll_letter_progress (letter, i);

      if (progress->state == LL_STATE_SENT || progress->reason == NULL)
        continue;
      text = g_strdup_printf ("%s %s: %s: %s", letter->id, ll_state_name (progress->state),
                              ll_envelope_recipient (letter->envelope, i)->address,
                              progress->reason);
      break;
    }
  ll_live_answer (live, 250, "2.0.0", text != NULL ? text : letter->id);
}

void
ll_progress_set (LlProgress *progress, LlState state, const char *reason)
{
  progress->state = state;
  if (reason != progress->reason)
    {
      g_free (progress->reason);
      progress->reason = g_strdup (reason);
    }
}

void
ll_live_rest (LlLive *live, LlState state, const char *reason)
{
  for (guint i = 0; i < live->letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (live->letter, i);

      if (ll_state_is_final (progress->state) || progress->state == LL_STATE_UNCERTAIN
          || (progress->state == LL_STATE_HELD && !ll_state_is_final (state)
              && !ll_progress_has (progress, "again")))
        continue;
      ll_progress_unmark (progress, "again");
      ll_progress_set (progress, state, reason);
    }
}

gboolean
ll_progress_is_due (const LlProgress *progress)
{
  switch (progress->state)
    {
    case LL_STATE_CHECKING:
      return TRUE;
    case LL_STATE_QUEUED:
    case LL_STATE_WAITING:
      return progress->next_try <= ll_clock_now ();
    case LL_STATE_HELD:
      return ll_progress_has (progress, "again") && progress->next_try <= ll_clock_now ();
    case LL_STATE_SENDING:
    case LL_STATE_SENT:
    case LL_STATE_UNCERTAIN:
    case LL_STATE_REFUSED:
    case LL_STATE_DROPPED:
    case LL_STATE_BOUNCED:
    case LL_STATE_FAILED:
    case LL_STATE_EXPIRED:
    case LL_STATE_OPENED:
    case LL_STATE_REPLIED:
    case LL_STATE_RETRACTED:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

const char *
ll_progress_sentence (const LlProgress *progress)
{
  const char *sentence = ll_extra_text (progress->extra, "reason");

  return sentence != NULL ? sentence : progress->reason;
}

gboolean
ll_progress_has (const LlProgress *progress, const char *mark)
{
  return ll_extra_flag (progress->extra, mark);
}

void
ll_progress_mark (LlProgress *progress, const char *mark)
{
  ll_extra_put_flag (progress->extra, mark, TRUE);
}

void
ll_progress_unmark (LlProgress *progress, const char *mark)
{
  ll_progress_keep (progress, mark, NULL);
}

void
ll_progress_keep (LlProgress *progress, const char *key, GVariant *value)
{
  ll_extra_put (progress->extra, key, value);
}

void
ll_progress_prove (LlProgress *progress, const char *key, GVariant *value)
{
  g_auto (GVariantDict) proof
      = G_VARIANT_DICT_INIT (ll_extra_get (progress->extra, "proof", G_VARIANT_TYPE_VARDICT));

  if (value != NULL)
    g_variant_dict_insert_value (&proof, key, value);
  else
    g_variant_dict_remove (&proof, key);
  ll_progress_keep (progress, "proof", g_variant_dict_end (&proof));
}

void
ll_refusal_code (const LlProgress *progress, guint *code, const char **enhanced)
{
  const char *smtp = ll_extra_text (progress->extra, "smtp");

  *code = 550;
  *enhanced = "5.7.1";
  /* "550 5.7.10" as the policy said it */
  if (smtp == NULL || strlen (smtp) < 5)
    return;
  *code = (guint) g_ascii_strtoull (smtp, NULL, 10);
  *enhanced = smtp + 4;
}

/* -- its bytes --------------------------------------------------------------------------------- */

char *
ll_live_header (LlPipeline *pipeline, LlLive *live, gsize *length, GError **error)
{
  g_autoptr (LlReader) reader = NULL;
  g_autofree char *header = NULL;
  gsize have = 0;

  if (live->facts->header_length > LL_HEADER_MAX)
    {
      g_set_error_literal (error, LL_MESSAGE_ERROR, LL_MESSAGE_ERROR_TOO_LARGE,
                           "its header is too long to be locked or signed");
      return NULL;
    }
  reader = ll_store_read (pipeline->parts.store, live->letter, error);
  if (reader == NULL)
    return NULL;
  *length = (gsize) live->facts->header_length;
  header = g_malloc (*length + 1);
  while (have < *length)
    {
      gssize got = ll_reader_read (reader, header + have, *length - have, error);

      if (got < 0)
        return NULL;
      if (got == 0)
        break;
      have += (gsize) got;
    }
  *length = have;
  header[have] = '\0';
  return g_steal_pointer (&header);
}

static gssize
pull_cb (gpointer data, void *bytes, gsize length, GError **error)
{
  return ll_reader_read (data, bytes, length, error);
}

LlInner *
ll_letter_source_open (gpointer data, GError **error)
{
  LlLetterSource *source = data;

  ll_letter_source_clear (source);
  source->reader = ll_store_read (source->pipeline->parts.store, source->live->letter, error);
  return source->reader != NULL ? ll_inner_new (pull_cb, source->reader, source->surgery, error)
                                : NULL;
}

void
ll_letter_source_clear (LlLetterSource *source)
{
  g_clear_pointer (&source->reader, ll_reader_free);
}

LlDeadline
ll_live_deadline (const LlLive *live, gboolean prompt)
{
  if (prompt)
    return ll_deadline_in (LL_PROMPT_DEADLINE);
  return ll_deadline_in (LL_LOCK_DEADLINE + (gint64) (live->facts->size / LL_LOCK_OCTETS));
}
