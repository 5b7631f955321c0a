/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/armored.h"

#include <string.h>

#define HEAD "-----BEGIN PGP MESSAGE-----\r\n\r\n"

static GString *
armour (const guint8 *bytes, gsize length, gsize step)
{
  GString *out = g_string_new (NULL);
  LlArmored armored;

  ll_armored_begin (&armored, out);
  for (gsize at = 0; at < length; at += step)
    ll_armored_push (&armored, bytes + at, MIN (step, length - at), out);
  ll_armored_end (&armored, out);
  return out;
}

/* RFC 9580 6.: lines of 64, the checksum in a line of its own, CRLF for mail. */
static void
test_form (void)
{
  guint8 bytes[50] = { 0 };
  g_autoptr (GString) out = armour (bytes, sizeof bytes, sizeof bytes);

  g_assert_cmpstr (out->str, ==,
                   HEAD "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
                        "AAA=\r\n"
                        "=bMs9\r\n"
                        "-----END PGP MESSAGE-----\r\n");
}

/* Whatever its length, and in whichever pieces it comes. */
static void
test_pieces (void)
{
  guint8 bytes[200];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * 37);
  for (gsize length = 0; length <= sizeof bytes; length++)
    {
      g_autoptr (GString) whole = armour (bytes, length, sizeof bytes);
      g_autofree char *text
          = g_strndup (whole->str + strlen (HEAD),
                       (gsize) (g_strrstr (whole->str, "\r\n=") - whole->str) + 2 - strlen (HEAD));
      gsize got;
      g_autofree guint8 *decoded = g_base64_decode (text, &got);

      g_assert_cmpmem (decoded, got, bytes, length);
      for (gsize step = 1; step < 100; step += 7)
        {
          g_autoptr (GString) pieces = armour (bytes, length, step);

          g_assert_cmpstr (pieces->str, ==, whole->str);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protect/armored/form", test_form);
  g_test_add_func ("/protect/armored/pieces", test_pieces);
  return g_test_run ();
}
