/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A mail program that only measures: some clients at once, each sends letters over a new
 * connection each or over a kept one. Prints one line of JSON: the time from the first connect
 * (new) or MAIL (kept) to the answer to the final dot, the time until the letter was at the sink,
 * and how many letters came there in a second.
 */

#include "arrivals.h"
#include "wire/client.h"
#include "wire/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEADLINE (2 * 60 * 1000)
/* So long nothing has arrived any more: the rest is lost, or in somebody's queue. */
#define PATIENCE (20 * G_USEC_PER_SEC)
#define STEP 500

#define KB 1024
#define MB (1024 * 1024)
#define SMALL (64 * KB)
/* Of twenty letters of the mix: 14 of 4 KB, 5 of 100 KB, one of 10 MB. */
#define MIX 20

static char *host;
static int port;
static char *security;
static char *ca_file;
static char *user;
static char *password;
static gboolean kept;
static gboolean pipelined;
static int clients = 1;
static int letters = 1;
static char *size_text;
static char *from;
static char *to;
static char *arrivals_file;
static int pause_after;

static const GOptionEntry options[] = {
  { "host", 0, 0, G_OPTION_ARG_STRING, &host, "IP address of the server", NULL },
  { "port", 0, 0, G_OPTION_ARG_INT, &port, "its port", NULL },
  { "security", 0, 0, G_OPTION_ARG_STRING, &security, "none, starttls or tls", NULL },
  { "ca", 0, 0, G_OPTION_ARG_FILENAME, &ca_file, "the CA to trust", NULL },
  { "user", 0, 0, G_OPTION_ARG_STRING, &user, "signs in with AUTH PLAIN", NULL },
  { "password", 0, 0, G_OPTION_ARG_STRING, &password, "and this", NULL },
  { "kept", 0, 0, G_OPTION_ARG_NONE, &kept, "one connection for each client", NULL },
  { "pipelined", 0, 0, G_OPTION_ARG_NONE, &pipelined, "MAIL, RCPT and DATA in one flight", NULL },
  { "clients", 0, 0, G_OPTION_ARG_INT, &clients, "so many at once", NULL },
  { "letters", 0, 0, G_OPTION_ARG_INT, &letters, "of each", NULL },
  { "size", 0, 0, G_OPTION_ARG_STRING, &size_text, "octets, or \"mix\"", NULL },
  { "from", 0, 0, G_OPTION_ARG_STRING, &from, "the sender", NULL },
  { "to", 0, 0, G_OPTION_ARG_STRING, &to, "the recipient", NULL },
  { "arrivals", 0, 0, G_OPTION_ARG_FILENAME, &arrivals_file, "shared with the sink", NULL },
  { "pause", 0, 0, G_OPTION_ARG_INT, &pause_after, "milliseconds after each letter", NULL },
  { NULL },
};

static SSL_CTX *context;
static GString *contents[3]; /* small, middle, large; of one size: the first */
static char *plain;
static Arrivals *arrivals;
static gint next_index;
static gint64 began[ARRIVALS_MAX];
static GMutex lock;
static GArray *answered; /* of double, ms */
static guint64 octets;

static void G_GNUC_NORETURN
fail (const char *what, const GError *error)
{
  fprintf (stderr, "load: %s: %s\n", what, error != NULL ? error->message : "refused");
  exit (1);
}

static LlDeadline
patience (void)
{
  return ll_deadline_in (DEADLINE);
}

static void
hear (LlClient *client, guint expected, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply = ll_client_read (client, patience (), NULL, &error);

  if (reply == NULL || reply->code / 100 != expected)
    fail (reply != NULL ? reply->text : what, error);
}

static void
flush (LlClient *client)
{
  g_autoptr (GError) error = NULL;

  if (!ll_client_flush (client, patience (), NULL, &error))
    fail ("write", error);
}

static void
say (LlClient *client, guint expected, const char *command)
{
  if (!ll_client_queue (client, NULL, "%s", command))
    fail (command, NULL);
  flush (client);
  hear (client, expected, command);
}

static void
ehlo (LlClient *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply
      = ll_client_ehlo (client, "load.example", patience (), NULL, &error);

  if (reply == NULL)
    fail ("EHLO", error);
}

static void
handshake (LlClient *client)
{
  g_autoptr (GError) error = NULL;
  SSL *ssl = ll_tls_client_new (context, host, &error);

  if (ssl == NULL || !ll_client_handshake (client, ssl, patience (), NULL, &error))
    fail ("TLS", error);
}

static LlClient *
dial (void)
{
  g_autoptr (GError) error = NULL;
  LlConnection *connection = ll_connection_open (host, (guint16) port, patience (), NULL, &error);
  LlClient *client;

  if (connection == NULL)
    fail ("connect", error);
  client = ll_client_new (connection);
  if (strcmp (security, "tls") == 0)
    handshake (client);
  hear (client, 2, "greeting");
  ehlo (client);
  if (strcmp (security, "starttls") == 0)
    {
      say (client, 2, "STARTTLS");
      handshake (client);
      ehlo (client);
    }
  if (plain != NULL)
    say (client, 2, plain);
  return client;
}

static const GString *
content_of (int index)
{
  if (contents[1] == NULL)
    return contents[0];
  if (index % MIX == MIX / 2)
    return contents[2];
  return index % 4 == 1 ? contents[1] : contents[0];
}

static void
send_envelope (LlClient *client)
{
  g_autofree char *mail = g_strdup_printf ("MAIL FROM:<%s>", from);
  g_autofree char *rcpt = g_strdup_printf ("RCPT TO:<%s>", to);

  if (!pipelined)
    {
      say (client, 2, mail);
      say (client, 2, rcpt);
      say (client, 3, "DATA");
      return;
    }
  ll_client_queue (client, NULL, "%s", mail);
  ll_client_queue (client, NULL, "%s", rcpt);
  ll_client_queue (client, NULL, "DATA");
  flush (client);
  hear (client, 2, mail);
  hear (client, 2, rcpt);
  hear (client, 3, "DATA");
}

/* A small one in one packet with what is queued; a large one is not copied first. */
static void
send_content (LlClient *client, const GString *content)
{
  g_autoptr (GError) error = NULL;

  if (content->len <= SMALL)
    ll_client_queue_bytes (client, content->str, content->len);
  flush (client);
  if (content->len > SMALL
      && !ll_connection_write (ll_client_connection (client), content->str, content->len,
                               patience (), NULL, &error))
    fail ("content", error);
}

static void
send_letter (LlClient *client, int index)
{
  const GString *content = content_of (index);
  g_autofree char *id = g_uuid_string_random ();
  /* each letter differs, so that none is taken for a repeat of another */
  g_autofree char *head = g_strdup_printf ("X-Bench: %ld-%d\r\nMessage-ID: <%s@practice.lab>\r\n",
                                           arrivals != NULL ? (long) arrivals->run : 0L, index, id);

  send_envelope (client);
  ll_client_queue_bytes (client, head, strlen (head));
  send_content (client, content);
  hear (client, 2, "the final dot");
  __atomic_fetch_add (&octets, content->len, __ATOMIC_RELAXED);
}

static gpointer
client_thread (gpointer data)
{
  LlClient *client = kept ? dial () : NULL;

  for (int i = 0; i < letters; i++)
    {
      int index = g_atomic_int_add (&next_index, 1);
      double ms;

      began[index] = g_get_monotonic_time ();
      if (!kept)
        client = dial ();
      send_letter (client, index);
      ms = (double) (g_get_monotonic_time () - began[index]) / 1000.0;
      if (!kept)
        ll_client_quit (g_steal_pointer (&client), NULL);
      g_mutex_lock (&lock);
      g_array_append_val (answered, ms);
      g_mutex_unlock (&lock);
      if (pause_after > 0)
        g_usleep ((gulong) pause_after * 1000);
    }
  if (client != NULL)
    ll_client_quit (client, NULL);
  return NULL;
}

static GString *
make_content (gsize size)
{
  GString *content = g_string_new (NULL);

  g_string_append_printf (content, "From: %s\r\nTo: %s\r\nSubject: load\r\n\r\n", from, to);
  while (content->len < size)
    g_string_append (content,
                     "The quick brown fox jumps over the lazy dog, and so on, to the end.\r\n");
  g_string_append (content, ".\r\n");
  return content;
}

static void
prepare (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *raw = NULL;

  if (strcmp (size_text, "mix") == 0)
    {
      contents[0] = make_content (4 * KB);
      contents[1] = make_content (100 * KB);
      contents[2] = make_content (10 * MB);
    }
  else
    contents[0] = make_content (g_ascii_strtoull (size_text, NULL, 10));
  context = ll_tls_client_context (LL_TLS_UPSTREAM, ca_file, &error);
  if (context == NULL)
    fail ("CA", error);
  if (user != NULL)
    {
      raw = g_strdup_printf ("%c%s%c%s", 1, user, 1, password);
      raw[0] = raw[1 + strlen (user)] = '\0';
      plain = g_base64_encode ((const guchar *) raw, strlen (user) + strlen (password) + 2);
      plain = g_strconcat ("AUTH PLAIN ", plain, NULL);
    }
  arrivals = arrivals_file != NULL ? arrivals_open (arrivals_file) : NULL;
  if (arrivals == NULL)
    return;
  memset (arrivals->at, 0, sizeof arrivals->at);
  arrivals->run++;
}

/* Into @arrived the time of each; returns when the last one came. */
static gint64
wait_for_arrivals (GArray *arrived)
{
  gint64 last = 0;
  gint64 end = g_get_monotonic_time () + PATIENCE;
  int all = clients * letters;

  for (int i = 0; i < all; i++)
    {
      gint64 at;
      double ms;

      while ((at = __atomic_load_n (&arrivals->at[i], __ATOMIC_ACQUIRE)) == 0
             && g_get_monotonic_time () < end)
        g_usleep (STEP);
      if (at == 0)
        continue;
      end = g_get_monotonic_time () + PATIENCE;
      ms = (double) (at - began[i]) / 1000.0;
      g_array_append_val (arrived, ms);
      last = MAX (last, at);
    }
  return last;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
rank (GArray *times, guint percent)
{
  g_array_sort (times, compare);
  return times->len > 0 ? g_array_index (times, double, times->len *percent / 100) : -1;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) line = g_option_context_new (NULL);
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  g_autoptr (GArray) arrived = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GError) error = NULL;
  gint64 start, end, last = 0;
  double seconds;

  g_option_context_add_main_entries (line, options, NULL);
  if (!g_option_context_parse (line, &argc, &argv, &error) || host == NULL || port == 0
      || security == NULL || size_text == NULL || from == NULL || to == NULL
      || clients * letters > ARRIVALS_MAX)
    return 2;
  answered = g_array_new (FALSE, FALSE, sizeof (double));
  prepare ();
  start = g_get_monotonic_time ();
  for (int i = 0; i < clients; i++)
    g_ptr_array_add (threads, g_thread_new ("client", client_thread, NULL));
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  end = g_get_monotonic_time ();
  if (arrivals != NULL)
    last = wait_for_arrivals (arrived);
  end = MAX (end, last);
  seconds = (double) (end - start) / 1e6;
  printf ("{\"letters\": %u, \"arrived\": %u, \"rate\": %.3f, \"megabytes\": %.3f, \"p50\": %.3f, "
          "\"p99\": %.3f, \"there50\": %.3f, \"there99\": %.3f}\n",
          answered->len, arrived->len, arrived->len / seconds, (double) octets / seconds / 1e6,
          rank (answered, 50), rank (answered, 99), rank (arrived, 50), rank (arrived, 99));
  return 0;
}
