/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/rule.h"

#include <string.h>

/* The order of config->tags; what follows are tags that only rules know. */
enum
{
  TAG_ENCRYPT,
  TAG_TLS,
  TAG_PICKUP,
  TAG_HOLD,
  N_TAGS,
};

/* -- what kind of letter it is ------------------------------------------------------------- */

gboolean
ll_policy_is_no_reply (const char *address)
{
  static const char *const names[]
      = { "noreply", "donotreply", "nereply", "nepasrepondre", "keineantwort", "mailerdaemon" };
  const char *at = strrchr (address, '@');
  gsize length = at != NULL ? (gsize) (at - address) : strlen (address);
  GString *letters = g_string_new (NULL);
  gboolean found = FALSE;

  for (gsize i = 0; i < length && address[i] != '+'; i++)
    if (g_ascii_isalnum (address[i]))
      g_string_append_c (letters, g_ascii_tolower (address[i]));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    found = found || strcmp (letters->str, names[i]) == 0;
  g_string_free (letters, TRUE);
  return found;
}

/* The word that a rule's kinds= would use; NULL for an ordinary letter. */
static const char *
kind_of (const LlPolicyInput *input)
{
  LlKind kind = input->facts != NULL ? input->facts->kind : LL_KIND_ORDINARY;

  switch (kind)
    {
    case LL_KIND_CALENDAR:
      return "calendar";
    case LL_KIND_LIST:
      return "list";
    case LL_KIND_REPORT:
    case LL_KIND_AUTO:
    case LL_KIND_SETUP:
      return "robot";
    case LL_KIND_ORDINARY:
      return ll_policy_is_no_reply (input->recipient->address) ? "robot" : NULL;
    }
  g_return_val_if_reached (NULL);
}

gboolean
ll_policy_is_convertible (const LlPolicyInput *input)
{
  return kind_of (input) == NULL;
}

/* -- the rule -------------------------------------------------------------------------------- */

static gboolean
rule_is_for (const LlRule *rule, const LlPolicyInput *input)
{
  if (rule->expires != 0 && input->now >= rule->expires)
    return FALSE;
  if (rule->account != NULL && strcmp (rule->account, input->account->name) != 0)
    return FALSE;
  if (rule->to == NULL || rule->to[0] == NULL)
    return TRUE;
  for (guint i = 0; rule->to[i] != NULL; i++)
    if (ll_rule_pattern_matches (rule->to[i], input->recipient->address))
      return TRUE;
  return FALSE;
}

static gboolean
has_kinds (const LlRule *rule)
{
  return rule->kinds != NULL && rule->kinds[0] != NULL;
}

static gboolean
kind_matches (const LlRule *rule, const LlPolicyInput *input)
{
  const char *kind = kind_of (input);

  return !has_kinds (rule)
         || (kind != NULL && g_strv_contains ((const char *const *) rule->kinds, kind));
}

static gboolean
has_tag (const LlPolicyInput *input, const char *tag)
{
  return tag != NULL && input->facts != NULL && input->facts->tags != NULL
         && g_strv_contains ((const char *const *) input->facts->tags, tag);
}

static guint
count_rules (const LlPolicyInput *input)
{
  return input->config->rules->len + (input->tried != NULL ? 1 : 0);
}

static const LlRule *
rule_at (const LlPolicyInput *input, guint i)
{
  if (input->tried == NULL)
    return g_ptr_array_index (input->config->rules, i);
  return i == 0 ? input->tried : g_ptr_array_index (input->config->rules, i - 1);
}

/* First match wins, among the rules without a tag (@tagged FALSE) or with one. */
static const LlRule *
first_rule (const LlPolicyInput *input, gboolean tagged)
{
  for (guint i = 0; i < count_rules (input); i++)
    {
      const LlRule *rule = rule_at (input, i);

      if ((rule->tag != NULL) == tagged && (!tagged || has_tag (input, rule->tag))
          && rule_is_for (rule, input) && kind_matches (rule, input))
        return rule;
    }
  return NULL;
}

/* Before the content is known nobody can say whether a rule for kinds will match. */
static gboolean
is_open_question (const LlPolicyInput *input)
{
  for (guint i = 0; input->facts == NULL && i < count_rules (input); i++)
    {
      const LlRule *rule = rule_at (input, i);

      if (has_kinds (rule) && rule->tag == NULL && rule_is_for (rule, input))
        return TRUE;
    }
  return FALSE;
}

/* -- putting it together ----------------------------------------------------------------------- */

static void
set_mode (LlDemand *demand, LlMode mode)
{
  demand->lock = mode == LL_MODE_ENCRYPT;
  demand->mode = mode == LL_MODE_ENCRYPT ? LL_MODE_FORCED : mode;
}

static void
strengthen_mode (LlDemand *demand, LlMode mode)
{
  if (mode == LL_MODE_ENCRYPT)
    demand->lock = TRUE;
  else
    demand->mode = MAX (demand->mode, mode);
}

static void
strengthen_unknown (LlDemand *demand, LlUnknown unknown)
{
  if (demand->unknown == LL_UNKNOWN_SEND)
    demand->unknown = unknown;
}

static void
apply_rule (LlDemand *demand, const LlRule *rule)
{
  if (rule->mode_set)
    set_mode (demand, rule->mode);
  if (rule->minimum_set)
    demand->minimum = rule->minimum;
  if (rule->unknown_set)
    demand->unknown = rule->unknown;
  if (rule->fallback != NULL)
    demand->fallback = rule->fallback;
  demand->requiretls = rule->requiretls;
  demand->rule = rule->number;
}

/* A tag stands in the letter, so its rule may not take anything back. */
static void
apply_tagged_rule (LlDemand *demand, const LlRule *rule)
{
  if (rule->mode_set)
    strengthen_mode (demand, rule->mode);
  if (rule->minimum_set)
    demand->minimum = MAX (demand->minimum, rule->minimum);
  if (rule->unknown_set)
    strengthen_unknown (demand, rule->unknown);
  if (rule->fallback != NULL)
    demand->fallback = rule->fallback;
  demand->requiretls = demand->requiretls || rule->requiretls;
  demand->rule = rule->number;
}

/* What the administrator fixed is the least that accounts and the user's own rules may ask. */
static void
apply_floor (LlDemand *demand, const LlConfig *config)
{
  if (ll_config_is_locked (config, "policy.mode"))
    {
      demand->fixed = TRUE;
      strengthen_mode (demand, config->mode);
    }
  if (ll_config_is_locked (config, "policy.minimum"))
    demand->minimum = MAX (demand->minimum, config->minimum);
  if (ll_config_is_locked (config, "policy.unknown"))
    strengthen_unknown (demand, config->unknown);
}

static void
apply_word (LlDemand *demand, guint tag)
{
  switch (tag)
    {
    case TAG_ENCRYPT:
      demand->lock = TRUE;
      break;
    case TAG_TLS:
      demand->mode = LL_MODE_EXCLUSIVE;
      demand->requiretls = TRUE;
      break;
    case TAG_PICKUP:
      demand->lock = demand->pickup = TRUE;
      break;
    case TAG_HOLD:
      demand->hold = TRUE;
      break;
    default:
      break;
    }
}

/* The Letterlock-Mode header takes the modes and the four tags by their plain names. */
static void
apply_header (LlDemand *demand, const char *text)
{
  static const char *const words[] = { "encrypt", "tls", "pickup", "hold" };
  g_autofree char *word = g_strstrip (g_ascii_strdown (text, -1));
  LlMode mode;

  for (guint i = 0; i < N_TAGS; i++)
    if (strcmp (word, words[i]) == 0)
      {
        apply_word (demand, i);
        return;
      }
  if (ll_mode_from_name (word, &mode))
    strengthen_mode (demand, mode);
  else
    demand->bad_mode = text;
}

static void
apply_letter (LlDemand *demand, const LlPolicyInput *input)
{
  GStrv tags = input->config->tags;

  for (guint i = 0; tags != NULL && i < N_TAGS && tags[i] != NULL; i++)
    if (has_tag (input, tags[i]))
      apply_word (demand, i);
  if (input->facts != NULL && input->facts->mode != NULL)
    apply_header (demand, input->facts->mode);
}

LlDemand
ll_demand (const LlPolicyInput *input)
{
  const LlRule *rule = first_rule (input, FALSE);
  const LlRule *tagged = first_rule (input, TRUE);
  LlDemand demand = { .minimum = input->account->minimum,
                      .unknown = input->account->unknown,
                      .fallback = input->account->fallback };

  set_mode (&demand, input->account->mode);
  if (rule != NULL)
    apply_rule (&demand, rule);
  if (rule == NULL || !rule->system)
    apply_floor (&demand, input->config);
  if (tagged != NULL)
    apply_tagged_rule (&demand, tagged);
  apply_letter (&demand, input);
  demand.open_question = is_open_question (input);
  return demand;
}

LlMode
ll_demand_mode (const LlDemand *demand)
{
  return demand->lock && demand->mode != LL_MODE_EXCLUSIVE ? LL_MODE_ENCRYPT : demand->mode;
}
