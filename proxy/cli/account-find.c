/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/account.h"

#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * account find, and account add with nothing but an address: what its domain publishes about the
 * provider's servers, or the one who receives its mail does. A password will go there: a person
 * says yes, and --yes says it only for what the domain itself was proven to have said.
 */

static GVariant *
find (const char *address, int *status)
{
  return ll_ask_one ("FindProvider", g_variant_new ("(s)", address), LL_ASK_SHORT, status);
}

/* Not the domain's own word, but that of who receives its mail, or what is known of him. */
static void
print_receiver (GVariant *server)
{
  const char *host = ll_text (server, "received_at");
  const char *name = ll_text (server, "receiver");
  const char *listed = ll_text (server, "listed");

  if (*host == '\0')
    return;
  if (*name != '\0')
    printf ("Your domain's mail is received at %s, by its server %s.\n", name, host);
  else
    printf ("Your domain's mail is received by %s.\n", host);
  if (*listed != '\0')
    printf ("Nobody publishes where his customers send; it is in Letterlock's own list, as of "
            "%s.\n",
            listed);
  printf (
      "An MX record says who receives letters, not who sends them: compare with your provider's "
      "help page.\n");
}

static void
print_servers (GVariant *servers)
{
  g_autoptr (GVariant) first = g_variant_get_child_value (servers, 0);
  static const char *const heads[]
      = { "", "server", "security", "auth", "user name", "proven", "said by", NULL };
  g_autoptr (LlTable) table = ll_table_new (heads);

  for (gsize i = 0; i < g_variant_n_children (servers); i++)
    {
      g_autoptr (GVariant) server = g_variant_get_child_value (servers, i);
      const char *username = ll_text (server, "username");
      g_autofree char *number = g_strdup_printf ("%" G_GSIZE_FORMAT, i + 1);

      ll_table_add (table, LL_TONE_PLAIN, number);
      ll_table_add (table, LL_TONE_STRONG, ll_text (server, "upstream"));
      ll_table_add (table, LL_TONE_PLAIN, ll_text (server, "security"));
      ll_table_add (table, LL_TONE_PLAIN, ll_text (server, "auth"));
      ll_table_add (table, LL_TONE_PLAIN, *username != '\0' ? username : NULL);
      ll_table_add (table, ll_flag (server, "proven") ? LL_TONE_PLAIN : LL_TONE_CARE,
                    ll_flag (server, "proven") ? "yes" : "no");
      ll_table_add (table, LL_TONE_PLAIN, ll_text (server, "source"));
    }
  ll_table_print (table);
  print_receiver (first);
}

/* Returns LL_EXIT_NO with the reason where there is none. */
static int
check_found (GVariant *found, GVariant *servers)
{
  if (servers != NULL && g_variant_n_children (servers) > 0)
    return LL_EXIT_YES;
  ll_complain ("%s; ask your provider, and name its server with --upstream HOST:PORT",
               ll_text (found, "reason"));
  return LL_EXIT_NO;
}

int
ll_account_find_run (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "account find",
    .arguments = "ADDRESS",
    .summary = "Which servers take the letters of an address, by what its domain publishes, or who "
               "receives its mail.",
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GVariant) servers = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  found = find (left[0], &status);
  if (found == NULL)
    return status;
  servers = ll_below (found, "servers");
  if (ll_json_wanted)
    ll_json_print (found, ll_schema_found);
  status = check_found (found, servers);
  if (status == LL_EXIT_YES && !ll_json_wanted)
    print_servers (servers);
  return status;
}

/* The number that is typed, 1 where Return alone is; 0: none of them. */
static gsize
ask_which (gsize n)
{
  char answer[16] = "";
  guint64 number = 1;

  fprintf (stderr, "Is this your provider? Number, or n for none [%s]: ", n > 1 ? "1" : "n/1");
  if (fgets (answer, sizeof answer, stdin) == NULL)
    return 0;
  g_strstrip (answer);
  if (*answer == '\0')
    return n > 1 ? 1 : 0;
  return g_ascii_string_to_unsigned (answer, 10, 1, n, &number, NULL) ? (gsize) number : 0;
}

/* The place in @servers, or -1 with a sentence and *status. */
static gssize
choose (GVariant *servers, gboolean yes, int *status)
{
  g_autoptr (GVariant) first = g_variant_get_child_value (servers, 0);
  gsize chosen;

  *status = LL_EXIT_NO;
  if (yes && ll_flag (first, "proven"))
    return 0;
  if (yes || !isatty (STDIN_FILENO))
    {
      ll_complain (yes ? "%s is said to be the server, but nothing proves that %s is right: if you "
                         "know it, name it with --upstream"
                       : "%s is said to be the server by %s: --yes takes it, --upstream names "
                         "another one",
                   ll_text (first, "upstream"), ll_text (first, "source"));
      return -1;
    }
  print_servers (servers);
  chosen = ask_which (g_variant_n_children (servers));
  if (chosen == 0)
    ll_complain ("No account was added; --upstream HOST:PORT names the server");
  return (gssize) chosen - 1;
}

GVariant *
ll_account_find (const char *address, gboolean yes, int *status)
{
  g_autoptr (GVariant) found = find (address, status);
  g_autoptr (GVariant) servers = found != NULL ? ll_below (found, "servers") : NULL;
  gssize chosen;

  if (found == NULL)
    return NULL;
  *status = check_found (found, servers);
  if (*status != LL_EXIT_YES)
    return NULL;
  chosen = choose (servers, yes, status);
  return chosen >= 0 ? g_variant_get_child_value (servers, (gsize) chosen) : NULL;
}
