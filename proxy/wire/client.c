/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/client.h"

#include "base/error.h"
#include "base/limits.h"
#include "secrets/secret.h"

#include <string.h>
#include <sys/socket.h>

#define INPUT_SIZE 4096
#define QUIT_MILLISECONDS 1000

struct _LlClient
{
  LlConnection *connection; /* (owned) */
  LlReplyParser *parser;    /* (owned) */
  GString *flight;          /* what was queued */
  LlEhlo ehlo;
  gboolean ehlo_sent; /* and not answered */
  char input[INPUT_SIZE];
  gsize input_at;
  gsize input_end;
};

LlClient *
ll_client_new (LlConnection *connection)
{
  LlClient *client = g_new0 (LlClient, 1);

  client->connection = connection;
  client->parser = ll_reply_parser_new ();
  client->flight = g_string_new (NULL);
  return client;
}

void
ll_client_free (LlClient *client)
{
  if (client == NULL)
    return;
  ll_client_discard (client);
  g_string_free (client->flight, TRUE);
  ll_reply_parser_free (client->parser);
  ll_connection_free (client->connection);
  g_free (client);
}

LlConnection *
ll_client_connection (LlClient *client)
{
  return client->connection;
}

const LlEhlo *
ll_client_offers (LlClient *client)
{
  return &client->ehlo;
}

gboolean
ll_client_has_input (LlClient *client)
{
  return client->input_at < client->input_end || ll_reply_parser_is_inside (client->parser)
         || ll_connection_has_input (client->connection);
}

static gboolean
fill_input (LlClient *client, LlDeadline deadline, GCancellable *cancellable, GError **error)
{
  gssize got = ll_connection_read (client->connection, client->input, sizeof client->input,
                                   deadline, cancellable, error);

  if (got < 0)
    return FALSE;
  if (got == 0)
    {
      g_set_error_literal (error, LL_WIRE_ERROR, LL_WIRE_ERROR_CLOSED,
                           "the server closed the connection");
      return FALSE;
    }
  client->input_at = 0;
  client->input_end = (gsize) got;
  return TRUE;
}

LlServerReply *
ll_client_read (LlClient *client, LlDeadline deadline, GCancellable *cancellable, GError **error)
{
  LlServerReply *reply = NULL;

  while (reply == NULL)
    {
      if (client->input_at == client->input_end
          && !fill_input (client, deadline, cancellable, error))
        return NULL;

      gssize taken = ll_reply_parser_push (client->parser, client->input + client->input_at,
                                           client->input_end - client->input_at, &reply, error);
      if (taken < 0)
        return NULL;
      client->input_at += (gsize) taken;
    }
  return reply;
}

void
ll_client_discard (LlClient *client)
{
  ll_secret_wipe (client->flight->str, client->flight->allocated_len);
  g_string_truncate (client->flight, 0);
}

void
ll_client_queue_bytes (LlClient *client, const char *bytes, gsize length)
{
  g_string_append_len (client->flight, bytes, (gssize) length);
}

gsize
ll_client_queued (LlClient *client)
{
  return client->flight->len;
}

static gboolean G_GNUC_PRINTF (3, 0)
    queue_command (LlClient *client, GError **error, const char *format, va_list arguments)
{
  gsize start = client->flight->len;

  g_string_append_vprintf (client->flight, format, arguments);
  if (strpbrk (client->flight->str + start, "\r\n") != NULL)
    {
      /* An address with a line end in it would be a second command. */
      g_string_truncate (client->flight, start);
      g_set_error_literal (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX,
                           "a command with a line end was not sent");
      return FALSE;
    }
  g_string_append (client->flight, "\r\n");
  return TRUE;
}

gboolean
ll_client_queue (LlClient *client, GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  gboolean ok = queue_command (client, error, format, arguments);
  va_end (arguments);
  return ok;
}

gboolean
ll_client_flush (LlClient *client, LlDeadline deadline, GCancellable *cancellable, GError **error)
{
  gboolean ok = client->flight->len == 0
                || ll_connection_write (client->connection, client->flight->str,
                                        client->flight->len, deadline, cancellable, error);

  ll_client_discard (client);
  return ok;
}

LlServerReply *
ll_client_command (LlClient *client,
                   LlDeadline deadline,
                   GCancellable *cancellable,
                   GError **error,
                   const char *format,
                   ...)
{
  va_list arguments;

  va_start (arguments, format);
  gboolean ok = queue_command (client, error, format, arguments);
  va_end (arguments);
  if (!ok || !ll_client_flush (client, deadline, cancellable, error))
    return NULL;
  return ll_client_read (client, deadline, cancellable, error);
}

gboolean
ll_client_ehlo_ahead (LlClient *client,
                      const char *name,
                      LlDeadline deadline,
                      GCancellable *cancellable,
                      GError **error)
{
  client->ehlo_sent = ll_client_queue (client, error, "EHLO %s", name)
                      && ll_client_flush (client, deadline, cancellable, error);
  return client->ehlo_sent;
}

LlServerReply *
ll_client_ehlo (LlClient *client,
                const char *name,
                LlDeadline deadline,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (LlServerReply) reply = NULL;

  memset (&client->ehlo, 0, sizeof client->ehlo);
  if (!client->ehlo_sent && !ll_client_ehlo_ahead (client, name, deadline, cancellable, error))
    return NULL;
  client->ehlo_sent = FALSE;
  reply = ll_client_read (client, deadline, cancellable, error);
  if (reply != NULL && (reply->code == 500 || reply->code == 502))
    {
      ll_server_reply_free (reply);
      reply = ll_client_command (client, deadline, cancellable, error, "HELO %s", name);
      if (reply != NULL && reply->code == 250)
        client->ehlo.known = TRUE; /* and offers nothing */
    }
  else if (reply != NULL && reply->code == 250)
    ll_ehlo_parse (reply->text, &client->ehlo);
  return g_steal_pointer (&reply);
}

/* Bytes in clear that were not asked for; an end of the connection is none. */
static gboolean
is_injected (LlClient *client)
{
  char byte;

  return client->input_at < client->input_end || ll_reply_parser_is_inside (client->parser)
         || recv (ll_connection_fd (client->connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static gboolean
refuse_injected (LlClient *client, GError **error)
{
  if (!is_injected (client))
    return TRUE;
  g_set_error_literal (error, LL_WIRE_ERROR, LL_WIRE_ERROR_INJECTED,
                       "somebody put bytes in front of the encrypted part of the conversation");
  return FALSE;
}

LlServerReply *
ll_client_starttls (LlClient *client,
                    LlDeadline deadline,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (LlServerReply) reply = NULL;

  if (!refuse_injected (client, error))
    return NULL;
  reply = ll_client_command (client, deadline, cancellable, error, "STARTTLS");
  if (reply != NULL && reply->code == 220 && !refuse_injected (client, error))
    return NULL;
  return g_steal_pointer (&reply);
}

gboolean
ll_client_handshake (
    LlClient *client, SSL *ssl, LlDeadline deadline, GCancellable *cancellable, GError **error)
{
  /* What our own buffer holds came in clear. The socket is not looked at: a server that speaks
   * before our ClientHello, as a clear one on a port for TLS does, fails the handshake by itself.
   */
  if (client->input_at < client->input_end || ll_reply_parser_is_inside (client->parser))
    {
      SSL_free (ssl);
      return refuse_injected (client, error);
    }
  memset (&client->ehlo, 0, sizeof client->ehlo);
  return ll_connection_handshake (client->connection, ssl, FALSE, deadline, cancellable, error);
}

void
ll_client_quit (LlClient *client, GCancellable *cancellable)
{
  LlDeadline deadline = ll_deadline_in (QUIT_MILLISECONDS);

  g_autoptr (LlServerReply) reply = ll_client_command (client, deadline, cancellable, NULL, "QUIT");
  ll_connection_close (client->connection);
  ll_client_free (client);
}
