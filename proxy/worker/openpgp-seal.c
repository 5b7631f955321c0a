/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "worker/gpg.h"
#include "worker/openpgp.h"
#include "worker/worker.h"

#include <glib/gstdio.h>
#include <string.h>

/* Of a version 4 key, SHA-1. */
#define FINGERPRINT_MIN 40

#define HEX_DIGITS "0123456789abcdefABCDEF"

/* -- sealing -------------------------------------------------------------------------------- */

/* Keys that are in no keyring go to gpg as files. */
typedef struct
{
  char *folder;
  GPtrArray *paths;
} KeyFiles;

static void
key_files_clear (KeyFiles *files)
{
  for (guint i = 0; files->paths != NULL && i < files->paths->len; i++)
    g_unlink (g_ptr_array_index (files->paths, i));
  if (files->folder != NULL)
    g_rmdir (files->folder);
  g_clear_pointer (&files->paths, g_ptr_array_unref);
  g_free (files->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KeyFiles, key_files_clear)

static gboolean
write_keys (KeyFiles *files, GVariant *blobs, GError **error)
{
  gsize n = g_variant_n_children (blobs);

  files->paths = g_ptr_array_new_with_free_func (g_free);
  if (n == 0)
    return TRUE;
  files->folder = g_dir_make_tmp ("letterlock-XXXXXX", error);
  for (gsize i = 0; files->folder != NULL && i < n; i++)
    {
      g_autoptr (GVariant) blob = g_variant_get_child_value (blobs, i);
      g_autofree char *name = g_strdup_printf ("%" G_GSIZE_FORMAT ".key", i);
      char *path = g_build_filename (files->folder, name, NULL);

      g_ptr_array_add (files->paths, path);
      if (!g_file_set_contents_full (path, g_variant_get_data (blob),
                                     (gssize) g_variant_get_size (blob), G_FILE_SET_CONTENTS_NONE,
                                     0600, error))
        return FALSE;
    }
  return files->folder != NULL;
}

/* Nothing but fingerprints: no name may be looked up, no option slip in. */
static gboolean
is_fingerprint (const char *text, GError **error)
{
  if (strlen (text) >= FINGERPRINT_MIN && strspn (text, HEX_DIGITS) == strlen (text))
    return TRUE;
  g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY, "%s is no fingerprint", text);
  return FALSE;
}

static gboolean
add_recipients (GPtrArray *argv, GVariant *arguments, const KeyFiles *files, GError **error)
{
  g_autofree const char **fingerprints = NULL;

  g_variant_lookup (arguments, "fingerprints", "^a&s", &fingerprints);
  for (guint i = 0; fingerprints != NULL && fingerprints[i] != NULL; i++)
    {
      if (!is_fingerprint (fingerprints[i], error))
        return FALSE;
      g_ptr_array_add (argv, (char *) "--recipient");
      g_ptr_array_add (argv, (char *) fingerprints[i]);
    }
  for (guint i = 0; i < files->paths->len; i++)
    {
      g_ptr_array_add (argv, (char *) "--recipient-file");
      g_ptr_array_add (argv, g_ptr_array_index (files->paths, i));
    }
  if (argv->len > 0)
    return TRUE;
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY, "there is no key");
  return FALSE;
}

static gboolean
add_signer (GPtrArray *argv, const char *signer, GError **error)
{
  if (!is_fingerprint (signer, error) || !openpgp_needs_agent (error))
    return FALSE;
  g_ptr_array_add (argv, (char *) "--local-user");
  g_ptr_array_add (argv, (char *) signer);
  return TRUE;
}

static gboolean
are_two (guint n_fds, GError **error)
{
  if (n_fds == 2)
    return TRUE;
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, "two files are needed");
  return FALSE;
}

GVariant *
worker_seal (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  g_autoptr (GVariant) blobs = g_variant_lookup_value (arguments, "blobs", G_VARIANT_TYPE ("aay"));
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_auto (KeyFiles) files = { 0 };
  gboolean compress = FALSE, prompt = FALSE;
  const char *signer = NULL;
  LlGpgStatus status;

  if (blobs == NULL)
    blobs = g_variant_ref_sink (g_variant_new ("aay", NULL));
  if (!are_two (n_fds, error) || !write_keys (&files, blobs, error)
      || !add_recipients (argv, arguments, &files, error))
    return NULL;
  if (g_variant_lookup (arguments, "signer", "&s", &signer) && !add_signer (argv, signer, error))
    return NULL;
  g_variant_lookup (arguments, "prompt", "b", &prompt);
  g_variant_lookup (arguments, "compress", "b", &compress);
  if (!compress)
    g_ptr_array_add (argv, (char *) "--compress-algo=none");
  if (signer != NULL)
    g_ptr_array_add (argv, (char *) "--sign");
  g_ptr_array_add (argv, (char *) "--encrypt");
  g_ptr_array_add (argv, NULL);
  if (!gpg_run ((const char *const *) argv->pdata, fds[0], fds[1], prompt, &status, error))
    return NULL;
  if (signer != NULL && status.digest == 0)
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                           "GnuPG did not sign what it locked");
      return NULL;
    }
  return g_variant_new ("a{sv}", NULL);
}

/* -- signing ---------------------------------------------------------------------------------- */

static gboolean
sign (const char *signer, const int *fds, gboolean prompt, LlGpgStatus *status, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  if (!add_signer (argv, signer, error))
    return FALSE;
  g_ptr_array_add (argv, (char *) "--armor");
  g_ptr_array_add (argv, (char *) "--detach-sign");
  g_ptr_array_add (argv, NULL);
  return gpg_run ((const char *const *) argv->pdata, fds[0], fds[1], prompt, status, error);
}

/* "pgp-sha512" (RFC 3156 5.) */
GVariant *
worker_sign (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  g_autofree char *digest = NULL;
  g_autofree char *micalg = NULL;
  gboolean prompt = FALSE;
  const char *signer = "";
  LlGpgStatus status;
  GVariantDict dict;

  g_variant_lookup (arguments, "signer", "&s", &signer);
  g_variant_lookup (arguments, "prompt", "b", &prompt);
  if (!are_two (n_fds, error) || !sign (signer, fds, prompt, &status, error))
    return NULL;
  if (gpgme_hash_algo_name ((gpgme_hash_algo_t) status.digest) == NULL)
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                           "GnuPG did not say how it signed");
      return NULL;
    }
  digest = g_ascii_strdown (gpgme_hash_algo_name ((gpgme_hash_algo_t) status.digest), -1);
  micalg = g_strconcat ("pgp-", digest, NULL);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "micalg", "s", micalg);
  return g_variant_dict_end (&dict);
}
