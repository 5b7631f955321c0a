/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>

/* -- list ---------------------------------------------------------------------------- */

static char *
joined (GVariant *dict, const char *key)
{
  g_autofree const char **items = NULL;

  if (!g_variant_lookup (dict, key, "^a&s", &items))
    return g_strdup ("");
  return g_strjoinv (" ", (char **) items);
}

static void
print_rules (GVariant *rules)
{
  static const char *const heads[] = { "rule",    "to",      "account",  "tag",     "kinds", "mode",
                                       "minimum", "unknown", "fallback", "expires", "note",  NULL };
  static const char *const texts[] = { "mode", "minimum", "unknown" };
  g_autoptr (LlTable) table = ll_table_new (heads);

  for (gsize i = 0; i < g_variant_n_children (rules); i++)
    {
      g_autoptr (GVariant) rule = g_variant_get_child_value (rules, i);
      g_autofree char *to = joined (rule, "to");
      g_autofree char *kinds = joined (rule, "kinds");
      g_autofree char *fallback = joined (rule, "fallback");
      g_autofree char *expires = g_strdup_printf ("%s%s", ll_text (rule, "expires"),
                                                  ll_flag (rule, "expired") ? " (over)" : "");

      ll_table_add_number (table, ll_number (rule, "number"));
      ll_table_add (table, LL_TONE_STRONG, *to != '\0' ? to : "*");
      ll_table_add (table, LL_TONE_PLAIN, ll_text (rule, "account"));
      ll_table_add (table, LL_TONE_PLAIN, ll_text (rule, "tag"));
      ll_table_add (table, LL_TONE_PLAIN, kinds);
      for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
        ll_table_add (table, LL_TONE_PLAIN, ll_text (rule, texts[j]));
      ll_table_add (table, LL_TONE_PLAIN, fallback);
      ll_table_add (table, LL_TONE_PLAIN, expires);
      ll_table_add (table, LL_TONE_PLAIN, ll_text (rule, "note"));
    }
  ll_table_hide_empty (table);
  ll_table_print (table);
  if (ll_table_rows (table) == 0)
    puts ("There is no rule.");
}

static int
list_rules (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "rule list",
    .summary = "The rules, in order: the first that matches decides.",
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) rules = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  rules = ll_ask_one ("ListRules", NULL, LL_ASK_SHORT, &status);
  if (rules == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print_list (rules, ll_schema_rule);
  else
    print_rules (rules);
  return LL_EXIT_YES;
}

/* -- add -------------------------------------------------------------------------------- */

/* "pgp,smime" or "pgp smime" or "pgp;smime" */
static GStrv
split_list (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ",; ", -1);
  GStrvBuilder *builder = g_strv_builder_new ();
  GStrv list;

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_strv_builder_add (builder, parts[i]);
  list = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return list;
}

typedef struct
{
  GStrv to;
  GStrv kinds;
  char *account, *tag, *mode, *minimum, *unknown, *fallback, *expires, *note;
  gboolean requiretls;
  int before;
} RuleOptions;

static GVariant *
rule_variant (const RuleOptions *options)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  ll_dict_list (&dict, "to", (const char *const *) options->to);
  ll_dict_list (&dict, "kinds", (const char *const *) options->kinds);
  ll_dict_text (&dict, "account", options->account);
  ll_dict_text (&dict, "tag", options->tag);
  ll_dict_text (&dict, "mode", options->mode);
  ll_dict_text (&dict, "minimum", options->minimum);
  ll_dict_text (&dict, "unknown", options->unknown);
  ll_dict_text (&dict, "expires", options->expires);
  ll_dict_text (&dict, "note", options->note);
  if (options->fallback != NULL)
    {
      g_auto (GStrv) fallback = split_list (options->fallback);

      ll_dict_list (&dict, "fallback", (const char *const *) fallback);
    }
  if (options->requiretls)
    g_variant_dict_insert (&dict, "requiretls", "b", TRUE);
  if (options->before > 0)
    g_variant_dict_insert (&dict, "before", "u", (guint32) options->before);
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&dict));
}

static int
run_add (RuleOptions *options, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->to,
      "Recipients: address, domain, *.domain; can be repeated", "PATTERN" },
    { "account", 0, 0, G_OPTION_ARG_STRING, &options->account, "Letters of this account", "NAME" },
    { "tag", 0, 0, G_OPTION_ARG_STRING, &options->tag, "Letters with this subject tag", "TAG" },
    { "kind", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->kinds,
      "list, calendar or robot; can be repeated", "KIND" },
    { "mode", 0, 0, G_OPTION_ARG_STRING, &options->mode,
      "opportunistic, forced, exclusive, encrypt", "MODE" },
    { "minimum", 0, 0, G_OPTION_ARG_STRING, &options->minimum,
      "encrypted, verified, policy, assured", "MINIMUM" },
    { "unknown", 0, 0, G_OPTION_ARG_STRING, &options->unknown, "send, lock, hold", "UNKNOWN" },
    { "fallback", 0, 0, G_OPTION_ARG_STRING, &options->fallback, "pgp, smime, escrow, in order",
      "LIST" },
    { "requiretls", 0, 0, G_OPTION_ARG_NONE, &options->requiretls,
      "Ask the provider to insist on verified TLS all the way", NULL },
    { "expires", 0, 0, G_OPTION_ARG_STRING, &options->expires, "Over from this day on", "DATE" },
    { "note", 0, 0, G_OPTION_ARG_STRING, &options->note, "A note to yourself", "TEXT" },
    { "before", 0, 0, G_OPTION_ARG_INT, &options->before, "Ahead of this rule (default: last)",
      "N" },
    { NULL },
  };
  const LlUsage usage = {
    .command = "rule add",
    .summary = "Add a rule.",
    .more = "\"TLS or never\" for a bank: letterlock rule add --to bank.example --mode exclusive",
    .entries = entries,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) rule = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (options->mode == NULL && options->minimum == NULL && options->unknown == NULL
      && options->fallback == NULL && !options->requiretls)
    return ll_usage_error ("rule add needs --mode, --minimum, --unknown, --fallback or "
                           "--requiretls: what is to be different");
  rule = ll_ask_one ("AddRule", rule_variant (options), LL_ASK_SHORT, &status);
  if (rule == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (rule, ll_schema_rule);
  else
    printf ("Rule %" G_GINT64_FORMAT " is in force.\n", ll_number (rule, "number"));
  return LL_EXIT_YES;
}

static int
add_rule (int argc, char **argv)
{
  RuleOptions options = { 0 };
  int status = run_add (&options, argc, argv);

  g_strfreev (options.to);
  g_strfreev (options.kinds);
  g_free (options.account);
  g_free (options.tag);
  g_free (options.mode);
  g_free (options.minimum);
  g_free (options.unknown);
  g_free (options.fallback);
  g_free (options.expires);
  g_free (options.note);
  return status;
}

/* -- remove -------------------------------------------------------------------------------- */

static int
remove_rule (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "rule remove",
    .arguments = "N",
    .summary = "Remove a rule by its number.",
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) reply = NULL;
  guint64 number;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (!g_ascii_string_to_unsigned (left[0], 10, 1, G_MAXUINT32, &number, NULL))
    return ll_usage_error ("rule remove: \"%s\" is not the number of a rule", left[0]);
  reply = ll_ask ("RemoveRule", g_variant_new ("(u)", (guint32) number), LL_ASK_SHORT, &status);
  return reply != NULL ? LL_EXIT_YES : status;
}

int
ll_rule_run (int argc, char **argv)
{
  static const LlCommand verbs[] = {
    { "add", "--to PATTERN --mode MODE...", "add a rule", add_rule },
    { "list", "", "show the rules in their order", list_rules },
    { "remove", "N", "remove a rule", remove_rule },
    { NULL },
  };

  return ll_verbs_run ("rule", verbs, argc, argv);
}
