/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/words.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/key-lines.h"
#include "cli/table.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What could lock letters to somebody, and what you say of it. */

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

      ll_key_lines_print (key);
    }
  if (g_variant_n_children (list) == 0)
    puts ("  No key for this address is known.");
  return LL_EXIT_YES;
}

/* -- key find -------------------------------------------------------------------------------- */

typedef struct
{
  const char *address;
  GMainLoop *loop;
  guint drawn; /* lines on the terminal */
  gboolean live;
  GVariant *found;
  GError *error;
} Search;

/* One line of what a source said. */
static void
print_source (GVariant *source)
{
  const char *reason = ll_text (source, "reason");
  gint64 n = ll_number (source, "found");

  printf ("  %s: ", ll_words_of ("source", ll_text (source, "source")));
  if (!ll_flag (source, "done"))
    puts ("looking…");
  else if (*reason != '\0')
    printf ("could not look: %s\n", reason);
  else if (n <= 0)
    puts ("nothing");
  else
    printf ("%" G_GINT64_FORMAT "\n", n);
}

static guint
print_sources (GVariant *found)
{
  g_autoptr (GVariant) sources = ll_below (found, "sources");
  guint n = sources != NULL ? (guint) g_variant_n_children (sources) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) source = g_variant_get_child_value (sources, i);

      print_source (source);
    }
  return n;
}

static void
key_progress_cb (const char *name, GVariant *arguments, gpointer data)
{
  Search *search = data;
  g_autoptr (GVariant) partial = NULL;

  g_variant_get (arguments, "(u@a{sv})", NULL, &partial);
  if (search->drawn > 0)
    printf ("\033[%uA\033[J", search->drawn);
  search->drawn = print_sources (partial);
  fflush (stdout);
}

static void
key_found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Search *search = data;
  g_autoptr (GVariant) reply = ll_bus_client_call_finish (result, &search->error);

  search->found = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  g_main_loop_quit (search->loop);
}

static gboolean
ask_all (Search *search)
{
  LlBusClient *daemon = ll_daemon (&search->error);
  guint subscription;

  if (daemon == NULL)
    return FALSE;
  search->loop = g_main_loop_new (NULL, FALSE);
  subscription = ll_bus_client_subscribe (daemon, "KeyProgress", key_progress_cb, search);
  ll_bus_client_call_async (daemon, "FindKeys",
                            g_variant_new ("(su)", search->address, search->live ? 1 : 0), NULL,
                            LL_ASK_LONG, NULL, key_found_cb, search);
  g_main_loop_run (search->loop);
  ll_bus_client_unsubscribe (daemon, subscription);
  g_main_loop_unref (search->loop);
  if (search->drawn > 0)
    printf ("\033[%uA\033[J", search->drawn);
  return search->found != NULL;
}

/* With --json the keys are on stdout, and who could not look is on stderr. Status: none was found,
 * and some source could not look. */
static int
report_troubles (GVariant *found, gboolean aloud)
{
  g_autoptr (GVariant) sources = ll_below (found, "sources");
  g_autoptr (GVariant) keys = ll_below (found, "keys");
  int status = LL_EXIT_YES;

  for (gsize i = 0; sources != NULL && i < g_variant_n_children (sources); i++)
    {
      g_autoptr (GVariant) source = g_variant_get_child_value (sources, i);
      const char *reason = ll_text (source, "reason");
      gboolean done = ll_flag (source, "done");

      if (done && *reason == '\0')
        continue;
      if (keys == NULL || g_variant_n_children (keys) == 0)
        status = LL_EXIT_COULD_NOT;
      if (aloud)
        ll_complain ("%s could not be asked: %s",
                     ll_words_of ("source", ll_text (source, "source")),
                     done ? reason : "no answer in time");
    }
  return status;
}

static int
find_keys (const char *address)
{
  Search search = { .address = address };
  g_autoptr (GVariant) keys = NULL;
  int status;

  search.live = !ll_json_wanted && ll_table_is_terminal ();
  if (!ask_all (&search))
    return ll_fail (search.error);
  keys = ll_below (search.found, "keys");
  if (ll_json_wanted)
    ll_json_print_list (keys, ll_schema_key);
  else
    {
      puts (address);
      print_sources (search.found);
      for (gsize i = 0; i < g_variant_n_children (keys); i++)
        {
          g_autoptr (GVariant) key = g_variant_get_child_value (keys, i);

          putchar ('\n');
          ll_key_lines_print (key);
        }
    }
  status = report_troubles (search.found, ll_json_wanted);
  g_variant_unref (search.found);
  return status;
}

static int
export_key (const char *name, const char *fingerprint)
{
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) text
      = ll_ask_one ("ExportKey", g_variant_new ("(ss)", name, fingerprint), LL_ASK_LONG, &status);

  if (text != NULL)
    fputs (g_variant_get_string (text, NULL), stdout);
  return status;
}

/* -- what you say ---------------------------------------------------------------------------- */

static GVariant *
send_file (int file, gboolean accept, int *status)
{
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  int handle = g_unix_fd_list_append (list, file, &error);
  GVariantDict options;

  if (handle < 0)
    {
      *status = ll_fail (g_steal_pointer (&error));
      return NULL;
    }
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "accept", "b", accept);
  reply = ll_ask_with ("ImportKeys",
                       g_variant_new ("(h@a{sv})", handle, g_variant_dict_end (&options)), list,
                       LL_ASK_LONG, status);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

static int
import_keys (const char *path, gboolean accept)
{
  int file = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) list = NULL;

  if (file < 0)
    return ll_usage_error ("key import: %s: %s", path, g_strerror (errno));
  list = send_file (file, accept, &status);
  close (file);
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
  if (accept)
    puts ("You said yes to them: letters may be locked for them.");
  else
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
            "Those that were held for want of it are looked at again now.\n",
            address, ll_text (key, "fingerprint"), ll_text (key, "user_id"));
  else
    printf ("%s is never used for %s.\n", ll_text (key, "fingerprint"), address);
  return LL_EXIT_YES;
}

/* What is NULL stays as it is. */
static int
prefer (const char *address, const char *method, const char *subject)
{
  g_auto (GVariantDict) wishes = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) contact = NULL;
  int status = LL_EXIT_YES;

  ll_dict_text (&wishes, "method", method);
  ll_dict_text (&wishes, "subject", subject);
  contact = ll_ask_one ("PreferKeys",
                        g_variant_new ("(s@a{sv})", address, g_variant_dict_end (&wishes)),
                        LL_ASK_SHORT, &status);
  if (contact == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (contact, ll_schema_contact);
  else
    printf ("%s: method %s, subject %s\n", ll_text (contact, "address"),
            ll_text (contact, "method"), ll_text (contact, "subject"));
  return LL_EXIT_YES;
}

int
ll_key_run (int argc, char **argv)
{
  gboolean accept = FALSE;
  g_autofree char *method = NULL;
  g_autofree char *subject = NULL;
  const GOptionEntry entries[] = {
    { "accept", 0, 0, G_OPTION_ARG_NONE, &accept, "import: say yes to what is in it", NULL },
    { "method", 0, 0, G_OPTION_ARG_STRING, &method, "prefer: pgp, smime or auto", "METHOD" },
    { "subject", 0, 0, G_OPTION_ARG_STRING, &subject,
      "prefer: what stands outside of locked letters: hide, keep or auto", "WORD" },
    { NULL },
  };
  const LlUsage usage = {
    .command = "key",
    .arguments = "list ADDRESS | find ADDRESS | import FILE | export ADDRESS|FINGERPRINT | accept "
                 "ADDRESS [FINGERPRINT] | reject ADDRESS FINGERPRINT | prefer ADDRESS",
    .summary = "What can lock letters to somebody, and what you say of it.",
    .more = "Before you accept a key, compare its fingerprint with its owner, by telephone or in\n"
            "person. The beginning of a fingerprint will do where only one key has it.",
    .entries = entries,
    .max = 3,
  };
  g_auto (GStrv) left = NULL;
  guint n;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  n = g_strv_length (left);
  if ((method != NULL || subject != NULL) && (n == 0 || strcmp (left[0], "prefer") != 0))
    return ll_usage_error ("key: --method and --subject are for key prefer");
  if (n == 2 && strcmp (left[0], "prefer") == 0)
    return prefer (left[1], method, subject);
  if (n == 2 && strcmp (left[0], "list") == 0)
    return list_keys (left[1]);
  if (n == 2 && strcmp (left[0], "find") == 0)
    return find_keys (left[1]);
  if (n >= 2 && strcmp (left[0], "export") == 0)
    return export_key (left[1], n == 3 ? left[2] : "");
  if (n == 2 && strcmp (left[0], "import") == 0)
    return import_keys (left[1], accept);
  if (n >= 2 && strcmp (left[0], "accept") == 0)
    return say ("AcceptKey", left[1], n == 3 ? left[2] : "");
  if (n == 3 && strcmp (left[0], "reject") == 0)
    return say ("RejectKey", left[1], left[2]);
  return ll_usage_error (
      "key needs list ADDRESS, find ADDRESS, import FILE, export ADDRESS, accept ADDRESS, reject "
      "ADDRESS FINGERPRINT or prefer ADDRESS");
}
