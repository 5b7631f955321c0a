/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/network.h"

static const struct
{
  const char *address;
  gboolean private_;
} cases[] = {
  { "8.8.8.8", FALSE },
  { "192.0.2.1", FALSE },
  { "127.0.0.1", TRUE },
  { "10.1.2.3", TRUE },
  { "11.0.0.0", FALSE },
  { "172.15.255.255", FALSE },
  { "172.16.0.0", TRUE },
  { "172.31.255.255", TRUE },
  { "172.32.0.0", FALSE },
  { "192.168.1.1", TRUE },
  { "169.254.1.1", TRUE },
  { "100.63.255.255", FALSE },
  { "100.64.0.1", TRUE },
  { "0.0.0.0", TRUE },
  { "198.18.0.1", TRUE },
  { "224.0.0.1", TRUE },
  { "255.255.255.255", TRUE },
  /* N18: spellings that other programs take for addresses */
  { "127.1", TRUE },
  { "0x7f000001", TRUE },
  { "2130706433", TRUE },
  { "0177.0.0.1", TRUE },
  { "134744072", FALSE },
  /* IPv6 */
  { "2606:4700::1111", FALSE },
  { "::1", TRUE },
  { "::", TRUE },
  { "fe80::1", TRUE },
  { "fe80::1%eth0", TRUE },
  { "fec0::1", TRUE },
  { "fc00::1", TRUE },
  { "fd12:3456::1", TRUE },
  { "ff02::1", TRUE },
  { "100::1", TRUE },
  /* N17: NAT64 */
  { "64:ff9b::7f00:1", TRUE },
  { "64:ff9b::8.8.8.8", FALSE },
  { "64:ff9b::10.0.0.1", TRUE },
  { "64:ff9b:1::7f00:1", TRUE },
  /* N18: mapped, compatible, 6to4, Teredo, ISATAP */
  { "::ffff:127.0.0.1", TRUE },
  { "::ffff:8.8.8.8", FALSE },
  { "::127.0.0.1", TRUE },
  { "2002:7f00:1::1", TRUE },
  { "2002:808:808::1", FALSE },
  { "2001:0:808:808::f7f7:f7f7", FALSE },
  { "2001:0:808:808::80ff:fffe", TRUE },
  { "2001:0:7f00:1::f7f7:f7f7", TRUE },
  { "2606:4700::5efe:127.0.0.1", TRUE },
  { "2606:4700::200:5efe:10.0.0.1", TRUE },
  { "2606:4700::5efe:8.8.8.8", FALSE },
  /* no address at all: not contacted */
  { "", TRUE },
  { "mx.example.com", TRUE },
  { "1.2.3.4.5", TRUE },
};

static void
test_private (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].address);
      g_assert_cmpint (ll_network_is_private (cases[i].address), ==, cases[i].private_);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/private/n17-n18", test_private);
  return g_test_run ();
}
