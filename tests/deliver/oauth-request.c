/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-request.h"

#include <string.h>

/* What is said of an answer. Linked with a web of its own: the bytes are the test's. */

static const char *answer = NULL;
static guint status = 400;

LlHttpsResult *__wrap_ll_https_post (void);

LlHttpsResult *
__wrap_ll_https_post (void)
{
  LlHttpsResult *result = g_new0 (LlHttpsResult, 1);

  result->outcome = status == 200 ? LL_HTTPS_OK : LL_HTTPS_STATUS;
  result->status = status;
  result->body = g_bytes_new (answer, strlen (answer));
  result->detail = g_strdup_printf ("status %u", status);
  return result;
}

static LlOauthReply *
ask (guint with, const char *text)
{
  static const LlOauthField fields[] = {
    { "grant_type", "refresh_token" },
    { "refresh_token", "secret/token-of-many-letters" },
    { "client_id", "the-office's-own" },
    { "client_secret", NULL },
    { "code", "short" },
  };

  status = with;
  answer = text;
  return ll_oauth_request (NULL, "https://login.lab/token", fields, G_N_ELEMENTS (fields),
                           LL_DEADLINE_NEVER, NULL);
}

static void
test_outcomes (void)
{
  static const struct
  {
    guint status;
    const char *answer;
    LlOauthOutcome outcome;
  } cases[] = {
    { 200, "{\"access_token\": \"x\"}", LL_OAUTH_GIVEN },
    { 200, "{\"error\": \"invalid_grant\"}", LL_OAUTH_DENIED }, /* seen at GitHub */
    { 400, "{\"error\": \"invalid_grant\"}", LL_OAUTH_DENIED },
    { 403, "{\"error\": \"invalid_grant\"}", LL_OAUTH_DENIED },
    { 503, "{\"error\": \"invalid_grant\"}", LL_OAUTH_UNREACHABLE },
    { 400, "{\"access_token\": \"x\"}", LL_OAUTH_UNREACHABLE },
    { 302, "{\"access_token\": \"x\"}", LL_OAUTH_UNREACHABLE },
    { 200, "<html>", LL_OAUTH_UNREACHABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlOauthReply) reply = ask (cases[i].status, cases[i].answer);

      g_assert_cmpint (reply->outcome, ==, cases[i].outcome);
      if (reply->outcome == LL_OAUTH_UNREACHABLE)
        g_assert_nonnull (reply->detail);
    }
}

/* A server that repeats what it was told: its words are not said again. */
static void
test_echo (void)
{
  static const struct
  {
    const char *description;
    gboolean kept;
  } cases[] = {
    { "the token secret/token-of-many-letters is not known", FALSE },
    { "secret/token-of-many-letters", FALSE },
    { "secret/token-of-m", FALSE }, /* the rest was cut off, by them or by us */
    { "no token secret%2Ftoken-of-m", FALSE },
    { "this refresh_token is not known", TRUE },
    { "the client the-office's-own is not known", TRUE },
    { "too short", TRUE }, /* a word that only happens to be among them */
    { "no such permission", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("{\"error\": \"invalid_grant\", \"error_description\": \"%s\"}",
                             cases[i].description);
      g_autoptr (LlOauthReply) reply = ask (400, text);

      g_assert_cmpstr (reply->answer->description, ==, cases[i].kept ? cases[i].description : NULL);
    }
}

static void
test_echo_in_error (void)
{
  g_autoptr (LlOauthReply) reply = ask (400, "{\"error\": \"no secret/token-of-many-letters\"}");

  g_assert_cmpint (reply->outcome, ==, LL_OAUTH_UNREACHABLE);
  g_assert_null (reply->answer);
  g_assert_null (strstr (reply->detail, "secret"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/oauth-request/outcomes", test_outcomes);
  g_test_add_func ("/deliver/oauth-request/echo", test_echo);
  g_test_add_func ("/deliver/oauth-request/echo-in-error", test_echo_in_error);
  return g_test_run ();
}
