/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/wkd.h"

#include <string.h>

/* The example of the draft, and what follows from its rules. */
static void
test_hash (void)
{
  g_autofree char *joe = ll_wkd_hash ("Joe.Doe", 7);
  g_autofree char *lower = ll_wkd_hash ("joe.doe@example.org", 7);

  g_assert_cmpstr (joe, ==, "iy9q119eutrkn8s1mk4r39qejnbu3n5q");
  g_assert_cmpstr (lower, ==, joe);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/wkd/hash", test_hash);
  return g_test_run ();
}
