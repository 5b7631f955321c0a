/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/serve.h"

#include "base/error.h"
#include "base/limits.h"
#include "listen/peer.h"
#include "wire/tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Commands and most letters fit in the first size; who fills it gets the second. */
#define READ_SIZE 8192
#define READ_SIZE_MAX 65536

/* How much, and how long, is read from a client that still speaks when we are done. */
#define LINGER_BYTES (1024 * 1024)
#define LINGER_TIME 1000

typedef struct
{
  const LlServe *serve;
  LlConnection *connection;
  LlSession *session;
  gpointer data; /* the factory's */
  LlDeadline lifetime;
  GString *out;
  char *buffer;
  gsize room; /* in it */
} Conversation;

gboolean
ll_serve_is_own (int fd)
{
  LlPeerOwner owner;

  return ll_peer_of_connection (fd, &owner) && owner.uid == geteuid ();
}

static gboolean
is_still_ours (gpointer peer)
{
  return ll_serve_is_own (ll_connection_fd (peer));
}

/* "127.0.0.1:54321", "[::1]:54321" */
static char *
name_peer (int fd)
{
  struct sockaddr_storage name = { 0 };
  socklen_t size = sizeof name;
  char text[INET6_ADDRSTRLEN] = "?";

  if (getpeername (fd, (struct sockaddr *) &name, &size) < 0)
    return g_strdup ("?");
  if (name.ss_family == AF_INET6)
    {
      const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) &name;

      inet_ntop (AF_INET6, &v6->sin6_addr, text, sizeof text);
      return g_strdup_printf ("[%s]:%u", text, ntohs (v6->sin6_port));
    }
  inet_ntop (AF_INET, &((const struct sockaddr_in *) &name)->sin_addr, text, sizeof text);
  return g_strdup_printf ("%s:%u", text, ntohs (((const struct sockaddr_in *) &name)->sin_port));
}

/* -- bytes out --------------------------------------------------------------------- */

static gboolean
flush (Conversation *talk)
{
  gboolean written = TRUE;

  if (talk->out->len > 0)
    {
      if (ll_session_is_unreceived (talk->session) && ll_connection_has_input (talk->connection))
        ll_session_outrun (talk->session);
      written = ll_connection_write (talk->connection, talk->out->str, talk->out->len,
                                     ll_deadline_in (LL_SESSION_WRITE), talk->serve->cut_off, NULL);
    }
  g_string_truncate (talk->out, 0);
  return written;
}

static void
say_abort (Conversation *talk, const char *text)
{
  ll_session_abort (talk->session, text, talk->out);
  (void) flush (talk);
}

/* -- TLS ----------------------------------------------------------------------------- */

static gboolean
secure (Conversation *talk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SSL_CTX) context = ll_authority_server_context (talk->serve->authority, &error);
  SSL *ssl = context ? SSL_new (context) : NULL;

  if (ssl == NULL
      || !ll_connection_handshake (talk->connection, ssl, TRUE,
                                   ll_deadline_in (LL_SESSION_HANDSHAKE), talk->serve->stopping,
                                   &error))
    {
      g_info ("A mail program could not start TLS with us: %s",
              error ? error->message : "out of memory");
      return FALSE;
    }
  if (talk->serve->factory.secured != NULL)
    talk->serve->factory.secured (talk->data);
  return TRUE;
}

/* -- wrong passwords -------------------------------------------------------------------- */

/* The answer waits, and with it who guesses; nobody is locked out. */
static void
wait_slowly (Conversation *talk)
{
  LlDeadline until = ll_deadline_in (LL_AUTH_SLOW);
  GPollFD cancel;

  if (!g_cancellable_make_pollfd (talk->serve->stopping, &cancel))
    return;
  while (ll_deadline_left (until) > 0 && !g_cancellable_is_cancelled (talk->serve->stopping))
    (void) g_poll (&cancel, 1, ll_deadline_left (until));
  g_cancellable_release_fd (talk->serve->stopping);
}

/* @before: what the session had counted before it was fed. */
static void
mind_passwords (Conversation *talk, guint before, gboolean admitted_before)
{
  guint wrong = ll_session_wrong_passwords (talk->session) - before;
  int *all = talk->serve->wrong_passwords;

  if (wrong > 0 && g_atomic_int_add (all, (int) wrong) + (int) wrong > LL_AUTH_FREE_TRIES)
    wait_slowly (talk);
  if (!admitted_before && ll_session_is_admitted (talk->session))
    g_atomic_int_set (all, 0);
}

/* -- the conversation -------------------------------------------------------------------- */

static LlDeadline
read_deadline (const Conversation *talk)
{
  gboolean stranger = talk->serve->foreign && !ll_session_is_admitted (talk->session);

  return ll_deadline_earlier (talk->lifetime, ll_deadline_in (stranger ? LL_SESSION_STRANGER_IDLE
                                                                       : LL_SESSION_IDLE));
}

/* Between letters a stopping daemon interrupts the wait; a letter under way is finished. */
static GCancellable *
interruption (const Conversation *talk)
{
  return ll_session_in_transaction (talk->session) ? talk->serve->cut_off : talk->serve->stopping;
}

static void
explain_end (Conversation *talk, gssize got, const GError *error)
{
  if (got == 0)
    {
      /* Without TLS anything could have cut the stream. */
      if (ll_connection_ssl (talk->connection) != NULL)
        ll_session_ended (talk->session);
    }
  else if (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TIMEOUT))
    say_abort (talk, "Nothing came for too long, closing");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say_abort (talk, "Letterlock is stopping, try again later");
}

/* What is in the buffer was taken. */
static void
read_more_at_once (Conversation *talk)
{
  if (talk->room == READ_SIZE_MAX)
    return;
  ll_secret_wipe (talk->buffer, talk->room);
  g_free (talk->buffer);
  talk->room = READ_SIZE_MAX;
  talk->buffer = g_malloc (talk->room);
}

/* One read and what follows from it. FALSE: the conversation is over. */
static gboolean
go_on (Conversation *talk)
{
  g_autoptr (GError) error = NULL;
  gboolean admitted = ll_session_is_admitted (talk->session);
  guint wrong = ll_session_wrong_passwords (talk->session);
  gboolean content = ll_session_in_content (talk->session);
  LlSessionNext next;
  gssize got = ll_connection_read (talk->connection, talk->buffer, talk->room, read_deadline (talk),
                                   interruption (talk), &error);

  if (got <= 0)
    {
      explain_end (talk, got, error);
      return FALSE;
    }
  next = ll_session_feed (talk->session, talk->buffer, (gsize) got, talk->out);
  if (!content || !ll_session_in_content (talk->session))
    ll_secret_wipe (talk->buffer, (gsize) got); /* a password may have been in it */
  if ((gsize) got == talk->room)
    read_more_at_once (talk);
  mind_passwords (talk, wrong, admitted);
  if (!flush (talk) || next == LL_SESSION_CLOSE)
    return FALSE;
  if (next == LL_SESSION_STARTTLS)
    {
      if (!secure (talk))
        return FALSE;
      ll_session_secured (talk->session);
    }
  return TRUE;
}

/* Bytes that nobody reads turn our close into a reset, and a reset may take the last reply from
 * the client. What is there already is read away; who goes on sending is cut off. */
static void
read_away (Conversation *talk)
{
  LlDeadline deadline = ll_deadline_in (LINGER_TIME);
  gsize left = LINGER_BYTES;

  if (ll_connection_ssl (talk->connection) == NULL)
    shutdown (ll_connection_fd (talk->connection), SHUT_WR);
  while (left > 0 && ll_connection_has_input (talk->connection))
    {
      gssize got = ll_connection_read (talk->connection, talk->buffer, talk->room, deadline,
                                       talk->serve->cut_off, NULL);

      if (got <= 0)
        break;
      left -= MIN (left, (gsize) got);
    }
}

static void
converse (Conversation *talk)
{
  gboolean more;

  ll_session_greet (talk->session, FALSE, talk->out);
  more = flush (talk);
  while (more)
    {
      if (g_cancellable_is_cancelled (talk->serve->stopping)
          && !ll_session_in_transaction (talk->session))
        {
          say_abort (talk, "Letterlock is stopping, try again later");
          break;
        }
      more = go_on (talk);
    }
  if (ll_connection_has_input (talk->connection))
    read_away (talk);
  ll_connection_close (talk->connection);
}

static LlSessionOptions
make_options (const LlServe *serve)
{
  return (LlSessionOptions){
    .tls = serve->implicit_tls,
    .tls_available = !serve->implicit_tls,
    .auth_required = TRUE,
    .auth_needs_tls = serve->foreign,
    .size = LL_MESSAGE_SIZE_MAX,
    .host = "localhost",
  };
}

/* What no factory may loosen. */
static void
fix_options (const LlServe *serve, LlConnection *connection, LlSessionOptions *options)
{
  options->tls = serve->implicit_tls;
  options->tls_available = !serve->implicit_tls;
  options->auth_required = options->auth_required || serve->foreign;
  options->auth_needs_tls = options->auth_needs_tls || serve->foreign;
  options->still_ours = serve->foreign ? NULL : is_still_ours;
  options->peer = connection;
}

static void
refuse_politely (LlConnection *connection)
{
  static const char busy[] = "421 4.3.2 Letterlock cannot serve now, try again later\r\n";

  (void) ll_connection_write (connection, busy, sizeof busy - 1, ll_deadline_in (1000), NULL, NULL);
}

void
ll_serve_connection (const LlServe *serve, int fd)
{
  g_autoptr (LlConnection) connection = ll_connection_new (fd);
  g_autofree char *peer = name_peer (fd);
  LlSessionOptions options = make_options (serve);
  gpointer data = serve->factory.open (serve->factory.factory_data, peer, serve->foreign, &options);
  Conversation talk = {
    .serve = serve,
    .connection = connection,
    .data = data,
    .lifetime = ll_deadline_in (LL_SESSION_LIFETIME),
  };

  if (data == NULL)
    {
      if (!serve->implicit_tls)
        refuse_politely (connection);
      return;
    }
  g_debug ("connection from %s", peer);
  fix_options (serve, connection, &options);
  if (!serve->implicit_tls || secure (&talk))
    {
      talk.session = ll_session_new (&options, serve->factory.handler, data);
      talk.out = g_string_new (NULL);
      talk.room = READ_SIZE;
      talk.buffer = g_malloc (talk.room);
      converse (&talk);
      ll_session_free (talk.session);
      g_string_free (talk.out, TRUE);
      g_free (talk.buffer);
    }
  serve->factory.close (data);
}
