/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/json.h"
#include "cli/key-lines.h"
#include "cli/matrix.h"
#include "cli/offline.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

/*
 * All domains at once, printed in the order in which they were asked for. On a terminal
 * the one that comes next is drawn anew as its servers answer. Without a daemon the
 * checks are made in this process.
 */

typedef struct _Check Check;

typedef struct
{
  Check *check;
  char *name;
  guint32 cookie;
  GVariant *partial;
  GVariant *verdict;
  GError *error;
  gboolean done;
} Target;

struct _Check
{
  GMainLoop *loop;
  GPtrArray *targets; /* of Target */
  guint next;         /* the first that is not printed */
  guint drawn;        /* lines of its drawing on the terminal */
  gboolean live;
  int status;
};

static void
target_free (Target *target)
{
  g_free (target->name);
  g_clear_pointer (&target->partial, g_variant_unref);
  g_clear_pointer (&target->verdict, g_variant_unref);
  g_clear_error (&target->error);
  g_free (target);
}

/* -- drawing ---------------------------------------------------------------------------- */

static void
erase (Check *check)
{
  if (check->drawn > 0)
    printf ("\033[%uA\033[J", check->drawn);
  check->drawn = 0;
}

/* As many lines of the terminal as @text takes; wrapped ones count for each. Colours take none. */
static guint
lines_of (const char *text)
{
  guint width = ll_table_width ();
  guint lines = 0;
  guint column = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      if (*text == '\033')
        text += strcspn (text, "m");
      else if (*text == '\n')
        {
          lines += 1 + (column > 0 ? (column - 1) / width : 0);
          column = 0;
        }
      else
        column++;
    }
  return lines;
}

static void
draw (Check *check)
{
  const Target *target;
  g_autofree char *text = NULL;

  if (!check->live || check->next >= check->targets->len)
    return;
  target = g_ptr_array_index (check->targets, check->next);
  if (target->partial != NULL)
    text = ll_matrix_format_partial (target->partial);
  else
    text = g_strdup_printf ("%s: looking…\n", target->name);
  erase (check);
  fputs (text, stdout);
  fflush (stdout);
  check->drawn = lines_of (text);
}

static void
print_target (Check *check, Target *target)
{
  g_autofree char *text = NULL;

  erase (check);
  if (target->error != NULL)
    {
      int status = ll_fail (g_steal_pointer (&target->error));

      check->status = MAX (check->status, status);
      return;
    }
  if (!ll_matrix_is_yes (target->verdict))
    check->status = MAX (check->status, LL_EXIT_NO);
  if (ll_json_wanted)
    {
      ll_json_print (target->verdict, *ll_text (target->verdict, "address") != '\0'
                                          ? ll_schema_check_address
                                          : ll_schema_check);
      return;
    }
  text = ll_matrix_format (target->verdict);
  fputs (text, stdout);
  ll_key_lines_print_locks (target->verdict);
  if (check->next + 1 < check->targets->len)
    putchar ('\n');
  fflush (stdout);
}

/* What is finished, in order; then the next one as far as it is. */
static void
advance (Check *check)
{
  while (check->next < check->targets->len)
    {
      Target *target = g_ptr_array_index (check->targets, check->next);

      if (!target->done)
        break;
      print_target (check, target);
      check->next++;
    }
  if (check->next == check->targets->len)
    g_main_loop_quit (check->loop);
  else
    draw (check);
}

static void
take_partial (Target *target, GVariant *partial)
{
  Check *check = target->check;

  g_clear_pointer (&target->partial, g_variant_unref);
  target->partial = g_variant_ref (partial);
  if (g_ptr_array_index (check->targets, check->next) == target)
    draw (check);
}

/* -- with the daemon ------------------------------------------------------------------------ */

static void
progress_cb (const char *name, GVariant *arguments, gpointer data)
{
  Check *check = data;
  g_autoptr (GVariant) partial = NULL;
  guint32 cookie;

  g_variant_get (arguments, "(u@a{sv})", &cookie, &partial);
  if (cookie >= 1 && cookie <= check->targets->len)
    take_partial (g_ptr_array_index (check->targets, cookie - 1), partial);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Target *target = data;
  g_autoptr (GVariant) reply = ll_bus_client_call_finish (result, &target->error);

  target->verdict = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  target->done = TRUE;
  advance (target->check);
}

static void
ask_daemon (Check *check, LlBusClient *daemon)
{
  for (guint i = 0; i < check->targets->len; i++)
    {
      Target *target = g_ptr_array_index (check->targets, i);

      ll_bus_client_call_async (daemon, "Check",
                                g_variant_new ("(su@a{sv})", target->name,
                                               check->live ? target->cookie : 0,
                                               g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL,
                                                                    0)),
                                NULL, LL_ASK_LONG, NULL, checked_cb, target);
    }
}

/* -- without ----------------------------------------------------------------------------------- */

static void
offline_partial_cb (GVariant *partial, gpointer data)
{
  take_partial (data, partial);
}

static void
offline_done_cb (GVariant *verdict, GError *error, gpointer data)
{
  Target *target = data;

  target->verdict = verdict != NULL ? g_variant_ref (verdict) : NULL;
  target->error = error != NULL ? g_error_copy (error) : NULL;
  target->done = TRUE;
  advance (target->check);
}

static gboolean
look_here (Check *check, GError **error)
{
  guint n = check->targets->len;
  g_autofree LlOfflineTarget *targets = g_new (LlOfflineTarget, n);

  for (guint i = 0; i < n; i++)
    {
      Target *target = g_ptr_array_index (check->targets, i);

      targets[i] = (LlOfflineTarget){ target->name, target };
    }
  return ll_offline_check (targets, n, check->live ? offline_partial_cb : NULL, offline_done_cb,
                           check->loop, error);
}

/* -- the command ----------------------------------------------------------------------------- */

static int
run_check (Check *check)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  LlBusClient *daemon = ll_daemon (NULL);
  GError *error = NULL;
  guint subscription;

  check->loop = loop;
  if (daemon == NULL)
    return look_here (check, &error) ? check->status : ll_fail (error);
  subscription = ll_bus_client_subscribe (daemon, "CheckProgress", progress_cb, check);
  ask_daemon (check, daemon);
  draw (check);
  g_main_loop_run (loop);
  ll_bus_client_unsubscribe (daemon, subscription);
  return check->status;
}

int
ll_check_run (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "check",
    .arguments = "DOMAIN|ADDRESS...",
    .summary = "Look at the mail servers of domains: what their protection is worth.",
    .more = "Works without the daemon, too. Status 1: some domain is plain, weak, broken, unknown, "
            "or takes no mail.",
    .min = 1,
    .max = G_MAXUINT,
  };
  g_auto (GStrv) left = NULL;
  Check check = { .status = LL_EXIT_YES };
  int status;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  check.live = !ll_json_wanted && ll_table_is_terminal ();
  check.targets = g_ptr_array_new_with_free_func ((GDestroyNotify) target_free);
  for (guint i = 0; left[i] != NULL; i++)
    {
      Target *target = g_new0 (Target, 1);

      target->check = &check;
      target->name = g_strdup (left[i]);
      target->cookie = i + 1;
      g_ptr_array_add (check.targets, target);
    }
  status = run_check (&check);
  g_ptr_array_unref (check.targets);
  return status;
}
