/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/keyserver.h"

#include "api/intl.h"
#include "keys/armor.h"
#include "keys/blob.h"
#include "keys/cache.h"
#include "keys/published.h"
#include "net/https.h"

#include <string.h>

#define CACHE "keyserver"
#define HTTPS_PORT 443

/* Armour is a third longer, and may have words of its own. */
#define ANSWER_MAX (LL_BLOB_MAX * 3 / 2)

static LlHttpsResult *
get (const LlKeyserver *keyserver, const LlConfig *config, GUri *uri, const LlKeyQuery *query)
{
  g_autofree char *escaped = g_uri_escape_string (query->address, NULL, FALSE);
  g_autofree char *base = g_strdup (g_uri_get_path (uri));
  g_autofree char *path = NULL;
  guint16 port = g_uri_get_port (uri) > 0 ? (guint16) g_uri_get_port (uri) : HTTPS_PORT;
  g_autoptr (LlHttps) https = ll_https_new (keyserver->resolver, config->ca_file, config->proxy,
                                            config->allow_private_addresses, port);

  if (g_str_has_suffix (base, "/"))
    base[strlen (base) - 1] = '\0';
  path = g_strdup_printf ("%s/vks/v1/by-email/%s", base, escaped);
  return ll_https_get (https, g_uri_get_host (uri), path, ANSWER_MAX, query->deadline,
                       query->cancellable);
}

static char *
take_answer (const LlKeyserver *keyserver,
             const LlHttpsResult *result,
             const LlKeyQuery *query,
             GPtrArray *found)
{
  g_autoptr (GBytes) packets = NULL;
  gsize length;
  const char *text;

  if (result->outcome == LL_HTTPS_STATUS && result->status == 404)
    {
      ll_key_cache_keep (keyserver->folder, CACHE, query->address, NULL);
      return NULL;
    }
  if (result->outcome != LL_HTTPS_OK)
    return g_strdup (result->detail);
  text = g_bytes_get_data (result->body, &length);
  packets = text != NULL ? ll_armor_open (text, length) : NULL;
  if (packets == NULL)
    return g_strdup (N_ ("its answer is no key"));
  if (!result->intercepted)
    ll_key_cache_keep (keyserver->folder, CACHE, query->address, packets);
  return ll_published_add (keyserver->worker, packets, query, LL_KEY_SOURCE_KEYSERVER,
                           LL_TRUST_UNCHECKED, found);
}

char *
ll_keyserver_find (gpointer data, const LlKeyQuery *query, GPtrArray *found)
{
  const LlKeyserver *keyserver = data;
  g_autoptr (LlConfig) config = keyserver->config (keyserver->data);
  g_autoptr (GUri) uri
      = config->keyserver != NULL ? g_uri_parse (config->keyserver, G_URI_FLAGS_NONE, NULL) : NULL;
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (LlHttpsResult) result = NULL;

  if (config->keyserver == NULL)
    return NULL;
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return g_strdup_printf (N_ ("\"%s\" names no host"), config->keyserver);
  kept = query->anew ? NULL : ll_key_cache_load (keyserver->folder, CACHE, query->address);
  if (kept != NULL
      && (g_bytes_get_size (kept) == 0
          || ll_published_add_kept (keyserver->worker, kept, query, LL_KEY_SOURCE_KEYSERVER,
                                    LL_TRUST_UNCHECKED, found)))
    return NULL;
  result = get (keyserver, config, uri, query);
  return take_answer (keyserver, result, query, found);
}
