/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/key-lines.h"

#include "api/words.h"
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

/* Whether it is used, for people. (transfer full) */
static char *
sentence (GVariant *key)
{
  const char *use = ll_text (key, "use");
  const char *reason = ll_text (key, "reason");

  if (strcmp (use, "ready") == 0)
    return g_strdup ("used by itself");
  if (strcmp (use, "rejected") == 0)
    return g_strdup ("never used, as you said");
  if (strcmp (use, "no") == 0)
    return g_strdup_printf ("not used (%s)", reason);
  return g_strdup (reason);
}

void
ll_key_lines_print (GVariant *key)
{
  const char *reason = ll_text (key, "reason");
  const char *use = ll_text (key, "use");

  printf ("  %s  %s\n", ll_text (key, "fingerprint"), ll_text (key, "user_id"));
  printf ("    %s, %s; found: %s; trust: %s\n", ll_text (key, "method"), ll_text (key, "algorithm"),
          ll_text (key, "source"), ll_text (key, "trust"));
  printf ("    use: %s%s%s\n", use, *reason != '\0' ? ": " : "", reason);
}

static void
print_lock (GVariant *key)
{
  g_autofree char *use = sentence (key);

  printf ("  %s, found in %s (%s): %s\n", ll_text (key, "method"),
          ll_words_of ("source", ll_text (key, "source")), ll_text (key, "trust"), use);
  printf ("    %s  %s\n", ll_text (key, "fingerprint"), ll_text (key, "user_id"));
}

void
ll_key_lines_print_locks (GVariant *verdict)
{
  g_autoptr (GVariant) locks = ll_below (verdict, "locks");
  const char *reason = ll_text (verdict, "locks_reason");

  if (locks == NULL && *reason == '\0')
    return;
  printf ("What can lock letters to %s:\n", ll_text (verdict, "address"));
  for (gsize i = 0; locks != NULL && i < g_variant_n_children (locks); i++)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (locks, i);

      print_lock (key);
    }
  if (*reason != '\0')
    printf ("  not known (%s)\n", reason);
  else if (g_variant_n_children (locks) == 0)
    puts ("  nothing: no key for this address is known");
}
