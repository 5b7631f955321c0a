/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/wkd.h"

#include "keys/blob.h"
#include "keys/cache.h"
#include "keys/published.h"

#include <string.h>

#define CACHE "wkd"

#define SHA1_LENGTH 20

/* -- where it would be ----------------------------------------------------------------------- */

/* 160 bits are 32 letters of 5, without rest. */
static char *
z_base_32 (const guint8 bytes[SHA1_LENGTH])
{
  static const char letters[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
  GString *text = g_string_sized_new (32);

  for (guint bit = 0; bit < SHA1_LENGTH * 8; bit += 5)
    {
      guint pair = (guint) bytes[bit / 8] << 8;

      if (bit / 8 + 1 < SHA1_LENGTH)
        pair |= bytes[bit / 8 + 1];
      g_string_append_c (text, letters[(pair >> (11 - bit % 8)) & 31]);
    }
  return g_string_free (text, FALSE);
}

char *
ll_wkd_hash (const char *local, gsize length)
{
  g_autofree char *lower = g_ascii_strdown (local, (gssize) length);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[SHA1_LENGTH];
  gsize digest_length = sizeof digest;

  g_checksum_update (checksum, (const guint8 *) lower, (gssize) length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  return z_base_32 (digest);
}

/* -- asking ------------------------------------------------------------------------------------ */

static gboolean
is_there (const LlWkd *wkd, const char *host, LlDeadline deadline, GCancellable *cancellable)
{
  LlFinding finding;
  gboolean secure;
  g_auto (GStrv) addresses
      = ll_resolver_addresses (wkd->resolver, host, deadline, cancellable, &finding, &secure);

  /* whatever is not a clear "no such name" counts as there: the direct place must not take over
   * because of a failure */
  return addresses[0] != NULL || finding != LL_ABSENT;
}

/* *advanced: it was asked for at the host that is only for this. */
static LlHttpsResult *
ask (const LlWkd *wkd, const LlKeyQuery *query, gboolean *advanced)
{
  const char *address = query->address;
  const char *at = strrchr (address, '@');
  const char *domain = at + 1;
  gsize length = (gsize) (at - address);
  g_autofree char *hash = ll_wkd_hash (address, length);
  g_autofree char *local = g_strndup (address, length);
  g_autofree char *escaped = g_uri_escape_string (local, NULL, FALSE);
  g_autofree char *host = g_strconcat ("openpgpkey.", domain, NULL);
  g_autofree char *path = NULL;

  *advanced = is_there (wkd, host, query->deadline, query->cancellable);
  if (*advanced)
    path = g_strdup_printf ("/.well-known/openpgpkey/%s/hu/%s?l=%s", domain, hash, escaped);
  else
    path = g_strdup_printf ("/.well-known/openpgpkey/hu/%s?l=%s", hash, escaped);
  return ll_https_get (wkd->https, *advanced ? host : domain, path, LL_BLOB_MAX, query->deadline,
                       query->cancellable);
}

static char *
take_answer (const LlWkd *wkd,
             const LlKeyQuery *query,
             const LlHttpsResult *result,
             gboolean advanced,
             GPtrArray *found)
{
  LlTrust trust = LL_TRUST_PUBLISHED;

  switch (result->outcome)
    {
    case LL_HTTPS_OK:
      /* a box on the way that reads HTTPS could have put any key there */
      if (result->intercepted)
        trust = LL_TRUST_UNCHECKED;
      else
        ll_key_cache_keep (wkd->folder, CACHE, query->address, result->body);
      return ll_published_add (wkd->worker, result->body, query, LL_KEY_SOURCE_WKD, trust, found);
    case LL_HTTPS_STATUS:
      if (result->status != 404 && result->status != 410)
        return g_strdup (result->detail);
      ll_key_cache_keep (wkd->folder, CACHE, query->address, NULL);
      return NULL;
    case LL_HTTPS_TOO_LARGE:
    case LL_HTTPS_CERTIFICATE:
    case LL_HTTPS_PRIVATE:
      return g_strdup (result->detail);
    case LL_HTTPS_UNREACHABLE:
      /* most domains have no such directory; one that has must answer */
      return advanced ? g_strdup (result->detail) : NULL;
    }
  g_return_val_if_reached (NULL);
}

char *
ll_wkd_find (gpointer data, const LlKeyQuery *query, GPtrArray *found)
{
  const LlWkd *wkd = data;
  g_autoptr (GBytes) kept
      = query->anew ? NULL : ll_key_cache_load (wkd->folder, CACHE, query->address);
  g_autoptr (LlHttpsResult) result = NULL;
  gboolean advanced;

  if (kept != NULL && g_bytes_get_size (kept) == 0)
    return NULL;
  if (kept != NULL
      && ll_published_add_kept (wkd->worker, kept, query, LL_KEY_SOURCE_WKD, LL_TRUST_PUBLISHED,
                                found))
    return NULL;
  result = ask (wkd, query, &advanced);
  return take_answer (wkd, query, result, advanced, found);
}
