/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/choices.h"
#include "cli/json.h"
#include "cli/letters.h"

#include <stdio.h>

/* What a person decides, and what waits for something else. */

static void
print_choices (GPtrArray *letters)
{
  for (guint i = 0; i < letters->len; i++)
    {
      GVariant *letter = g_ptr_array_index (letters, i);
      g_autoptr (GVariant) recipients = ll_below (letter, "recipients");

      for (gsize j = 0; recipients != NULL && j < g_variant_n_children (recipients); j++)
        {
          g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, j);

          ll_choices_print (letter, recipient, "  ");
        }
    }
}

static int
run (const LlUsage *usage, const char *const *states, const char *nothing, int argc, char **argv)
{
  LlLettersQuery query = { .states = states };
  g_auto (GStrv) left = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  letters = ll_letters_fetch (&query, &status);
  if (letters == NULL)
    return status;
  ll_letters_print (letters);
  if (!ll_json_wanted)
    print_choices (letters);
  if (letters->len == 0 && !ll_json_wanted)
    puts (nothing);
  return LL_EXIT_YES;
}

int
ll_held_run (int argc, char **argv)
{
  static const char *const states[] = { "held", NULL };
  static const LlUsage usage = {
    .command = "held",
    .summary = "Letters that you decide about.",
    .more = "letterlock explain ID says why; release and drop decide.",
  };

  return run (&usage, states, "No letter is held.", argc, argv);
}

int
ll_queue_run (int argc, char **argv)
{
  static const char *const states[]
      = { "checking", "waiting", "queued", "sending", "uncertain", NULL };
  static const LlUsage usage = {
    .command = "queue",
    .summary
    = "Letters on their way: being checked or sent, waiting, to be tried again, uncertain.",
    .more = "letterlock retry ID tries now.",
  };

  return run (&usage, states, "No letter waits.", argc, argv);
}
