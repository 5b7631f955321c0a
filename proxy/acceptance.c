/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The end of data: the moment at which a letter becomes ours. Repeats of what is here already
 * are recognised (promise 3), the letter is made durable (promise 2), and the mail program gets
 * one answer.
 */

#include "reception-private.h"

#include "api/intl.h"
#include "base/clock.h"
#include "base/limits.h"
#include "message/trace.h"

#include <string.h>

/* Repeats are recognised for a day (promise 3). */
#define REPEAT_SECONDS (24 * 60 * 60)

/* How long a step may keep a letter from files of its own when the log fails (milliseconds). */
#define CLAIM_WAIT 1000

static LlLetter *
make_letter (const LlReception *reception,
             const LlAccount *account,
             const LlEnvelope *envelope,
             LlMessageFacts *facts,
             const char *id)
{
  LlLetter *letter = ll_letter_new ();

  letter->received = ll_clock_now ();
  if (reception->config->trace_headers)
    ll_message_trace (facts, id, letter->received);
  letter->account = g_strdup (account->name);
  if (facts->message_id != NULL)
    letter->message_id = g_strdup_printf ("<%s>", facts->message_id);
  ll_envelope_free (letter->envelope);
  letter->envelope = ll_envelope_copy (envelope);
  letter->facts = g_variant_ref_sink (ll_message_facts_to_variant (facts));
  for (guint i = 0; i < envelope->recipients->len; i++)
    g_ptr_array_add (letter->progress, ll_progress_new ());
  return letter;
}

void
ll_reception_add_refused (LlReception *reception, LlLetter *letter)
{
  for (guint i = 0; i < reception->refused_progress->len; i++)
    {
      g_ptr_array_add (letter->envelope->recipients,
                       ll_recipient_copy (ll_envelope_recipient (reception->refused, i)));
      g_ptr_array_add (letter->progress,
                       g_steal_pointer (&g_ptr_array_index (reception->refused_progress, i)));
    }
  g_ptr_array_set_size (reception->refused_progress, 0);
  g_ptr_array_set_size (reception->refused->recipients, 0);
}

/* Whether the mail program may not know that we have letter @id: it was kept (not refused), and
 * our final answer was not received.
 *
 * That it was received is written with the ledger's next group. Who is killed within that second
 * forgets it, and tells a mail program that sends the same bytes again on the same day that they
 * were taken, which is so. To wait for the disk after every answer would only spare a person from
 * asking for the second copy in another way; to believe, after a crash, that all was heard would
 * send letters twice. */
static gboolean
is_unheard (LlLedger *ledger, const char *id)
{
  g_autoptr (GVariant) letter = NULL;
  g_autoptr (GVariant) events = NULL;
  const char *state = NULL;

  ll_ledger_flush (ledger, NULL);
  letter = ll_ledger_get (ledger, id, NULL);
  if (letter == NULL || !g_variant_lookup (letter, "state", "&s", &state)
      || strcmp (state, ll_state_name (LL_STATE_REFUSED)) == 0)
    return FALSE;
  events = g_variant_lookup_value (letter, "events", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; events != NULL && i < g_variant_n_children (events); i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (events, i);
      const char *name = NULL;

      if (g_variant_lookup (event, "event", "&s", &name) && strcmp (name, "received") == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_in_spool (LlPipeline *pipeline, const LlLetter *letter)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pipeline->lock);

  return g_hash_table_contains (pipeline->digests, letter->digest);
}

/* The first submission may still wait for its answer, on a connection that is dead. From here on
 * it is taken: a later refusal would be told to nobody who listens. FALSE: it was refused. */
static gboolean
adopt (LlPipeline *pipeline, const char *id)
{
  g_autoptr (LlLive) live = ll_pipeline_find (pipeline, id);
  gboolean taken;

  if (live == NULL)
    return TRUE;
  g_mutex_lock (&live->lock);
  while (live->answering && !live->answered)
    g_cond_wait (&live->answered_cond, &live->lock);
  if (!live->answered && live->client_waits)
    {
      ll_reply_set (&live->answer, 250, "2.0.0", "%s taken; Letterlock goes on with it", id);
      live->answered = TRUE;
      g_cond_broadcast (&live->answered_cond);
    }
  taken = !live->answered || live->answer.code < 400;
  g_mutex_unlock (&live->lock);
  return taken;
}

/* A repeated submission whose first answer got lost (promise 3). (transfer full) the first id: the
 * last one of several, since each of those before was heard or refused. */
static char *
find_repeat (LlPipeline *pipeline, const LlLetter *letter)
{
  LlLedger *ledger = pipeline->parts.ledger;
  g_autofree char *id = NULL;

  if (is_in_spool (pipeline, letter))
    ll_ledger_flush (ledger, NULL);
  id = ll_ledger_find_digest (ledger, letter->account, letter->digest,
                              letter->received - REPEAT_SECONDS);
  if (id == NULL || !adopt (pipeline, id) || !is_unheard (ledger, id))
    return NULL;
  return g_steal_pointer (&id);
}

static gboolean
same_recipients (const LlEnvelope *a, const LlEnvelope *b)
{
  if (a->recipients->len != b->recipients->len || g_strcmp0 (a->sender, b->sender) != 0)
    return FALSE;
  for (guint i = 0; i < a->recipients->len; i++)
    if (strcmp (ll_envelope_recipient (a, i)->address, ll_envelope_recipient (b, i)->address) != 0)
      return FALSE;
  return TRUE;
}

/* Same Message-ID and envelope, other bytes, and the first has not left yet: a person is asked. */
static char *
find_twin (LlPipeline *pipeline, const LlLetter *letter)
{
  GHashTableIter iter;
  gpointer value;
  char *id = NULL;

  if (letter->message_id == NULL)
    return NULL;
  g_mutex_lock (&pipeline->lock);
  g_hash_table_iter_init (&iter, pipeline->live);
  while (id == NULL && g_hash_table_iter_next (&iter, NULL, &value))
    {
      const LlLetter *other = ((LlLive *) value)->letter;

      if (g_strcmp0 (other->message_id, letter->message_id) == 0
          && g_strcmp0 (other->digest, letter->digest) != 0
          && same_recipients (other->envelope, letter->envelope))
        id = g_strdup (other->id);
    }
  g_mutex_unlock (&pipeline->lock);
  return id;
}

static void
hold_twin (LlLetter *letter, const char *twin)
{
  g_autofree char *reason
      = g_strdup_printf (N_ ("looks like letter %s, which has not left yet, with "
                             "other content: send twice?"),
                         twin);

  for (guint i = 0; i < letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (letter, i);

      if (progress->state != LL_STATE_CHECKING)
        continue;
      ll_progress_set (progress, LL_STATE_HELD, reason);
      progress->decided = ll_clock_now ();
    }
}

static void
wait_for_answer (LlLive *live, LlDeadline deadline, LlReply *reply)
{
  g_mutex_lock (&live->lock);
  while (!live->answered)
    {
      gboolean in_time = g_cond_wait_until (&live->answered_cond, &live->lock, deadline);

      if (!in_time && live->answering)
        g_cond_wait (&live->answered_cond, &live->lock);
      else if (!in_time)
        break;
    }
  live->client_waits = FALSE;
  if (live->answered)
    ll_reply_copy (&live->answer, reply);
  else
    ll_reply_set (reply, 250, "2.0.0", "%s taken; Letterlock goes on with it", live->letter->id);
  g_mutex_unlock (&live->lock);
}

/* Neither log nor files can keep it: it never was ours. Called by its owner. */
static void
give_up (LlPipeline *pipeline, LlLive *live)
{
  ll_live_rest (live, LL_STATE_REFUSED,
                N_ ("this computer's disk could not keep the letter; nothing was sent"));
  ll_pipeline_save (pipeline, live, FALSE);
  ll_pipeline_close (pipeline, live);
}

/* The log fails, so it moves out of it; unless that was done meanwhile. */
static gboolean
move_out (LlPipeline *pipeline, LlLive *live)
{
  LlStore *store = pipeline->parts.store;
  const char *id = live->letter->id;
  g_autoptr (LlLive) still = NULL;

  if (!ll_store_claim_wait (store, id, ll_deadline_in (CLAIM_WAIT)))
    return g_atomic_int_get (&live->certain);
  still = ll_pipeline_find (pipeline, id);
  if (still != NULL && !ll_pipeline_save (pipeline, live, TRUE))
    give_up (pipeline, live);
  ll_store_release (store, id);
  return g_atomic_int_get (&live->certain);
}

/* Durable before the 250 (promise 2). What was sent is, since the provider got its dot, and so is
 * what rests in files; for all else it is done here. */
static void
make_certain (LlReception *reception, LlLive *live, LlReply *reply)
{
  LlPipeline *pipeline = reception->pipeline;
  g_autoptr (GError) error = NULL;

  if (!ll_reply_is_positive (reply) || g_atomic_int_get (&live->certain)
      || ll_store_sync (pipeline->parts.store, &error) || move_out (pipeline, live))
    return;
  /* if a step has it still, and it leaves after all: the same bytes again are a repeat */
  g_clear_pointer (&reception->last_id, g_free);
  ll_reception_cannot_keep (error, reply);
}

/* What leaves differs from what came, and that is shown (promise 5). */
static void
note_changes (const LlReception *reception, LlLive *live)
{
  LlPipeline *pipeline = reception->pipeline;
  const GPtrArray *edits = live->facts->edits;

  if (reception->bare_lf)
    ll_pipeline_note (pipeline, live, "changed",
                      N_ ("lines that ended in LF alone end in CRLF now"));
  if (reception->last_crlf)
    ll_pipeline_note (pipeline, live, "changed", N_ ("the last line got its line end"));
  for (guint i = 0; edits != NULL && i < edits->len; i++)
    ll_pipeline_note (pipeline, live, "changed",
                      ((const LlEdit *) g_ptr_array_index (edits, i))->what);
}

/* A password goes to the provider that it was given for, and to no other account's. */
static gboolean
is_signed_in (const LlReception *reception, const char *name)
{
  const LlAccount *account = ll_config_account (reception->config, name);

  return account != NULL && g_strcmp0 (account->host, reception->password_host) == 0;
}

static void
take (LlReception *reception,
      LlLetter *letter,
      LlMessageFacts *facts,
      LlDeadline deadline,
      LlReply *reply)
{
  LlPipeline *pipeline = reception->pipeline;
  g_autoptr (LlLive) live = ll_live_new (letter, facts);

  g_free (reception->last_id);
  reception->last_id = g_strdup (letter->id);
  live->client_waits = TRUE;
  if (reception->password != NULL && is_signed_in (reception, letter->account))
    {
      live->login = g_strdup (reception->login);
      live->password = ll_secret_copy (reception->password);
    }
  ll_pipeline_enter (pipeline, live);
  ll_pipeline_note (pipeline, live, "accepted", NULL);
  note_changes (reception, live);
  if (letter->envelope->recipients->len >= LL_MANY_RECIPIENTS)
    ll_live_answer (live, 250, "2.0.0", letter->id);
  ll_pipeline_take (pipeline, live);
  wait_for_answer (live, deadline, reply);
  make_certain (reception, live, reply);
}

static const LlAccount *
settle_account (LlReception *reception, const LlEnvelope *envelope, const LlMessageFacts *facts)
{
  return ll_account_select (reception->config, reception->login, envelope->sender, facts->from);
}

/* The provider's limits, now that the bytes are known; and what no server may pass on. */
static gboolean
refuse_by_content (LlReception *reception,
                   const LlAccount *account,
                   const LlMessageFacts *facts,
                   LlReply *reply)
{
  LlUpstreamOffers offers = ll_upstream_offers (reception->pipeline->parts.upstream, account);

  if (facts->tls_required_twice)
    {
      ll_reply_set (reply, 550, "5.6.0",
                    "the header TLS-Required is there more than once; remove all but one");
      return TRUE;
    }
  if (!offers.known)
    return FALSE;
  if (facts->has_8bit && !offers.eightbitmime)
    ll_reply_set (reply, 554, "5.6.3", "your provider does not take 8-bit letters (8BITMIME)");
  else if (offers.size > 0 && facts->size > offers.size)
    ll_reply_set (reply, 552, "5.3.4",
                  "too large: your provider takes letters of at most %" G_GUINT64_FORMAT " bytes",
                  offers.size);
  else
    return FALSE;
  return TRUE;
}

void
ll_reception_finish (LlReception *reception, const LlEnvelope *envelope, LlReply *reply)
{
  LlPipeline *pipeline = reception->pipeline;
  g_autoptr (GError) error = NULL;
  g_autoptr (LlMessageFacts) facts = NULL;
  g_autoptr (LlLetter) letter = NULL;
  g_autofree char *repeat = NULL;
  g_autofree char *twin = NULL;
  const LlAccount *account;
  LlIntake *intake = g_steal_pointer (&reception->intake);
  g_autoptr (LlInspection) inspection = g_steal_pointer (&reception->inspection);
  /* looking at the letter and making it durable is part of the time that mail programs have */
  LlDeadline deadline = ll_deadline_in (LL_DATA_ANSWER - 1000);

  facts = ll_inspection_finish (inspection, (const char *const *) reception->config->tags, &error);
  account = facts != NULL ? settle_account (reception, envelope, facts) : NULL;
  if (facts == NULL)
    ll_reply_set (reply, 554, "5.6.0", "%s", error->message);
  else if (account == NULL)
    ll_reply_set (reply, 550, "5.7.1",
                  "no account of this login sends as %s: letterlock account add --address %s",
                  envelope->sender, envelope->sender);
  else if (!refuse_by_content (reception, account, facts, reply))
    letter = make_letter (reception, account, envelope, facts, ll_intake_id (intake));
  if (letter == NULL)
    {
      ll_intake_abandon (intake);
      return;
    }
  letter->digest = ll_intake_digest (intake, account->name, envelope);
  repeat = find_repeat (pipeline, letter);
  if (repeat != NULL)
    {
      ll_intake_abandon (intake);
      g_free (reception->last_id);
      reception->last_id = g_strdup (repeat);
      if (ll_store_sync (pipeline->parts.store, &error))
        ll_reply_set (reply, 250, "2.0.0", "already taken as %s", repeat);
      else
        ll_reception_cannot_keep (error, reply);
      return;
    }
  ll_reception_add_refused (reception, letter);
  twin = find_twin (pipeline, letter);
  if (twin != NULL)
    hold_twin (letter, twin);
  if (!ll_intake_commit (intake, letter, FALSE, &error))
    {
      ll_reception_cannot_keep (error, reply);
      return;
    }
  take (reception, g_steal_pointer (&letter), g_steal_pointer (&facts), deadline, reply);
}
