/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/armor.h"

#include <string.h>

#include "../support/gpg_home.h"

/* What gpg exports without armour and we armour is taken by a gpg that never saw it. */
static void
test_pgp (void)
{
  char *home = gpg_home_new ();
  g_autofree char *bare = g_build_filename (home, "bare", NULL);
  g_autofree char *armored = g_build_filename (home, "armored", NULL);
  g_autofree char *export
      = g_strdup_printf ("gpg --batch --output %s --export bob@b.example", bare);
  g_autofree char *show = g_strdup_printf ("gpg --batch --with-colons --show-keys %s", armored);
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) packets = NULL;
  g_autoptr (GBytes) again = NULL;
  char *bytes;
  gsize length;

  gpg_home_generate ("bob@b.example", "never");
  g_free (gpg_run (export, TRUE));
  g_assert_true (g_file_get_contents (bare, &bytes, &length, NULL));
  packets = g_bytes_new_take (bytes, length);
  text = ll_armor_pgp (packets);
  again = ll_armor_open (text, strlen (text));
  g_assert_true (g_bytes_equal (again, packets));
  g_assert_true (g_file_set_contents (armored, text, -1, NULL));
  shown = gpg_run (show, TRUE);
  g_assert_nonnull (strstr (shown, "bob@b.example"));
  gpg_home_free (home);
}

/* The line of the checksum is right: known octets (RFC 9580 6.1). */
static void
test_checksum (void)
{
  /* the usual nine octets, each with its highest bit */
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9", 9);
  g_autofree char *text = ll_armor_pgp (bytes);
  g_autoptr (GBytes) armored = g_bytes_new_static (text, strlen (text));
  g_autofree char *again = ll_armor_pgp (armored);

  g_assert_nonnull (strstr (text, "\n=Mt4x\n"));
  g_assert_cmpstr (again, ==, text);
}

static void
test_open (void)
{
  static const struct
  {
    const char *name;
    const char *text;
    const char *packets; /* NULL: refused */
  } cases[] = {
    { "plain",
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVs\nbG8=\n=abcd\n-----END PGP PUBLIC KEY "
      "BLOCK-----\n",
      "hello" },
    { "headers",
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\nComment: a\r\nVersion: "
      "1\r\n\r\naGVsbG8=\r\n-----END PGP PUBLIC KEY BLOCK-----",
      "hello" },
    { "text around",
      "x\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8=\n-----END PGP PUBLIC KEY BLOCK-----\ny",
      "hello" },
    { "no end", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8=\n", NULL },
    { "no empty line",
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\naGVsbG8=\n-----END PGP PUBLIC KEY BLOCK-----", NULL },
    { "nothing in it", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----",
      NULL },
    { "cut", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8\n-----END PGP PUBLIC KEY BLOCK-----",
      NULL },
    { "other letters",
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVs!G8=\n-----END PGP PUBLIC KEY BLOCK-----",
      NULL },
    { "a secret",
      "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\naGVsbG8=\n-----END PGP PRIVATE KEY BLOCK-----",
      NULL },
    { "empty", "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) packets = ll_armor_open (cases[i].text, strlen (cases[i].text));

      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (packets != NULL, ==, cases[i].packets != NULL);
      if (packets != NULL)
        g_assert_cmpmem (g_bytes_get_data (packets, NULL), g_bytes_get_size (packets),
                         cases[i].packets, strlen (cases[i].packets));
    }
}

static void
test_certificate (void)
{
  g_autofree guint8 *octets = g_malloc0 (100);
  g_autoptr (GBytes) bytes = g_bytes_new (octets, 100);
  g_autofree char *text = ll_armor_certificate (bytes);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpstr (lines[0], ==, "-----BEGIN CERTIFICATE-----");
  g_assert_cmpuint (strlen (lines[1]), ==, 64);
  g_assert_cmpstr (lines[4], ==, "-----END CERTIFICATE-----");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/armor/pgp", test_pgp);
  g_test_add_func ("/keys/armor/checksum", test_checksum);
  g_test_add_func ("/keys/armor/open", test_open);
  g_test_add_func ("/keys/armor/certificate", test_certificate);
  return g_test_run ();
}
