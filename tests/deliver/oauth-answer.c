/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-answer.h"

#include "base/limits.h"

#include <malloc.h>
#include <string.h>

/* -- the token server ---------------------------------------------------------------------- */

static const struct
{
  const char *name;
  const char *json;
  gboolean good;
  const char *access; /* NULL: none */
  const char *refresh;
  guint lifetime;
  const char *error;
  const char *description;
} answers[] = {
  { "RFC 6749 5.1",
    "{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\",\"token_type\":\"Bearer\",\"expires_in\":3600,"
    "\"refresh_token\":\"tGzv3JOkF0XG5Qx2TlKWIA\",\"example_parameter\":\"example_value\"}",
    TRUE, "2YotnFZFEjr1zCsicMWpAA", "tGzv3JOkF0XG5Qx2TlKWIA", 3600, NULL, NULL },
  { "RFC 6749 5.2", "{\"error\":\"invalid_request\"}", TRUE, NULL, NULL, 0, "invalid_request",
    NULL },
  { "the first line is for people",
    "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS70008: ended.\\r\\nTrace ID: 1\"}",
    TRUE, NULL, NULL, 0, "invalid_grant", "AADSTS70008: ended." },
  { "numbers as text", "{\"access_token\":\"a\",\"expires_in\":\"3599\"}", TRUE, "a", NULL, 3599,
    NULL, NULL },
  { "for ever is a day", "{\"access_token\":\"a\",\"expires_in\":99999999999}", TRUE, "a", NULL,
    LL_OAUTH_LIFETIME_MAX, NULL, NULL },
  { "null is nothing", "{\"access_token\":\"a\",\"refresh_token\":null}", TRUE, "a", NULL, 0, NULL,
    NULL },
  { "bearer in any case", "{\"access_token\":\"a\",\"token_type\":\"bearer\"}", TRUE, "a", NULL, 0,
    NULL, NULL },
  { "not a bearer token", "{\"access_token\":\"a\",\"token_type\":\"mac\"}", FALSE },
  { "a token with a line end", "{\"access_token\":\"a\\r\\nRSET\"}", FALSE },
  { "a token with ^A", "{\"access_token\":\"a\\u0001auth=Bearer b\"}", FALSE },
  { "a token with a blank", "{\"access_token\":\"a b\"}", FALSE },
  { "a token with NUL", "{\"access_token\":\"a\\u0000b\"}", FALSE },
  { "an empty token", "{\"access_token\":\"\"}", FALSE },
  { "a token that is a number", "{\"access_token\":1}", FALSE },
  { "less than no time", "{\"access_token\":\"a\",\"expires_in\":-1}", FALSE },
  { "half a second", "{\"access_token\":\"a\",\"expires_in\":0.5}", FALSE },
  { "a page", "<html>sign in to this network</html>", FALSE },
  { "a list", "[{\"access_token\":\"a\"}]", FALSE },
  { "nothing", "", FALSE },
  { "cut off", "{\"access_token\":\"a\"", FALSE },
  { "too deep", "{\"x\":[[[[[[[[[[1]]]]]]]]]],\"access_token\":\"a\"}", FALSE },
  { "deep in a text is flat", "{\"x\":\"[[[[[[[[[[[[\\\"[[\",\"access_token\":\"a\"}", TRUE, "a",
    NULL, 0, NULL, NULL },
  { "deep behind a comment", "{\"x\":/*\"*/[[[[[[[[[[1]]]]]]]]]],\"access_token\":\"a\"}", FALSE },
  { "an error with a bell", "{\"error\":\"\\u0007\"}", FALSE },
};

static void
assert_secret (const LlSecret *secret, const char *text)
{
  g_assert_cmpstr (secret != NULL ? ll_secret_peek (secret) : NULL, ==, text);
}

static void
test_answers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (LlOauthAnswer) answer
          = ll_oauth_answer_parse (answers[i].json, strlen (answers[i].json));

      g_test_message ("%s", answers[i].name);
      g_assert_cmpint (answer != NULL, ==, answers[i].good);
      if (answer == NULL)
        continue;
      assert_secret (answer->access, answers[i].access);
      assert_secret (answer->refresh, answers[i].refresh);
      g_assert_cmpuint (answer->lifetime, ==, answers[i].lifetime);
      g_assert_cmpstr (answer->error, ==, answers[i].error);
      g_assert_cmpstr (answer->description, ==, answers[i].description);
    }
}

static void
test_too_long (void)
{
  for (gsize length = LL_OAUTH_TOKEN_MAX; length <= LL_OAUTH_TOKEN_MAX + 1; length++)
    {
      g_autofree char *token = g_strnfill (length, 'x');
      g_autofree char *json = g_strdup_printf ("{\"access_token\":\"%s\"}", token);
      g_autoptr (LlOauthAnswer) answer = ll_oauth_answer_parse (json, strlen (json));

      g_assert_cmpint (answer != NULL, ==, length <= LL_OAUTH_TOKEN_MAX);
    }
}

static void
test_device (void)
{
  static const struct
  {
    const char *json;
    const char *verification; /* NULL: refused */
    guint interval;
  } cases[] = {
    { "{\"device_code\":\"d\",\"user_code\":\"WDJB-MJHT\",\"interval\":5,"
      "\"verification_uri\":\"https://a.example/type\"}",
      "https://a.example/type", 5 },
    { "{\"device_code\":\"d\",\"user_code\":\"u\",\"verification_url\":\"https://g.example/d\"}",
      "https://g.example/d", 0 },
    { "{\"device_code\":\"d\",\"user_code\":\"u\",\"interval\":86400,"
      "\"verification_uri\":\"https://a.example/\"}",
      "https://a.example/", LL_OAUTH_INTERVAL_MAX },
    { "{\"device_code\":\"d\",\"user_code\":\"u\",\"verification_uri\":\"http://a.example/\"}",
      NULL, 0 },
    { "{\"device_code\":\"d\",\"user_code\":\"u\",\"verification_uri\":\"file:///etc/passwd\"}",
      NULL, 0 },
    { "{\"device_code\":\"d\",\"user_code\":\"\\u001b[2J\"}", NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlOauthAnswer) answer
          = ll_oauth_answer_parse (cases[i].json, strlen (cases[i].json));

      g_assert_cmpstr (answer != NULL ? answer->verification : NULL, ==, cases[i].verification);
      if (answer != NULL)
        g_assert_cmpuint (answer->interval, ==, cases[i].interval);
    }
}

/* -- the browser ------------------------------------------------------------------------------ */

static const struct
{
  const char *request;
  gboolean good;
  const char *code;
  const char *state;
  const char *error;
} redirects[] = {
  { "GET /?code=SplxlOBe&state=xyz HTTP/1.1\r\nHost: x\r\n\r\n", TRUE, "SplxlOBe", "xyz", NULL },
  { "GET /?state=xyz&code=a%2Fb%3D HTTP/1.1\r\n\r\n", TRUE, "a/b=", "xyz", NULL },
  { "GET /?error=access_denied&state=xyz HTTP/1.1\r\n\r\n", TRUE, NULL, "xyz", "access_denied" },
  { "GET /?session=1&&x&code=c HTTP/1.0\r\n\r\n", TRUE, "c", NULL, NULL },
  { "GET /?code=a+b HTTP/1.1\r\n\r\n", TRUE, "a b", NULL, NULL },
  { "GET /?code=a&code=b HTTP/1.1\r\n\r\n", FALSE },
  { "GET /?state=a&code=b&state=c HTTP/1.1\r\n\r\n", FALSE },
  { "GET /?code= HTTP/1.1\r\n\r\n", FALSE },
  { "GET /?code=%0d%0a HTTP/1.1\r\n\r\n", FALSE },
  { "GET /?code=%00 HTTP/1.1\r\n\r\n", FALSE },
  { "GET /?code=%ff HTTP/1.1\r\n\r\n", FALSE },
  { "GET /?code=%2 HTTP/1.1\r\n\r\n", FALSE },
  { "GET / HTTP/1.1\r\n\r\n", FALSE },
  { "GET /other?code=a HTTP/1.1\r\n\r\n", FALSE },
  { "POST /?code=a HTTP/1.1\r\n\r\n", FALSE },
  { "GET /?code=a\r\n\r\n", FALSE },
  { "GET /?code=a FTP/1.1\r\n\r\n", FALSE },
  { "GET /?code=a HTTP/1.1\n\n", FALSE },
  { "", FALSE },
};

static void
test_redirects (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (redirects); i++)
    {
      g_autoptr (LlOauthRedirect) redirect
          = ll_oauth_redirect_parse (redirects[i].request, strlen (redirects[i].request));

      g_test_message ("%s", redirects[i].request);
      g_assert_cmpint (redirect != NULL, ==, redirects[i].good);
      if (redirect == NULL)
        continue;
      assert_secret (redirect->code, redirects[i].code);
      g_assert_cmpstr (redirect->state, ==, redirects[i].state);
      g_assert_cmpstr (redirect->error, ==, redirects[i].error);
    }
}

/* What the browser brought is in no memory that was given back. */
#define CODE "canary-4/0AbUR2VM"

static guint left_behind = 0;

void __wrap_g_free (gpointer memory);
void __real_g_free (gpointer memory);

void
__wrap_g_free (gpointer memory)
{
  if (memory != NULL
      && memmem (memory, malloc_usable_size (memory), "canary", strlen ("canary")) != NULL)
    left_behind++;
  __real_g_free (memory);
}

static void
test_wiped (void)
{
  static const char *const requests[] = { "GET /?code=" CODE "&state=s HTTP/1.1\r\n\r\n",
                                          "GET /?code=" CODE "&code=b HTTP/1.1\r\n\r\n",
                                          "GET /?code=" CODE "%0a HTTP/1.1\r\n\r\n" };

  left_behind = 0;
  g_free (g_strdup (CODE));
  g_assert_cmpuint (left_behind, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    ll_oauth_redirect_free (ll_oauth_redirect_parse (requests[i], strlen (requests[i])));
  g_assert_cmpuint (left_behind, ==, 1);
}

/* A long description is cut between two letters, not within one. */
static void
test_long_words (void)
{
  g_autoptr (GString) request = g_string_new ("GET /?error=x&error_description=e");
  g_autoptr (LlOauthRedirect) redirect = NULL;

  for (guint i = 0; i < 1200; i++)
    g_string_append (request, "%c3%bc");
  g_string_append (request, " HTTP/1.1\r\n\r\n");
  redirect = ll_oauth_redirect_parse (request->str, request->len);
  g_assert_nonnull (redirect);
  g_assert_true (g_utf8_validate (redirect->description, -1, NULL));
  g_assert_cmpint (strlen (redirect->description), <, 1100);
}

/* -- the mail server --------------------------------------------------------------------------- */

static void
test_challenges (void)
{
  static const struct
  {
    const char *challenge;
    const char *status;
  } cases[] = {
    /* {"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"} */
    { "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2dsZS5j"
      "b20vIn0=",
      "401" },
    { "eyJzdGF0dXMiOiJpbnN1ZmZpY2llbnRfc2NvcGUifQ==", "insufficient_scope" },
    { "", NULL },
    { "VXNlcm5hbWU6", NULL },
    { "not base64", NULL },
    { "W10=", NULL },
    { "eyJzdGF0dXMiOjQwMX0=", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *status = ll_oauth_challenge_status (cases[i].challenge);

      g_assert_cmpstr (status, ==, cases[i].status);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/oauth-answer/answers", test_answers);
  g_test_add_func ("/deliver/oauth-answer/too-long", test_too_long);
  g_test_add_func ("/deliver/oauth-answer/device", test_device);
  g_test_add_func ("/deliver/oauth-answer/redirects", test_redirects);
  g_test_add_func ("/deliver/oauth-answer/long-words", test_long_words);
  g_test_add_func ("/deliver/oauth-answer/wiped", test_wiped);
  g_test_add_func ("/deliver/oauth-answer/challenges", test_challenges);
  return g_test_run ();
}
