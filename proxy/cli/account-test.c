/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/account.h"

#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>

/* account test: the way to the provider, and with --onward its conduct from there on. */

#define WAIT 120
#define WAIT_MAX 3600 /* LL_ONWARD_WAIT_MAX: the command line knows nothing of base/ */

static void
print_step (GVariant *step)
{
  gboolean ok = ll_flag (step, "ok");
  g_autofree char *what = ll_table_clean (ll_text (step, "step"));
  g_autofree char *detail = ll_table_clean (ll_text (step, "detail"));
  g_autofree char *word
      = ll_table_paint (ok ? LL_TONE_FINE : LL_TONE_BAD, ok ? "ok    " : "failed");

  printf ("%s  %-12s %s\n", word, what, detail);
  fflush (stdout);
}

/* The steps as they are taken. */
static void
progress_cb (const char *name, GVariant *arguments, gpointer data)
{
  guint *printed = data;
  g_autoptr (GVariant) step = NULL;

  g_variant_get (arguments, "(u@a{sv})", NULL, &step);
  print_step (step);
  (*printed)++;
}

static int
test (const char *account, GVariant *options, int timeout)
{
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GVariant) steps = NULL;
  guint printed = 0;
  int status = LL_EXIT_YES;

  result
      = ll_account_follow ("TestAccount",
                           g_variant_new ("(su@a{sv})", account, ll_json_wanted ? 0 : 1, options),
                           "TestProgress", progress_cb, &printed, timeout, &status);
  if (result == NULL)
    return status;
  steps = ll_below (result, "steps");
  if (ll_json_wanted)
    ll_json_print (result, ll_schema_test);
  for (gsize i = printed; !ll_json_wanted && steps != NULL && i < g_variant_n_children (steps); i++)
    {
      g_autoptr (GVariant) step = g_variant_get_child_value (steps, i);

      print_step (step);
    }
  if (ll_flag (result, "ok"))
    return LL_EXIT_YES;
  ll_complain ("%s", *ll_text (result, "reason") != '\0' ? ll_text (result, "reason")
                                                         : "the test failed");
  return LL_EXIT_NO;
}

int
ll_account_test_run (int argc, char **argv)
{
  gboolean onward = FALSE;
  g_auto (GStrv) to = NULL;
  int wait = WAIT;
  const GOptionEntry entries[] = {
    { "onward", 0, 0, G_OPTION_ARG_NONE, &onward,
      "Measure what the provider does where it cannot deliver over TLS", NULL },
    { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &to,
      "With --onward: a test address to write to; can be repeated", "ADDRESS" },
    { "wait", 0, 0, G_OPTION_ARG_INT, &wait, "With --onward: how long for answers (120)",
      "SECONDS" },
    { NULL },
  };
  const LlUsage usage = {
    .command = "account test",
    .arguments = "NAME",
    .summary = "Connect to the provider, check its certificate, sign in; nothing is sent.",
    .more
    = "With --onward --to ADDRESS two small letters go to an address whose mail server "
      "offers\nno TLS. What comes back shows whether the provider keeps to REQUIRETLS, and to "
      "what\nyou declared of it. Without --to, answers to earlier ones are looked for.",
    .entries = entries,
    .min = 1,
    .max = 1,
  };
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_auto (GStrv) left = NULL;
  static const char *const nobody[] = { NULL };

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (to != NULL && !onward)
    return ll_usage_error ("account test takes --to with --onward only");
  if (wait < 0 || wait > WAIT_MAX)
    return ll_usage_error ("account test: --wait takes 0 to %d seconds", WAIT_MAX);
  if (onward)
    {
      g_variant_dict_insert (&options, "onward", "^as", to != NULL ? to : (GStrv) nobody);
      g_variant_dict_insert (&options, "wait", "u", (guint32) wait);
    }
  return test (left[0], g_variant_dict_end (&options), LL_ASK_LONG + (onward ? wait * 1000 : 0));
}
