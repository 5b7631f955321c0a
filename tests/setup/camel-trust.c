/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/camel-trust.h"

#include "base/error.h"
#include "setup/files.h"

#include <string.h>

#define OURS "b7:83:37:a4:2b:74:da:a8:b9:30:c1:51:01:1d:7f:af:"
#define THEIRS "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:"

/* As Camel 3.46 wrote it: THEIRS with an issuer for mail.example.org, OURS for localhost. */
static GBytes *
of_camel (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "evolution", NULL);
  GBytes *bytes = ll_setup_read (folder, "camel-cert.db", NULL);

  g_assert_nonnull (bytes);
  return bytes;
}

static void
assert_same (GBytes *a, GBytes *b)
{
  g_assert_cmpmem (g_bytes_get_data (a, NULL), g_bytes_get_size (a), g_bytes_get_data (b, NULL),
                   g_bytes_get_size (b));
}

/* Byte for byte what Camel writes. */
static void
test_as_camel (void)
{
  g_autoptr (GBytes) both = of_camel ();
  g_autoptr (GBytes) without = ll_camel_trust_remove (both, "LOCALHOST", OURS, NULL);
  g_autoptr (GBytes) again = ll_camel_trust_add (without, "localhost", OURS, NULL);
  g_autoptr (GBytes) once = ll_camel_trust_add (both, "localhost", OURS, NULL);
  g_autoptr (GBytes) other = ll_camel_trust_remove (both, "localhost", THEIRS, NULL);

  g_assert_cmpuint (g_bytes_get_size (without), <, g_bytes_get_size (both));
  assert_same (again, both);
  assert_same (once, both);
  assert_same (other, both);
}

static void
test_none_yet (void)
{
  g_autoptr (GBytes) first = ll_camel_trust_add (NULL, "localhost", OURS, NULL);
  g_autoptr (GBytes) none = ll_camel_trust_remove (first, "localhost", OURS, NULL);

  g_assert_cmpmem (g_bytes_get_data (none, NULL), g_bytes_get_size (none), "\x02\x80\x80", 3);
}

/* Every beginning of it, and one byte more. */
static void
test_broken (void)
{
  g_autoptr (GBytes) whole = of_camel ();
  gsize length = g_bytes_get_size (whole);
  g_autoptr (GByteArray) longer = g_byte_array_new ();
  g_autoptr (GBytes) more = NULL;

  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (whole, 0, i);

      g_assert_null (ll_camel_trust_add (part, "localhost", OURS, &error));
      g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
    }
  g_byte_array_append (longer, g_bytes_get_data (whole, NULL), (guint) length);
  g_byte_array_append (longer, (const guint8 *) "x", 1);
  more = g_byte_array_free_to_bytes (g_steal_pointer (&longer));
  g_assert_null (ll_camel_trust_add (more, "localhost", OURS, NULL));
}

static void
test_name (void)
{
  g_autoptr (GBytes) der = g_bytes_new_static ("abc", 3);
  g_autofree char *name = ll_camel_trust_name (der);

  g_assert_cmpstr (name, ==, "90:01:50:98:3c:d2:4f:b0:d6:96:3f:7d:28:e1:7f:72:");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camel-trust/as-camel", test_as_camel);
  g_test_add_func ("/camel-trust/none-yet", test_none_yet);
  g_test_add_func ("/camel-trust/broken", test_broken);
  g_test_add_func ("/camel-trust/name", test_name);
  return g_test_run ();
}
