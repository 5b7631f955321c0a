/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/*
 * Addresses that a mail server of somebody else cannot have. IPv6 addresses that
 * carry an IPv4 one are judged by it: the packet ends there.
 *
 * RFC 6890 (special purpose), 6052 (NAT64), 3056 (6to4), 4380 (Teredo), 5214 (ISATAP).
 */

static const struct
{
  guint32 network;
  guint bits;
} private4[] = {
  { 0x00000000, 8 },  /* 0.0.0.0/8: this network */
  { 0x0a000000, 8 },  /* 10.0.0.0/8 */
  { 0x64400000, 10 }, /* 100.64.0.0/10: behind a provider's NAT */
  { 0x7f000000, 8 },  /* 127.0.0.0/8 */
  { 0xa9fe0000, 16 }, /* 169.254.0.0/16: link-local */
  { 0xac100000, 12 }, /* 172.16.0.0/12 */
  { 0xc0000000, 24 }, /* 192.0.0.0/24: protocol assignments */
  { 0xc0a80000, 16 }, /* 192.168.0.0/16 */
  { 0xc6120000, 15 }, /* 198.18.0.0/15: benchmarks */
  { 0xe0000000, 3 },  /* 224.0.0.0/3: multicast, reserved, broadcast */
};

static gboolean
is_private4 (guint32 address)
{
  for (gsize i = 0; i < G_N_ELEMENTS (private4); i++)
    if ((address ^ private4[i].network) >> (32 - private4[i].bits) == 0)
      return TRUE;
  return FALSE;
}

static guint32
read_32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static gboolean
starts_with (const struct in6_addr *address, const char *prefix, guint bits)
{
  struct in6_addr network;

  inet_pton (AF_INET6, prefix, &network);
  for (guint i = 0; i < bits; i++)
    if (((address->s6_addr[i / 8] ^ network.s6_addr[i / 8]) >> (7 - i % 8)) & 1)
      return FALSE;
  return TRUE;
}

static const struct
{
  const char *prefix;
  guint bits;
} private6[] = {
  { "100::", 64 },  /* discard */
  { "fc00::", 7 },  /* unique local */
  { "fe80::", 10 }, /* link-local */
  { "fec0::", 10 }, /* site-local, old */
  { "ff00::", 8 },  /* multicast */
};

/* Where an IPv4 address stands inside, and whether its bits are turned over. */
static const struct
{
  const char *prefix;
  guint bits;
  guint at;
  gboolean inverted;
} embedding[] = {
  { "::ffff:0:0", 96, 12, FALSE },  /* mapped */
  { "::", 96, 12, FALSE },          /* compatible; also :: and ::1 */
  { "64:ff9b::", 96, 12, FALSE },   /* NAT64 */
  { "64:ff9b:1::", 48, 12, FALSE }, /* NAT64, local use */
  { "2002::", 16, 2, FALSE },       /* 6to4 */
  { "2001::", 32, 4, FALSE },       /* Teredo's server */
  { "2001::", 32, 12, TRUE },       /* Teredo's client */
};

static gboolean
is_private6 (const struct in6_addr *address)
{
  guint32 isatap = read_32 (address->s6_addr + 8);

  for (gsize i = 0; i < G_N_ELEMENTS (private6); i++)
    if (starts_with (address, private6[i].prefix, private6[i].bits))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (embedding); i++)
    {
      guint32 inner = read_32 (address->s6_addr + embedding[i].at);

      if (starts_with (address, embedding[i].prefix, embedding[i].bits)
          && is_private4 (embedding[i].inverted ? ~inner : inner))
        return TRUE;
    }
  return (isatap | 0x02000000) == 0x02005efe && is_private4 (read_32 (address->s6_addr + 12));
}

gboolean
ll_network_is_private (const char *address)
{
  g_autofree char *bare = g_strndup (address, strcspn (address, "%"));
  struct in6_addr six;
  struct in_addr four;

  if (inet_pton (AF_INET6, bare, &six) == 1)
    return is_private6 (&six);
  /* inet_aton also takes 127.1, 0x7f.1 and 2130706433, as connect() in other programs would */
  if (inet_aton (bare, &four) == 1)
    return is_private4 (ntohl (four.s_addr));
  return TRUE;
}
