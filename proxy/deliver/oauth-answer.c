/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-answer.h"

#include "base/json.h"
#include "base/limits.h"

#include <string.h>

#define TEXT_MAX 500

void
ll_oauth_answer_free (LlOauthAnswer *answer)
{
  if (answer == NULL)
    return;
  ll_secret_free (answer->access);
  ll_secret_free (answer->refresh);
  ll_secret_free (answer->device_code);
  g_free (answer->scope);
  g_free (answer->error);
  g_free (answer->description);
  g_free (answer->user_code);
  g_free (answer->verification);
  g_free (answer);
}

/* -- JSON --------------------------------------------------------------------------------- */

static JsonNode *
parse_object (const char *bytes, gsize length)
{
  g_autoptr (JsonNode) root
      = length <= LL_OAUTH_ANSWER_MAX ? ll_json_read (bytes, length, LL_OAUTH_DEPTH_MAX) : NULL;

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? g_steal_pointer (&root) : NULL;
}

/* FALSE: it is there, and no string. */
static gboolean
find_string (JsonObject *object, const char *name, const char **text)
{
  JsonNode *node = json_object_get_member (object, name);

  *text = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  *text = json_node_get_string (node);
  return TRUE;
}

/* It goes into commands and forms: nothing in it may end or begin anything there. */
static gboolean
take_token (JsonObject *object, const char *name, LlSecret **token)
{
  const char *text;
  gsize length;

  if (!find_string (object, name, &text))
    return FALSE;
  if (text == NULL)
    return TRUE;
  length = strlen (text);
  if (length == 0 || length > LL_OAUTH_TOKEN_MAX)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  *token = ll_secret_new (text, length);
  return TRUE;
}

static gboolean
has_control (const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return TRUE;
  return FALSE;
}

/* For people: the first line, and not too much of it. */
static char *
first_line (const char *text)
{
  g_autofree char *line = g_strndup (text, strcspn (text, "\r\n"));

  if (g_utf8_strlen (line, -1) > TEXT_MAX)
    *g_utf8_offset_to_pointer (line, TEXT_MAX) = '\0';
  return has_control (line) ? NULL : g_steal_pointer (&line);
}

static gboolean
take_text (JsonObject *object, const char *name, char **text)
{
  const char *found;

  if (!find_string (object, name, &found))
    return FALSE;
  if (found == NULL)
    return TRUE;
  if (strlen (found) > TEXT_MAX * 4 || has_control (found))
    return FALSE;
  *text = g_strdup (found);
  return TRUE;
}

/* Some servers write numbers as strings. */
static gboolean
take_seconds (JsonObject *object, const char *name, guint64 max, guint *seconds)
{
  JsonNode *node = json_object_get_member (object, name);
  guint64 number = 0;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    {
      if (!g_ascii_string_to_unsigned (json_node_get_string (node), 10, 0, G_MAXINT64, &number,
                                       NULL))
        return FALSE;
    }
  else if (json_node_get_value_type (node) == G_TYPE_INT64 && json_node_get_int (node) >= 0)
    number = (guint64) json_node_get_int (node);
  else
    return FALSE;
  *seconds = (guint) MIN (number, max);
  return TRUE;
}

static gboolean
take_description (JsonObject *object, LlOauthAnswer *answer)
{
  const char *text;

  if (!find_string (object, "error_description", &text))
    return FALSE;
  answer->description = text != NULL ? first_line (text) : NULL;
  return TRUE;
}

/* RFC 8628 says verification_uri, Google verification_url. A browser is sent there. */
static gboolean
take_verification (JsonObject *object, LlOauthAnswer *answer)
{
  if (!take_text (object, "verification_uri", &answer->verification))
    return FALSE;
  if (answer->verification == NULL
      && !take_text (object, "verification_url", &answer->verification))
    return FALSE;
  return answer->verification == NULL || g_str_has_prefix (answer->verification, "https://");
}

static gboolean
is_bearer (JsonObject *object)
{
  const char *type;

  return find_string (object, "token_type", &type)
         && (type == NULL || g_ascii_strcasecmp (type, "bearer") == 0);
}

LlOauthAnswer *
ll_oauth_answer_parse (const char *bytes, gsize length)
{
  g_autoptr (JsonNode) root = parse_object (bytes, length);
  JsonObject *object = root != NULL ? json_node_get_object (root) : NULL;
  g_autoptr (LlOauthAnswer) answer = g_new0 (LlOauthAnswer, 1);

  if (object == NULL || !is_bearer (object) || !take_token (object, "access_token", &answer->access)
      || !take_token (object, "refresh_token", &answer->refresh)
      || !take_token (object, "device_code", &answer->device_code)
      || !take_seconds (object, "expires_in", LL_OAUTH_LIFETIME_MAX, &answer->lifetime)
      || !take_seconds (object, "interval", LL_OAUTH_INTERVAL_MAX, &answer->interval)
      || !take_text (object, "scope", &answer->scope)
      || !take_text (object, "error", &answer->error)
      || !take_text (object, "user_code", &answer->user_code) || !take_description (object, answer)
      || !take_verification (object, answer))
    return NULL;
  return g_steal_pointer (&answer);
}

char *
ll_oauth_challenge_status (const char *challenge)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *bytes = NULL;
  char *status = NULL;
  gsize length;

  if (*challenge == '\0' || strlen (challenge) > LL_REPLY_LINE_MAX)
    return NULL;
  bytes = (char *) g_base64_decode (challenge, &length);
  root = parse_object (bytes, length);
  if (root == NULL || !take_text (json_node_get_object (root), "status", &status))
    return NULL;
  return status;
}

/* -- the browser ------------------------------------------------------------------------------ */

void
ll_oauth_redirect_free (LlOauthRedirect *redirect)
{
  if (redirect == NULL)
    return;
  ll_secret_free (redirect->code);
  g_free (redirect->state);
  g_free (redirect->error);
  g_free (redirect->description);
  g_free (redirect);
}

/* application/x-www-form-urlencoded: '+' is a blank. A secret, since it may be the code. NULL: not
 * UTF-8, or with control characters. */
static LlSecret *
decode (const char *text, gsize length)
{
  char *copy = g_strndup (text, length);
  char *plain = g_uri_unescape_string (g_strdelimit (copy, "+", ' '), NULL);
  LlSecret *value = NULL;

  if (plain != NULL && g_utf8_validate (plain, -1, NULL) && !has_control (plain))
    value = ll_secret_new_string (plain);
  ll_secret_wipe_text (copy);
  ll_secret_wipe_text (plain);
  return value;
}

/* A parameter that stands there twice says nothing (RFC 6749 3.1). */
static gboolean
take_parameter (LlOauthRedirect *redirect, const char *name, gsize length, LlSecret **value)
{
  const struct
  {
    const char *name;
    char **to;
  } texts[] = { { "state", &redirect->state },
                { "error", &redirect->error },
                { "error_description", &redirect->description } };

  if (length == 4 && strncmp (name, "code", 4) == 0)
    {
      if (redirect->code != NULL || ll_secret_length (*value) == 0
          || ll_secret_length (*value) > LL_OAUTH_TOKEN_MAX)
        return FALSE;
      redirect->code = g_steal_pointer (value);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strlen (texts[i].name) == length && strncmp (name, texts[i].name, length) == 0)
      {
        if (*texts[i].to != NULL)
          return FALSE;
        *texts[i].to = first_line (ll_secret_peek (*value));
      }
  return TRUE;
}

static gboolean
take_query (LlOauthRedirect *redirect, const char *query, const char *end)
{
  while (query < end)
    {
      const char *ampersand = memchr (query, '&', (gsize) (end - query));
      const char *stop = ampersand != NULL ? ampersand : end;
      const char *equals = memchr (query, '=', (gsize) (stop - query));
      g_autoptr (LlSecret) value
          = equals != NULL ? decode (equals + 1, (gsize) (stop - equals - 1)) : NULL;

      if (equals != NULL
          && (value == NULL || !take_parameter (redirect, query, (gsize) (equals - query), &value)))
        return FALSE;
      query = stop + 1;
    }
  return TRUE;
}

LlOauthRedirect *
ll_oauth_redirect_parse (const char *bytes, gsize length)
{
  static const char start[] = "GET /";
  const char *line = memchr (bytes, '\r', length);
  g_autoptr (LlOauthRedirect) redirect = NULL;
  const char *query;
  const char *end;

  if (line == NULL || length > LL_OAUTH_REQUEST_MAX || length < strlen (start)
      || strncmp (bytes, start, strlen (start)) != 0)
    return NULL;
  query = bytes + strlen (start);
  end = memchr (query, ' ', (gsize) (line - query));
  if (end == NULL || strncmp (end, " HTTP/1.", strlen (" HTTP/1.")) != 0 || query == end
      || *query != '?' || memchr (query, '\0', (gsize) (end - query)) != NULL)
    return NULL;
  redirect = g_new0 (LlOauthRedirect, 1);
  return take_query (redirect, query + 1, end) ? g_steal_pointer (&redirect) : NULL;
}
