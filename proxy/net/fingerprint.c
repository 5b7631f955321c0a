/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/fingerprint.h"

#include "net/resolvconf.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

char *
ll_network_fingerprint (void)
{
  g_autoptr (LlResolvConf) conf = ll_resolvconf_load (NULL);
  g_autofree char *servers = g_strjoinv (" ", conf->servers);
  g_autoptr (GString) print = g_string_new (servers);
  struct ifaddrs *all = NULL;

  if (getifaddrs (&all) != 0)
    return g_string_free (g_steal_pointer (&print), FALSE);
  for (struct ifaddrs *one = all; one != NULL; one = one->ifa_next)
    {
      char text[INET_ADDRSTRLEN];

      if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET
          || (one->ifa_flags & IFF_LOOPBACK) != 0 || (one->ifa_flags & IFF_UP) == 0)
        continue;
      inet_ntop (AF_INET, &((struct sockaddr_in *) (void *) one->ifa_addr)->sin_addr, text,
                 sizeof text);
      g_string_append_printf (print, " %s=%s", one->ifa_name, text);
    }
  freeifaddrs (all);
  return g_string_free (g_steal_pointer (&print), FALSE);
}
