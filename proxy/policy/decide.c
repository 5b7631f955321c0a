/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/decide.h"

#include "policy/reason.h"
#include "policy/rule.h"
#include "policy/way.h"

/*
 * The table of design 4.4, from top to bottom: the first line that applies decides.
 * A person's release comes after it and cannot undo what no person may decide.
 */

typedef struct
{
  const LlPolicyInput *input;
  LlDemand demand;     /* what is asked */
  LlWay way;           /* what the way is worth */
  gboolean sealed;     /* the mail program locked the content itself */
  gboolean misfit;     /* ... but not for this recipient */
  gboolean overridden; /* a person took the risk for this domain, and may */
} Case;

typedef struct
{
  LlDecisionKind kind;
  LlMethod method;
  LlCause cause;
  LlLockState lock;
} Choice;

static Choice
send (const Case *c, LlCause cause)
{
  return (Choice){ LL_DECISION_SEND, ll_way_method (&c->way), cause, LL_LOCK_UNASKED };
}

static Choice
not_now (LlDecisionKind kind, LlCause cause)
{
  return (Choice){ kind, LL_METHOD_NONE, cause, LL_LOCK_UNASKED };
}

/* Broken ways get no pickup notice by themselves: it would travel the very way (design 4.10). */
static gboolean
can_lock (const Case *c, LlMethod method)
{
  if (method == LL_METHOD_ESCROW && c->way.evidence == LL_EVIDENCE_BROKEN)
    return FALSE;
  return (c->input->locks & (1u << method)) != 0;
}

/* A key that changed holds the letter, whatever else could lock it: that is the question. */
static LlLockState
try_lock (const Case *c, LlMethod method)
{
  if (can_lock (c, method))
    return LL_LOCK_USED;
  if ((c->input->changed & (1u << method)) != 0)
    return LL_LOCK_CHANGED;
  return (c->input->asks & (1u << method)) != 0 ? LL_LOCK_ASKS : LL_LOCK_NONE;
}

static gboolean
has_method (const GArray *order, LlMethod method)
{
  for (guint i = 0; i < order->len; i++)
    if (g_array_index (order, LlMethod, i) == method)
      return TRUE;
  return FALSE;
}

static Choice
lock_or_hold (const Case *c, LlCause cause)
{
  const GArray *order = c->demand.fallback;
  LlLockState state = LL_LOCK_NONE;

  if (!ll_policy_is_convertible (c->input))
    return (Choice){ LL_DECISION_HOLD, LL_METHOD_NONE, cause, LL_LOCK_KIND };
  if (c->misfit)
    return (Choice){ LL_DECISION_HOLD, LL_METHOD_NONE, cause, LL_LOCK_MISFIT };
  if (c->demand.pickup)
    return can_lock (c, LL_METHOD_ESCROW)
               ? (Choice){ LL_DECISION_LOCK, LL_METHOD_ESCROW, cause, LL_LOCK_USED }
               : (Choice){ LL_DECISION_HOLD, LL_METHOD_NONE, cause, LL_LOCK_PICKUP };
  if (order != NULL && has_method (order, c->input->preferred))
    state = try_lock (c, c->input->preferred);
  if (state == LL_LOCK_USED)
    return (Choice){ LL_DECISION_LOCK, c->input->preferred, cause, state };
  for (guint i = 0; state != LL_LOCK_CHANGED && order != NULL && i < order->len; i++)
    {
      LlMethod method = g_array_index (order, LlMethod, i);
      LlLockState found = try_lock (c, method);

      if (found == LL_LOCK_USED)
        return (Choice){ LL_DECISION_LOCK, method, cause, found };
      state = found != LL_LOCK_NONE ? found : state;
    }
  return (Choice){ LL_DECISION_HOLD, LL_METHOD_NONE, cause, state };
}

/* Seconds since our 250; 0 while the mail program still waits. */
static gint64
age (const Case *c)
{
  return c->input->received > 0 ? MAX (0, c->input->now - c->input->received) : 0;
}

/* -- the lines of the table ------------------------------------------------------------------ */

static Choice
nomail (const Case *c)
{
  if (c->way.absent && age (c) < LL_ABSENT_PATIENCE)
    return not_now (LL_DECISION_LATER, LL_CAUSE_ABSENT);
  return not_now (LL_DECISION_REFUSE, c->way.absent ? LL_CAUSE_ABSENT : LL_CAUSE_NOMAIL);
}

static Choice
broken_or_downgraded (const Case *c, LlCause cause)
{
  if (c->sealed && c->demand.mode != LL_MODE_EXCLUSIVE)
    return send (c, LL_CAUSE_SEALED);
  return c->demand.lock ? lock_or_hold (c, cause) : not_now (LL_DECISION_HOLD, cause);
}

static Choice
unknown (const Case *c)
{
  gboolean sends = c->demand.mode == LL_MODE_OPPORTUNISTIC
                   || (c->demand.mode == LL_MODE_FORCED && c->demand.unknown == LL_UNKNOWN_SEND);

  if (sends)
    return send (c, LL_CAUSE_UNKNOWN);
  if (c->demand.mode == LL_MODE_EXCLUSIVE)
    return not_now (age (c) < LL_UNKNOWN_PATIENCE ? LL_DECISION_LATER : LL_DECISION_DROP,
                    LL_CAUSE_UNKNOWN);
  if (!c->way.done)
    return not_now (LL_DECISION_LATER, LL_CAUSE_LOOKING);
  if (c->demand.unknown == LL_UNKNOWN_LOCK)
    return lock_or_hold (c, LL_CAUSE_UNKNOWN);
  return not_now (LL_DECISION_HOLD, LL_CAUSE_UNKNOWN);
}

static Choice
below (const Case *c)
{
  switch (c->demand.mode)
    {
    case LL_MODE_OPPORTUNISTIC:
      return send (c, LL_CAUSE_WAY);
    case LL_MODE_EXCLUSIVE:
      return not_now (c->input->received == 0 ? LL_DECISION_REFUSE : LL_DECISION_DROP,
                      LL_CAUSE_BELOW);
    case LL_MODE_FORCED:
    case LL_MODE_ENCRYPT: /* is FORCED with lock in a demand */
      return lock_or_hold (c, LL_CAUSE_BELOW);
    }
  g_return_val_if_reached (not_now (LL_DECISION_HOLD, LL_CAUSE_BELOW));
}

static Choice
table (const Case *c)
{
  if (c->way.evidence == LL_EVIDENCE_NOMAIL)
    return nomail (c);
  if (c->input->requiretls_asked && !c->way.requiretls && !c->input->bounce)
    return not_now (LL_DECISION_REFUSE, LL_CAUSE_REQUIRETLS);
  if (c->way.evidence == LL_EVIDENCE_BROKEN && !c->overridden)
    return broken_or_downgraded (c, LL_CAUSE_BROKEN);
  if (c->way.downgrade && !c->overridden)
    return broken_or_downgraded (c, LL_CAUSE_DOWNGRADE);
  if (c->sealed && c->demand.mode != LL_MODE_EXCLUSIVE)
    return send (c, LL_CAUSE_SEALED);
  if (c->demand.lock)
    return lock_or_hold (c, LL_CAUSE_ASKED);
  if (c->way.confidence == LL_CONFIDENCE_ASSURED)
    return send (c, LL_CAUSE_WAY);
  if (c->way.evidence == LL_EVIDENCE_BROKEN && c->demand.minimum == LL_MINIMUM_ENCRYPTED)
    return send (c, LL_CAUSE_OVERRIDDEN);
  if (c->way.evidence == LL_EVIDENCE_UNKNOWN)
    return unknown (c);
  if (ll_way_meets (&c->way, c->demand.minimum))
    return send (c, LL_CAUSE_WAY);
  return below (c);
}

/* -- questions that the letter itself raises ------------------------------------------------- */

static gboolean
is_asked (const Case *c, const Choice *choice, LlCause *cause)
{
  const LlMessageFacts *facts = c->input->facts;
  gboolean strict = c->demand.mode != LL_MODE_OPPORTUNISTIC || c->demand.lock;

  if (c->demand.hold)
    *cause = LL_CAUSE_HOLD;
  else if (c->demand.bad_mode != NULL)
    *cause = LL_CAUSE_HEADER;
  else if (c->demand.lock && c->demand.mode == LL_MODE_EXCLUSIVE)
    *cause = LL_CAUSE_CONTRADICTION;
  else if (choice->kind != LL_DECISION_SEND || choice->cause == LL_CAUSE_SEALED)
    return FALSE;
  else if (c->misfit && strict)
    *cause = LL_CAUSE_MISFIT;
  else if (facts != NULL && facts->tls_required_no && strict && !c->way.requiretls)
    *cause = LL_CAUSE_TLS_NO;
  else if (c->input->reply_to_locked)
    *cause = LL_CAUSE_REPLY;
  else
    return FALSE;
  return TRUE;
}

/* "Send anyway" is not a person's to say for broken, exclusive or locked policy (design 4.5). */
static gboolean
may_send_anyway (const Case *c, const Choice *by_table)
{
  gboolean broken = c->way.evidence == LL_EVIDENCE_BROKEN && !c->overridden;

  if (by_table->kind == LL_DECISION_SEND)
    return TRUE;
  return !broken && c->demand.mode != LL_MODE_EXCLUSIVE && !c->demand.fixed;
}

/* What may be offered to a person. Under exclusive nothing is locked, unless that is the very
 * question. */
static guint
offers (const Case *c)
{
  guint all = 1u << LL_METHOD_PGP | 1u << LL_METHOD_SMIME | 1u << LL_METHOD_ESCROW;

  if (!ll_policy_is_convertible (c->input) || c->misfit
      || (c->demand.mode == LL_MODE_EXCLUSIVE && !c->demand.lock))
    return 0;
  return (c->input->locks | c->input->asks | c->input->changed) & all;
}

static LlMethod
released_method (LlRelease release)
{
  switch (release)
    {
    case LL_RELEASE_PGP:
      return LL_METHOD_PGP;
    case LL_RELEASE_SMIME:
      return LL_METHOD_SMIME;
    case LL_RELEASE_ESCROW:
      return LL_METHOD_ESCROW;
    case LL_RELEASE_NONE:
    case LL_RELEASE_SEND:
      return LL_METHOD_NONE;
    }
  g_return_val_if_reached (LL_METHOD_NONE);
}

static Choice
choose (const Case *c, const Choice *by_table)
{
  LlMethod wanted = released_method (c->input->release);
  LlCause question;

  if (c->way.evidence == LL_EVIDENCE_NOMAIL || by_table->cause == LL_CAUSE_REQUIRETLS)
    return *by_table;
  if (wanted != LL_METHOD_NONE)
    return (offers (c) & (1u << wanted)) != 0
               ? (Choice){ LL_DECISION_LOCK, wanted, LL_CAUSE_RELEASED, LL_LOCK_USED }
               : (Choice){ LL_DECISION_HOLD, LL_METHOD_NONE, LL_CAUSE_RELEASED, LL_LOCK_NONE };
  if (c->input->release == LL_RELEASE_NONE && is_asked (c, by_table, &question))
    return not_now (LL_DECISION_HOLD, question);
  if (c->input->release == LL_RELEASE_SEND && may_send_anyway (c, by_table)
      && (by_table->kind == LL_DECISION_HOLD || by_table->kind == LL_DECISION_LATER))
    return send (c, LL_CAUSE_RELEASED);
  if (c->demand.lock && c->demand.mode == LL_MODE_EXCLUSIVE)
    return not_now (LL_DECISION_HOLD, LL_CAUSE_CONTRADICTION);
  return *by_table;
}

/* When what is looked at again is decided for the last time. */
static gint64
patience_ends (const Case *c, LlCause cause)
{
  gint64 start = c->input->received > 0 ? c->input->received : c->input->now;

  if (cause == LL_CAUSE_ABSENT)
    return start + LL_ABSENT_PATIENCE;
  return cause == LL_CAUSE_UNKNOWN ? start + LL_UNKNOWN_PATIENCE : 0;
}

/* -- the decision as it is shown and kept ---------------------------------------------------- */

/* The domain exists, and no server of its has an address. */
static gboolean
is_unaddressed (const LlVerdict *verdict)
{
  return verdict != NULL && verdict->code == LL_CODE_NO_SUCH_DOMAIN && !verdict->nxdomain;
}

static char *
explain (const Case *c, const Choice *choice, const LlDecision *decision)
{
  const LlVerdict *verdict = c->input->verdict;
  LlReason reason = {
    .domain = c->input->recipient->domain,
    .provider = c->input->account->host,
    .cause = choice->cause,
    .lock = choice->lock,
    .kind = choice->kind,
    .method = choice->method,
    .unchecked = (c->input->unchecked & (1u << choice->method)) != 0,
    .minimum = c->demand.minimum,
    .evidence = decision->evidence,
    .source = decision->source,
    .why = decision->why,
    .code = decision->code,
    .bound = decision->bound,
    .confidence = decision->confidence,
    .honours = c->input->honours_date,
    .stated = c->input->account->honours_set,
    .same_provider = c->input->same_provider,
    .cannot_insist = c->demand.requiretls && !c->way.requiretls
                     && (c->input->requiretls_refused
                         || (c->input->offers_known && !c->input->requiretls_offered)),
    .void_override = c->input->overridden && !c->overridden,
    .declared = c->input->account->declared_when,
    .header = c->demand.bad_mode,
    .no_lock = c->input->no_lock,
    .letter = c->input->facts != NULL ? c->input->facts->kind : LL_KIND_ORDINARY,
    .fits = c->input->fits,
  };

  if (verdict != NULL)
    {
      reason.when = verdict->time;
      reason.seen = verdict->seen;
      reason.total = verdict->total;
      reason.listed = verdict->provider;
      reason.list_of = verdict->listed_date;
      reason.was = verdict->was;
      reason.tampered = verdict->tampered;
      reason.unaddressed = is_unaddressed (verdict);
    }
  return ll_reason (&reason);
}

static const char *
smtp_code (const Choice *choice, const LlVerdict *verdict, LlCode code)
{
  if (choice->cause == LL_CAUSE_REQUIRETLS)
    return "550 5.7.30";
  if (choice->cause == LL_CAUSE_BELOW)
    return "550 5.7.10";
  if (code == LL_CODE_NULL_MX)
    return "556 5.1.10";
  return is_unaddressed (verdict) ? "550 5.4.4" : "550 5.1.2";
}

static LlConfidence
lock_confidence (const LlPolicyInput *input, LlMethod method)
{
  return (input->sure & (1u << method)) != 0 ? LL_CONFIDENCE_ASSURED : LL_CONFIDENCE_LIKELY;
}

LlDecision *
ll_policy_decide (const LlPolicyInput *input)
{
  LlDecision *decision = g_new0 (LlDecision, 1);
  Case c = { .input = input };
  Choice by_table, choice;

  c.demand = ll_demand (input);
  c.way = ll_way (input, &c.demand);
  c.sealed = ll_way_is_sealed (input);
  c.misfit = input->fits == LL_FITS_OTHERS;
  c.overridden = input->overridden && !c.demand.fixed && c.demand.mode != LL_MODE_EXCLUSIVE;
  by_table = table (&c);
  choice = choose (&c, &by_table);

  decision->kind = choice.kind;
  decision->method = choice.method;
  decision->mode = ll_demand_mode (&c.demand);
  decision->minimum = c.demand.minimum;
  decision->unknown = c.demand.unknown;
  decision->rule = c.demand.rule;
  decision->evidence = c.way.evidence;
  decision->source = c.way.source;
  decision->why = c.way.why;
  decision->code = c.way.code;
  decision->bound = choice.kind == LL_DECISION_LOCK ? LL_BOUND_CONTENT : c.way.bound;
  decision->confidence
      = choice.kind == LL_DECISION_LOCK ? lock_confidence (input, choice.method) : c.way.confidence;
  decision->requiretls = choice.kind == LL_DECISION_SEND && c.way.requiretls;
  decision->way_holds = c.way.confidence == LL_CONFIDENCE_ASSURED
                        || (!c.way.downgrade && ll_way_meets (&c.way, c.demand.minimum));
  decision->settled = c.way.settled && !c.demand.open_question;
  decision->overridden = c.overridden && (c.way.evidence == LL_EVIDENCE_BROKEN || c.way.downgrade);
  if (choice.kind == LL_DECISION_HOLD || choice.kind == LL_DECISION_LATER)
    {
      decision->may_send_anyway
          = c.way.evidence != LL_EVIDENCE_NOMAIL && may_send_anyway (&c, &by_table);
      decision->offers = offers (&c);
    }
  if (choice.kind == LL_DECISION_LATER)
    decision->until = patience_ends (&c, choice.cause);
  if (choice.kind == LL_DECISION_REFUSE)
    decision->smtp_code = g_strdup (smtp_code (&choice, input->verdict, c.way.code));
  decision->wants_key = choice.kind == LL_DECISION_HOLD
                        && (choice.lock == LL_LOCK_NONE || choice.lock == LL_LOCK_ASKS
                            || choice.lock == LL_LOCK_CHANGED);
  decision->reason = explain (&c, &choice, decision);
  return decision;
}
