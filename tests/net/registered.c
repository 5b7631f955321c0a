/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/registered.h"

static const struct
{
  const char *host;
  const char *registered; /* NULL: everybody's */
} cases[] = {
  { "aspmx.l.google.com", "google.com" },
  { "example-org.mail.protection.outlook.com", "outlook.com" },
  { "mx1.hoster.example", "hoster.example" },
  { "hoster.example", "hoster.example" },
  { "hoster.co.uk", "hoster.co.uk" },
  { "mx.one.hoster.co.uk", "hoster.co.uk" },
  { "co.uk", NULL },
  { "com", NULL },
  { "", NULL },
  { "xn--mnchen-3ya.de", "xn--mnchen-3ya.de" },
};

static void
test_registered (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *registered = ll_registered (cases[i].host);

      g_test_message ("%s", cases[i].host);
      g_assert_cmpstr (registered, ==, cases[i].registered);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/registered", test_registered);
  return g_test_run ();
}
