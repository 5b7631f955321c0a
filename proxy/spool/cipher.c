/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/cipher.h"

#include "base/error.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdlib.h>

void
ll_cipher_must (int result)
{
  if (result <= 0)
    abort ();
}

static const EVP_CIPHER *
aes (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      EVP_CIPHER *cipher = EVP_CIPHER_fetch (NULL, "AES-256-GCM", NULL);

      ll_cipher_must (cipher != NULL);
      g_once_init_leave (&once, (gsize) cipher);
    }
  return (const EVP_CIPHER *) once;
}

const EVP_MD *
ll_cipher_sha256 (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      EVP_MD *sha256 = EVP_MD_fetch (NULL, "SHA256", NULL);

      ll_cipher_must (sha256 != NULL);
      g_once_init_leave (&once, (gsize) sha256);
    }
  return (const EVP_MD *) once;
}

static EVP_KDF *
hkdf (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      EVP_KDF *kdf = EVP_KDF_fetch (NULL, "HKDF", NULL);

      ll_cipher_must (kdf != NULL);
      g_once_init_leave (&once, (gsize) kdf);
    }
  return (EVP_KDF *) once;
}

void
ll_cipher_derive (const guint8 *key,
                  gsize key_length,
                  const guint8 *salt,
                  gsize salt_length,
                  const void *info,
                  gsize info_length,
                  guint8 *out,
                  gsize out_length)
{
  EVP_KDF_CTX *context = EVP_KDF_CTX_new (hkdf ());
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_KDF_PARAM_DIGEST, (char *) "SHA256", 0),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_KEY, (void *) key, key_length),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SALT, (void *) salt, salt_length),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_INFO, (void *) info, info_length),
    OSSL_PARAM_construct_end (),
  };

  ll_cipher_must (context != NULL);
  ll_cipher_must (EVP_KDF_derive (context, out, out_length, params));
  EVP_KDF_CTX_free (context);
}

/* -- AES-256-GCM ----------------------------------------------------------------------- */

EVP_CIPHER_CTX *
ll_cipher_new (const guint8 key[LL_SEAL_KEY])
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();

  ll_cipher_must (context != NULL);
  ll_cipher_must (EVP_CipherInit_ex (context, aes (), NULL, key, NULL, 1));
  return context;
}

void
ll_cipher_seal (EVP_CIPHER_CTX *context,
                const guint8 nonce[LL_CIPHER_NONCE],
                const void *clear,
                gsize clear_length,
                const void *bytes,
                gsize length,
                guint8 *out)
{
  int got;

  ll_cipher_must (EVP_CipherInit_ex (context, NULL, NULL, NULL, nonce, 1));
  if (clear_length > 0)
    ll_cipher_must (EVP_CipherUpdate (context, NULL, &got, clear, (int) clear_length));
  if (length > 0)
    ll_cipher_must (EVP_CipherUpdate (context, out, &got, bytes, (int) length));
  ll_cipher_must (EVP_CipherFinal_ex (context, out + length, &got));
  ll_cipher_must (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, LL_SEAL_TAG, out + length));
}

gboolean
ll_cipher_open (EVP_CIPHER_CTX *context,
                const guint8 nonce[LL_CIPHER_NONCE],
                const void *clear,
                gsize clear_length,
                const void *bytes,
                gsize length,
                guint8 *out,
                GError **error)
{
  const guint8 *sealed = bytes;
  gboolean opened = FALSE;
  guint8 end[LL_SEAL_TAG];
  int got;

  if (length >= LL_SEAL_TAG)
    {
      length -= LL_SEAL_TAG;
      ll_cipher_must (EVP_CipherInit_ex (context, NULL, NULL, NULL, nonce, 0));
      if (clear_length > 0)
        ll_cipher_must (EVP_CipherUpdate (context, NULL, &got, clear, (int) clear_length));
      if (length > 0)
        ll_cipher_must (EVP_CipherUpdate (context, out, &got, sealed, (int) length));
      ll_cipher_must (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, LL_SEAL_TAG,
                                           (void *) (sealed + length)));
      opened = EVP_CipherFinal_ex (context, end, &got) > 0;
    }
  if (!opened)
    g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "The seal is broken");
  return opened;
}
