/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "worker/worker.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <string.h>

/* What a file holds. */
typedef struct
{
  EVP_PKEY *key;
  X509 *certificate;
  STACK_OF (X509) * chain;
} Contents;

static void
contents_clear (Contents *contents)
{
  EVP_PKEY_free (contents->key);
  X509_free (contents->certificate);
  sk_X509_pop_free (contents->chain, X509_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Contents, contents_clear)

/* -- opening ----------------------------------------------------------------------------------- */

/* Older programs write files with ciphers (RC2-40) that OpenSSL keeps in a provider of its own. */
static void
load_old_ciphers (void)
{
  static gsize loaded = 0;

  if (!g_once_init_enter (&loaded))
    return;
  OSSL_PROVIDER_load (NULL, "legacy"); /* where it is not installed, such files stay closed */
  OSSL_PROVIDER_load (NULL, "default");
  g_once_init_leave (&loaded, 1);
}

static gboolean
set_closed (GError **error)
{
  unsigned long code = ERR_peek_error ();
  int reason = ERR_GET_REASON (code);
  gboolean refused
      = (ERR_GET_LIB (code) == ERR_LIB_PKCS12
         && (reason == PKCS12_R_MAC_VERIFY_FAILURE || reason == PKCS12_R_PKCS12_CIPHERFINAL_ERROR));

  ERR_clear_error ();
  g_set_error_literal (error, LL_ENGINE_ERROR,
                       refused ? LL_ENGINE_ERROR_DECLINED : LL_ENGINE_ERROR_BAD_KEY,
                       refused ? "The passphrase does not open this file"
                               : "This file cannot be opened: it is damaged, or locked in a way "
                                 "that OpenSSL does not know");
  return FALSE;
}

static gboolean
open_file (GVariant *blob, const char *passphrase, Contents *contents, GError **error)
{
  const guint8 *bytes = g_variant_get_data (blob);
  PKCS12 *file = d2i_PKCS12 (NULL, &bytes, (long) g_variant_get_size (blob));
  gboolean opened;

  if (file == NULL)
    {
      ERR_clear_error ();
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
                           "This is no file with a certificate and its key (PKCS #12: .p12, .pfx)");
      return FALSE;
    }
  ERR_clear_error ();
  opened = PKCS12_parse (file, passphrase, &contents->key, &contents->certificate, &contents->chain)
           == 1;
  PKCS12_free (file);
  if (!opened)
    return set_closed (error);
  if (contents->key != NULL && contents->certificate != NULL)
    return TRUE;
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_NO_SECRET,
                       "This file does not hold a certificate together with its private key; "
                       "export both into one file");
  return FALSE;
}

/* -- answering --------------------------------------------------------------------------------- */

static GVariant *
der_of (X509 *certificate)
{
  guint8 *bytes = NULL;
  int length = i2d_X509 (certificate, &bytes);
  GVariant *der
      = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, (gsize) MAX (length, 0), 1);

  OPENSSL_free (bytes);
  return der;
}

static GVariant *
chain_of (const Contents *contents)
{
  GVariantBuilder chain;

  g_variant_builder_init (&chain, G_VARIANT_TYPE ("aay"));
  for (int i = 0; contents->chain != NULL && i < sk_X509_num (contents->chain); i++)
    g_variant_builder_add_value (&chain, der_of (sk_X509_value (contents->chain, i)));
  return g_variant_builder_end (&chain);
}

/* The key goes through a pipe, not into the reply: that is copied about. */
static gboolean
write_key (int fd, EVP_PKEY *key, guint32 *written, GError **error)
{
  guint8 *bytes = NULL;
  int length = i2d_PrivateKey (key, &bytes);
  gboolean done = length > 0 && length <= LL_OWN_KEY_MAX
                  && ll_file_write_all (fd, bytes, (gsize) length, NULL);

  OPENSSL_clear_free (bytes, (gsize) MAX (length, 0));
  *written = (guint32) MAX (length, 0);
  if (!done)
    g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
                         "The private key in this file is of a kind that cannot be used");
  return done;
}

GVariant *
worker_pkcs12 (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  g_autoptr (GVariant) blob = g_variant_lookup_value (arguments, "blob", G_VARIANT_TYPE_BYTESTRING);
  g_auto (Contents) contents = { NULL, NULL, NULL };
  char passphrase[LL_PASSWORD_MAX + 1];
  gboolean opened;
  GVariantDict dict;
  guint32 length;
  gssize got;

  if (blob == NULL || n_fds != 2)
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                           "a file and two pipes are needed");
      return NULL;
    }
  got = ll_file_read_full (fds[0], passphrase, sizeof passphrase - 1, error);
  if (got < 0)
    return NULL;
  passphrase[got] = '\0';
  load_old_ciphers ();
  opened = open_file (blob, passphrase, &contents, error);
  explicit_bzero (passphrase, sizeof passphrase);
  if (!opened || !write_key (fds[1], contents.key, &length, error))
    return NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "certificate", der_of (contents.certificate));
  g_variant_dict_insert_value (&dict, "chain", chain_of (&contents));
  g_variant_dict_insert (&dict, "length", "u", length);
  return g_variant_dict_end (&dict);
}
