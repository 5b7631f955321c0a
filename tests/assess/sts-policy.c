/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sts-policy.h"

#include "base/limits.h"

#include <string.h>

#define HEAD "version: STSv1\nmode: enforce\n"
#define TAIL "mx: mx.example.com\nmax_age: 86400\n"
#define LONG33 "a23456789012345678901234567890123"

static const struct
{
  const char *name;
  const char *body;
  gboolean valid;
  LlStsMode mode;
  gint64 max_age;
  const char *patterns;
} cases[] = {
  { "SP01",
    "version: STSv1\nmode: testing\nmx: mx1.example.com\nmx: mx2.example.com\nmx: "
    "mx.backup-example.com\nmax_age: 1296000\n",
    TRUE, LL_STS_TESTING, 1296000, "mx1.example.com mx2.example.com mx.backup-example.com" },
  { "SH01 CRLF", "version: STSv1\r\nmode: enforce\r\nmx: *.Example.com\r\nmax_age: 123456\r\n",
    TRUE, LL_STS_ENFORCE, 123456, "*.example.com" },
  { "SH02 no newline at the end", HEAD "mx: mx.example.com\nmax_age: 1", TRUE, LL_STS_ENFORCE, 1,
    "mx.example.com" },
  { "SP03 blanks after values",
    "version: STSv1 \nmode:enforce\t\nmx:  mx.example.com \nmax_age: 5 \n", TRUE, LL_STS_ENFORCE, 5,
    "mx.example.com" },
  { "any order", "max_age: 5\nmx: mx.example.com\nmode: enforce\nversion: STSv1\n", TRUE,
    LL_STS_ENFORCE, 5, "mx.example.com" },
  { "SP04 no version", "mode: enforce\n" TAIL, FALSE, 0, 0, NULL },
  { "SP06 STSv2", "version: STSv2\nmode: enforce\n" TAIL, FALSE, 0, 0, NULL },
  { "SP06 STSv10", "version: STSv10\nmode: enforce\n" TAIL, FALSE, 0, 0, NULL },
  { "SP06 STSv0", "version: STSv0\nmode: enforce\n" TAIL, FALSE, 0, 0, NULL },
  { "SP06 stsv1", "version: stsv1\nmode: enforce\n" TAIL, FALSE, 0, 0, NULL },
  { "SP07 no mode", "version: STSv1\n" TAIL, FALSE, 0, 0, NULL },
  { "SP07 bad mode", "version: STSv1\nmode: bad\n" TAIL, FALSE, 0, 0, NULL },
  { "SP07 mode in capitals", "version: STSv1\nmode: Enforce\n" TAIL, FALSE, 0, 0, NULL },
  { "no max_age", HEAD "mx: mx.example.com\n", FALSE, 0, 0, NULL },
  { "SP09 a year and a second", HEAD "mx: a.example\nmax_age: 31557601\n", TRUE, LL_STS_ENFORCE,
    LL_STS_MAX_AGE, "a.example" },
  { "max_age of 10 digits", HEAD "mx: a.example\nmax_age: 9999999999\n", TRUE, LL_STS_ENFORCE,
    LL_STS_MAX_AGE, "a.example" },
  { "max_age of 11 digits, small", HEAD "mx: a.example\nmax_age: 00000000005\n", FALSE, 0, 0,
    NULL },
  { "max_age empty", HEAD "mx: a.example\nmax_age:\n", FALSE, 0, 0, NULL },
  { "max_age of 11 digits", HEAD "mx: a.example\nmax_age: 12345678901\n", FALSE, 0, 0, NULL },
  { "max_age negative", HEAD "mx: a.example\nmax_age: -1\n", FALSE, 0, 0, NULL },
  { "max_age with a unit", HEAD "mx: a.example\nmax_age: 1d\n", FALSE, 0, 0, NULL },
  { "SP10 max_age 0", HEAD "mx: a.example\nmax_age: 0\n", TRUE, LL_STS_ENFORCE, 0, "a.example" },
  { "SP12 enforce without mx", HEAD "max_age: 86400\n", FALSE, 0, 0, NULL },
  { "SP12 testing without mx", "version: STSv1\nmode: testing\nmax_age: 86400\n", FALSE, 0, 0,
    NULL },
  { "SP13 none without mx", "version: STSv1\nmode: none\nmax_age: 86400\n", TRUE, LL_STS_MODE_NONE,
    86400, "" },
  { "SP15 unknown field", HEAD "more: a b\n" TAIL, TRUE, LL_STS_ENFORCE, 86400, "mx.example.com" },
  { "first of repeated fields", HEAD "mode: none\nmax_age: 7\n" TAIL, TRUE, LL_STS_ENFORCE, 7,
    "mx.example.com" },
  { "SP16 empty line", HEAD "\n" TAIL, FALSE, 0, 0, NULL },
  { "SP16 empty line at the end", HEAD TAIL "\n", FALSE, 0, 0, NULL },
  { "SP18 U-label", HEAD "mx: m\xc3\xb8x.example\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "SP18 A-label", HEAD "mx: xn--mx-lka.example\nmax_age: 5\n", TRUE, LL_STS_ENFORCE, 5,
    "xn--mx-lka.example" },
  { "SP19 address", HEAD "mx: 192.0.2.1\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "SP19 wildcard address", HEAD "mx: *.192.0.2.1\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "wildcard inside", HEAD "mx: a.*.example\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "wildcard of a part", HEAD "mx: mx*.example\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "two wildcards", HEAD "mx: *.*.example\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "leading dot", HEAD "mx: .example\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "root dot", HEAD "mx: a.example.\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "nothing but a wildcard", HEAD "mx: *\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "wildcard of nothing", HEAD "mx: *.\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "two asterisks", HEAD "mx: **.example\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "hyphen at the end", HEAD "mx: test.example-\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "two names in one line", HEAD "mx: a.example b.example\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "IPv6 address", HEAD "mx: [2001:db8::1]\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "one bad mx among good ones", HEAD "mx: a.example\nmx: 192.0.2.1\nmax_age: 5\n", FALSE, 0, 0,
    NULL },
  { "mode none with mx", "version: STSv1\nmode: none\n" TAIL, TRUE, LL_STS_MODE_NONE, 86400,
    "mx.example.com" },
  { "empty mx", HEAD "mx:\nmax_age: 5\n", FALSE, 0, 0, NULL },
  { "SP21 UTF-8 in an extension", HEAD "note: \xc3\xb8\n" TAIL, TRUE, LL_STS_ENFORCE, 86400,
    "mx.example.com" },
  { "broken UTF-8 in an extension", HEAD "note: \xc3\n" TAIL, FALSE, 0, 0, NULL },
  { "SP22 name _bad", HEAD "_bad: a\n" TAIL, FALSE, 0, 0, NULL },
  { "SP22 name -x", HEAD "-x: a\n" TAIL, FALSE, 0, 0, NULL },
  { "SP22 long name", HEAD LONG33 ": a\n" TAIL, FALSE, 0, 0, NULL },
  { "name .x", HEAD ".x: a\n" TAIL, FALSE, 0, 0, NULL },
  { "name x+y", HEAD "x+y: a\n" TAIL, FALSE, 0, 0, NULL },
  { "name with a blank", HEAD "bad name: a\n" TAIL, FALSE, 0, 0, NULL },
  { "name of 32", HEAD "a2345678901234567890123456789012: a\n" TAIL, TRUE, LL_STS_ENFORCE, 86400,
    "mx.example.com" },
  { "extension without a value", HEAD "more:\n" TAIL, FALSE, 0, 0, NULL },
  { "tab inside an extension", HEAD "more: a\tb\n" TAIL, FALSE, 0, 0, NULL },
  { "DEL inside an extension", HEAD "more: a\177b\n" TAIL, FALSE, 0, 0, NULL },
  { "blank before a name", " " HEAD TAIL, FALSE, 0, 0, NULL },
  { "byte order mark", "\xef\xbb\xbf" HEAD TAIL, FALSE, 0, 0, NULL },
  { "version in capitals", "Version: STSv1\nmode: enforce\n" TAIL, FALSE, 0, 0, NULL },
  { "no colon", HEAD "what is this\n" TAIL, FALSE, 0, 0, NULL },
  { "blank before the colon", HEAD "more : a\n" TAIL, FALSE, 0, 0, NULL },
  { "SH26 control character", HEAD "note: a\001b\n" TAIL, FALSE, 0, 0, NULL },
  { "bare CR", HEAD "note: a\rb\n" TAIL, FALSE, 0, 0, NULL },
  { "HTML", "<html><body>Sign in</body></html>\n", FALSE, 0, 0, NULL },
  { "empty", "", FALSE, 0, 0, NULL },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *detail = NULL;
      g_autoptr (LlStsPolicy) policy
          = ll_sts_policy_parse (cases[i].body, strlen (cases[i].body), &detail);

      g_test_message ("%s: %s", cases[i].name, detail ? detail : "valid");
      g_assert_cmpint (policy != NULL, ==, cases[i].valid);
      g_assert_cmpint (detail == NULL, ==, cases[i].valid);
      if (policy != NULL)
        {
          g_autofree char *patterns = g_strjoinv (" ", policy->patterns);

          g_assert_cmpint (policy->mode, ==, cases[i].mode);
          g_assert_cmpint (policy->max_age, ==, cases[i].max_age);
          g_assert_cmpstr (patterns, ==, cases[i].patterns);
        }
    }
}

static void
test_names_line (void)
{
  g_autofree char *detail = NULL;

  g_assert_null (ll_sts_policy_parse (HEAD "\n" TAIL, strlen (HEAD "\n" TAIL), &detail));
  g_assert_nonnull (strstr (detail, "line 3"));
}

static void
test_nul (void)
{
  static const char body[] = HEAD "note: a\0b\n" TAIL;
  g_autofree char *detail = NULL;

  g_assert_null (ll_sts_policy_parse (body, sizeof body - 1, &detail));
}

static void
test_bounds (void)
{
  g_autoptr (GString) body = g_string_new (HEAD "max_age: 5\n");
  g_autofree char *detail = NULL;
  g_autoptr (LlStsPolicy) policy = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (body, "mx: mx%u.example\n", i);
  policy = ll_sts_policy_parse (body->str, body->len, &detail);
  g_assert_nonnull (policy);
  g_assert_cmpuint (g_strv_length (policy->patterns), ==, 1000);
  while (body->len <= LL_STS_POLICY_MAX)
    g_string_append (body, "garbage: after a valid policy\n");
  g_assert_null (ll_sts_policy_parse (body->str, body->len, &detail));
}

static const struct
{
  const char *name;
  const char *pattern;
  const char *host;
  gboolean match;
} matches[] = {
  { "SA01", "*.example.com", "mx.example.com", TRUE },
  { "SA01 case", "*.example.com", "MX.Example.COM", TRUE },
  { "exact", "mx.example.com", "mx.example.com", TRUE },
  { "SA03 no label", "*.example.com", "example.com", FALSE },
  { "SA04 two labels", "*.example.com", "a.mx.example.com", FALSE },
  { "other end", "*.example.com", "mx.example.com.evil.example", FALSE },
  { "other host", "mx.example.com", "mx2.example.com", FALSE },
  { "empty label", "*.example.com", ".example.com", FALSE },
  { "no dots", "*.example.com", "localhost", FALSE },
  { "suffix without its dot", "*.example.com", "mx.badexample.com", FALSE },
};

static void
test_match (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (matches); i++)
    {
      const char *patterns[] = { "other.example", matches[i].pattern, NULL };

      g_test_message ("%s", matches[i].name);
      g_assert_cmpint (ll_sts_policy_names (patterns, matches[i].host), ==, matches[i].match);
    }
  g_assert_false (ll_sts_policy_names (NULL, "mx.example.com"));
}

static const struct
{
  const char *type;
  gboolean plain;
} types[] = {
  { NULL, TRUE }, /* SH16: RFC 8461 says SHOULD */
  { "text/plain", TRUE },
  { "TEXT/PLAIN; charset=US-ASCII; x=y", TRUE }, /* SH17 */
  { "text/plain ;charset=utf-8", TRUE },
  { "text/plainer", FALSE },
  { "text/html", FALSE },
  { "application/octet-stream", FALSE },
  { "", FALSE },
};

static void
test_type (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    g_assert_cmpint (ll_sts_policy_type (types[i].type), ==, types[i].plain);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assess/sts-policy/SP01-SP22", test_parse);
  g_test_add_func ("/assess/sts-policy/SP16-names-line", test_names_line);
  g_test_add_func ("/assess/sts-policy/SH26-nul", test_nul);
  g_test_add_func ("/assess/sts-policy/SP24-SH13-bounds", test_bounds);
  g_test_add_func ("/assess/sts-policy/SA01-SA04-match", test_match);
  g_test_add_func ("/assess/sts-policy/SH16-SH17-type", test_type);
  return g_test_run ();
}
