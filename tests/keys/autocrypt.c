/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/autocrypt.h"

#include "keys/blob.h"

#include <string.h>

static const struct
{
  const char *name;
  const char *value;
  const char *address; /* NULL: refused */
  const char *key;
  gboolean mutual;
} cases[] = {
  { "plain", "addr=bob@b.example; keydata=aGVsbG8=", "bob@b.example", "hello", FALSE },
  { "mutual", "addr=bob@b.example; prefer-encrypt=mutual; keydata=aGVsbG8=", "bob@b.example",
    "hello", TRUE },
  { "other preference",
    "addr=bob@b.example; prefer-encrypt=often; keydata=aGVsbG8=", "bob@b.example", "hello", FALSE },
  { "folded", "addr=bob@b.example;\r\n keydata=aGVs\r\n bG8=", "bob@b.example", "hello", FALSE },
  { "domain", "addr=Bob@B.Example; keydata=aGVsbG8=", "Bob@b.example", "hello", FALSE },
  { "may be ignored", "addr=bob@b.example; _year=2026; keydata=aGVsbG8=;", "bob@b.example", "hello",
    FALSE },
  { "may not be ignored", "addr=bob@b.example; year=2026; keydata=aGVsbG8=", NULL, NULL, FALSE },
  { "two addresses", "addr=bob@b.example; addr=eve@b.example; keydata=aGVsbG8=", NULL, NULL,
    FALSE },
  { "two keys", "addr=bob@b.example; keydata=aGVsbG8=; keydata=aGVsbG8=", NULL, NULL, FALSE },
  { "no address", "keydata=aGVsbG8=", NULL, NULL, FALSE },
  { "no key", "addr=bob@b.example", NULL, NULL, FALSE },
  { "empty key", "addr=bob@b.example; keydata=", NULL, NULL, FALSE },
  { "not base64", "addr=bob@b.example; keydata=aGVs!G8=", NULL, NULL, FALSE },
  { "cut", "addr=bob@b.example; keydata=aGVsbG8", NULL, NULL, FALSE },
  { "padding inside", "addr=bob@b.example; keydata=aG=sbG8=", NULL, NULL, FALSE },
  { "no word", "addr=bob@b.example; mutual; keydata=aGVsbG8=", NULL, NULL, FALSE },
  { "no mailbox", "addr=bob; keydata=aGVsbG8=", NULL, NULL, FALSE },
  { "empty", "", NULL, NULL, FALSE },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (LlAutocrypt) found = { NULL, FALSE, NULL };
      g_autoptr (GBytes) key = NULL;

      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (ll_autocrypt_parse (cases[i].value, &found), ==, cases[i].address != NULL);
      g_assert_cmpstr (found.address, ==, cases[i].address);
      g_assert_cmpint (found.mutual, ==, cases[i].mutual);
      if (cases[i].key == NULL)
        continue;
      key = g_bytes_new_static (cases[i].key, strlen (cases[i].key));
      g_assert_true (g_bytes_equal (found.key, key));
    }
}

static void
test_too_large (void)
{
  g_autofree char *letters = g_strnfill (LL_BLOB_MAX * 4 / 3 / 4 * 4 + 4, 'A');
  g_autofree char *value = g_strdup_printf ("addr=bob@b.example; keydata=%s", letters);
  g_auto (LlAutocrypt) found = { NULL, FALSE, NULL };

  g_assert_false (ll_autocrypt_parse (value, &found));
  letters[LL_BLOB_MAX / 4 * 4] = '\0';
  g_clear_pointer (&value, g_free);
  value = g_strdup_printf ("addr=bob@b.example; keydata=%s", letters);
  g_assert_true (ll_autocrypt_parse (value, &found));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/autocrypt/cases", test_cases);
  g_test_add_func ("/keys/autocrypt/too-large", test_too_large);
  return g_test_run ();
}
