/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/subaddress.h"

static void
test_cases (void)
{
  static const struct
  {
    const char *address;
    const char *owner;
  } cases[] = {
    { "bob+news@b.example", "bob@b.example" },
    { "bob+a+b@b.example", "bob@b.example" },
    { "bob+@b.example", "bob@b.example" },
    { "bob@b.example", NULL },
    { "+bob@b.example", NULL },
    { "\"bob+news\"@b.example", NULL },
    { "bob@b+x.example", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *owner = ll_subaddress_owner (cases[i].address);

      g_assert_cmpstr (owner, ==, cases[i].owner);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/subaddress/cases", test_cases);
  return g_test_run ();
}
