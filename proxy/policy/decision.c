/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/decide.h"

void
ll_decision_free (LlDecision *decision)
{
  if (decision == NULL)
    return;
  g_free (decision->reason);
  g_free (decision->smtp_code);
  g_free (decision);
}

const char *
ll_decision_name (LlDecisionKind kind)
{
  switch (kind)
    {
    case LL_DECISION_SEND:
      return "send";
    case LL_DECISION_LOCK:
      return "lock";
    case LL_DECISION_HOLD:
    case LL_DECISION_LATER:
      return "hold";
    case LL_DECISION_REFUSE:
    case LL_DECISION_DROP:
      return "refuse";
    }
  g_return_val_if_reached ("hold");
}

/* Absent things are not kept; whoever prints JSON makes them null. */
static void
keep_word (LlExtra *extra, const char *key, const char *word)
{
  if (word != NULL)
    ll_extra_put_word (extra, key, word);
}

static GVariant *
offers_to_variant (guint offers)
{
  GVariantBuilder names;

  g_variant_builder_init (&names, G_VARIANT_TYPE ("as"));
  for (guint method = LL_METHOD_PGP; method <= LL_METHOD_ESCROW; method++)
    if ((offers & (1u << method)) != 0)
      g_variant_builder_add (&names, "s", ll_method_name ((LlMethod) method));
  return g_variant_builder_end (&names);
}

void
ll_decision_keep (const LlDecision *decision, LlExtra *extra)
{
  keep_word (extra, "decision", ll_decision_name (decision->kind));
  keep_word (extra, "method", ll_method_name (decision->method));
  keep_word (extra, "mode", ll_mode_name (decision->mode));
  keep_word (extra, "minimum", ll_minimum_name (decision->minimum));
  keep_word (extra, "unknown", ll_unknown_name (decision->unknown));
  keep_word (extra, "evidence", ll_evidence_name (decision->evidence));
  keep_word (extra, "source", ll_source_name (decision->source));
  keep_word (extra, "why", ll_why_name (decision->why));
  keep_word (extra, "bound", ll_bound_name (decision->bound));
  keep_word (extra, "confidence", ll_confidence_name (decision->confidence));
  keep_word (extra, "code", ll_code_name (decision->code));
  if (decision->reason != NULL)
    ll_extra_put_text (extra, "reason", decision->reason);
  if (decision->rule != 0)
    ll_extra_put (extra, "rule", g_variant_new_uint32 (decision->rule));
  ll_extra_put_flag (extra, "requiretls", decision->requiretls);
  ll_extra_put_flag (extra, "overridden", decision->overridden);
  if (decision->kind == LL_DECISION_HOLD || decision->kind == LL_DECISION_LATER)
    {
      ll_extra_put_flag (extra, "may_send_anyway", decision->may_send_anyway);
      ll_extra_put (extra, "offers", offers_to_variant (decision->offers));
    }
}
