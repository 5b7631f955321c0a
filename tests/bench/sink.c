/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A provider, or a recipient's server, that costs next to nothing: TLS (STARTTLS or implicit),
 * AUTH PLAIN, takes every letter, notes its arrival and forgets it. For measuring only.
 *
 *   sink ADDRESS PORT CERTIFICATE KEY starttls|tls ARRIVALS
 */

#include "arrivals.h"
#include "wire/connection.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE (10 * 60 * 1000)
/* Relays put their trace fields in front of the letter's own. */
#define HEAD_MAX 8192

static SSL_CTX *context;
static gboolean implicit;
static Arrivals *arrivals;

typedef struct
{
  LlConnection *connection;
  GString *in;
  gsize at;
  GString *out;
  GString *head; /* the first bytes of the letter at hand */
} Peer;

static void
keep_head (Peer *peer, gsize from, gsize length)
{
  if (peer->head->len < HEAD_MAX)
    g_string_append_len (peer->head, peer->in->str + from,
                         (gssize) MIN (length, HEAD_MAX - peer->head->len));
}

/* A letter is here, whole. */
static void
note_arrival (Peer *peer)
{
  const char *id = strstr (peer->head->str, "X-Bench: ");
  long run, index;

  __atomic_fetch_add (&arrivals->letters, 1, __ATOMIC_RELAXED);
  if (id != NULL && sscanf (id, "X-Bench: %ld-%ld", &run, &index) == 2 && run == arrivals->run
      && index >= 0 && index < ARRIVALS_MAX)
    __atomic_store_n (&arrivals->at[index], g_get_monotonic_time (), __ATOMIC_RELEASE);
  g_string_truncate (peer->head, 0);
}

static gboolean
send_replies (Peer *peer)
{
  gboolean ok = peer->out->len == 0
                || ll_connection_write (peer->connection, peer->out->str, peer->out->len,
                                        ll_deadline_in (DEADLINE), NULL, NULL);

  g_string_truncate (peer->out, 0);
  return ok;
}

static gboolean
fill (Peer *peer)
{
  char bytes[65536];
  gssize got;

  if (!send_replies (peer))
    return FALSE;
  g_string_erase (peer->in, 0, (gssize) peer->at);
  peer->at = 0;
  got = ll_connection_read (peer->connection, bytes, sizeof bytes, ll_deadline_in (DEADLINE), NULL,
                            NULL);
  if (got > 0)
    g_string_append_len (peer->in, bytes, got);
  return got > 0;
}

/* One line without its CRLF, or NULL at the end. Valid until the next call. */
static char *
line (Peer *peer)
{
  for (;;)
    {
      char *start = peer->in->str + peer->at;
      char *end = memmem (start, peer->in->len - peer->at, "\r\n", 2);

      if (end != NULL)
        {
          *end = '\0';
          peer->at = (gsize) (end + 2 - peer->in->str);
          return start;
        }
      if (!fill (peer))
        return NULL;
    }
}

/* Up to the final dot, looking only at the end of what came. */
static gboolean
skip_content (Peer *peer)
{
  static const char dot[] = "\r\n.\r\n";
  gsize from = peer->at >= 2 ? peer->at - 2 : 0; /* the CRLF of DATA counts */

  for (;;)
    {
      keep_head (peer, from, peer->in->len - from);
      char *found = memmem (peer->in->str + from, peer->in->len - from, dot, 5);

      if (found != NULL)
        {
          peer->at = (gsize) (found + 5 - peer->in->str);
          return TRUE;
        }
      peer->at = peer->in->len > 4 ? peer->in->len - 4 : 0;
      if (!fill (peer))
        return FALSE;
      from = 0;
    }
}

static gboolean
skip_chunk (Peer *peer, guint64 size)
{
  while (size > 0)
    {
      gsize here = MIN (size, peer->in->len - peer->at);

      keep_head (peer, peer->at, here);
      peer->at += here;
      size -= here;
      if (size > 0 && !fill (peer))
        return FALSE;
    }
  return TRUE;
}

static gboolean
secure (Peer *peer)
{
  if (!send_replies (peer))
    return FALSE;
  if (!ll_connection_handshake (peer->connection, SSL_new (context), TRUE,
                                ll_deadline_in (DEADLINE), NULL, NULL))
    return FALSE;
  __atomic_fetch_add (&arrivals->handshakes, 1, __ATOMIC_RELAXED);
  if (SSL_session_reused (ll_connection_ssl (peer->connection)))
    __atomic_fetch_add (&arrivals->resumed, 1, __ATOMIC_RELAXED);
  return TRUE;
}

static gboolean
answer (Peer *peer, char *command)
{
  gboolean tls = ll_connection_ssl (peer->connection) != NULL;

  if (g_ascii_strncasecmp (command, "EHLO", 4) == 0)
    g_string_append_printf (peer->out,
                            "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-CHUNKING\r\n%s"
                            "250 SIZE 600000000\r\n",
                            tls ? "250-AUTH PLAIN\r\n" : "250-STARTTLS\r\n");
  else if (g_ascii_strncasecmp (command, "STARTTLS", 8) == 0)
    {
      g_string_append (peer->out, "220 go\r\n");
      return secure (peer);
    }
  else if (g_ascii_strncasecmp (command, "AUTH", 4) == 0)
    g_string_append (peer->out, "235 2.7.0 ok\r\n");
  else if (g_ascii_strncasecmp (command, "DATA", 4) == 0)
    {
      g_string_append (peer->out, "354 go\r\n");
      if (!fill (peer) || !skip_content (peer))
        return FALSE;
      note_arrival (peer);
      g_string_append (peer->out, "250 2.0.0 taken\r\n");
    }
  else if (g_ascii_strncasecmp (command, "BDAT", 4) == 0)
    {
      gboolean last = strstr (command, "LAST") != NULL || strstr (command, "last") != NULL;

      if (!skip_chunk (peer, g_ascii_strtoull (command + 4, NULL, 10)))
        return FALSE;
      if (last)
        note_arrival (peer);
      g_string_append (peer->out, "250 2.0.0 taken\r\n");
    }
  else if (g_ascii_strncasecmp (command, "QUIT", 4) == 0)
    {
      g_string_append (peer->out, "221 bye\r\n");
      send_replies (peer);
      return FALSE;
    }
  else
    g_string_append (peer->out, "250 2.0.0 ok\r\n");
  return TRUE;
}

static gpointer
serve_thread (gpointer data)
{
  Peer peer = { ll_connection_new (GPOINTER_TO_INT (data)), g_string_new (NULL), 0,
                g_string_new (NULL), g_string_new (NULL) };
  char *command;

  if (!implicit || secure (&peer))
    {
      g_string_append (peer.out, "220 sink ESMTP\r\n");
      while ((command = line (&peer)) != NULL && answer (&peer, command))
        ;
    }
  ll_connection_close (peer.connection);
  ll_connection_free (peer.connection);
  g_string_free (peer.in, TRUE);
  g_string_free (peer.out, TRUE);
  g_string_free (peer.head, TRUE);
  ERR_clear_error ();
  return NULL;
}

int
main (int argc, char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  int listener = socket (AF_INET, SOCK_STREAM, 0);
  int on = 1;

  if (argc != 7 || (arrivals = arrivals_open (argv[6])) == NULL)
    return 2;
  implicit = strcmp (argv[5], "tls") == 0;
  context = SSL_CTX_new (TLS_server_method ());
  SSL_CTX_use_certificate_chain_file (context, argv[3]);
  SSL_CTX_use_PrivateKey_file (context, argv[4], SSL_FILETYPE_PEM);
  SSL_CTX_set_session_id_context (context, (const unsigned char *) "sink", 4);
  address.sin_port = htons ((guint16) g_ascii_strtoull (argv[2], NULL, 10));
  inet_pton (AF_INET, argv[1], &address.sin_addr);
  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (listener, (struct sockaddr *) &address, sizeof address) < 0
      || listen (listener, 1024) < 0)
    {
      perror ("sink");
      return 1;
    }
  puts ("ready");
  fflush (stdout);
  for (;;)
    {
      int fd = accept (listener, NULL, NULL);

      if (fd >= 0)
        g_thread_unref (g_thread_new ("peer", serve_thread, GINT_TO_POINTER (fd)));
    }
}
