/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/logins.h"

#include "base/error.h"

#include <string.h>

#define HERE "smtp://localhost"

static const char one[]
    = "{\"nextId\":9007199254740993,\"logins\":[{\"id\":1,\"hostname\":\"" HERE
      "\",\"httpRealm\":\"" HERE "\",\"formSubmitURL\":null,\"encryptedUsername\":\"dQ==\","
      "\"encryptedPassword\":\"cA==\",\"guid\":\"{old}\",\"timeCreated\":1795399482998,"
      "\"odd\":[1,\"ü\"]}],\"more\":{\"x\":true},\"version\":3}";

static LlLogins *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  LlLogins *logins = ll_logins_parse (bytes, &error);

  if (logins == NULL)
    g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
  return logins;
}

static void
assert_text (const LlLogins *logins, const char *text)
{
  g_autoptr (GBytes) bytes = ll_logins_write (logins);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

/* Blanks are nobody's. */
static void
test_blanks (void)
{
  g_autoptr (LlLogins) logins = parse ("{ \"logins\" : [\r\n\t{ \"guid\": \" \\\" \\\\\" } ] }\n");

  g_assert_nonnull (logins);
  assert_text (logins, "{\"logins\":[{\"guid\":\" \\\" \\\\\"}]}");
}

/* What nobody touched is written as it was read, large numbers and unknown fields included. */
static void
test_unchanged (void)
{
  g_autoptr (LlLogins) logins = parse (one);

  assert_text (logins, one);
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    "[]",
    "{}",
    "{\"logins\":{}}",
    "{\"logins\":[1]}",
    "{\"logins\":[]",
    "x",
    /* what would be written back as something else */
    "{\"logins\":[{\"guid\":\"a\\u0000b\"}]}",
    "{\"logins\":[{\"id\":1e21}]}",
    "{\"logins\":[{\"id\":9223372036854775808}]}",
    "{\"logins\":[{\"id\":0.1}]}",
    "{\"logins\":[{\"guid\":\"a\",\"guid\":\"b\"}]}",
    "{\"logins\":[{\"guid\":\"\\udc00\"}]}",
    "{\"logins\":[1,],}",
    "{\"logins\":/*x*/[]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (LlLogins) logins = parse (texts[i]);

      g_test_message ("%s", texts[i]);
      g_assert_null (logins);
    }
}

/* The library goes as deep as it is led, and the stack ends. */
static void
test_deep (void)
{
  const gsize deep = 4 * 1024 * 1024;
  g_autofree char *open = g_strnfill (deep, '[');
  g_autofree char *close = g_strnfill (deep, ']');
  g_autofree char *text = g_strconcat ("{\"logins\":[],\"x\":", open, close, "}", NULL);
  g_autoptr (LlLogins) logins = parse (text);

  g_assert_null (logins);
}

static void
test_add_and_remove (void)
{
  g_autoptr (LlLogins) logins = ll_logins_parse (NULL, NULL);
  const LlLogin login = { .guid = "{new}", .username = "VQ==", .password = "UA==" };
  g_autoptr (GArray) found = NULL;
  g_autoptr (GArray) none = NULL;

  ll_logins_add (logins, HERE, &login, 1795399482998);
  found = ll_logins_find (logins, HERE);
  none = ll_logins_find (logins, "smtp://other");
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (g_array_index (found, LlLogin, 0).password, ==, "UA==");
  g_assert_false (ll_logins_remove (logins, "{new}", "smtp://other"));
  g_assert_false (ll_logins_remove (logins, "{other}", HERE));
  g_assert_true (ll_logins_remove (logins, "{new}", HERE));
  g_assert_false (ll_logins_remove (logins, "{new}", HERE));
}

static void
test_take_back (void)
{
  g_autoptr (LlLogins) before = parse (one);
  g_autoptr (LlLogins) now = parse (one);

  ll_logins_take_back (now, before, "{old}");
  assert_text (now, one);
  g_assert_true (ll_logins_remove (now, "{old}", HERE));
  ll_logins_take_back (now, before, "{unknown}");
  ll_logins_take_back (now, before, "{old}");
  assert_text (now, one);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/logins/unchanged", test_unchanged);
  g_test_add_func ("/logins/blanks", test_blanks);
  g_test_add_func ("/logins/refused", test_refused);
  g_test_add_func ("/logins/deep", test_deep);
  g_test_add_func ("/logins/add-and-remove", test_add_and_remove);
  g_test_add_func ("/logins/take-back", test_take_back);
  return g_test_run ();
}
