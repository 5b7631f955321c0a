/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-request.h"

#include "api/intl.h"
#include "base/limits.h"

#include <string.h>

#define FORM "application/x-www-form-urlencoded"

void
ll_oauth_reply_free (LlOauthReply *reply)
{
  if (reply == NULL)
    return;
  ll_oauth_answer_free (reply->answer);
  g_free (reply->detail);
  g_free (reply);
}

static gsize
form_size (const LlOauthField *fields, gsize n)
{
  gsize size = 1;

  for (gsize i = 0; i < n; i++)
    if (fields[i].value != NULL)
      size += strlen (fields[i].name) + 2 + 3 * strlen (fields[i].value);
  return size;
}

static char *
escape (char *to, const char *text)
{
  static const char digits[] = "0123456789ABCDEF";

  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_isalnum (*at) || strchr ("-._~", *at) != NULL)
      *to++ = *at;
    else
      {
        *to++ = '%';
        *to++ = digits[(guchar) *at >> 4];
        *to++ = digits[(guchar) *at & 15];
      }
  return to;
}

/* In one piece that is as large as it can become: growing would leave secrets behind. */
static LlSecret *
make_form (const LlOauthField *fields, gsize n)
{
  gsize size = form_size (fields, n);
  char *form = g_malloc (size);
  char *at = form;
  LlSecret *secret;

  for (gsize i = 0; i < n; i++)
    {
      if (fields[i].value == NULL)
        continue;
      if (at != form)
        *at++ = '&';
      at = g_stpcpy (at, fields[i].name);
      *at++ = '=';
      at = escape (at, fields[i].value);
    }
  secret = ll_secret_new (form, (gsize) (at - form));
  ll_secret_wipe (form, size);
  g_free (form);
  return secret;
}

static void
free_secret_cb (gpointer secret)
{
  ll_secret_free (secret);
}

/* Enough of a secret to be known by: what a server repeats may be cut off. */
#define START 12

static gboolean
is_secret (const LlOauthField *field)
{
  static const char *const names[]
      = { "refresh_token", "client_secret", "code", "code_verifier", "device_code", NULL };

  return field->value != NULL && strlen (field->value) >= 8 && g_strv_contains (names, field->name);
}

/* As it is, or as it was sent. */
static gboolean
has_start (const char *text, const char *value)
{
  char start[START + 1];
  char sent[3 * START + 1];
  gboolean found;

  g_strlcpy (start, value, sizeof start);
  *escape (sent, start) = '\0';
  found = strstr (text, start) != NULL || strstr (text, sent) != NULL;
  ll_secret_wipe (start, sizeof start);
  ll_secret_wipe (sent, sizeof sent);
  return found;
}

/* A server that repeats what it was told does not get it into a sentence of ours. */
static gboolean
is_echo (const char *text, const LlOauthField *fields, gsize n)
{
  for (gsize i = 0; text != NULL && i < n; i++)
    if (is_secret (&fields[i]) && has_start (text, fields[i].value))
      return TRUE;
  return FALSE;
}

/* A status of 4xx with an error of RFC 6749 5.2 is a no; a sign-in page of the network, a proxy's
 * words and trouble of the server's own are not. */
static LlOauthReply *
judge (const LlHttpsResult *result, const LlOauthField *fields, gsize n)
{
  LlOauthReply *reply = g_new0 (LlOauthReply, 1);
  const char *bytes = NULL;
  gsize length = 0;

  reply->outcome = LL_OAUTH_UNREACHABLE;
  if (result->outcome == LL_HTTPS_CERTIFICATE)
    reply->outcome = LL_OAUTH_NO_TLS;
  if (result->body != NULL)
    bytes = g_bytes_get_data (result->body, &length);
  if (bytes != NULL && (result->status == 200 || result->status / 100 == 4))
    reply->answer = ll_oauth_answer_parse (bytes, length);
  if (reply->answer != NULL && is_echo (reply->answer->error, fields, n))
    g_clear_pointer (&reply->answer, ll_oauth_answer_free);
  if (reply->answer != NULL && reply->answer->error != NULL)
    {
      if (is_echo (reply->answer->description, fields, n))
        g_clear_pointer (&reply->answer->description, g_free);
      reply->outcome = LL_OAUTH_DENIED;
    }
  else if (reply->answer != NULL && result->status == 200)
    reply->outcome = LL_OAUTH_GIVEN;
  else if (result->outcome == LL_HTTPS_OK)
    reply->detail = g_strdup (N_ ("the provider's sign-in gave an answer that makes no sense"));
  else
    reply->detail = g_strdup (result->detail);
  return reply;
}

LlOauthReply *
ll_oauth_request (LlHttps *https,
                  const char *url,
                  const LlOauthField *fields,
                  gsize n_fields,
                  LlDeadline deadline,
                  GCancellable *cancellable)
{
  LlSecret *form = make_form (fields, n_fields);
  g_autoptr (GBytes) body
      = g_bytes_new_with_free_func (ll_secret_peek (form), ll_secret_length (form), free_secret_cb,
                                    form);
  g_autoptr (LlHttpsResult) result
      = ll_https_post (https, url, FORM, body, LL_OAUTH_ANSWER_MAX, deadline, cancellable);

  return judge (result, fields, n_fields);
}
