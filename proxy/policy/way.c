/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/way.h"

static gboolean
is_ordered_from (LlEvidence evidence, LlEvidence least)
{
  return ll_evidence_is_ordered (evidence) && evidence >= least;
}

/* -- evidence ------------------------------------------------------------------------------ */

static void
set_evidence (LlWay *way, const LlPolicyInput *input)
{
  const LlVerdict *verdict = input->verdict;
  gboolean honours;

  way->done = verdict != NULL && input->verdict_done;
  if (verdict == NULL)
    {
      way->evidence = LL_EVIDENCE_UNKNOWN;
      way->why = LL_WHY_OVERDUE;
      return;
    }
  honours = (input->honours & LL_HONOURS_STS) != 0;
  way->evidence = ll_verdict_evidence_for (verdict, input->honours);
  way->source = honours ? verdict->source_if_sts : verdict->source;
  way->why = way->evidence == LL_EVIDENCE_UNKNOWN ? verdict->why : LL_WHY_NONE;
  way->code = honours ? verdict->code_if_sts : verdict->code;
  way->settled = verdict->settled && way->done;
  way->downgrade = verdict->suspected_downgrade;
  if (way->downgrade && way->code == LL_CODE_NONE)
    way->code = LL_CODE_DOWNGRADE_SUSPECTED;
  way->absent = way->evidence == LL_EVIDENCE_NOMAIL && !verdict->proven
                && (verdict->nxdomain || verdict->code == LL_CODE_NO_SUCH_DOMAIN);
}

/* -- who is bound ---------------------------------------------------------------------------- */

static gboolean
wants_requiretls (const LlPolicyInput *input, const LlDemand *demand)
{
  if (!input->requiretls_offered || input->requiretls_refused)
    return FALSE;
  if (input->requiretls_asked)
    return TRUE; /* beats "TLS-Required: No" (RFC 8689 4.1) */
  if (input->facts != NULL && input->facts->tls_required_no)
    return FALSE;
  return demand->requiretls || (input->verdict != NULL && input->verdict->requiretls_everywhere);
}

/* Whether the domain publishes what this provider follows. */
static gboolean
is_honoured (const LlWay *way, const LlPolicyInput *input)
{
  gboolean sts = (input->honours & LL_HONOURS_STS) != 0;
  gboolean dane = (input->honours & LL_HONOURS_DANE) != 0;

  if (way->evidence == LL_EVIDENCE_STS)
    return sts;
  if (way->evidence == LL_EVIDENCE_DANE)
    return dane || (sts && input->verdict->sts.mode == LL_STS_ENFORCE);
  return FALSE;
}

static void
bind (LlWay *way, LlBound bound, LlConfidence confidence)
{
  way->bound = bound;
  way->confidence = confidence;
}

/* Inline PGP counts where nothing stands around it (message/structure.h). */
gboolean
ll_way_is_sealed (const LlPolicyInput *input)
{
  return input->facts != NULL && input->facts->protection != LL_PROTECTION_NONE
         && input->fits != LL_FITS_OTHERS;
}

/* TLS or nothing is about the way, so that no lock is enough there. */
static LlConfidence
sealed_confidence (const LlPolicyInput *input, const LlDemand *demand)
{
  return input->fits == LL_FITS_ACCEPTED && demand->mode != LL_MODE_EXCLUSIVE
             ? LL_CONFIDENCE_ASSURED
             : LL_CONFIDENCE_LIKELY;
}

static void
set_bound (LlWay *way, const LlPolicyInput *input, const LlDemand *demand)
{
  gboolean declared
      = !input->declared_broken
        && ll_account_is_declared (input->account, input->recipient->domain, input->now);
  gboolean requiretls;

  way->requiretls = wants_requiretls (input, demand); /* also where it was seen not to help */
  requiretls = way->requiretls && !input->requiretls_broken;
  if (ll_account_is_internal (input->account, input->recipient->domain))
    bind (way, LL_BOUND_INTERNAL, LL_CONFIDENCE_ASSURED);
  else if (requiretls && input->requiretls_measured)
    bind (way, LL_BOUND_REQUIRETLS, LL_CONFIDENCE_ASSURED);
  else if (declared && input->declared_measured)
    bind (way, LL_BOUND_DECLARED, LL_CONFIDENCE_ASSURED);
  else if (ll_way_is_sealed (input))
    bind (way, LL_BOUND_CONTENT, sealed_confidence (input, demand));
  else if (requiretls)
    bind (way, LL_BOUND_REQUIRETLS, LL_CONFIDENCE_LIKELY);
  else if (declared)
    bind (way, LL_BOUND_DECLARED, LL_CONFIDENCE_LIKELY);
  else if (is_honoured (way, input))
    bind (way, LL_BOUND_HONOURS, LL_CONFIDENCE_LIKELY);
  else
    bind (way, LL_BOUND_NOBODY,
          ll_evidence_is_ordered (way->evidence) ? LL_CONFIDENCE_OBSERVED : LL_CONFIDENCE_NONE);
}

LlWay
ll_way (const LlPolicyInput *input, const LlDemand *demand)
{
  LlWay way = { 0 };

  set_evidence (&way, input);
  set_bound (&way, input, demand);
  return way;
}

/* -- what that is good for ------------------------------------------------------------------- */

gboolean
ll_way_meets (const LlWay *way, LlMinimum minimum)
{
  gboolean looked = way->source != LL_SOURCE_LISTED; /* a table knows of encryption, no more */

  switch (minimum)
    {
    case LL_MINIMUM_ENCRYPTED:
      return is_ordered_from (way->evidence, LL_EVIDENCE_OPP);
    case LL_MINIMUM_VERIFIED:
      return looked && is_ordered_from (way->evidence, LL_EVIDENCE_PKIX);
    case LL_MINIMUM_POLICY:
      return looked && is_ordered_from (way->evidence, LL_EVIDENCE_STS);
    case LL_MINIMUM_ASSURED:
      return way->confidence == LL_CONFIDENCE_ASSURED;
    }
  g_return_val_if_reached (FALSE);
}

LlMethod
ll_way_method (const LlWay *way)
{
  switch (way->bound)
    {
    case LL_BOUND_DECLARED:
    case LL_BOUND_REQUIRETLS:
    case LL_BOUND_INTERNAL:
    case LL_BOUND_DIRECT:
      return LL_METHOD_TLS;
    case LL_BOUND_NOBODY:
    case LL_BOUND_HONOURS:
    case LL_BOUND_CONTENT:
      return is_ordered_from (way->evidence, LL_EVIDENCE_OPP) ? LL_METHOD_TLS : LL_METHOD_OPEN;
    }
  g_return_val_if_reached (LL_METHOD_OPEN);
}
