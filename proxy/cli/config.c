/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/json.h"
#include "cli/offline.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

static void
print_options (GVariant *options)
{
  static const char *const heads[] = { "key", "value", "", NULL };
  g_autoptr (LlTable) table = ll_table_new (heads);

  for (gsize i = 0; i < g_variant_n_children (options); i++)
    {
      g_autoptr (GVariant) option = g_variant_get_child_value (options, i);
      const char *value = ll_text (option, "value");
      gboolean standard = strcmp (value, ll_text (option, "default")) == 0;

      ll_table_add (table, standard ? LL_TONE_PLAIN : LL_TONE_STRONG, ll_text (option, "key"));
      ll_table_add (table, LL_TONE_PLAIN, value);
      ll_table_add (table, LL_TONE_FAINT,
                    ll_flag (option, "locked") ? "fixed by the administrator" : " ");
    }
  ll_table_hide_empty (table);
  ll_table_print (table);
}

static int
list_config (void)
{
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) options = ll_ask_one ("ListConfig", NULL, LL_ASK_SHORT, &status);

  if (options == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print_list (options, ll_schema_option);
  else
    print_options (options);
  return LL_EXIT_YES;
}

static int
get_config (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "config get",
    .arguments = "[KEY]",
    .summary = "The value in force of a key (policy.mode), or all of them.",
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) reply = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (left[0] == NULL)
    return list_config ();
  reply = ll_ask_one ("GetConfig", g_variant_new ("(s)", left[0]), LL_ASK_SHORT, &status);
  if (reply == NULL)
    return status;
  if (ll_json_wanted)
    {
      static const LlField schema[]
          = { { "key", LL_FIELD_VALUE, NULL }, { "value", LL_FIELD_VALUE, NULL }, { NULL } };
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
      g_autoptr (GVariant) option = NULL;

      g_variant_dict_insert (&dict, "key", "s", left[0]);
      g_variant_dict_insert_value (&dict, "value", reply);
      option = g_variant_ref_sink (g_variant_dict_end (&dict));
      ll_json_print (option, schema);
    }
  else
    puts (g_variant_get_string (reply, NULL));
  return LL_EXIT_YES;
}

static int
set_config (int argc, char **argv)
{
  gboolean reset = FALSE;
  const GOptionEntry entries[] = {
    { "default", 0, 0, G_OPTION_ARG_NONE, &reset, "Take the key out of the file", NULL },
    { NULL },
  };
  const LlUsage usage = {
    .command = "config set",
    .arguments = "KEY VALUE",
    .summary = "Write a key into letterlock.conf; checked first, in force at once.",
    .more = "Lists have \";\" between their items. letterlock.conf(5) lists the keys.",
    .entries = entries,
    .min = 1,
    .max = 2,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) reply = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (reset == (left[1] != NULL))
    return ll_usage_error ("config set needs a VALUE, or --default");
  if (reset)
    reply = ll_ask ("ResetConfig", g_variant_new ("(s)", left[0]), LL_ASK_SHORT, &status);
  else
    reply = ll_ask ("SetConfig", g_variant_new ("(ss)", left[0], left[1]), LL_ASK_SHORT, &status);
  return reply != NULL ? LL_EXIT_YES : status;
}

static void
print_warnings (GVariant *reply)
{
  g_autofree const char **warnings = NULL;

  g_variant_get (reply, "(^a&s)", &warnings);
  for (guint i = 0; warnings[i] != NULL; i++)
    ll_complain ("warning: %s", warnings[i]);
  if (!ll_json_wanted)
    puts ("The configuration is right.");
}

static int
check_config (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "config check",
    .summary = "Whether the configuration files are right. Status 1: no, and what is wrong.",
  };
  g_auto (GStrv) left = NULL;
  GError *error = NULL;
  LlBusClient *daemon;
  g_autoptr (GVariant) reply = NULL;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  daemon = ll_daemon (NULL);
  if (daemon != NULL)
    reply = ll_bus_client_call (daemon, "CheckConfig", NULL, NULL, LL_ASK_SHORT, NULL, &error);
  else
    reply = ll_offline_config (&error);
  if (reply == NULL
      && (daemon == NULL || g_error_matches (error, LL_API_ERROR, LL_API_ERROR_INVALID)))
    {
      ll_fail (error);
      return LL_EXIT_NO;
    }
  if (reply == NULL)
    return ll_fail (error);
  print_warnings (reply);
  return LL_EXIT_YES;
}

int
ll_config_run (int argc, char **argv)
{
  static const LlCommand verbs[] = {
    { "get", "[KEY]", "show a value, or all", get_config },
    { "set", "KEY VALUE", "change a value", set_config },
    { "check", "", "see whether the files are right", check_config },
    { NULL },
  };

  return ll_verbs_run ("config", verbs, argc, argv);
}
