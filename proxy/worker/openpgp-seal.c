/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "worker/openpgp.h"

#include "base/error.h"
#include "base/file.h"
#include "worker/cms.h"
#include "worker/worker.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* GPGME copies between us and gpg, 4 KB at a time unless told: a large letter is 13,000 turns. */
#define COPIED "65536"

/* One operation: its context, and what flows in and out of it. */
typedef struct
{
  gpgme_ctx_t context;
  gpgme_data_t in;
  gpgme_data_t out;
  gboolean prompt;
  gboolean cms;
} Operation;

static void
operation_clear (Operation *operation)
{
  if (operation->in != NULL)
    gpgme_data_release (operation->in);
  if (operation->out != NULL)
    gpgme_data_release (operation->out);
  if (operation->context != NULL)
    gpgme_release (operation->context);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Operation, operation_clear)

/* The user's key by its fingerprint, ready to sign. */
static gboolean
add_signer (Operation *operation, const char *signer, GError **error)
{
  gpgme_key_t key = NULL;
  gpgme_error_t code;

  if (!openpgp_needs_agent (error))
    return FALSE;
  code = gpgme_get_key (operation->context, signer, &key, 1);
  if (code == 0 && operation->cms && !operation->prompt
      && (key->subkeys->keygrip == NULL || !cms_key_is_open (key->subkeys->keygrip)))
    code = gpgme_error (GPG_ERR_NO_PASSPHRASE);
  if (code == 0)
    code = gpgme_signers_add (operation->context, key);
  if (key != NULL)
    gpgme_key_unref (key);
  if (code == 0)
    return TRUE;
  return openpgp_set_error (error,
                            gpgme_err_code (code) == GPG_ERR_EOF ? gpgme_error (GPG_ERR_NO_SECKEY)
                                                                 : code,
                            FALSE, "Your own key cannot be used");
}

/* *signer: borrowed from @arguments, NULL: none. */
static gboolean
begin (Operation *operation,
       GVariant *arguments,
       const int *fds,
       guint n_fds,
       const char **signer,
       GError **error)
{
  gpgme_error_t code;

  *signer = NULL;
  if (n_fds != 2)
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, "two files are needed");
      return FALSE;
    }
  g_variant_lookup (arguments, "prompt", "b", &operation->prompt);
  g_variant_lookup (arguments, "cms", "b", &operation->cms);
  operation->context = operation->cms ? cms_new (error) : openpgp_new (error);
  if (operation->context == NULL)
    return FALSE;
  gpgme_set_armor (operation->context, 1);
  if (!operation->cms)
    gpgme_set_pinentry_mode (operation->context, operation->prompt ? GPGME_PINENTRY_MODE_DEFAULT
                                                                   : GPGME_PINENTRY_MODE_CANCEL);
  code = gpgme_data_new_from_fd (&operation->in, fds[0]);
  if (code == 0)
    code = gpgme_data_new_from_fd (&operation->out, fds[1]);
  if (code == 0)
    code = gpgme_data_set_flag (operation->in, "io-buffer-size", COPIED);
  if (code == 0)
    code = gpgme_data_set_flag (operation->out, "io-buffer-size", COPIED);
  if (code != 0)
    return openpgp_set_error (error, code, FALSE, "The letter cannot be read");
  if (!g_variant_lookup (arguments, "signer", "&s", signer))
    return TRUE;
  return add_signer (operation, *signer, error);
}

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

/* Fingerprints, then files, as gpgme_op_encrypt_ext reads them. (transfer full) */
static char *
recipients_of (GVariant *arguments, const KeyFiles *files)
{
  g_autofree const char **fingerprints = NULL;
  GString *text = g_string_new (NULL);

  g_variant_lookup (arguments, "fingerprints", "^a&s", &fingerprints);
  for (guint i = 0; fingerprints != NULL && fingerprints[i] != NULL; i++)
    g_string_append_printf (text, "%s\n", fingerprints[i]);
  if (files->paths->len > 0)
    g_string_append (text, "--file\n");
  for (guint i = 0; i < files->paths->len; i++)
    g_string_append_printf (text, "%s\n", (char *) g_ptr_array_index (files->paths, i));
  return g_string_free (text, FALSE);
}

/* Nothing but fingerprints: no name may be looked up, no option slip in. */
static gboolean
are_fingerprints (GVariant *arguments, GError **error)
{
  g_autofree const char **fingerprints = NULL;

  g_variant_lookup (arguments, "fingerprints", "^a&s", &fingerprints);
  for (guint i = 0; fingerprints != NULL && fingerprints[i] != NULL; i++)
    if (strlen (fingerprints[i]) < 40
        || strspn (fingerprints[i], "0123456789abcdefABCDEF") != strlen (fingerprints[i]))
      {
        g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY, "%s is no fingerprint",
                     fingerprints[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
set_seal_error (const Operation *operation, gpgme_error_t code, GError **error)
{
  gpgme_encrypt_result_t result = gpgme_op_encrypt_result (operation->context);

  if (result != NULL && result->invalid_recipients != NULL)
    {
      g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
                   "GnuPG does not take the key %s: %s", result->invalid_recipients->fpr,
                   gpgme_strerror (result->invalid_recipients->reason));
      return FALSE;
    }
  return openpgp_set_error (error, code, operation->prompt, "The letter cannot be locked");
}

GVariant *
worker_seal (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  g_autoptr (GVariant) blobs = g_variant_lookup_value (arguments, "blobs", G_VARIANT_TYPE ("aay"));
  gpgme_encrypt_flags_t flags = GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_ENCRYPT_TO;
  g_auto (Operation) operation = { 0 };
  g_auto (KeyFiles) files = { 0 };
  g_autofree char *recipients = NULL;
  gboolean compress = FALSE;
  const char *signer;
  gpgme_error_t code;

  if (blobs == NULL)
    blobs = g_variant_ref_sink (g_variant_new ("aay", NULL));
  if (!are_fingerprints (arguments, error)
      || !begin (&operation, arguments, fds, n_fds, &signer, error)
      || !write_keys (&files, blobs, error))
    return NULL;
  gpgme_set_armor (operation.context, 0); /* who asks makes it, faster */
  g_variant_lookup (arguments, "compress", "b", &compress);
  if (!compress)
    flags |= GPGME_ENCRYPT_NO_COMPRESS;
  recipients = recipients_of (arguments, &files);
  if (*recipients == '\0')
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY, "there is no key");
      return NULL;
    }
  code = signer != NULL ? gpgme_op_encrypt_sign_ext (operation.context, NULL, recipients, flags,
                                                     operation.in, operation.out)
                        : gpgme_op_encrypt_ext (operation.context, NULL, recipients, flags,
                                                operation.in, operation.out);
  if (code != 0)
    {
      set_seal_error (&operation, code, error);
      return NULL;
    }
  return g_variant_new ("a{sv}", NULL);
}

/* -- signing ---------------------------------------------------------------------------------- */

/* "pgp-sha512" (RFC 3156 5.), "sha-512" (RFC 8551 3.5.3.2) */
static char *
micalg (gpgme_sign_result_t result, gboolean cms)
{
  const char *name = result != NULL && result->signatures != NULL
                         ? gpgme_hash_algo_name (result->signatures->hash_algo)
                         : NULL;
  g_autofree char *lower = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  if (lower == NULL || (cms && !g_str_has_prefix (lower, "sha")))
    return NULL;
  return cms ? g_strdup_printf ("sha-%s", lower + strlen ("sha"))
             : g_strdup_printf ("pgp-%s", lower);
}

GVariant *
worker_sign (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  g_auto (Operation) operation = { 0 };
  g_autofree char *algorithm = NULL;
  const char *signer;
  gpgme_error_t code;
  GVariantDict dict;

  if (!begin (&operation, arguments, fds, n_fds, &signer, error))
    return NULL;
  if (signer == NULL || (operation.cms && !cms_is_fingerprint (signer)))
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_NO_SECRET, "there is no signer");
      return NULL;
    }
  code = gpgme_op_sign (operation.context, operation.in, operation.out, GPGME_SIG_MODE_DETACH);
  algorithm = code == 0 ? micalg (gpgme_op_sign_result (operation.context), operation.cms) : NULL;
  if (algorithm == NULL)
    {
      openpgp_set_error (error, code != 0 ? code : gpgme_error (GPG_ERR_GENERAL), operation.prompt,
                         "The letter cannot be signed");
      return NULL;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "micalg", "s", algorithm);
  return g_variant_dict_end (&dict);
}
