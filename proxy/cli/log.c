/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/letters.h"
#include "cli/table.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

/* On a terminal a person wants the last ones; a script wants all. */
#define TERMINAL_LIMIT 50
#define NO_LIMIT G_MININT /* none was given */

typedef struct
{
  GMainLoop *loop;
  LlLettersQuery query;
  int status;
} Follow;

/* As the daemon looks for it: in the sender's and the recipients' addresses alone. */
static gboolean
has_address (GVariant *letter, const char *wanted)
{
  g_autoptr (GVariant) recipients = ll_below (letter, "recipients");
  g_autoptr (GString) all = g_string_new (ll_text (letter, "from"));
  g_autofree char *lower = g_ascii_strdown (wanted, -1);

  for (gsize i = 0; recipients != NULL && i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      g_string_append_printf (all, "\n%s", ll_text (recipient, "address"));
    }
  g_string_ascii_down (all);
  return strstr (all->str, lower) != NULL;
}

/* Whether the letter is among those that were asked for. */
static gboolean
is_wanted (const LlLettersQuery *query, GVariant *letter)
{
  if (query->account != NULL && strcmp (query->account, ll_text (letter, "account")) != 0)
    return FALSE;
  if (query->state != NULL && strcmp (query->state, ll_text (letter, "state")) != 0)
    return FALSE;
  return query->address == NULL || has_address (letter, query->address);
}

static void
changed_cb (const char *name, GVariant *arguments, gpointer data)
{
  Follow *follow = data;
  g_autofree const char **ids = NULL;

  g_variant_get (arguments, "(^a&s)", &ids);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GVariant) letter = ll_letters_get (ids[i], &follow->status);

      if (letter != NULL && is_wanted (&follow->query, letter))
        ll_letters_print_one (letter);
    }
}

static void
gone_cb (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data)
{
  Follow *follow = data;

  ll_complain ("Letterlock stopped");
  follow->status = LL_EXIT_COULD_NOT;
  g_main_loop_quit (follow->loop);
}

static gboolean
interrupted_cb (gpointer data)
{
  g_main_loop_quit (((Follow *) data)->loop);
  return G_SOURCE_REMOVE;
}

static int
follow_letters (const LlLettersQuery *query)
{
  Follow follow = { .query = *query, .status = LL_EXIT_YES };
  LlBusClient *daemon = ll_daemon (NULL); /* it answered just now */
  guint id = ll_bus_client_subscribe (daemon, "LettersChanged", changed_cb, &follow);
  gulong handler;

  follow.loop = g_main_loop_new (NULL, FALSE);
  handler = g_signal_connect (ll_bus_client_connection (daemon), "closed", G_CALLBACK (gone_cb),
                              &follow);
  g_unix_signal_add (SIGINT, interrupted_cb, &follow);
  g_unix_signal_add (SIGTERM, interrupted_cb, &follow);
  g_main_loop_run (follow.loop);
  g_signal_handler_disconnect (ll_bus_client_connection (daemon), handler);
  ll_bus_client_unsubscribe (daemon, id);
  g_main_loop_unref (follow.loop);
  return follow.status;
}

static gboolean
is_narrowed (const LlLettersQuery *query)
{
  return query->state != NULL || query->address != NULL || query->account != NULL
         || query->since != NULL || query->until != NULL || query->search != NULL;
}

int
ll_log_run (int argc, char **argv)
{
  LlLettersQuery query = { 0 };
  g_autofree char *state = NULL;
  g_autofree char *to = NULL;
  g_autofree char *account = NULL;
  g_autofree char *since = NULL;
  g_autofree char *until = NULL;
  g_autofree char *search = NULL;
  gboolean follow = FALSE;
  int limit = NO_LIMIT;
  const GOptionEntry entries[] = {
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &follow, "Go on printing letters as they change", NULL },
    { "state", 0, 0, G_OPTION_ARG_STRING, &state, "Letters in this state", "STATE" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, "Letters to or from an address that contains this",
      "TEXT" },
    { "account", 0, 0, G_OPTION_ARG_STRING, &account, "Letters of this account", "NAME" },
    { "since", 0, 0, G_OPTION_ARG_STRING, &since, "From this day or time on", "DATE" },
    { "until", 0, 0, G_OPTION_ARG_STRING, &until, "Before this day or time", "DATE" },
    { "search", 0, 0, G_OPTION_ARG_STRING, &search,
      "Letters that left locked and say this: what you sent is looked through", "TEXT" },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit, "At most so many, the newest", "N" },
    { NULL },
  };
  const LlUsage usage = {
    .command = "log",
    .summary = "What was done with letters, the newest last.",
    .entries = entries,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  query = (LlLettersQuery){
    .state = state,
    .address = to,
    .account = account,
    .since = since,
    .until = until,
    .search = search,
  };
  if (search != NULL && follow)
    return ll_usage_error ("log: --search looks at what was sent; it cannot --follow");
  if (limit != NO_LIMIT && limit < 1)
    return ll_usage_error ("log: --limit takes a number above 0");
  query.limit = limit > 0 ? (guint) limit : ll_table_is_terminal () ? TERMINAL_LIMIT : 0;
  letters = ll_letters_fetch (&query, &status);
  if (letters == NULL)
    return status;
  ll_letters_print (letters);
  if (letters->len == 0 && !ll_json_wanted && !follow)
    puts (is_narrowed (&query) ? "No letter is like that." : "There is no letter yet.");
  fflush (stdout);
  if (limit == NO_LIMIT && letters->len == TERMINAL_LIMIT && !ll_json_wanted
      && ll_table_is_terminal ())
    fprintf (stderr, "The newest %d letters; --limit shows more.\n", TERMINAL_LIMIT);
  return follow ? follow_letters (&query) : LL_EXIT_YES;
}
