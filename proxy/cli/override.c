/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>

#define DAYS 7
#define DAYS_MAX 30

static int
list_overrides (void)
{
  static const char *const heads[] = { "domain", "until", "since", "active", "reason", NULL };
  g_autoptr (LlTable) table = ll_table_new (heads);
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) list = ll_ask_one ("ListOverrides", NULL, LL_ASK_SHORT, &status);

  if (list == NULL)
    return status;
  if (ll_json_wanted)
    {
      ll_json_print_list (list, ll_schema_override);
      return LL_EXIT_YES;
    }
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) override = g_variant_get_child_value (list, i);
      gboolean active = ll_flag (override, "active");

      ll_table_add (table, active ? LL_TONE_STRONG : LL_TONE_FAINT, ll_text (override, "domain"));
      ll_table_add (table, LL_TONE_PLAIN, ll_text (override, "until"));
      ll_table_add (table, LL_TONE_PLAIN, ll_text (override, "since"));
      ll_table_add (table, active ? LL_TONE_CARE : LL_TONE_FAINT, active ? "yes" : "no");
      ll_table_add (table, LL_TONE_PLAIN, ll_text (override, "reason"));
    }
  ll_table_print (table);
  if (ll_table_rows (table) == 0)
    puts ("Nothing is or was overridden.");
  return LL_EXIT_YES;
}

static int
remove_override (const char *domain)
{
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) reply
      = ll_ask ("RemoveOverride", g_variant_new ("(s)", domain), LL_ASK_SHORT, &status);

  return reply != NULL ? LL_EXIT_YES : status;
}

static int
add_override (const char *domain, const char *reason, int days)
{
  g_autoptr (GVariant) override = NULL;
  int status = LL_EXIT_YES;

  if (reason == NULL || *reason == '\0')
    return ll_usage_error ("override needs --reason: it is recorded with every letter");
  if (days < 1 || days > DAYS_MAX)
    return ll_usage_error ("override: --days takes 1 to %d", DAYS_MAX);
  override = ll_ask_one ("Override", g_variant_new ("(ssu)", domain, reason, (guint32) days),
                         LL_ASK_SHORT, &status);
  if (override == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (override, ll_schema_override);
  else
    printf ("Until %s, letters to %s are sent although its protection fails.\n"
            "Those that are to go over TLS or not at all (mode exclusive) stay held.\n",
            ll_text (override, "until"), ll_text (override, "domain"));
  return LL_EXIT_YES;
}

static int
accept_change (const char *domain, const char *reason)
{
  g_autoptr (GVariant) accepted = NULL;
  int status = LL_EXIT_YES;

  if (reason == NULL || *reason == '\0')
    return ll_usage_error ("override --accept needs --reason: it is recorded");
  accepted
      = ll_ask_one ("AcceptChange", g_variant_new ("(ss)", domain, reason), LL_ASK_LONG, &status);
  if (accepted == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (accepted, ll_schema_override);
  else
    printf ("%s is judged by what it shows now; letterlock check %s looks again.\n",
            ll_text (accepted, "domain"), ll_text (accepted, "domain"));
  return LL_EXIT_YES;
}

int
ll_override_run (int argc, char **argv)
{
  g_autofree char *reason = NULL;
  int days = DAYS;
  gboolean list = FALSE;
  gboolean end = FALSE;
  gboolean accept = FALSE;
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "Why; recorded with every letter", "TEXT" },
    { "days", 0, 0, G_OPTION_ARG_INT, &days, "How long, 1 to 30 (7)", "N" },
    { "accept", 0, 0, G_OPTION_ARG_NONE, &accept,
      "Where it was better protected before: what it is now, for good", NULL },
    { "list", 0, 0, G_OPTION_ARG_NONE, &list, "Show what is and was overridden", NULL },
    { "remove", 0, 0, G_OPTION_ARG_NONE, &end, "End it now", NULL },
    { NULL },
  };
  const LlUsage usage = {
    .command = "override",
    .arguments = "DOMAIN",
    .summary = "Accept for a while that a domain's published protection fails.",
    .more
    = "A failing protection and an attack look the same. Ask the recipient by telephone, and\n"
      "consider locking the letter instead.",
    .entries = entries,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (list && left[0] == NULL)
    return list_overrides ();
  if (left[0] == NULL || list)
    return ll_usage_error ("override needs a DOMAIN, or --list alone");
  if (accept)
    return end ? ll_usage_error ("override takes --accept or --remove, not both")
               : accept_change (left[0], reason);
  return end ? remove_override (left[0]) : add_override (left[0], reason, days);
}
