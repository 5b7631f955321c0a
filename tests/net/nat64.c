/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/nat64.h"

static const struct
{
  const char *address; /* of ipv4only.arpa */
  const char *four;
  const char *way; /* NULL: no prefix, or no IPv4 address */
} cases[] = {
  { "64:ff9b::c000:aa", "192.0.2.33", "64:ff9b::c000:221" },
  { "64:ff9b::c000:ab", "8.8.8.8", "64:ff9b::808:808" },
  { "2001:db8:122:344::192.0.0.170", "192.0.2.33", "2001:db8:122:344::c000:221" },
  { "64:ff9b::c000:ac", "8.8.8.8", NULL },
  { "2001:db8::1", "8.8.8.8", NULL },
  { "192.0.0.170", "8.8.8.8", NULL },
  { "64:ff9b::c000:aa", "2001:db8::1", NULL },
};

static void
test_n27 (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 prefix[LL_NAT64_PREFIX];
      g_autofree char *way = NULL;

      if (ll_nat64_prefix (cases[i].address, prefix))
        way = ll_nat64_embed (prefix, cases[i].four);
      g_assert_cmpstr (way, ==, cases[i].way);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/nat64/n27", test_n27);
  return g_test_run ();
}
