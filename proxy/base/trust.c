/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/trust.h"

#include <openssl/err.h>
#include <string.h>

/* The names in such a folder: eight digits, and a number for those that share them. */
static gboolean
is_hashed (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (strspn (name, "0123456789abcdef") == 8 && strcmp (name + 8, ".0") == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_set (const char *variable)
{
  return g_getenv (variable) != NULL;
}

gboolean
ll_trust_fill (X509_STORE *store, const char *ca_file)
{
  const char *folder = X509_get_default_cert_dir ();

  /* OpenSSL's default is the folder and a file of all of them: that one is parsed at once, 50 ms
   * and more than a megabyte for a hundred and forty roots of which a letter needs one. */
  if (is_set (X509_get_default_cert_dir_env ()) || is_set (X509_get_default_cert_file_env ())
      || !is_hashed (folder))
    X509_STORE_set_default_paths (store);
  else
    X509_STORE_load_path (store, folder);
  ERR_clear_error ();
  return ca_file == NULL || X509_STORE_load_file (store, ca_file) == 1;
}
