/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/dane.h"

#include <string.h>

static void
test_name (void)
{
  /* the example of RFC 7929 3. */
  g_autofree char *hugh = ll_dane_keys_name ("hugh@example.com", "_openpgpkey");
  g_autofree char *other = ll_dane_keys_name ("Hugh@example.com", "_openpgpkey");
  g_autofree char *quoted = ll_dane_keys_name ("\"hugh\"@example.com", "_openpgpkey");
  g_autofree char *certificate = ll_dane_keys_name ("hugh@example.com", "_smimecert");

  g_assert_cmpstr (hugh, ==,
                   "c93f1e400f26708f98cb19d936620da35eec8f72e57f9eec01c1afd6._openpgpkey.example."
                   "com");
  g_assert_cmpstr (hugh, !=, other); /* as it is written */
  g_assert_cmpstr (hugh, ==, quoted);
  g_assert_true (g_str_has_suffix (certificate, "afd6._smimecert.example.com"));
}

/* No room is left for the labels in front of such a domain. */
static void
test_long_name (void)
{
  g_autofree char *label = g_strnfill (60, 'a');
  g_autofree char *address = g_strdup_printf ("bob@%s.%s.%s.example", label, label, label);
  g_autofree char *name = ll_dane_keys_name (address, "_openpgpkey");

  g_assert_null (name);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/dane/name", test_name);
  g_test_add_func ("/keys/dane/long-name", test_long_name);
  return g_test_run ();
}
