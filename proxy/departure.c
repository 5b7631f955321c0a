/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Decided recipients become transactions, copies leave, results come back. Recipients
 * share one unless their bytes (locked copies) or MAIL parameters (REQUIRETLS) differ.
 * What a result means is decided in deliver/trouble.c.
 */

#include "pipeline-private.h"

#include "assess/providers.h"
#include "deliver/retry.h"
#include "deliver/trouble.h"

#include "base/limits.h"

#include <string.h>

/* A copy that has not left by then is taken back: the largest letter over the slowest line. */
#define COPY_DEADLINE (60 * 60 * 1000)

typedef struct
{
  LlPipeline *pipeline;
  LlLive *live;
} Dot;

/* The point of no return is on disk before the provider can have the letter (promise 3). */
static gboolean
before_dot_cb (LlCopy *copy, gpointer data)
{
  Dot *dot = data;
  g_autofree LlState *before = g_new (LlState, copy->accepted->len);

  for (guint i = 0; i < copy->accepted->len; i++)
    {
      LlProgress *progress
          = ll_letter_progress (copy->letter, g_array_index (copy->accepted, guint, i));

      before[i] = progress->state;
      progress->state = LL_STATE_SENDING;
    }
  if (ll_pipeline_save (dot->pipeline, dot->live, TRUE))
    return TRUE;
  for (guint i = 0; i < copy->accepted->len; i++)
    ll_letter_progress (copy->letter, g_array_index (copy->accepted, guint, i))->state = before[i];
  return FALSE;
}

static void
add_delivery_proof (LlProgress *progress, const LlDelivery *delivery)
{
  g_auto (GVariantDict) upstream = G_VARIANT_DICT_INIT (NULL);

  if (delivery->tls != NULL)
    g_variant_dict_insert (&upstream, "tls", "s", delivery->tls);
  if (delivery->certificate != NULL)
    g_variant_dict_insert (&upstream, "certificate", "s", delivery->certificate);
  if (delivery->local_root != NULL)
    g_variant_dict_insert (&upstream, "local_root", "s", delivery->local_root);
  if (progress->reply != NULL)
    g_variant_dict_insert (&upstream, "reply", "s", progress->reply);
  if (delivery->notes != NULL && delivery->notes[0] != NULL)
    g_variant_dict_insert (&upstream, "notes", "^as", delivery->notes);
  ll_progress_keep (progress, "upstream", g_variant_dict_end (&upstream));
}

static char *
reply_text (const LlResult *result)
{
  if (result->code == 0)
    return g_strdup (result->text);
  return g_strdup_printf ("%u %s%s%s", result->code, result->enhanced,
                          *result->enhanced != '\0' ? " " : "",
                          result->text != NULL ? result->text : "");
}

/* -- sending ------------------------------------------------------------------------------- */

static LlDelivery *
send_copy (LlPipeline *pipeline, const LlAccount *account, LlLive *live, const LlLeaving *leaving)
{
  GArray *recipients = leaving->recipients;
  LlCopy copy = {
    .letter = live->letter,
    .recipients = recipients,
    .edits = live->facts != NULL && leaving->locked == 0 ? live->facts->edits : NULL,
    .locked = leaving->locked,
    .requiretls = leaving->requiretls,
  };
  Dot dot = { pipeline, live };
  g_autofree char *login = NULL;
  g_autoptr (LlSecret) password = NULL;
  LlDelivery *delivery;
  gboolean sent = FALSE;

  ll_live_credentials (live, &login, &password);
  delivery
      = ll_upstream_send (pipeline->parts.upstream, account, &copy, login, password, before_dot_cb,
                          &dot, ll_deadline_in (COPY_DEADLINE), pipeline->ended);

  for (guint i = 0; i < recipients->len; i++)
    {
      LlProgress *progress
          = ll_letter_progress (live->letter, g_array_index (recipients, guint, i));

      g_free (progress->reply);
      progress->reply = reply_text (&g_array_index (delivery->results, LlResult, i));
      add_delivery_proof (progress, delivery);
      sent |= g_array_index (delivery->results, LlResult, i).outcome == LL_OUTCOME_SENT;
    }
  /* what was asked for and got lost on the way is told: no delivery report will come */
  for (guint i = 0; sent && delivery->notes[i] != NULL; i++)
    ll_pipeline_note (pipeline, live, "relayed", delivery->notes[i]);
  return delivery;
}

/* RFC 1870 6., RFC 3463 3.4: the letter, not the mailbox, is too large. */
static gboolean
is_too_large (const LlResult *result)
{
  if (result->outcome != LL_OUTCOME_REFUSED)
    return FALSE;
  return strcmp (result->enhanced, "5.3.4") == 0 || strcmp (result->enhanced, "5.2.3") == 0
         || (result->code == 552 && *result->enhanced == '\0');
}

/* The letter as it came may fit. */
static void
look_at_size (LlLive *live, const LlLeaving *leaving, LlDelivery *delivery)
{
  for (guint i = 0; leaving->locked > 0 && i < leaving->recipients->len; i++)
    {
      LlResult *result = &g_array_index (delivery->results, LlResult, i);

      if (!is_too_large (result))
        continue;
      ll_lock_too_large (live, g_array_index (leaving->recipients, guint, i), result->text);
      result->outcome = LL_OUTCOME_TOO_LARGE;
    }
}

/* -- what it came to -------------------------------------------------------------------------- */

/* What the recipients got; borrows from the deliveries. Those that our own rules refused are not
 * among them: they neither were accepted nor can the provider say anything of them. */
typedef struct
{
  LlTroubleCase *cases;
  guint *recipients; /* index of each case's recipient */
  guint n;
  guint copies;
} Outcome;

static gboolean
is_refused (const LlProgress *progress)
{
  return progress->state == LL_STATE_REFUSED || progress->state == LL_STATE_DROPPED;
}

static void
begin_cases (const LlLive *live, Outcome *outcome)
{
  guint all = live->letter->progress->len;

  outcome->cases = g_new0 (LlTroubleCase, all);
  outcome->recipients = g_new0 (guint, all);
  for (guint i = 0; i < all; i++)
    {
      const LlProgress *progress = ll_letter_progress (live->letter, i);
      const LlRecipient *recipient = ll_envelope_recipient (live->letter->envelope, i);
      LlTroubleCase *one = &outcome->cases[outcome->n];

      if (is_refused (progress))
        continue;
      outcome->recipients[outcome->n++] = i;
      one->tries = progress->tries + 1;
      one->told_now = ll_progress_has (progress, "told_now");
      one->told_delayed = ll_progress_has (progress, "told_delayed");
      one->never
          = recipient->notify != NULL && g_ascii_strcasecmp (recipient->notify, "NEVER") == 0;
    }
}

static LlTroubleCase *
case_of (Outcome *outcome, guint recipient)
{
  for (guint i = 0; i < outcome->n; i++)
    if (outcome->recipients[i] == recipient)
      return &outcome->cases[i];
  g_return_val_if_reached (NULL);
}

/* The mail program is answered now, or not any more: from here on it waits for as long as it takes.
 */
static gboolean
hold_client (LlLive *live)
{
  gboolean waits;

  g_mutex_lock (&live->lock);
  waits = live->client_waits && !live->answered;
  live->answering = waits;
  g_mutex_unlock (&live->lock);
  return waits;
}

/* A line of the timeline, with the name when there are several. */
static void
note_recipient (LlPipeline *pipeline, LlLive *live, guint i, const char *text)
{
  const LlLetter *letter = live->letter;
  g_autofree char *named = NULL;

  if (letter->progress->len > 1)
    named = g_strdup_printf ("%s: %s", ll_envelope_recipient (letter->envelope, i)->address,
                             text != NULL ? text : "");
  ll_pipeline_note (pipeline, live, ll_state_name (ll_letter_progress (letter, i)->state),
                    named != NULL ? named : text);
}

/* No answer yet after all: the mail program's time runs again. */
static void
release_client (LlLive *live)
{
  g_mutex_lock (&live->lock);
  if (live->answering && !live->answered)
    g_cond_broadcast (&live->answered_cond);
  live->answering = FALSE;
  g_mutex_unlock (&live->lock);
}

static void
apply_case (LlPipeline *pipeline, LlLive *live, guint i, const LlTroubleCase *one)
{
  LlProgress *progress = ll_letter_progress (live->letter, i);
  const char *text = one->result->text;

  if (one->in_line)
    live->in_line = TRUE;
  else
    progress->tries = one->tries;
  progress->next_try = one->next_try;
  if (one->decide_anew)
    {
      progress->decided = 0;
      progress->method = LL_METHOD_NONE;
      live->no_requiretls[i] |= one->result->outcome == LL_OUTCOME_REQUIRETLS_REFUSED;
    }
  /* of what was sent the sentence of its decision stays: how, and what is known of the way */
  ll_progress_set (progress, one->state,
                   one->state == LL_STATE_SENT ? ll_progress_sentence (progress) : text);
  note_recipient (pipeline, live, i, text);
  switch (one->told)
    {
    case LL_TOLD_REPLY:
      ll_progress_mark (progress, "told");
      return;
    case LL_TOLD_NOTHING:
      return;
    case LL_TOLD_NOW:
      ll_progress_mark (progress, "told_now");
      break;
    case LL_TOLD_DELAYED:
      ll_progress_mark (progress, "told_delayed");
      break;
    case LL_TOLD_FAILURE:
      if (one->by_mail)
        ll_progress_mark (progress, "mail_due");
      break;
    }
  ll_pipeline_tell (pipeline, LL_PIPELINE_TROUBLE, live->letter->id, text);
}

/* One copy for everybody, taken whole: the provider's own words are the answer. */
static void
pass_on_success (LlLive *live, const Outcome *outcome)
{
  const LlResult *first = outcome->cases[0].result;

  for (guint i = 0; i < outcome->n; i++)
    if (outcome->cases[i].result == NULL || outcome->cases[i].result->outcome != LL_OUTCOME_SENT)
      return;
  if (outcome->copies == 1 && first->code != 0)
    ll_live_answer (live, first->code, first->enhanced, first->text != NULL ? first->text : "");
}

static gboolean
settle (LlPipeline *pipeline,
        LlConfig *config,
        const LlAccount *account,
        LlLive *live,
        Outcome *outcome)
{
  LlTroubleLetter letter = {
    .id = live->letter->id,
    .answering = hold_client (live),
    .client_auth = account->auth == LL_AUTH_CLIENT,
    .received = live->letter->received,
    .now = ll_clock_now (),
    .lifetime = config->lifetime,
  };
  LlTrouble trouble;
  gboolean again = FALSE;
  gboolean sent = FALSE;

  ll_trouble_settle (&letter, outcome->cases, outcome->n, &trouble);
  for (guint i = 0; i < outcome->n; i++)
    {
      if (outcome->cases[i].result == NULL)
        continue;
      apply_case (pipeline, live, outcome->recipients[i], &outcome->cases[i]);
      again |= outcome->cases[i].decide_anew;
      sent |= outcome->cases[i].state == LL_STATE_SENT;
    }
  if (trouble.slow)
    ll_queue_slow (pipeline->queue, live->letter->account);
  else if (sent)
    ll_reached (pipeline, live->letter->account);
  /* what the mail program hears is on disk first: a letter that it was refused must not be
   * found again after a crash, and sent */
  ll_pipeline_save (pipeline, live, !trouble.accepted);
  if (!trouble.accepted)
    ll_live_answer (live, trouble.reply.code, trouble.reply.enhanced, trouble.reply.text);
  else if (!again)
    pass_on_success (live, outcome);
  ll_reply_clear (&trouble.reply);
  release_client (live);
  return again;
}

/* -- recipients that our own rules refuse ---------------------------------------------------- */

static guint
count_refused (const LlLetter *letter, const LlProgress **first)
{
  guint n = 0;

  for (guint i = 0; i < letter->progress->len; i++)
    {
      const LlProgress *progress = ll_letter_progress (letter, i);

      if (!is_refused (progress))
        continue;
      if (n++ == 0)
        *first = progress;
    }
  return n;
}

/* The others go, or nobody waits for an answer any more: these are told. */
static void
tell_refused (LlPipeline *pipeline, LlLive *live)
{
  LlLetter *letter = live->letter;

  for (guint i = 0; i < letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (letter, i);

      if (!is_refused (progress) || ll_progress_has (progress, "told"))
        continue;
      ll_progress_mark (progress, "told");
      if (progress->state == LL_STATE_REFUSED)
        progress->state = LL_STATE_FAILED;
      note_recipient (pipeline, live, i, progress->reason);
      ll_pipeline_tell (pipeline, LL_PIPELINE_TROUBLE, letter->id, progress->reason);
      ll_progress_mark (progress, "mail_due");
    }
}

/* Nobody is left to send to: 5xx that names the first. Some are left: the others are told. */
static void
settle_refused (LlPipeline *pipeline, LlLive *live)
{
  LlLetter *letter = live->letter;
  const LlProgress *first = NULL;
  guint n = count_refused (letter, &first);
  const char *enhanced;
  guint code;

  if (n == 0)
    return;
  if (n < letter->progress->len || !hold_client (live))
    {
      tell_refused (pipeline, live);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      ll_letter_progress (letter, i)->state = LL_STATE_REFUSED;
      ll_progress_mark (ll_letter_progress (letter, i), "told");
    }
  ll_pipeline_save (pipeline, live, TRUE);
  ll_refusal_code (first, &code, &enhanced);
  ll_live_answer (live, code, enhanced, first->reason);
  release_client (live);
}

/* Another copy leaves before all is settled, and may take an hour: what became of the first one is
 * on disk before. What was taken is sent, what is not known stays SENDING, and what was refused is
 * as open as it was; settle() decides about it together with the others. */
static void
keep_results (LlPipeline *pipeline, LlLive *live, const Outcome *outcome)
{
  for (guint i = 0; i < outcome->n; i++)
    {
      LlProgress *progress = ll_letter_progress (live->letter, outcome->recipients[i]);
      const LlResult *result = outcome->cases[i].result;

      if (result == NULL || progress->state != LL_STATE_SENDING
          || result->outcome == LL_OUTCOME_UNCERTAIN)
        continue;
      progress->state = result->outcome == LL_OUTCOME_SENT ? LL_STATE_SENT : LL_STATE_CHECKING;
    }
  ll_pipeline_save (pipeline, live, FALSE);
}

/* What is spared takes nobody's turn. */
static guint
count_going (LlPipeline *pipeline, const LlLetter *letter, GPtrArray *all)
{
  guint going = 0;

  for (guint c = 0; c < all->len; c++)
    {
      LlLeaving *leaving = g_ptr_array_index (all, c);

      leaving->spared = ll_is_spared (pipeline, letter, leaving);
      going += leaving->spared ? 0 : 1;
    }
  return going;
}

gboolean
ll_depart (LlPipeline *pipeline, LlConfig *config, const LlAccount *account, LlLive *live)
{
  g_autoptr (GPtrArray) deliveries /* the cases borrow their results */
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_delivery_free);
  g_autoptr (GPtrArray) all = ll_leaving (live->letter);
  Outcome outcome = { NULL, NULL, 0, 0 };
  guint rate = account->rate > 0 ? account->rate : ll_provider_rate (account->host);
  guint going = count_going (pipeline, live->letter, all);
  gboolean may
      = going > 0
        && ll_queue_take_turn (pipeline->queue, live->letter->id, account->name, rate, going);
  gboolean again = FALSE;

  begin_cases (live, &outcome);
  for (guint c = 0; c < all->len; c++)
    {
      const LlLeaving *leaving = g_ptr_array_index (all, c);
      GArray *recipients = leaving->recipients;
      LlDelivery *delivery;

      if (outcome.copies > 0)
        keep_results (pipeline, live, &outcome);
      if (leaving->spared)
        delivery = ll_upstream_spare (recipients->len, live->letter->size, live->letter->id);
      else
        delivery = may ? send_copy (pipeline, account, live, leaving)
                       : ll_upstream_pace (recipients->len, rate);
      look_at_size (live, leaving, delivery);
      g_ptr_array_add (deliveries, delivery);
      outcome.copies++;
      for (guint i = 0; i < recipients->len; i++)
        case_of (&outcome, g_array_index (recipients, guint, i))->result
            = &g_array_index (delivery->results, LlResult, i);
    }
  if (outcome.copies > 0)
    again = settle (pipeline, config, account, live, &outcome);
  g_free (outcome.cases);
  g_free (outcome.recipients);
  if (!again)
    settle_refused (pipeline, live);
  return again;
}
