/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/roots.h"

#include "base/error.h"
#include "base/trust.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

/* What the package ships, one PEM file a root, by vendor; local ones are below /usr/local/share. */
#define SHIPPED "/usr/share/ca-certificates"
/* Links to all that are trusted, by the hash of their names. */
#define TRUSTED "/etc/ssl/certs"
/* Roots whose names have the same hash. */
#define SAME_HASH_MAX 8

static char *
fingerprint (X509 *certificate)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;

  if (X509_digest (certificate, EVP_sha256 (), digest, &length) != 1)
    return g_strdup ("");
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, digest, length);
}

/* The fingerprints of all certificates in a PEM file into @set. */
static void
add_file (GHashTable *set, const char *path)
{
  FILE *file = fopen (path, "re");
  X509 *certificate;

  if (file == NULL)
    return;
  while ((certificate = PEM_read_X509 (file, NULL, NULL, NULL)) != NULL)
    {
      g_hash_table_add (set, fingerprint (certificate));
      X509_free (certificate);
    }
  fclose (file);
  ERR_clear_error ();
}

static void
add_folder (GHashTable *set, const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_file_test (inner, G_FILE_TEST_IS_DIR))
        add_folder (set, inner);
      else
        add_file (set, inner);
    }
}

/* Read once, and only when a chain was verified at all. */
static GHashTable *
shipped_roots (void)
{
  static gsize once = 0;
  static GHashTable *set;

  if (g_once_init_enter (&once))
    {
      set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      add_folder (set, SHIPPED);
      g_once_init_leave (&once, 1);
    }
  return set;
}

static gboolean
is_in_file (const char *path, const char *print)
{
  g_autoptr (GHashTable) set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  add_file (set, path);
  return g_hash_table_contains (set, print);
}

/* The short way, for nearly all roots there are: one file is read and not a hundred and forty. */
static gboolean
is_linked_as_shipped (X509 *root, const char *print)
{
  unsigned long hash = X509_subject_name_hash (root);

  for (guint i = 0; i < SAME_HASH_MAX; i++)
    {
      g_autofree char *link = g_strdup_printf (TRUSTED "/%08lx.%u", hash, i);
      char *file = realpath (link, NULL);
      gboolean shipped = file != NULL && g_str_has_prefix (file, SHIPPED "/");

      free (file);
      if (shipped && is_in_file (link, print))
        return TRUE;
    }
  return FALSE;
}

gboolean
ll_roots_is_local (X509 *root, const char *ca_file)
{
  g_autofree char *print = fingerprint (root);
  GHashTable *shipped;

  if ((ca_file != NULL && is_in_file (ca_file, print)) || is_linked_as_shipped (root, print))
    return FALSE;
  shipped = shipped_roots ();
  return g_hash_table_size (shipped) > 0 && !g_hash_table_contains (shipped, print);
}

gboolean
ll_roots_expect (SSL_CTX *context, const char *ca_file, const char *host, GError **error)
{
  X509_VERIFY_PARAM *wanted = SSL_CTX_get0_param (context);
  X509_STORE *store = SSL_CTX_get_cert_store (context);
  gboolean ok;

  ok = ll_trust_fill (store, ca_file);
  ERR_clear_error ();
  if (!ok)
    {
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                   "%s cannot be read as certificates", ca_file);
      return FALSE;
    }
  X509_VERIFY_PARAM_set_hostflags (wanted, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
                                               | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_host (wanted, host, 0) != 1)
    {
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, "%s is not a host name", host);
      return FALSE;
    }
  SSL_CTX_set_security_level (context, 2);
  return TRUE;
}
