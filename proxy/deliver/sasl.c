/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/sasl.h"

#include "api/intl.h"
#include "deliver/oauth-answer.h"
#include "deliver/result.h"

#include <gsasl.h>
#include <string.h>

#define COMMAND_LINE_MAX 512

typedef struct
{
  LlClient *client;
  LlDeadline deadline;
  GCancellable *cancellable;
} Talk;

const char *
ll_sasl_choose (LlSaslMechanisms offered, LlAuth auth)
{
  if (auth == LL_AUTH_CERTIFICATE)
    return offered & LL_SASL_EXTERNAL ? "EXTERNAL" : NULL;
  if (auth == LL_AUTH_OAUTH2 && (offered & LL_SASL_OAUTHBEARER) != 0)
    return "OAUTHBEARER";
  if (auth == LL_AUTH_OAUTH2)
    return offered & LL_SASL_XOAUTH2 ? "XOAUTH2" : NULL;
  if (offered & LL_SASL_SCRAM_SHA_256)
    return "SCRAM-SHA-256";
  if (offered & LL_SASL_PLAIN)
    return "PLAIN";
  return offered & LL_SASL_LOGIN ? "LOGIN" : NULL;
}

/* Sends a line made of @prefix and @bytes in base64. The flight wipes itself; the line goes into it
 * in one piece, as formatting or growing would leave copies behind. */
static LlServerReply *
send_secret (Talk *talk, const char *prefix, const char *bytes, gsize length, GError **error)
{
  char *text = length > 0 ? g_base64_encode ((const guchar *) bytes, length) : g_strdup ("");
  gsize before = strlen (prefix);
  gsize size = before + strlen (text) + 2;
  char *line = g_malloc (size);
  LlServerReply *reply = NULL;

  memcpy (line, prefix, before);
  memcpy (line + before, text, size - before - 2);
  memcpy (line + size - 2, "\r\n", 2);
  ll_client_queue_bytes (talk->client, line, size);
  ll_secret_wipe (line, size);
  g_free (line);
  ll_secret_wipe_text (text);
  if (ll_client_flush (talk->client, talk->deadline, talk->cancellable, error))
    reply = ll_client_read (talk->client, talk->deadline, talk->cancellable, error);
  return reply;
}

static LlServerReply *
talk_plain (Talk *talk, const char *username, const LlSecret *password, GError **error)
{
  gsize name = strlen (username);
  gsize length = 1 + name + 1 + ll_secret_length (password);
  char *bytes = g_malloc (length + 1);
  LlServerReply *reply;

  bytes[0] = '\0';
  memcpy (bytes + 1, username, name + 1);
  memcpy (bytes + name + 2, ll_secret_peek (password), ll_secret_length (password));
  reply = send_secret (talk, "AUTH PLAIN ", bytes, length, error);
  ll_secret_wipe (bytes, length);
  g_free (bytes);
  return reply;
}

static LlServerReply *
talk_login (Talk *talk, const char *username, const LlSecret *password, GError **error)
{
  g_autoptr (LlServerReply) reply
      = ll_client_command (talk->client, talk->deadline, talk->cancellable, error, "AUTH LOGIN");

  if (reply == NULL || reply->code != 334)
    return g_steal_pointer (&reply);
  ll_server_reply_free (reply);
  reply = send_secret (talk, "", username, strlen (username), error);
  if (reply == NULL || reply->code != 334)
    return g_steal_pointer (&reply);
  ll_server_reply_free (reply);
  reply = NULL;
  return send_secret (talk, "", ll_secret_peek (password), ll_secret_length (password), error);
}

/* Who we are stands in the certificate; an identity to act as is not asked for. */
static LlServerReply *
talk_external (Talk *talk, GError **error)
{
  return ll_client_command (talk->client, talk->deadline, talk->cancellable, error,
                            "AUTH EXTERNAL =");
}

/* One answer of the library to one challenge; NULL is an empty line. */
static LlServerReply *
talk_scram_step (Talk *talk,
                 Gsasl_session *session,
                 const char *prefix,
                 const char *challenge,
                 int *state,
                 GError **error)
{
  char *answer = NULL;
  LlServerReply *reply = NULL;

  *state = gsasl_step64 (session, challenge, &answer);
  if (*state == GSASL_OK || *state == GSASL_NEEDS_MORE)
    {
      if (ll_client_queue (talk->client, error, "%s%s", prefix, answer != NULL ? answer : "")
          && ll_client_flush (talk->client, talk->deadline, talk->cancellable, error))
        reply = ll_client_read (talk->client, talk->deadline, talk->cancellable, error);
    }
  gsasl_free (answer);
  return reply;
}

static LlServerReply *
talk_scram (
    Talk *talk, const char *username, const LlSecret *password, gboolean *mutual, GError **error)
{
  Gsasl *context = NULL;
  Gsasl_session *session = NULL;
  g_autoptr (LlServerReply) reply = NULL;
  int state = GSASL_NEEDS_MORE;

  if (gsasl_init (&context) != GSASL_OK)
    return NULL;
  if (gsasl_client_start (context, "SCRAM-SHA-256", &session) == GSASL_OK)
    {
      gsasl_property_set (session, GSASL_AUTHID, username);
      gsasl_property_set_raw (session, GSASL_PASSWORD, ll_secret_peek (password),
                              ll_secret_length (password));
      reply = talk_scram_step (talk, session, "AUTH SCRAM-SHA-256 ", "", &state, error);
      while (reply != NULL && reply->code == 334 && state == GSASL_NEEDS_MORE)
        {
          g_autofree char *challenge = g_strdup (reply->text);

          ll_server_reply_free (reply);
          reply = talk_scram_step (talk, session, "", challenge, &state, error);
        }
      gsasl_finish (session);
    }
  gsasl_done (context);
  /* The server's signature proves that it knows the password too; without it, somebody only
   * says "235" (RFC 5802 3). */
  *mutual = state == GSASL_OK;
  return g_steal_pointer (&reply);
}

static LlResult *
judge (const LlServerReply *reply, const GError *error, gboolean mutual)
{
  if (reply == NULL && error != NULL)
    return ll_result_new (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                              ? LL_OUTCOME_CANCELLED
                              : LL_OUTCOME_TEMPORARY,
                          "%s", error->message);
  if (reply == NULL || (reply->code == 235 && !mutual))
    return ll_result_new (LL_OUTCOME_AUTH, N_ ("the server did not prove that it knows the "
                                               "password: not signed in"));
  if (reply->code == 235)
    return ll_result_new_reply (LL_OUTCOME_SENT, reply);
  return ll_result_new_reply (reply->code / 100 == 4 ? LL_OUTCOME_TEMPORARY : LL_OUTCOME_AUTH,
                              reply);
}

/* -- tokens ---------------------------------------------------------------------------------- */

/* RFC 5801 4: what separates the parts of the header in front. */
static char *
escape_name (const char *name)
{
  g_autoptr (GString) escaped = g_string_new (NULL);

  for (const char *at = name; *at != '\0'; at++)
    if (*at == '=' || *at == ',')
      g_string_append (escaped, *at == '=' ? "=3D" : "=2C");
    else
      g_string_append_c (escaped, *at);
  return g_strdup (escaped->str);
}

/* What stands before the token, and what the challenge is answered with. */
static char *
token_head (const LlTarget *target, const char *mechanism, const char **answer)
{
  g_autofree char *name = NULL;

  if (strcmp (mechanism, "XOAUTH2") == 0)
    {
      *answer = "";
      return g_strdup_printf ("user=%s\001auth=Bearer ", target->username);
    }
  *answer = "\001";
  name = escape_name (target->username);
  return g_strdup_printf ("n,a=%s,\001host=%s\001port=%u\001auth=Bearer ", name, target->host,
                          target->port);
}

/* The AUTH command keeps to the length of commands, so a long token goes into a line of its own,
 * after the server asked for it (RFC 4954 4; RFC 5321 4.5.3.1.4). */
static LlServerReply *
talk_token (Talk *talk, const char *prefix, const char *head, const LlSecret *token, GError **error)
{
  gsize before = strlen (head);
  gsize length = before + ll_secret_length (token) + 2;
  char *bytes;
  g_autoptr (LlServerReply) reply = NULL;

  if (strlen (prefix) + (length + 2) / 3 * 4 + 2 > COMMAND_LINE_MAX)
    {
      g_autofree char *command = g_strchomp (g_strdup (prefix));

      reply = ll_client_command (talk->client, talk->deadline, talk->cancellable, error, "%s",
                                 command);
      if (reply == NULL || reply->code != 334)
        return g_steal_pointer (&reply);
      g_clear_pointer (&reply, ll_server_reply_free);
      prefix = "";
    }
  bytes = g_malloc (length);
  memcpy (bytes, head, before);
  memcpy (bytes + before, ll_secret_peek (token), ll_secret_length (token));
  memcpy (bytes + length - 2, "\001\001", 2);
  reply = send_secret (talk, prefix, bytes, length, error);
  ll_secret_wipe (bytes, length);
  g_free (bytes);
  return g_steal_pointer (&reply);
}

LlResult *
ll_sasl_sign_in_token (LlClient *client,
                       const LlTarget *target,
                       const char *mechanism,
                       const LlSecret *token,
                       char **status,
                       LlDeadline deadline,
                       GCancellable *cancellable)
{
  Talk talk = { client, deadline, cancellable };
  const char *answer;
  g_autofree char *head = token_head (target, mechanism, &answer);
  g_autofree char *prefix = g_strdup_printf ("AUTH %s ", mechanism);
  g_autoptr (LlServerReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  *status = NULL;
  reply = talk_token (&talk, prefix, head, token, &error);
  if (reply != NULL && reply->code == 334)
    {
      *status = ll_oauth_challenge_status (reply->text);
      ll_server_reply_free (reply);
      reply = send_secret (&talk, "", answer, strlen (answer), &error);
    }
  return judge (reply, error, TRUE);
}

LlResult *
ll_sasl_sign_in (LlClient *client,
                 const char *mechanism,
                 const char *username,
                 const LlSecret *password,
                 LlDeadline deadline,
                 GCancellable *cancellable)
{
  Talk talk = { client, deadline, cancellable };
  g_autoptr (LlServerReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  gboolean mutual = TRUE;

  if (strcmp (mechanism, "EXTERNAL") == 0)
    reply = talk_external (&talk, &error);
  else if (strcmp (mechanism, "SCRAM-SHA-256") == 0)
    reply = talk_scram (&talk, username, password, &mutual, &error);
  else if (strcmp (mechanism, "LOGIN") == 0)
    reply = talk_login (&talk, username, password, &error);
  else
    reply = talk_plain (&talk, username, password, &error);
  return judge (reply, error, mutual);
}
