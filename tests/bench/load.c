/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A mail program that only measures: CLIENTS at once, each sends LETTERS of SIZE octets, over a
 * new connection each or over a kept one. Prints "letters/s p50-ms p99-ms" of the time from the
 * first connect (new) or MAIL (kept) to the answer to the final dot.
 *
 *   load HOST PORT none|starttls|tls CA-FILE|- USER|- PASSWORD|- new|kept CLIENTS LETTERS SIZE
 */

#include "wire/client.h"
#include "wire/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEADLINE (10 * 60 * 1000)

typedef struct
{
  const char *host;
  guint16 port;
  const char *security;
  const char *ca_file;
  const char *user;
  const char *password;
  gboolean kept;
  guint clients;
  guint letters;
  gsize size;
  SSL_CTX *context;
  GString *content;
  char *plain;
  GMutex lock;
  GArray *times; /* of double, ms */
} Load;

static void
fail (const char *what, const GError *error)
{
  fprintf (stderr, "load: %s: %s\n", what, error != NULL ? error->message : "refused");
  exit (1);
}

static void
say (LlClient *client, guint expected, const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply
      = ll_client_command (client, ll_deadline_in (DEADLINE), NULL, &error, "%s", command);

  if (reply == NULL || reply->code / 100 != expected)
    fail (reply != NULL ? reply->text : command, error);
}

static void
ehlo (LlClient *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply
      = ll_client_ehlo (client, "load.example", ll_deadline_in (DEADLINE), NULL, &error);

  if (reply == NULL)
    fail ("EHLO", error);
}

static void
handshake (Load *load, LlClient *client)
{
  g_autoptr (GError) error = NULL;
  SSL *ssl = ll_tls_client_new (load->context, load->host, &error);

  if (ssl == NULL || !ll_client_handshake (client, ssl, ll_deadline_in (DEADLINE), NULL, &error))
    fail ("TLS", error);
}

static LlClient *
dial (Load *load)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) greeting = NULL;
  LlConnection *connection
      = ll_connection_open ("127.0.0.1", load->port, ll_deadline_in (DEADLINE), NULL, &error);
  LlClient *client;

  if (connection == NULL)
    fail ("connect", error);
  client = ll_client_new (connection);
  if (strcmp (load->security, "tls") == 0)
    handshake (load, client);
  greeting = ll_client_read (client, ll_deadline_in (DEADLINE), NULL, &error);
  if (greeting == NULL || greeting->code != 220)
    fail ("greeting", error);
  ehlo (client);
  if (strcmp (load->security, "starttls") == 0)
    {
      g_autoptr (LlServerReply) reply
          = ll_client_starttls (client, ll_deadline_in (DEADLINE), NULL, &error);

      if (reply == NULL || reply->code != 220)
        fail ("STARTTLS", error);
      handshake (load, client);
      ehlo (client);
    }
  if (load->plain != NULL)
    say (client, 2, load->plain);
  return client;
}

static void
send_letter (Load *load, LlClient *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply = NULL;
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *head = NULL;

  say (client, 2, "MAIL FROM:<doctor@practice.lab>");
  say (client, 2, "RCPT TO:<someone@dane.lab>");
  say (client, 3, "DATA");
  /* each letter differs, so that none is taken for a repeat of another */
  head = g_strdup_printf ("Message-ID: <%s@practice.lab>\r\n", id);
  ll_client_queue_bytes (client, head, strlen (head));
  ll_client_queue_bytes (client, load->content->str, load->content->len);
  if (!ll_client_flush (client, ll_deadline_in (DEADLINE), NULL, &error))
    fail ("content", error);
  reply = ll_client_read (client, ll_deadline_in (DEADLINE), NULL, &error);
  if (reply == NULL || reply->code != 250)
    fail (reply != NULL ? reply->text : "final dot", error);
}

static gpointer
client_thread (gpointer data)
{
  Load *load = data;
  LlClient *client = load->kept ? dial (load) : NULL;

  for (guint i = 0; i < load->letters; i++)
    {
      gint64 start = g_get_monotonic_time ();
      double ms;

      if (!load->kept)
        client = dial (load);
      send_letter (load, client);
      ms = (double) (g_get_monotonic_time () - start) / 1000.0;
      if (!load->kept)
        ll_client_quit (g_steal_pointer (&client), NULL);
      g_mutex_lock (&load->lock);
      g_array_append_val (load->times, ms);
      g_mutex_unlock (&load->lock);
    }
  if (client != NULL)
    ll_client_quit (client, NULL);
  return NULL;
}

static void
make_content (Load *load)
{
  load->content = g_string_new (NULL);
  g_string_append (load->content,
                   "From: doctor@practice.lab\r\nTo: someone@dane.lab\r\nSubject: load\r\n\r\n");
  while (load->content->len < load->size)
    g_string_append (load->content,
                     "The quick brown fox jumps over the lazy dog, and so on, to the end.\r\n");
  g_string_append (load->content, ".\r\n");
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Load load = { 0 };
  gint64 start;
  double seconds;

  if (argc != 11)
    return 2;
  load.host = argv[1];
  load.port = (guint16) g_ascii_strtoull (argv[2], NULL, 10);
  load.security = argv[3];
  load.ca_file = strcmp (argv[4], "-") != 0 ? argv[4] : NULL;
  load.kept = strcmp (argv[7], "kept") == 0;
  load.clients = (guint) g_ascii_strtoull (argv[8], NULL, 10);
  load.letters = (guint) g_ascii_strtoull (argv[9], NULL, 10);
  load.size = (gsize) g_ascii_strtoull (argv[10], NULL, 10);
  load.times = g_array_new (FALSE, FALSE, sizeof (double));
  load.context = ll_tls_client_context (LL_TLS_UPSTREAM, load.ca_file, &error);
  if (load.context == NULL)
    fail ("CA", error);
  if (strcmp (argv[5], "-") != 0)
    {
      g_autofree char *raw = g_strdup_printf ("%c%s%c%s", 1, argv[5], 1, argv[6]);
      gsize length = strlen (raw);
      g_autofree char *encoded = NULL;

      raw[0] = '\0';
      raw[1 + strlen (argv[5])] = '\0';
      encoded = g_base64_encode ((const guchar *) raw, length);
      load.plain = g_strconcat ("AUTH PLAIN ", encoded, NULL);
    }
  make_content (&load);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < load.clients; i++)
    g_ptr_array_add (threads, g_thread_new ("client", client_thread, &load));
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  g_array_sort (load.times, compare);
  printf ("%.1f %.3f %.3f\n", load.times->len / seconds,
          g_array_index (load.times, double, load.times->len / 2),
          g_array_index (load.times, double, load.times->len * 99 / 100));
  return 0;
}
