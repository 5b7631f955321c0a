/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/account.h"

#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

/* account list, show, test, remove; what changes one is in account-edit.c. */

static char *
joined (GVariant *dict, const char *key)
{
  g_autofree const char **items = NULL;

  if (!g_variant_lookup (dict, key, "^a&s", &items))
    return g_strdup ("");
  return g_strjoinv (" ", (char **) items);
}

static int
list_accounts (int argc, char **argv)
{
  static const char *const heads[]
      = { "account", "addresses", "upstream", "security", "auth", "preset", NULL };
  static const LlUsage usage = { .command = "account list", .summary = "The accounts." };
  g_autoptr (LlTable) table = ll_table_new (heads);
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) accounts = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  accounts = ll_ask_one ("ListAccounts", NULL, LL_ASK_SHORT, &status);
  if (accounts == NULL)
    return status;
  if (ll_json_wanted)
    {
      ll_json_print_list (accounts, ll_schema_account);
      return LL_EXIT_YES;
    }
  for (gsize i = 0; i < g_variant_n_children (accounts); i++)
    {
      g_autoptr (GVariant) account = g_variant_get_child_value (accounts, i);
      g_autofree char *addresses = joined (account, "addresses");

      ll_table_add (table, LL_TONE_STRONG, ll_text (account, "account"));
      ll_table_add (table, LL_TONE_PLAIN, addresses);
      for (guint j = 2; heads[j] != NULL; j++)
        ll_table_add (table, LL_TONE_PLAIN, ll_text (account, heads[j]));
    }
  ll_table_print (table);
  if (ll_table_rows (table) == 0)
    puts ("There is no account yet; letterlock account add makes one.");
  return LL_EXIT_YES;
}

void
ll_account_print (GVariant *account)
{
  for (const LlField *field = ll_schema_account; field->name != NULL; field++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (account, field->name, NULL);
      g_autofree char *text = NULL;
      g_autofree char *clean = NULL;

      if (value == NULL)
        continue;
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
        text = joined (account, field->name);
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        text = g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        text = g_variant_dup_string (value, NULL);
      else
        text = g_variant_print (value, FALSE);
      clean = ll_table_clean (text);
      if (*clean != '\0')
        printf ("%-17s %s\n", field->name, clean);
    }
}

static int
show_account (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "account show",
    .arguments = "NAME",
    .summary = "One account. Passwords are never shown.",
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) account = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  account = ll_ask_one ("GetAccount", g_variant_new ("(s)", left[0]), LL_ASK_SHORT, &status);
  if (account == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (account, ll_schema_account);
  else
    ll_account_print (account);
  return LL_EXIT_YES;
}

static int
remove_account (int argc, char **argv)
{
  gboolean force = FALSE;
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &force, "Even while letters of it wait", NULL },
    { NULL },
  };
  const LlUsage usage = {
    .command = "account remove",
    .arguments = "NAME",
    .summary = "Remove an account, its passwords too.",
    .entries = entries,
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (force)
    g_variant_dict_insert (&options, "force", "b", TRUE);
  reply = ll_ask ("RemoveAccount",
                  g_variant_new ("(s@a{sv})", left[0], g_variant_dict_end (&options)), LL_ASK_SHORT,
                  &status);
  return reply != NULL ? LL_EXIT_YES : status;
}

/* -- test ---------------------------------------------------------------------------------- */

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

typedef struct
{
  GMainLoop *loop;
  GVariant *result;
  GError *error;
} Answer;

static void
tested_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;
  g_autoptr (GVariant) reply = ll_bus_client_call_finish (result, &answer->error);

  answer->result = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  g_main_loop_quit (answer->loop);
}

/* *printed: how many steps were printed meanwhile. */
static GVariant *
ask_test (const char *account, guint *printed, int *status)
{
  Answer answer = { NULL };
  LlBusClient *daemon = ll_daemon (&answer.error);
  guint subscription;

  if (daemon == NULL)
    {
      *status = ll_fail (answer.error);
      return NULL;
    }
  answer.loop = g_main_loop_new (NULL, FALSE);
  subscription = ll_bus_client_subscribe (daemon, "TestProgress", progress_cb, printed);
  ll_bus_client_call_async (daemon, "TestAccount",
                            g_variant_new ("(su@a{sv})", account, ll_json_wanted ? 0 : 1,
                                           g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
                            NULL, LL_ASK_LONG, NULL, tested_cb, &answer);
  g_main_loop_run (answer.loop);
  ll_bus_client_unsubscribe (daemon, subscription);
  g_main_loop_unref (answer.loop);
  if (answer.result == NULL)
    *status = ll_fail (answer.error);
  return answer.result;
}

static int
test_account (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "account test",
    .arguments = "NAME",
    .summary = "Connect to the provider, check its certificate, sign in; nothing is sent.",
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GVariant) steps = NULL;
  guint printed = 0;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  result = ask_test (left[0], &printed, &status);
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
ll_account_run (int argc, char **argv)
{
  static const LlCommand verbs[] = {
    { "add", "--address A --upstream HOST:PORT", "add an account", ll_account_add_run },
    { "list", "", "show all accounts", list_accounts },
    { "show", "NAME", "show one account", show_account },
    { "edit", "NAME [OPTION...]", "change an account", ll_account_edit_run },
    { "test", "NAME", "connect and sign in", test_account },
    { "remove", "NAME", "remove an account", remove_account },
    { NULL },
  };

  return ll_verbs_run ("account", verbs, argc, argv);
}
