/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/wkd.h"

#include "base/error.h"
#include "base/file.h"
#include "keys/blob.h"
#include "keys/gnupg.h"

#include <string.h>
#include <sys/stat.h>

#define KEPT (7 * 24 * 60 * 60)
#define KEPT_ABSENT (24 * 60 * 60)

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

/* -- the cache -----------------------------------------------------------------------------------
 */

/* Addresses are not names of files, and nobody who looks at the folder needs to read them. */
static char *
kept_path (const LlWkd *wkd, const char *address)
{
  g_autofree char *name = g_compute_checksum_for_string (G_CHECKSUM_SHA256, address, -1);

  return wkd->folder != NULL ? g_strdup_printf ("%s/wkd/%s", wkd->folder, name) : NULL;
}

/* NULL: not known, or too old. Empty: there is none. */
static GBytes *
load_kept (const char *path)
{
  struct stat status;
  gint64 age;

  if (path == NULL || stat (path, &status) < 0)
    return NULL;
  age = ll_clock_now () - (gint64) status.st_mtime;
  if (age < 0 || age > (status.st_size > 0 ? KEPT : KEPT_ABSENT))
    return NULL;
  return ll_file_load (path, LL_BLOB_MAX, NULL);
}

static void
keep (const char *path, GBytes *blob)
{
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  gsize length;
  const void *bytes = g_bytes_get_data (blob, &length);

  if (path == NULL || !ll_file_make_folder (folder, NULL)
      || !ll_file_replace (path, bytes != NULL ? bytes : "", length, NULL))
    g_debug ("what a web key directory said is not kept");
}

/* -- asking
 * ---------------------------------------------------------------------------------------- */

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

static LlHttpsResult *
ask (const LlWkd *wkd, const char *address, LlDeadline deadline, GCancellable *cancellable)
{
  const char *at = strrchr (address, '@');
  const char *domain = at + 1;
  gsize length = (gsize) (at - address);
  g_autofree char *hash = ll_wkd_hash (address, length);
  g_autofree char *local = g_strndup (address, length);
  g_autofree char *escaped = g_uri_escape_string (local, NULL, FALSE);
  g_autofree char *advanced = g_strconcat ("openpgpkey.", domain, NULL);
  g_autofree char *path = NULL;

  if (is_there (wkd, advanced, deadline, cancellable))
    {
      path = g_strdup_printf ("/.well-known/openpgpkey/%s/hu/%s?l=%s", domain, hash, escaped);
      return ll_https_get (wkd->https, advanced, path, LL_BLOB_MAX, deadline, cancellable);
    }
  path = g_strdup_printf ("/.well-known/openpgpkey/hu/%s?l=%s", hash, escaped);
  return ll_https_get (wkd->https, domain, path, LL_BLOB_MAX, deadline, cancellable);
}

/* -- what is in it
 * --------------------------------------------------------------------------------- */

static LlKey *
unusable (GBytes *blob, const char *address, LlKeyDefect defect)
{
  LlKey *key = ll_key_new (LL_METHOD_PGP, LL_KEY_SOURCE_WKD);
  const char *addresses[] = { address, NULL };

  /* nothing of it can be trusted, so its name is that of its bytes */
  key->fingerprint = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, blob);
  key->addresses = g_strdupv ((char **) addresses);
  key->user_id = g_strdup (address);
  key->defect = defect;
  return key;
}

static char *
add_keys (const LlWkd *wkd,
          GBytes *blob,
          const char *address,
          LlTrust trust,
          LlDeadline deadline,
          GCancellable *cancellable,
          GPtrArray *found)
{
  LlBlobOutline outline;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (blob, &length);
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GError) error = NULL;

  if (!ll_blob_outline (bytes, length, &outline) || outline.primaries != 1)
    {
      g_ptr_array_add (found, unusable (blob, address, LL_KEY_MALFORMED));
      return NULL;
    }
  keys = ll_gnupg_inspect (wkd->worker, blob, address, LL_KEY_SOURCE_WKD, deadline, cancellable,
                           &error);
  if (keys == NULL && !g_error_matches (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY))
    return g_strdup (error->message);
  if (keys == NULL || keys->len == 0)
    g_ptr_array_add (found,
                     unusable (blob, address,
                               outline.version == 4 && outline.user_ids > 0 ? LL_KEY_MALFORMED
                                                                            : LL_KEY_UNSUPPORTED));
  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      LlKey *key = g_ptr_array_index (keys, i);

      key->trust = trust;
      g_ptr_array_add (found, ll_key_ref (key));
    }
  return NULL;
}

char *
ll_wkd_find (gpointer data,
             const char *address,
             LlDeadline deadline,
             GCancellable *cancellable,
             GPtrArray *found)
{
  const LlWkd *wkd = data;
  g_autofree char *path = kept_path (wkd, address);
  g_autoptr (GBytes) kept = load_kept (path);
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr (LlHttpsResult) result = NULL;
  LlTrust trust = LL_TRUST_PUBLISHED;

  if (kept != NULL)
    return g_bytes_get_size (kept) > 0
               ? add_keys (wkd, kept, address, trust, deadline, cancellable, found)
               : NULL;
  result = ask (wkd, address, deadline, cancellable);
  switch (result->outcome)
    {
    case LL_HTTPS_OK:
      /* a box on the way that reads HTTPS could have put any key there */
      if (result->intercepted)
        trust = LL_TRUST_UNCHECKED;
      else
        keep (path, result->body);
      return add_keys (wkd, result->body, address, trust, deadline, cancellable, found);
    case LL_HTTPS_STATUS:
      if (result->status == 404 || result->status == 410)
        {
          keep (path, none);
          return NULL;
        }
      return g_strdup (result->detail);
    case LL_HTTPS_TOO_LARGE:
    case LL_HTTPS_CERTIFICATE:
    case LL_HTTPS_PRIVATE:
      return g_strdup (result->detail);
    case LL_HTTPS_UNREACHABLE:
      return NULL; /* most domains have no such directory */
    }
  g_return_val_if_reached (NULL);
}
