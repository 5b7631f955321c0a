/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/hex.h"

static void
test_digits (void)
{
  static const guint8 octets[] = { 0x00, 0x0f, 0x10, 0x9a, 0xff };
  g_autofree char *hex = ll_hex (octets, sizeof octets);
  g_autofree char *none = ll_hex (octets, 0);

  g_assert_cmpstr (hex, ==, "000f109aff");
  g_assert_cmpstr (none, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hex/digits", test_digits);
  return g_test_run ();
}
