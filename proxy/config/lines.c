/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/lines.h"

#include "base/error.h"

#include <string.h>

LlLineKind
ll_line_parse (const char *line, char **word)
{
  g_autofree char *text = g_strstrip (g_strdup (line));
  gsize length = strlen (text);
  char *equals;

  if (length == 0 || text[0] == '#')
    return LL_LINE_OTHER;
  if (text[0] == '[')
    {
      if (length < 3 || text[length - 1] != ']')
        return LL_LINE_OTHER;
      *word = g_strndup (text + 1, length - 2);
      return LL_LINE_GROUP;
    }
  equals = strchr (text, '=');
  if (equals == NULL || equals == text)
    return LL_LINE_OTHER;
  *word = g_strchomp (g_strndup (text, (gsize) (equals - text)));
  return LL_LINE_KEY;
}

gboolean
ll_lines_check_unique (const char *bytes, gsize length, GError **error)
{
  g_autofree char *text = g_strndup (bytes, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *group = g_strdup ("");

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *word = NULL;
      LlLineKind kind = ll_line_parse (lines[i], &word);
      char *name;

      if (kind == LL_LINE_OTHER)
        continue;
      if (kind == LL_LINE_GROUP)
        {
          g_free (group);
          group = g_strdup (word);
        }
      name = kind == LL_LINE_GROUP ? g_strdup_printf ("[%s]", group)
                                   : g_strdup_printf ("[%s] %s", group, word);
      if (!g_hash_table_contains (seen, name))
        {
          g_hash_table_add (seen, name);
          continue;
        }
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                   "%s stands there twice, again in line %u", name, i + 1);
      g_free (name);
      return FALSE;
    }
  return TRUE;
}
