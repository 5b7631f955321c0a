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

/* Absent things are not in the dictionary; whoever prints JSON makes them null. */
static void
add_word (GVariantBuilder *builder, const char *key, const char *word)
{
  if (word != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (word));
}

static void
add_flag (GVariantBuilder *builder, const char *key, gboolean value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_boolean (value));
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

GVariant *
ll_decision_to_variant (const LlDecision *decision)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_word (&builder, "decision", ll_decision_name (decision->kind));
  add_word (&builder, "method", ll_method_name (decision->method));
  add_word (&builder, "mode", ll_mode_name (decision->mode));
  add_word (&builder, "minimum", ll_minimum_name (decision->minimum));
  add_word (&builder, "unknown", ll_unknown_name (decision->unknown));
  add_word (&builder, "evidence", ll_evidence_name (decision->evidence));
  add_word (&builder, "source", ll_source_name (decision->source));
  add_word (&builder, "why", ll_why_name (decision->why));
  add_word (&builder, "bound", ll_bound_name (decision->bound));
  add_word (&builder, "confidence", ll_confidence_name (decision->confidence));
  add_word (&builder, "code", ll_code_name (decision->code));
  add_word (&builder, "reason", decision->reason);
  if (decision->rule != 0)
    g_variant_builder_add (&builder, "{sv}", "rule", g_variant_new_uint32 (decision->rule));
  add_flag (&builder, "requiretls", decision->requiretls);
  add_flag (&builder, "overridden", decision->overridden);
  if (decision->kind == LL_DECISION_HOLD || decision->kind == LL_DECISION_LATER)
    {
      add_flag (&builder, "may_send_anyway", decision->may_send_anyway);
      g_variant_builder_add (&builder, "{sv}", "offers", offers_to_variant (decision->offers));
    }
  return g_variant_builder_end (&builder);
}
