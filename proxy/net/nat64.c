/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/nat64.h"

#include "net/rdata.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

/* RFC 7050 2.2: exists to be asked for, at 192.0.0.170 and 192.0.0.171 */
#define WELL_KNOWN_NAME "ipv4only.arpa"

gboolean
ll_nat64_prefix (const char *address, guint8 prefix[LL_NAT64_PREFIX])
{
  struct in6_addr six;
  const guint8 *inner = six.s6_addr + LL_NAT64_PREFIX;

  if (inet_pton (AF_INET6, address, &six) != 1)
    return FALSE;
  if (inner[0] != 192 || inner[1] != 0 || inner[2] != 0 || (inner[3] != 170 && inner[3] != 171))
    return FALSE;
  memcpy (prefix, six.s6_addr, LL_NAT64_PREFIX);
  return TRUE;
}

char *
ll_nat64_embed (const guint8 prefix[LL_NAT64_PREFIX], const char *address)
{
  struct in6_addr six;
  char text[INET6_ADDRSTRLEN];

  if (inet_pton (AF_INET, address, six.s6_addr + LL_NAT64_PREFIX) != 1)
    return NULL;
  memcpy (six.s6_addr, prefix, LL_NAT64_PREFIX);
  inet_ntop (AF_INET6, &six, text, sizeof text);
  return g_strdup (text);
}

static gboolean
is_global6 (const struct sockaddr *address)
{
  const struct in6_addr *six = &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr;

  return !IN6_IS_ADDR_LINKLOCAL (six) && !IN6_IS_ADDR_LOOPBACK (six);
}

/* IPv6 beyond the link, and no IPv4 but the loopback's. */
static gboolean
has_ipv6_only (void)
{
  struct ifaddrs *all = NULL;
  gboolean four = FALSE;
  gboolean six = FALSE;

  if (getifaddrs (&all) != 0)
    return FALSE;
  for (struct ifaddrs *one = all; one != NULL; one = one->ifa_next)
    {
      if (one->ifa_addr == NULL || (one->ifa_flags & IFF_UP) == 0
          || (one->ifa_flags & IFF_LOOPBACK) != 0)
        continue;
      four = four || one->ifa_addr->sa_family == AF_INET;
      six = six || (one->ifa_addr->sa_family == AF_INET6 && is_global6 (one->ifa_addr));
    }
  freeifaddrs (all);
  return six && !four;
}

static gboolean
has_six (const GPtrArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    if (addresses->pdata[i] != NULL && strchr (addresses->pdata[i], ':') != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
find_prefix (LlResolver *resolver,
             LlDeadline deadline,
             GCancellable *cancellable,
             guint8 prefix[LL_NAT64_PREFIX])
{
  g_autoptr (LlAnswer) answer
      = ll_resolver_query (resolver, WELL_KNOWN_NAME, LL_RR_AAAA, deadline, cancellable);

  for (guint i = 0; i < answer->records->len; i++)
    {
      g_autofree char *address = ll_rdata_address (answer->records->pdata[i], LL_RR_AAAA);

      if (address != NULL && ll_nat64_prefix (address, prefix))
        return TRUE;
    }
  return FALSE;
}

void
ll_nat64_widen (LlResolver *resolver,
                GPtrArray *addresses,
                LlDeadline deadline,
                GCancellable *cancellable)
{
  guint8 prefix[LL_NAT64_PREFIX];
  guint n = addresses->len;

  if (n == 0 || has_six (addresses) || !has_ipv6_only ()
      || !find_prefix (resolver, deadline, cancellable, prefix))
    return;
  for (guint i = 0; i < n; i++)
    {
      char *way = ll_nat64_embed (prefix, addresses->pdata[2 * i]);

      if (way == NULL)
        return;
      g_ptr_array_insert (addresses, (int) i, way);
    }
}
