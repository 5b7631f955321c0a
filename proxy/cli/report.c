/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

/* A page or a sheet goes to its file as it is; lines for a terminal are cleaned. */
static int
write_document (const char *document, const char *file, gboolean text)
{
  g_autoptr (GError) error = NULL;

  if (file != NULL)
    {
      if (g_file_set_contents_full (file, document, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                    &error))
        return LL_EXIT_YES;
      ll_complain ("%s", error->message);
      return LL_EXIT_COULD_NOT;
    }
  if (text && ll_table_is_terminal ())
    {
      g_auto (GStrv) lines = g_strsplit (document, "\n", -1);

      for (guint i = 0; lines[i] != NULL; i++)
        {
          g_autofree char *clean = ll_table_clean (lines[i]);

          if (lines[i + 1] != NULL || *clean != '\0')
            puts (clean);
        }
      return LL_EXIT_YES;
    }
  fputs (document, stdout);
  return LL_EXIT_YES;
}

int
ll_report_run (int argc, char **argv)
{
  g_autofree char *since = NULL;
  g_autofree char *until = NULL;
  g_autofree char *account = NULL;
  g_autofree char *format = NULL;
  g_autofree char *file = NULL;
  const GOptionEntry entries[] = {
    { "since", 0, 0, G_OPTION_ARG_STRING, &since, "From this day on (30 days ago)", "DATE" },
    { "until", 0, 0, G_OPTION_ARG_STRING, &until, "Before this day (now)", "DATE" },
    { "account", 0, 0, G_OPTION_ARG_STRING, &account, "Of this account only", "NAME" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, "table, csv, json or html (table)", "FORMAT" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &file, "Into this file", "FILE" },
    { NULL },
  };
  const LlUsage usage = {
    .command = "report",
    .summary = "What share of the mail went how, over time, by domain and by rule.",
    .more = "csv has a line for each recipient; html is one page that prints well.",
    .entries = entries,
  };
  g_auto (GStrv) left = NULL;
  g_auto (GVariantDict) query = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) document = NULL;
  const char *kind;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  kind = format != NULL ? format : ll_json_wanted ? "json" : "table";
  ll_dict_text (&query, "since", since);
  ll_dict_text (&query, "until", until);
  ll_dict_text (&query, "account", account);
  document = ll_ask_one ("Report", g_variant_new ("(@a{sv}s)", g_variant_dict_end (&query), kind),
                         LL_ASK_LONG, &status);
  if (document == NULL)
    return status;
  return write_document (g_variant_get_string (document, NULL), file, strcmp (kind, "table") == 0);
}
