/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/desktop.h"
#include "cli/json.h"
#include "cli/offline.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

static const char *
word_of (GVariant *check)
{
  gboolean ok;

  if (!g_variant_lookup (check, "ok", "b", &ok))
    return "unknown";
  return ok ? "ok" : "no";
}

static void
print_check (GVariant *check)
{
  const char *word = word_of (check);
  LlTone tone = strcmp (word, "ok") == 0   ? LL_TONE_FINE
                : strcmp (word, "no") == 0 ? LL_TONE_BAD
                                           : LL_TONE_CARE;
  g_autofree char *painted = ll_table_paint (tone, word);
  g_autofree char *name = ll_table_clean (ll_text (check, "check"));
  g_autofree char *remedy = g_strconcat ("Remedy: ", ll_text (check, "remedy"), NULL);
  g_autoptr (GString) out = g_string_new (painted);

  g_string_append_printf (out, "%*s%-16s ", (int) (8 - strlen (word)), "", name);
  ll_table_wrap (out, LL_TONE_PLAIN, ll_text (check, "reason"), 25, 25);
  if (*ll_text (check, "remedy") != '\0')
    {
      g_string_append_printf (out, "%25s", "");
      ll_table_wrap (out, LL_TONE_PLAIN, remedy, 25, 25);
    }
  fputs (out->str, stdout);
}

/* Addresses and domains of people become a@x; what is left may be shown to others. */
static char *
redact (const char *text)
{
  g_autoptr (GRegex) address
      = g_regex_new ("[^\\s<>\"',;:=]+@[^\\s<>\"',;:=]+", G_REGEX_DEFAULT, 0, NULL);
  g_autoptr (GRegex) home = NULL;
  g_autofree char *escaped = g_regex_escape_string (g_get_home_dir (), -1);
  g_autofree char *first = g_regex_replace_literal (address, text, -1, 0, "ADDRESS", 0, NULL);

  home = g_regex_new (escaped, G_REGEX_DEFAULT, 0, NULL);
  return home != NULL ? g_regex_replace_literal (home, first, -1, 0, "~", 0, NULL)
                      : g_strdup (first);
}

static void
print_redacted (GVariant *dict, const LlField *schema)
{
  g_autofree char *line = ll_json_line (dict, schema);
  g_autofree char *clean = redact (line);

  puts (clean);
}

/* For a bug report: no addresses, no account names, no letters. */
static void
print_report (GPtrArray *checks, GVariant *status)
{
  g_autofree char *os = NULL;

  printf ("Letterlock %s, GLib %u.%u.%u\n", LL_VERSION, glib_major_version, glib_minor_version,
          glib_micro_version);
  os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  printf ("%s\n", os != NULL ? os : "unknown system");
  if (status != NULL)
    print_redacted (status, ll_schema_status);
  for (guint i = 0; i < checks->len; i++)
    {
      GVariant *check = g_ptr_array_index (checks, i);
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (check);
      g_autoptr (GVariant) redacted = NULL;

      if (g_str_has_prefix (ll_text (check, "check"), "account "))
        g_variant_dict_insert (&dict, "check", "s", "account");
      g_variant_dict_remove (&dict, "remedy");
      redacted = g_variant_ref_sink (g_variant_dict_end (&dict));
      print_redacted (redacted, ll_schema_doctor);
    }
}

static void
add_all (GPtrArray *checks, GVariant *list)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    g_ptr_array_add (checks, g_variant_get_child_value (list, i));
}

int
ll_doctor_run (int argc, char **argv)
{
  gboolean report = FALSE;
  const GOptionEntry entries[] = {
    { "report", 0, 0, G_OPTION_ARG_NONE, &report, "For a bug report, without personal data", NULL },
    { NULL },
  };
  const LlUsage usage = {
    .command = "doctor",
    .summary = "Look at everything that Letterlock needs, and say what to do.",
    .more = "Status 1: something is missing.",
    .entries = entries,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GPtrArray) checks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GVariant) here = NULL;
  g_autoptr (GVariant) desktop = NULL;
  g_autoptr (GVariant) there = NULL;
  g_autoptr (GVariant) state = NULL;
  gboolean runs;
  int result = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  runs = ll_daemon (NULL) != NULL;
  here = ll_offline_doctor (runs);
  add_all (checks, here);
  desktop = ll_desktop_check ();
  add_all (checks, desktop);
  if (runs)
    there = ll_ask_one ("Doctor", NULL, LL_ASK_LONG, &result);
  if (there != NULL)
    add_all (checks, there);
  if (report)
    {
      if (runs)
        state = ll_ask_one ("Status", NULL, LL_ASK_SHORT, &result);
      print_report (checks, state);
      return result;
    }
  for (guint i = 0; i < checks->len; i++)
    {
      GVariant *check = g_ptr_array_index (checks, i);

      if (ll_json_wanted)
        ll_json_print (check, ll_schema_doctor);
      else
        print_check (check);
      if (strcmp (word_of (check), "no") == 0)
        result = MAX (result, LL_EXIT_NO);
    }
  return result;
}
