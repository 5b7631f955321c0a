/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/json.h"
#include "cli/matrix.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

static LlTone
tone_of_finding (const char *finding)
{
  if (strcmp (finding, "found") == 0)
    return LL_TONE_FINE;
  return strcmp (finding, "unknown") == 0 ? LL_TONE_CARE : LL_TONE_BAD;
}

static void
print_finding (const char *what, GVariant *finding)
{
  const char *word = ll_text (finding, "finding");
  g_autofree char *padded = g_strdup_printf ("%-7s", word);
  g_autofree char *painted = ll_table_paint (tone_of_finding (word), padded);
  g_autoptr (GString) out = g_string_new (NULL);
  guint column = MAX ((guint) strlen (what), 5) + 2 + (guint) strlen (padded) + 2;

  g_string_append_printf (out, "%-5s  %s  ", what, painted);
  ll_table_wrap (out, LL_TONE_PLAIN, ll_text (finding, "reason"), column, 16);
  if (*ll_text (finding, "record") != '\0')
    {
      g_string_append_printf (out, "%16s", "");
      ll_table_wrap (out, LL_TONE_FAINT, ll_text (finding, "record"), 16, 16);
    }
  fputs (out->str, stdout);
}

static void
print_below (GVariant *sender, const char *key, const char *what)
{
  g_autoptr (GVariant) finding = ll_below (sender, key);

  if (finding != NULL)
    print_finding (what, finding);
}

static void
print_dkim (GVariant *sender)
{
  g_autoptr (GVariant) dkim = ll_below (sender, "dkim");
  g_autoptr (GVariant) keys = dkim != NULL ? ll_below (dkim, "keys") : NULL;

  if (keys == NULL || g_variant_n_children (keys) == 0)
    {
      if (dkim != NULL)
        print_finding ("DKIM", dkim);
      return;
    }
  for (gsize i = 0; i < g_variant_n_children (keys); i++)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (keys, i);
      g_autofree char *selector = ll_table_clean (ll_text (key, "selector"));
      g_autofree char *what = g_strdup_printf ("DKIM %s", selector);

      print_finding (what, key);
    }
}

static void
print_sender (GVariant *sender)
{
  g_autoptr (GVariant) inbound = ll_below (sender, "inbound");

  printf ("Mail from %s\n", ll_text (sender, "domain"));
  print_below (sender, "spf", "SPF");
  print_dkim (sender);
  print_below (sender, "dmarc", "DMARC");
  puts ("\nReplies to it");
  if (inbound != NULL)
    {
      g_autofree char *matrix = ll_matrix_format (inbound);

      fputs (matrix, stdout);
    }
  if (*ll_text (sender, "warning") != '\0')
    printf ("\n%s\n", ll_text (sender, "warning"));
}

int
ll_sender_run (int argc, char **argv)
{
  g_auto (GStrv) selectors = NULL;
  const GOptionEntry entries[] = {
    { "selector", 0, 0, G_OPTION_ARG_STRING_ARRAY, &selectors,
      "A DKIM selector to look at (s= in DKIM-Signature); can be repeated", "NAME" },
    { NULL },
  };
  const LlUsage usage = {
    .command = "sender",
    .arguments = "DOMAIN",
    .summary = "How mail from your domain is protected against forgery, and replies on their way.",
    .entries = entries,
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) sender = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  ll_dict_list (&options, "selectors", (const char *const *) selectors);
  sender
      = ll_ask_one ("Sender", g_variant_new ("(s@a{sv})", left[0], g_variant_dict_end (&options)),
                    LL_ASK_LONG, &status);
  if (sender == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (sender, ll_schema_sender);
  else
    print_sender (sender);
  return LL_EXIT_YES;
}
