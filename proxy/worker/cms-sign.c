/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "worker/cms.h"
#include "worker/openpgp.h"
#include "worker/worker.h"

#include <string.h>

/* GPGME copies between us and gpgsm, 4 KB at a time unless told: a large letter is 13,000 turns. */
#define COPIED "65536"

/* One signature: its context, and what flows in and out of it. */
typedef struct
{
  gpgme_ctx_t context;
  gpgme_data_t in;
  gpgme_data_t out;
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

/* The user's certificate by its fingerprint, ready to sign. */
static gboolean
add_signer (Operation *operation, const char *signer, gboolean prompt, GError **error)
{
  gpgme_key_t key = NULL;
  gpgme_error_t code;

  if (!openpgp_needs_agent (error))
    return FALSE;
  code = gpgme_get_key (operation->context, signer, &key, 1);
  if (code == 0 && !prompt
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

static gboolean
begin (Operation *operation, const int *fds, GError **error)
{
  gpgme_error_t code;

  operation->context = cms_new (error);
  if (operation->context == NULL)
    return FALSE;
  gpgme_set_armor (operation->context, 1);
  code = gpgme_data_new_from_fd (&operation->in, fds[0]);
  if (code == 0)
    code = gpgme_data_new_from_fd (&operation->out, fds[1]);
  if (code == 0)
    code = gpgme_data_set_flag (operation->in, "io-buffer-size", COPIED);
  if (code == 0)
    code = gpgme_data_set_flag (operation->out, "io-buffer-size", COPIED);
  return code == 0 || openpgp_set_error (error, code, FALSE, "The letter cannot be read");
}

/* "sha-512" (RFC 8551 3.5.3.2); NULL: another digest, or none was made. */
static char *
micalg (gpgme_sign_result_t result)
{
  const char *name = result != NULL && result->signatures != NULL
                         ? gpgme_hash_algo_name (result->signatures->hash_algo)
                         : NULL;
  g_autofree char *lower = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  return lower != NULL && g_str_has_prefix (lower, "sha")
             ? g_strdup_printf ("sha-%s", lower + strlen ("sha"))
             : NULL;
}

GVariant *
worker_cms_sign (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  g_auto (Operation) operation = { 0 };
  g_autofree char *algorithm = NULL;
  gboolean prompt = FALSE;
  const char *signer = "";
  gpgme_error_t code;
  GVariantDict dict;

  g_variant_lookup (arguments, "signer", "&s", &signer);
  g_variant_lookup (arguments, "prompt", "b", &prompt);
  if (n_fds != 2 || !cms_is_fingerprint (signer))
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_NO_SECRET, "there is no signer");
      return NULL;
    }
  if (!begin (&operation, fds, error) || !add_signer (&operation, signer, prompt, error))
    return NULL;
  code = gpgme_op_sign (operation.context, operation.in, operation.out, GPGME_SIG_MODE_DETACH);
  algorithm = code == 0 ? micalg (gpgme_op_sign_result (operation.context)) : NULL;
  if (algorithm == NULL)
    {
      openpgp_set_error (error, code != 0 ? code : gpgme_error (GPG_ERR_GENERAL), prompt,
                         "The letter cannot be signed");
      return NULL;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "micalg", "s", algorithm);
  return g_variant_dict_end (&dict);
}
