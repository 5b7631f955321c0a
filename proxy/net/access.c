/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/access.h"

#include "base/error.h"
#include "base/trust.h"
#include "config/account.h"
#include "config/options.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

static LlNetworkOptions
network_options (LlAccess *access, const LlConfig *config)
{
  return (LlNetworkOptions){
    .resolver = access->resolver,
    .control = config->control_hosts_set ? (const char *const *) config->control_hosts : NULL,
    .mx_port = (guint16) config->mx_port,
    .ca_file = config->ca_file,
    .allow_private = config->allow_private_addresses,
  };
}

/* Nobody would hear of it before the first certificate that is judged by it. */
static gboolean
try_ca_file (const char *ca_file, GError **error)
{
  X509_STORE *store = X509_STORE_new ();
  gboolean ok = ll_trust_fill (store, ca_file);

  X509_STORE_free (store);
  ERR_clear_error ();
  if (!ok)
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, "%s cannot be read as certificates",
                 ca_file);
  return ok;
}

gboolean
ll_access_prepare (LlAccess *access, const LlConfig *config, GError **error)
{
  LlResolverOptions dns = {
    .resolvers = config->resolvers != NULL && config->resolvers[0] != NULL
                     ? (const char *const *) config->resolvers
                     : NULL,
    .trust_anchor = config->trust_anchor,
    .allow_private = config->allow_private_addresses,
  };

  if (!try_ca_file (config->ca_file, error))
    return FALSE;
  access->resolver = ll_resolver_new (&dns, error);
  if (access->resolver == NULL)
    return FALSE;
  access->https = ll_https_new (access->resolver, config->ca_file, config->proxy,
                                config->allow_private_addresses, (guint16) config->https_port);
  return TRUE;
}

gboolean
ll_access_open (LlAccess *access, const LlConfig *config, GError **error)
{
  LlNetworkOptions network;

  if (!ll_access_prepare (access, config, error))
    return FALSE;
  network = network_options (access, config);
  access->network = ll_network_new (&network);
  ll_access_configure (access, config);
  return TRUE;
}

void
ll_access_configure (LlAccess *access, const LlConfig *config)
{
  g_auto (GStrv) domains = ll_config_domains (config);

  ll_network_configure (access->network, (const char *const *) domains, !config->metered_ignored);
}

void
ll_access_follow (LlAccess *access, const LlAccess *fresh, const LlConfig *config)
{
  LlNetworkOptions network = network_options (access, config);

  ll_resolver_follow (access->resolver, fresh->resolver);
  ll_https_follow (access->https, fresh->https);
  ll_network_follow (access->network, &network);
}

static void
add_file (GString *stamp, const char *path)
{
  g_autofree char *bytes = NULL;
  g_autofree char *sum = NULL;
  gsize length;

  if (path == NULL || !g_file_get_contents (path, &bytes, &length, NULL))
    return;
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, length);
  g_string_append (stamp, sum);
}

char *
ll_access_stamp (const LlConfig *config)
{
  g_autoptr (GString) stamp = g_string_new (NULL);

  for (const LlOption *option = ll_options; option->group != NULL; option++)
    {
      g_autofree char *key = g_strconcat ("network.", option->key, NULL);
      g_autofree char *value = NULL;

      if (strcmp (option->group, "network") != 0)
        continue;
      value = ll_config_get (config, key, NULL);
      g_string_append_printf (stamp, "%s=%s\n", key, value);
    }
  /* an empty list is not the same as none */
  g_string_append_printf (stamp, "%d\n", config->control_hosts_set);
  add_file (stamp, config->trust_anchor);
  add_file (stamp, config->ca_file);
  return g_string_free (g_steal_pointer (&stamp), FALSE);
}

void
ll_access_close (LlAccess *access)
{
  g_clear_pointer (&access->https, ll_https_free);
  g_clear_pointer (&access->network, ll_network_free);
  g_clear_pointer (&access->resolver, ll_resolver_free);
}
