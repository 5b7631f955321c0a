/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/auth.h"

#include <string.h>

/* The lines of one exchange, and its end. */
static const struct
{
  const char *name;
  const char *arguments;
  const char *answers[3];
  const char *login; /* NULL: refused with @code */
  const char *password;
  guint code;
} exchanges[] = {
  { "plain at once", "PLAIN AG1lAHNlY3JldA==", { NULL }, "me", "secret", 0 },
  { "plain, two blanks", "PLAIN  AG1lAHNlY3JldA==", { NULL }, "me", "secret", 0 },
  { "plain in lower case", "plain AG1lAHNlY3JldA==", { NULL }, "me", "secret", 0 },
  { "plain, asked", "PLAIN", { "AG1lAHNlY3JldA==" }, "me", "secret", 0 },
  { "plain, for oneself", "PLAIN bWUAbWUAc2VjcmV0", { NULL }, "me", "secret", 0 },
  { "plain, for another", "PLAIN eW91AG1lAHNlY3JldA==", { NULL }, NULL, NULL, 535 },
  { "plain, empty password", "PLAIN AG1lAA==", { NULL }, "me", "", 0 },
  { "plain, no name", "PLAIN AABzZWNyZXQ=", { NULL }, NULL, NULL, 501 },
  { "plain, one part", "PLAIN bWU=", { NULL }, NULL, NULL, 501 },
  { "plain, four parts", "PLAIN AG1lAHgAeQ==", { NULL }, NULL, NULL, 501 },
  { "plain, empty", "PLAIN =", { NULL }, NULL, NULL, 501 },
  { "plain, name not UTF-8", "PLAIN AP8AeA==", { NULL }, NULL, NULL, 501 },
  { "plain, UTF-8", "PLAIN AGrDvHJnAMO8", { NULL }, "jürg", "ü", 0 },
  { "plain, password of odd bytes", "PLAIN AG1lAP/+", { NULL }, "me", "\xff\xfe", 0 },
  { "login", "LOGIN", { "bWU=", "c2VjcmV0" }, "me", "secret", 0 },
  { "login, name at once", "LOGIN bWU=", { "c2VjcmV0" }, "me", "secret", 0 },
  { "login, empty name at once", "LOGIN =", { "bWU=", "c2VjcmV0" }, "me", "secret", 0 },
  { "login, empty password", "LOGIN bWU=", { "" }, "me", "", 0 },
  { "login, empty name", "LOGIN", { "" }, NULL, NULL, 501 },
  { "login, NUL in password", "LOGIN bWU=", { "YQBi" }, NULL, NULL, 501 },
  { "login, given up", "LOGIN", { "bWU=", "*" }, NULL, NULL, 501 },
  { "base64 with a blank", "LOGIN", { "bW U=" }, NULL, NULL, 501 },
  { "base64 too short", "LOGIN", { "bWU" }, NULL, NULL, 501 },
  { "base64 with padding inside", "LOGIN", { "bWU=bWU=" }, NULL, NULL, 501 },
  { "base64 of the web", "LOGIN", { "__-_" }, NULL, NULL, 501 },
  { "unknown", "XOAUTH2 x", { NULL }, NULL, NULL, 504 },
  { "nothing", "", { NULL }, NULL, NULL, 504 },
};

static void
test_exchanges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (exchanges); i++)
    {
      g_auto (LlAuth) auth = { 0 };
      g_auto (LlReply) reply = { 0 };
      LlAuthNext next = ll_auth_start (&auth, ll_scan_string (exchanges[i].arguments), &reply);

      g_test_message ("%s", exchanges[i].name);
      for (guint n = 0; n < 3 && exchanges[i].answers[n] != NULL; n++)
        {
          g_assert_cmpint (next, ==, LL_AUTH_ASK);
          g_assert_cmpuint (reply.code, ==, 334);
          next = ll_auth_answer (&auth, ll_scan_string (exchanges[i].answers[n]), &reply);
        }
      if (exchanges[i].login == NULL)
        {
          g_assert_cmpint (next, ==, LL_AUTH_REFUSED);
          g_assert_cmpuint (reply.code, ==, exchanges[i].code);
          continue;
        }
      g_assert_cmpint (next, ==, LL_AUTH_DONE);
      g_assert_cmpstr (auth.login, ==, exchanges[i].login);
      g_assert_true (
          ll_secret_equal (auth.password, exchanges[i].password, strlen (exchanges[i].password)));
    }
}

/* Thunderbird compares them byte by byte. */
static void
test_prompts (void)
{
  g_auto (LlAuth) auth = { 0 };
  g_auto (LlReply) reply = { 0 };
  g_autoptr (GString) wire = g_string_new (NULL);

  ll_auth_start (&auth, ll_scan_string ("LOGIN"), &reply);
  ll_reply_append (&reply, wire);
  ll_auth_answer (&auth, ll_scan_string ("bWU="), &reply);
  ll_reply_append (&reply, wire);
  g_assert_cmpstr (wire->str, ==, "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n");
}

/* Promise 10: no reply repeats what was said. */
static void
test_nothing_repeated (void)
{
  static const char *const secrets[] = { "c2VjcmV0!", "secret" };

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_auto (LlAuth) auth = { 0 };
      g_auto (LlReply) reply = { 0 };

      ll_auth_start (&auth, ll_scan_string ("LOGIN bWU="), &reply);
      g_assert_cmpint (ll_auth_answer (&auth, ll_scan_string (secrets[i]), &reply), ==,
                       LL_AUTH_REFUSED);
      g_assert_null (strstr (reply.text, secrets[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/exchanges", test_exchanges);
  g_test_add_func ("/auth/prompts", test_prompts);
  g_test_add_func ("/auth/nothing-repeated", test_nothing_repeated);
  return g_test_run ();
}
