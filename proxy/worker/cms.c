/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "worker/cms.h"

#include "base/error.h"
#include "worker/openpgp.h"
#include "worker/worker.h"

#include <string.h>

/* What gpgsm knows a certificate by: SHA-1. */
#define FINGERPRINT_LENGTH 40

gpgme_ctx_t
cms_new (GError **error)
{
  gpgme_ctx_t context = NULL;
  gpgme_error_t code = gpgme_engine_check_version (GPGME_PROTOCOL_CMS);

  if (code == 0)
    code = gpgme_new (&context);
  if (code == 0)
    code = gpgme_set_protocol (context, GPGME_PROTOCOL_CMS);
  if (code == 0)
    {
      gpgme_set_offline (context, 1); /* revocation of one's own is its issuer's affair */
      return context;
    }
  if (context != NULL)
    gpgme_release (context);
  g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_MISSING, "gpgsm cannot be used: %s",
               gpgme_strerror (code));
  return NULL;
}

/* -- may the key be used without a question? ------------------------------------------------- */

/* "KEYINFO GRIP TYPE SERIAL ID CACHED PROTECTION ..." */
static gpgme_error_t
status_cb (void *data, const char *status, const char *arguments)
{
  gboolean *ready = data;
  g_auto (GStrv) words = g_strsplit (arguments, " ", 0);

  if (strcmp (status, "KEYINFO") == 0 && g_strv_length (words) >= 6)
    *ready = strcmp (words[1], "D") == 0
             && (strcmp (words[4], "1") == 0 || strcmp (words[5], "C") == 0);
  return 0;
}

gboolean
cms_key_is_open (const char *keygrip)
{
  g_autofree char *command = g_strdup_printf ("KEYINFO %s", keygrip);
  gpgme_ctx_t context = NULL;
  gpgme_error_t answer = 0;
  gboolean ready = FALSE;

  if (gpgme_new (&context) != 0)
    return FALSE;
  if (gpgme_set_protocol (context, GPGME_PROTOCOL_ASSUAN) == 0)
    gpgme_op_assuan_transact_ext (context, command, NULL, NULL, NULL, NULL, status_cb, &ready,
                                  &answer);
  gpgme_release (context);
  return ready && answer == 0;
}

/* -- the user's own certificate -------------------------------------------------------------- */

gboolean
cms_is_fingerprint (const char *text)
{
  return strlen (text) == FINGERPRINT_LENGTH
         && strspn (text, "0123456789abcdefABCDEF") == FINGERPRINT_LENGTH;
}

static GVariant *
take_data (gpgme_data_t data)
{
  size_t length = 0;
  char *bytes = gpgme_data_release_and_get_mem (data, &length);
  GVariant *value = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);

  gpgme_free (bytes);
  return value;
}

/* The certificate in DER. */
static GVariant *export(gpgme_ctx_t context, const char *fingerprint, GError **error)
{
  gpgme_data_t data = NULL;
  gpgme_error_t code = gpgme_data_new (&data);

  if (code == 0)
    code = gpgme_op_export (context, fingerprint, 0, data);
  if (code == 0)
    return take_data (data);
  if (data != NULL)
    gpgme_data_release (data);
  openpgp_set_error (error, code, FALSE, "Your certificate cannot be read");
  return NULL;
}

GVariant *
worker_cms_own (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  gpgme_ctx_t context = NULL;
  gpgme_key_t key = NULL;
  const char *fingerprint = "";
  GVariant *der = NULL;
  GVariantDict dict;

  g_variant_lookup (arguments, "fingerprint", "&s", &fingerprint);
  if (!cms_is_fingerprint (fingerprint))
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
                           "gpgsm: needs the SHA-1 fingerprint, 40 digits without colons, that "
                           "gpgsm --list-secret-keys shows");
      return NULL;
    }
  if (openpgp_needs_agent (error))
    context = cms_new (error);
  if (context == NULL)
    return NULL;
  if (gpgme_get_key (context, fingerprint, &key, 1) == 0)
    der = export(context, fingerprint, error);
  else
    g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_NO_SECRET,
                         "gpgsm has no certificate with this fingerprint, or not its key");
  if (key != NULL)
    gpgme_key_unref (key);
  gpgme_release (context);
  if (der == NULL)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "certificate", der);
  return g_variant_dict_end (&dict);
}
