/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/access.h"

#include "config/account.h"

gboolean
ll_access_open (LlAccess *access, const LlConfig *config, GError **error)
{
  LlResolverOptions dns = {
    .resolvers = config->resolvers != NULL && config->resolvers[0] != NULL
                     ? (const char *const *) config->resolvers
                     : NULL,
    .trust_anchor = config->trust_anchor,
    .allow_private = config->allow_private_addresses,
  };
  LlNetworkOptions network = {
    .control = config->control_hosts_set ? (const char *const *) config->control_hosts : NULL,
    .mx_port = (guint16) config->mx_port,
    .ca_file = config->ca_file,
    .allow_private = config->allow_private_addresses,
  };
  g_auto (GStrv) domains = ll_config_domains (config);

  access->resolver = ll_resolver_new (&dns, error);
  if (access->resolver == NULL)
    return FALSE;
  network.resolver = access->resolver;
  access->network = ll_network_new (&network);
  ll_network_configure (access->network, (const char *const *) domains, !config->metered_ignored);
  access->https = ll_https_new (access->resolver, config->ca_file, config->proxy,
                                config->allow_private_addresses, (guint16) config->https_port);
  return TRUE;
}

void
ll_access_close (LlAccess *access)
{
  g_clear_pointer (&access->https, ll_https_free);
  g_clear_pointer (&access->network, ll_network_free);
  g_clear_pointer (&access->resolver, ll_resolver_free);
}
