/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

/* As keys/imported.h has it. */
#define FILE_MAX (512 * 1024)

/* What could lock letters to somebody, and what you say of it. */

static void
print_key (GVariant *key)
{
  const char *reason = ll_text (key, "reason");
  const char *use = ll_text (key, "use");
  const char *source = ll_text (key, "source");

  printf ("  %s  %s\n", ll_text (key, "fingerprint"), ll_text (key, "user_id"));
  printf ("    %s, %s; found: %s; trust: %s\n", ll_text (key, "method"), ll_text (key, "algorithm"),
          source, ll_text (key, "trust"));
  printf ("    use: %s%s%s\n", use, *reason != '\0' ? ": " : "", reason);
}

static int
list_keys (const char *address)
{
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) list
      = ll_ask_one ("ListKeys", g_variant_new ("(s)", address), LL_ASK_LONG, &status);

  if (list == NULL)
    return status;
  if (ll_json_wanted)
    {
      ll_json_print_list (list, ll_schema_key);
      return LL_EXIT_YES;
    }
  puts (address);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (list, i);

      print_key (key);
    }
  if (g_variant_n_children (list) == 0)
    puts ("  No key for this address is known.");
  return LL_EXIT_YES;
}

static int
import_keys (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) list = NULL;
  int status = LL_EXIT_YES;

  if (!g_file_get_contents (path, &bytes, &length, &error))
    {
      fprintf (stderr, "letterlock: %s\n", error->message);
      return LL_EXIT_USAGE;
    }
  if (length > FILE_MAX)
    return ll_usage_error ("key import: %s is too large for a key or a certificate", path);
  list = ll_ask_one ("ImportKeys",
                     g_variant_new ("(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes,
                                                                        length, 1)),
                     LL_ASK_LONG, &status);
  if (list == NULL)
    return status;
  if (ll_json_wanted)
    {
      ll_json_print_list (list, ll_schema_key);
      return LL_EXIT_YES;
    }
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (list, i);

      printf ("%s  %s\n", ll_text (key, "fingerprint"), ll_text (key, "user_id"));
    }
  puts ("letterlock key list ADDRESS shows whether letters are locked for it.");
  return LL_EXIT_YES;
}

static int
say (const char *method, const char *address, const char *fingerprint)
{
  gboolean accept = strcmp (method, "AcceptKey") == 0;
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) key
      = ll_ask_one (method, g_variant_new ("(ss)", address, fingerprint), LL_ASK_LONG, &status);

  if (key == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (key, ll_schema_key);
  else if (accept)
    printf ("Letters to %s may be locked for %s (%s).\n"
            "Those that are held: letterlock held, then letterlock release ID.\n",
            address, ll_text (key, "fingerprint"), ll_text (key, "user_id"));
  else
    printf ("%s is never used for %s.\n", ll_text (key, "fingerprint"), address);
  return LL_EXIT_YES;
}

int
ll_key_run (int argc, char **argv)
{
  const LlUsage usage = {
    .command = "key",
    .arguments
    = "list ADDRESS | import FILE | accept ADDRESS [FINGERPRINT] | reject ADDRESS FINGERPRINT",
    .summary = "What can lock letters to somebody, and what you say of it.",
    .more = "Before you accept a key, compare its fingerprint with its owner, by telephone or in\n"
            "person. The beginning of a fingerprint will do where only one key has it.",
    .max = 3,
  };
  g_auto (GStrv) left = NULL;
  guint n;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  n = g_strv_length (left);
  if (n == 2 && strcmp (left[0], "list") == 0)
    return list_keys (left[1]);
  if (n == 2 && strcmp (left[0], "import") == 0)
    return import_keys (left[1]);
  if (n >= 2 && strcmp (left[0], "accept") == 0)
    return say ("AcceptKey", left[1], n == 3 ? left[2] : "");
  if (n == 3 && strcmp (left[0], "reject") == 0)
    return say ("RejectKey", left[1], left[2]);
  return ll_usage_error (
      "key needs list ADDRESS, import FILE, accept ADDRESS or reject ADDRESS FINGERPRINT");
}
