/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/auth.h"

#include <string.h>

#define PROMPT_NAME "VXNlcm5hbWU6"     /* Username: */
#define PROMPT_PASSWORD "UGFzc3dvcmQ6" /* Password: */

void
ll_auth_clear (LlAuth *auth)
{
  g_free (auth->login);
  ll_secret_free (auth->password);
  *auth = (LlAuth){ 0 };
}

static LlAuthNext
refuse (LlReply *reply, guint code, const char *enhanced, const char *text)
{
  ll_reply_set (reply, code, enhanced, "%s", text);
  return LL_AUTH_REFUSED;
}

static LlAuthNext
ask (LlAuth *auth, LlAuthStep step, const char *prompt, LlReply *reply)
{
  auth->step = step;
  ll_reply_set (reply, 334, NULL, "%s", prompt);
  return LL_AUTH_ASK;
}

/* Strict base64 (g_base64_decode() skips what it does not know). */
static gboolean
is_base64 (const LlScan *text)
{
  gsize length = ll_scan_length (text);
  gsize padding = 0;

  if (length % 4 != 0)
    return FALSE;
  while (padding < 2 && padding < length && text->end[-1 - (gssize) padding] == '=')
    padding++;
  for (const char *at = text->at; at < text->end - padding; at++)
    if (!g_ascii_isalnum (*at) && *at != '+' && *at != '/')
      return FALSE;
  return TRUE;
}

/* NULL when @text is not base64. Wiped by its free function. */
static LlSecret *
decode (const LlScan *text)
{
  g_autofree char *encoded = NULL;
  guchar *bytes;
  gsize length = 0;
  LlSecret *secret;

  if (ll_scan_equals (text, "=") || ll_scan_at_end (text))
    return ll_secret_new ("", 0);
  if (!is_base64 (text))
    return NULL;
  encoded = ll_scan_dup (text);
  bytes = g_base64_decode_inplace (encoded, &length);
  secret = ll_secret_new ((const char *) bytes, length);
  ll_secret_wipe (encoded, ll_scan_length (text));
  return secret;
}

static gboolean
is_login (const char *bytes, gsize length)
{
  return length > 0 && g_utf8_validate (bytes, (gssize) length, NULL);
}

/* RFC 4616 2: authzid NUL authcid NUL passwd */
static LlAuthNext
take_plain (LlAuth *auth, const LlSecret *message, LlReply *reply)
{
  LlScan scan = ll_scan (ll_secret_peek (message), ll_secret_length (message));
  LlScan other, login;

  if (!ll_scan_until (&scan, '\0', &other) || !ll_scan_byte (&scan, '\0')
      || !ll_scan_until (&scan, '\0', &login) || !ll_scan_byte (&scan, '\0')
      || memchr (scan.at, '\0', ll_scan_length (&scan)) != NULL
      || !is_login (login.at, ll_scan_length (&login)))
    return refuse (reply, 501, "5.5.2", "AUTH PLAIN needs a user name and a password");
  if (!ll_scan_at_end (&other)
      && (ll_scan_length (&other) != ll_scan_length (&login)
          || memcmp (other.at, login.at, ll_scan_length (&login)) != 0))
    return refuse (reply, 535, "5.7.8", "Signing in for somebody else is not possible");
  auth->login = ll_scan_dup (&login);
  auth->password = ll_secret_new (scan.at, ll_scan_length (&scan));
  return LL_AUTH_DONE;
}

static LlAuthNext
take_login_name (LlAuth *auth, const LlSecret *message, LlReply *reply)
{
  const char *bytes = ll_secret_peek (message);
  gsize length = ll_secret_length (message);

  if (!is_login (bytes, length))
    return refuse (reply, 501, "5.5.2", "The user name is empty or not UTF-8");
  auth->login = g_strndup (bytes, length);
  return ask (auth, LL_AUTH_LOGIN_PASSWORD, PROMPT_PASSWORD, reply);
}

LlAuthNext
ll_auth_answer (LlAuth *auth, LlScan line, LlReply *reply)
{
  g_autoptr (LlSecret) message = NULL;

  if (ll_scan_equals (&line, "*"))
    return refuse (reply, 501, "5.7.0", "Signing in was cancelled");
  message = decode (&line);
  if (message == NULL)
    return refuse (reply, 501, "5.5.2", "The answer is not base64");
  switch (auth->step)
    {
    case LL_AUTH_PLAIN:
      return take_plain (auth, message, reply);
    case LL_AUTH_LOGIN_NAME:
      return take_login_name (auth, message, reply);
    case LL_AUTH_LOGIN_PASSWORD:
    default:
      if (memchr (ll_secret_peek (message), '\0', ll_secret_length (message)) != NULL)
        return refuse (reply, 501, "5.5.2", "The password contains a NUL byte");
      auth->password = g_steal_pointer (&message);
      return LL_AUTH_DONE;
    }
}

LlAuthNext
ll_auth_start (LlAuth *auth, LlScan arguments, LlReply *reply)
{
  const char *start = arguments.at;
  LlScan mechanism;
  gboolean login;

  while (!ll_scan_at_end (&arguments) && *arguments.at != ' ' && *arguments.at != '\t')
    arguments.at++;
  mechanism = ll_scan (start, (gsize) (arguments.at - start));
  login = ll_scan_equals (&mechanism, "LOGIN");
  if (!login && !ll_scan_equals (&mechanism, "PLAIN"))
    return refuse (reply, 504, "5.5.4", "Only AUTH PLAIN and AUTH LOGIN are offered");
  ll_scan_blanks (&arguments);
  auth->step = login ? LL_AUTH_LOGIN_NAME : LL_AUTH_PLAIN;
  if (!ll_scan_at_end (&arguments) && !(login && ll_scan_equals (&arguments, "=")))
    return ll_auth_answer (auth, arguments, reply);
  return login ? ask (auth, LL_AUTH_LOGIN_NAME, PROMPT_NAME, reply)
               : ask (auth, LL_AUTH_PLAIN, "", reply);
}
