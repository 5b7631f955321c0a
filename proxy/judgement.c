/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One recipient: what is known of the way, who is bound to use it, and the decision.
 * The decision itself is policy/decide.c; here its question is put together.
 */

#include "pipeline-private.h"

#include "api/intl.h"
#include "deliver/retry.h"
#include "assess/providers.h"
#include "record/override.h"

#include "base/limits.h"
#include "policy/hiding.h"

/* How long a letter may wait for evidence that is still coming in before it is decided without. */
#define BACKGROUND_SECONDS 120
#define LOOK_AGAIN_SECONDS 5

LlRelease
ll_release_of (const LlProgress *progress)
{
  guint32 release = ll_extra_number (progress->extra, "release");

  return release <= LL_RELEASE_ESCROW ? (LlRelease) release : LL_RELEASE_NONE;
}

void
ll_release_set (LlProgress *progress, LlRelease release)
{
  ll_progress_keep (progress, "release", g_variant_new_uint32 (release));
}

/* What the user says of his provider, else what the shipped table does. */
static void
fill_honours (const LlAccount *account, LlPolicyInput *input)
{
  if (account->honours_set)
    input->honours = account->honours;
  else if (!ll_provider_honours (account->host, &input->honours, &input->honours_date, NULL))
    input->honours = 0;
}

/* The servers that take the domain's mail are the account's, by name or by the table. */
static gboolean
is_same_provider (const LlAccount *account, const LlVerdict *verdict)
{
  const LlProvider *own = ll_provider_of_submission (account->host);
  guint others = 0, same = 0;

  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      if (host->addressed == LL_ABSENT)
        continue;
      if (g_ascii_strcasecmp (host->name, account->host) == 0
          || (own != NULL && own == ll_provider_of_mx (host->name)))
        same++;
      else
        others++;
    }
  return same > 0 && others == 0;
}

static void
take_verdict (LlPolicyInput *input, const LlVerdict *verdict, gboolean done)
{
  input->verdict = verdict;
  input->verdict_done = done;
  input->same_provider = is_same_provider (input->account, verdict);
}

/* The ledger keeps Message-IDs as they stand in the header, in their brackets. */
static gboolean
answers_locked (LlPipeline *pipeline, const LlJudgement *judgement)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  for (guint i = 0; judgement->facts->references[i] != NULL; i++)
    {
      g_autofree char *id = g_strdup_printf ("<%s>", judgement->facts->references[i]);

      g_strv_builder_add (builder, id);
    }
  ids = g_strv_builder_end (builder);
  return ll_ledger_was_locked (pipeline->parts.ledger, judgement->recipient->address,
                               (const char *const *) ids);
}

static void
fill_input (LlPipeline *pipeline, const LlJudgement *judgement, LlPolicyInput *input)
{
  LlUpstreamOffers offers = ll_upstream_offers (pipeline->parts.upstream, judgement->account);
  g_autofree char *override
      = ll_ledger_override_find (pipeline->parts.ledger, judgement->recipient->domain,
                                 ll_clock_now ());

  LlOnward onward = ll_onward_book_judge (pipeline->onward, judgement->account, ll_clock_now ());

  *input = (LlPolicyInput){
    .config = judgement->config,
    .tried = judgement->tried,
    .account = judgement->account,
    .recipient = judgement->recipient,
    .facts = judgement->facts,
    .recipients = judgement->recipients,
    .offers_known = offers.known,
    .requiretls_offered = offers.known && offers.requiretls,
    .requiretls_refused = judgement->requiretls_refused,
    .requiretls_measured = onward.requiretls == LL_KEPT_YES,
    .requiretls_broken = onward.requiretls == LL_KEPT_NO,
    .declared_measured = onward.declared == LL_KEPT_YES,
    .declared_broken = onward.declared == LL_KEPT_NO,
    .overridden = override != NULL,
    .release = judgement->release,
    .fits = judgement->fits,
    .now = ll_clock_now (),
    .received = judgement->received,
    .requiretls_asked = judgement->requiretls_asked,
    .bounce = judgement->bounce,
  };
  fill_honours (judgement->account, input);
  if (judgement->facts != NULL && judgement->facts->references != NULL)
    input->reply_to_locked = answers_locked (pipeline, judgement);
}

/* Who would be held is looked at again with the keys that were found for him; a letter that can
 * go as it is never waits for them. */
static LlDecision *
decide (LlPipeline *pipeline, const LlJudgement *judgement, LlPolicyInput *input)
{
  LlDecision *decision = ll_policy_decide (input);
  LlLocks *locks = judgement->locks;

  if (decision->kind != LL_DECISION_HOLD || locks == NULL)
    return decision;
  ll_locks_find (pipeline, judgement->recipient->address,
                 ll_deadline_earlier (judgement->deadline, ll_deadline_in (LL_KEYS_BUDGET)), locks);
  input->locks = locks->ready & ~judgement->failed;
  input->asks = locks->asks & ~judgement->failed;
  input->changed = locks->changed & ~judgement->failed;
  input->sure = locks->sure;
  input->unchecked = locks->unchecked;
  input->preferred = locks->preferred;
  input->no_lock = judgement->failure != NULL ? judgement->failure : locks->no_lock;
  ll_decision_free (decision);
  return ll_policy_decide (input);
}

LlDecision *
ll_judge (LlPipeline *pipeline, const LlJudgement *judgement, LlVerdict **verdict)
{
  LlDeadline soft = ll_deadline_earlier (judgement->deadline, ll_deadline_in (LL_CHECK_SOFT));
  const char *domain = judgement->recipient->domain;
  LlPolicyInput input;
  LlDecision *decision;
  gboolean done = FALSE;

  g_clear_pointer (verdict, ll_verdict_unref);
  fill_input (pipeline, judgement, &input);
  *verdict = ll_assess_wait (pipeline->parts.assess, domain, soft, pipeline->ended, &done);
  take_verdict (&input, *verdict, done);
  decision = decide (pipeline, judgement, &input);
  if (done || decision->kind == LL_DECISION_SEND || ll_deadline_left (judgement->deadline) == 0)
    return decision;

  /* Only a letter that may leave as it is goes without what is still coming in. */
  ll_decision_free (decision);
  ll_verdict_unref (*verdict);
  *verdict = ll_assess_wait (pipeline->parts.assess, domain, judgement->deadline, pipeline->ended,
                             &done);
  take_verdict (&input, *verdict, done);
  return decide (pipeline, judgement, &input);
}

/* -- a whole letter ---------------------------------------------------------------------- */

/* What failed at a deadline is looked at once more, however old the letter is: the network may
 * just have changed. */
static gboolean
is_still_coming (const LlDecision *decision,
                 const LlVerdict *verdict,
                 const LlLetter *letter,
                 const LlProgress *progress)
{
  if (verdict == NULL || decision->kind == LL_DECISION_SEND)
    return FALSE;
  if (ll_clock_now () >= letter->received + BACKGROUND_SECONDS)
    return verdict->late && !ll_progress_has (progress, "late");
  return verdict->late || verdict->why == LL_WHY_OVERDUE;
}

LlExtra *
ll_keep_evidence (LlProgress *progress, const LlDecision *decision, const LlVerdict *verdict)
{
  static const char *const marks[]
      = { "told", "told_now", "told_delayed", "mail_due", "late", "ask" };
  LlExtra *before = g_steal_pointer (&progress->extra);
  guint32 release = ll_extra_number (before, "release");

  progress->extra = ll_extra_new ();
  ll_decision_keep (decision, progress->extra);
  if (verdict != NULL)
    ll_progress_keep (progress, "proof", ll_verdict_to_proof (verdict));
  if (verdict != NULL && verdict->provider != NULL)
    ll_extra_put_text (progress->extra, "provider", verdict->provider);
  if (decision->smtp_code != NULL)
    ll_extra_put_text (progress->extra, "smtp", decision->smtp_code);
  ll_extra_put_flag (progress->extra, "may_send_anyway", decision->may_send_anyway);
  if (decision->kind == LL_DECISION_LATER && decision->until != 0)
    ll_progress_mark (progress, "again");
  if (decision->wants_key)
    ll_progress_mark (progress, "wants_key");
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (ll_extra_flag (before, marks[i]))
      ll_progress_mark (progress, marks[i]);
  if (release != LL_RELEASE_NONE)
    ll_release_set (progress, (LlRelease) release);
  return before;
}

static void
apply (LlProgress *progress, const LlDecision *decision)
{
  gint64 now = ll_clock_now ();

  progress->method = LL_METHOD_NONE;
  progress->requiretls = FALSE;
  progress->decided = now;
  progress->next_try = 0;
  switch (decision->kind)
    {
    case LL_DECISION_SEND:
      progress->method = decision->method;
      progress->requiretls = decision->requiretls;
      ll_progress_set (progress,
                       progress->state == LL_STATE_HELD ? LL_STATE_CHECKING : progress->state,
                       decision->reason);
      break;
    case LL_DECISION_LOCK:
      progress->method = decision->method;
      ll_progress_set (progress, LL_STATE_CHECKING, decision->reason);
      break;
    case LL_DECISION_HOLD:
      ll_progress_set (progress, LL_STATE_HELD, decision->reason);
      break;
    case LL_DECISION_REFUSE:
      ll_progress_set (progress, LL_STATE_REFUSED, decision->reason);
      break;
    case LL_DECISION_DROP:
      ll_progress_set (progress, LL_STATE_DROPPED, decision->reason);
      break;
    case LL_DECISION_LATER:
      progress->tries++;
      progress->next_try = ll_retry_next (progress->tries, now);
      if (decision->until > now)
        progress->next_try = MIN (progress->next_try, decision->until);
      /* a person sees that it has not gone; it is looked at again without him */
      ll_progress_set (progress, decision->until != 0 ? LL_STATE_HELD : LL_STATE_QUEUED,
                       decision->reason);
      break;
    }
}

/* Recipients that were decided keep their decision for ten minutes (design 1.4, 4.5), and for as
 * long as the letter is not to leave over this network. */
static gboolean
needs_judgement (LlPipeline *pipeline, const LlLetter *letter, guint i)
{
  const LlProgress *progress = ll_letter_progress (letter, i);

  if (!ll_progress_is_due (progress))
    return FALSE;
  if (progress->method == LL_METHOD_NONE)
    return TRUE;
  if (progress->state == LL_STATE_CHECKING)
    return progress->decided == 0;
  return ll_retry_decide_anew (progress->decided, ll_clock_now ())
         && !ll_is_spared_for (pipeline, letter, progress);
}

/* The key that was chosen, for the copy that is made next; a person who chose the lock said yes to
 * it. */
static void
keep_key (LlPipeline *pipeline, LlLive *live, guint i, LlMethod method, LlLocks *locks)
{
  const LlRecipient *recipient = ll_envelope_recipient (live->letter->envelope, i);
  LlKey *key = locks->keys[method];

  if (((locks->asks | locks->changed) & (1u << method)) != 0)
    {
      ll_locks_accept (pipeline, recipient->address, key);
      key->trust = LL_TRUST_ACCEPTED;
    }
  g_clear_pointer ((LlKey **) &g_ptr_array_index (live->keys, i), ll_key_unref);
  g_ptr_array_index (live->keys, i) = ll_key_ref (key);
}

static void
keep_subject (
    LlPipeline *pipeline, LlLive *live, guint i, LlSubject setting, const LlDecision *decision)
{
  const LlRecipient *recipient = ll_envelope_recipient (live->letter->envelope, i);
  LlSubject contact = ll_contacts_subject (pipeline->parts.contacts, recipient->address);

  live->hidden[i]
      = ll_policy_hides_subject (contact, setting, decision->method, decision->way_holds);
}

static void
judge_recipient (LlPipeline *pipeline, LlLive *live, guint i, LlJudgement *judgement)
{
  LlProgress *progress = ll_letter_progress (live->letter, i);
  g_autoptr (LlVerdict) verdict = NULL;
  g_autoptr (LlDecision) decision = NULL;
  g_autoptr (LlExtra) before = NULL;
  g_auto (LlLocks) locks = { 0 };

  judgement->recipient = ll_envelope_recipient (live->letter->envelope, i);
  judgement->release = ll_release_of (progress);
  judgement->locks = &locks;
  judgement->requiretls_refused = live->no_requiretls[i];
  judgement->failed = live->failed[i];
  judgement->failure = live->failed[i] != 0 ? live->failure : NULL;
  judgement->fits = ll_fits (pipeline, live, i, judgement->deadline);
  decision = ll_judge (pipeline, judgement, &verdict);
  judgement->locks = NULL;
  if (g_cancellable_is_cancelled (pipeline->ended))
    return; /* the look was cut short: nothing is decided by it */
  before = ll_keep_evidence (progress, decision, verdict);
  ll_fits_keep (progress, live->facts, judgement->fits);
  if (decision->kind == LL_DECISION_LOCK)
    {
      keep_key (pipeline, live, i, decision->method, &locks);
      keep_subject (pipeline, live, i, judgement->config->subject, decision);
      ll_lock_carry (progress, before, locks.keys[decision->method]);
    }
  if (decision->kind == LL_DECISION_SEND && judgement->account->sign != LL_SIGN_NONE)
    ll_sign_carry (progress, before);
  if (is_still_coming (decision, verdict, live->letter, progress))
    {
      ll_progress_mark (progress, "late");
      progress->method = LL_METHOD_NONE; /* what was decided before does not count any more */
      ll_progress_set (progress, LL_STATE_CHECKING, decision->reason);
      progress->next_try = ll_clock_now () + LOOK_AGAIN_SECONDS;
      return;
    }
  ll_progress_unmark (progress, "late");
  apply (progress, decision);
}

static LlDeadline
judgement_deadline (const LlLive *live)
{
  gint64 left;

  if (live->letter->envelope->recipients->len < LL_MANY_RECIPIENTS)
    return ll_deadline_in (LL_CHECK_HARD);
  left = live->letter->received + BACKGROUND_SECONDS - ll_clock_now ();
  return ll_deadline_in (CLAMP (left, LL_CHECK_HARD / 1000, BACKGROUND_SECONDS) * 1000);
}

/* One that a person has to decide, else one that is looked at again; -1: nobody is held. */
static int
first_held (const LlLetter *letter)
{
  int first = -1;

  for (guint i = 0; i < letter->progress->len; i++)
    {
      const LlProgress *progress = ll_letter_progress (letter, i);

      if (progress->state != LL_STATE_HELD)
        continue;
      if (!ll_progress_has (progress, "again"))
        return (int) i;
      first = first < 0 ? (int) i : first;
    }
  return first;
}

/* `[policy] together`: one recipient that stays keeps all of them, and they are looked at again
 * together. */
static void
keep_together (LlLive *live)
{
  const LlLetter *letter = live->letter;
  int held = first_held (letter);
  const LlProgress *keeper = held >= 0 ? ll_letter_progress (letter, (guint) held) : NULL;

  for (guint i = 0; i < letter->progress->len && keeper != NULL; i++)
    {
      LlProgress *progress = ll_letter_progress (letter, i);
      g_autofree char *reason = NULL;

      if (!ll_departs (progress))
        continue;
      reason = g_strdup_printf (N_ ("kept together with the copy for %s"),
                                ll_envelope_recipient (letter->envelope, (guint) held)->address);
      ll_progress_set (progress, LL_STATE_HELD, reason);
      if (!ll_progress_has (keeper, "again"))
        continue;
      progress->method = LL_METHOD_NONE; /* decided anew, with the sentence that is true then */
      ll_progress_mark (progress, "again");
      progress->next_try = keeper->next_try;
    }
}

static void
tell_held (LlPipeline *pipeline, LlLive *live)
{
  const LlLetter *letter = live->letter;

  for (guint i = 0; i < letter->progress->len; i++)
    {
      const LlProgress *progress = ll_letter_progress (letter, i);

      if (progress->state != LL_STATE_HELD || progress->decided < ll_clock_now () - 1
          || (ll_progress_has (progress, "again") && progress->tries > 1))
        continue;
      ll_pipeline_note (pipeline, live, "held", progress->reason);
      ll_pipeline_tell (pipeline, LL_PIPELINE_HELD, letter->id, progress->reason);
      return; /* one question for all of a letter */
    }
}

/* Whether the mail program still waits for our answer. */
static gboolean
is_awaited (LlLive *live)
{
  gboolean awaited;

  g_mutex_lock (&live->lock);
  awaited = live->client_waits && !live->answered;
  g_mutex_unlock (&live->lock);
  return awaited;
}

void
ll_judge_letter (LlPipeline *pipeline, LlConfig *config, const LlAccount *account, LlLive *live)
{
  LlLetter *letter = live->letter;
  LlJudgement judgement = {
    .config = config,
    .account = account,
    .facts = live->facts,
    .recipients = letter->progress->len,
    .received = is_awaited (live) ? 0 : letter->received,
    .requiretls_asked = letter->envelope->requiretls,
    .bounce = *letter->envelope->sender == '\0',
    .deadline = judgement_deadline (live),
  };
  gboolean judged = FALSE;

  for (guint i = 0; i < letter->progress->len; i++)
    if (needs_judgement (pipeline, letter, i))
      {
        const LlRecipient *recipient = ll_envelope_recipient (letter->envelope, i);

        ll_assess_start (pipeline->parts.assess, recipient->domain);
        if (ll_progress_has (ll_letter_progress (letter, i), "wants_key"))
          ll_locks_start (pipeline, recipient->address);
      }
  for (guint i = 0; i < letter->progress->len; i++)
    if (needs_judgement (pipeline, letter, i))
      {
        judge_recipient (pipeline, live, i, &judgement);
        judged = TRUE;
      }
  if (config->together)
    keep_together (live);
  if (judged)
    tell_held (pipeline, live);
}
