/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

static LlTone
tone_of_decision (const char *decision)
{
  if (g_strcmp0 (decision, "send") == 0)
    return LL_TONE_STRONG;
  return g_strcmp0 (decision, "refuse") == 0 ? LL_TONE_BAD : LL_TONE_CARE;
}

static void
print_decisions (GVariant *decisions)
{
  static const char *const heads[]
      = { "address", "decision", "method", "evidence", "bound", "confidence", "reason", NULL };
  g_autoptr (LlTable) table = ll_table_new (heads);

  for (gsize i = 0; i < g_variant_n_children (decisions); i++)
    {
      g_autoptr (GVariant) decision = g_variant_get_child_value (decisions, i);
      const char *word = ll_text (decision, "decision");
      const char *evidence = ll_text (decision, "evidence");
      const char *confidence = ll_text (decision, "confidence");
      g_autofree char *sign = ll_evidence_word (evidence);

      ll_table_add (table, LL_TONE_PLAIN, ll_text (decision, "address"));
      ll_table_add (table, tone_of_decision (word), word);
      ll_table_add (table, LL_TONE_PLAIN, ll_text (decision, "method"));
      ll_table_add (table, ll_tone_of_evidence (evidence), sign);
      ll_table_add (table, LL_TONE_PLAIN, ll_text (decision, "bound"));
      ll_table_add (table, ll_tone_of_confidence (confidence), confidence);
      ll_table_add (table, LL_TONE_PLAIN, ll_text (decision, "reason"));
    }
  ll_table_print (table);
}

/* Which key it would be, where it was found, and why it is trusted; or that it is asked about. */
static void
print_keys (GVariant *decisions)
{
  for (gsize i = 0; i < g_variant_n_children (decisions); i++)
    {
      g_autoptr (GVariant) decision = g_variant_get_child_value (decisions, i);
      g_autoptr (GVariant) lock = ll_below (decision, "lock");
      g_autofree char *owner = lock != NULL ? ll_table_clean (ll_text (lock, "user_id")) : NULL;
      gboolean locked = strcmp (ll_text (decision, "decision"), "lock") == 0;

      if (lock != NULL && g_variant_is_of_type (lock, G_VARIANT_TYPE_VARDICT))
        printf ("%s: %s %s %s (%s; found: %s, trust: %s)\n", ll_text (decision, "address"),
                locked ? "locked with" : "could be locked with", ll_text (lock, "method"),
                ll_text (lock, "fingerprint"), owner, ll_text (lock, "source"),
                ll_text (lock, "trust"));
    }
}

int
ll_preview_run (int argc, char **argv)
{
  g_autofree char *account = NULL;
  g_autofree char *sender = NULL;
  g_autofree char *tag = NULL;
  g_autofree char *mode = NULL;
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &account, "As if sent by this account", "NAME" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &sender, "As if sent from this address", "ADDRESS" },
    { "tag", 0, 0, G_OPTION_ARG_STRING, &tag, "As if the subject had this tag", "TAG" },
    { "mode", 0, 0, G_OPTION_ARG_STRING, &mode, "As if Letterlock-Mode: said this", "MODE" },
    { NULL },
  };
  const LlUsage usage = {
    .command = "preview",
    .arguments = "ADDRESS...",
    .summary = "What would happen to a letter to these addresses now, and why. Nothing is sent.",
    .entries = entries,
    .min = 1,
    .max = G_MAXUINT,
  };
  g_auto (GStrv) left = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) decisions = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  ll_dict_text (&options, "account", account);
  ll_dict_text (&options, "sender", sender);
  ll_dict_text (&options, "tag", tag);
  ll_dict_text (&options, "mode", mode);
  decisions
      = ll_ask_one ("Preview", g_variant_new ("(^as@a{sv})", left, g_variant_dict_end (&options)),
                    LL_ASK_LONG, &status);
  if (decisions == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print_list (decisions, ll_schema_preview);
  else
    {
      print_decisions (decisions);
      print_keys (decisions);
    }
  return LL_EXIT_YES;
}
