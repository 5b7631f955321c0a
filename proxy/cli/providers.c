/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/json.h"
#include "cli/table.h"

#include <string.h>

static const char *const first_heads[]
    = { "name", "evidence", "honours", "rate", "seen", "date", "source" };

/* Keys of the rows, known ones first. The table shows what the daemon's table has. */
static GPtrArray *
columns_of (GVariant *list)
{
  GPtrArray *columns = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (first_heads); i++)
    for (gsize j = 0; j < g_variant_n_children (list); j++)
      {
        g_autoptr (GVariant) row = g_variant_get_child_value (list, j);
        g_autoptr (GVariant) value = g_variant_lookup_value (row, first_heads[i], NULL);

        if (value != NULL)
          {
            g_ptr_array_add (columns, (char *) first_heads[i]);
            break;
          }
      }
  g_ptr_array_add (columns, NULL);
  return columns;
}

static char *
cell_of (GVariant *row, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (row, key, NULL);

  if (value == NULL)
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **items = g_variant_get_strv (value, NULL);

      return g_strjoinv (" ", (char **) items);
    }
  return g_variant_print (value, FALSE); /* a number */
}

static void
print_providers (GVariant *list)
{
  g_autoptr (GPtrArray) columns = columns_of (list);
  g_autoptr (LlTable) table = NULL;

  if (columns->len < 2)
    return;
  table = ll_table_new ((const char *const *) columns->pdata);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (list, i);

      for (guint j = 0; j + 1 < columns->len; j++)
        {
          g_autofree char *cell = cell_of (row, g_ptr_array_index (columns, j));

          ll_table_add (table, j == 0 ? LL_TONE_STRONG : LL_TONE_PLAIN, cell);
        }
    }
  ll_table_print (table);
}

int
ll_providers_run (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "providers",
    .summary = "The table of providers that Letterlock ships, beside what was seen from here.",
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) list = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  list = ll_ask_one ("Providers", NULL, LL_ASK_SHORT, &status);
  if (list == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print_list (list, ll_schema_provider);
  else
    print_providers (list);
  return LL_EXIT_YES;
}
