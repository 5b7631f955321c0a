/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/seal.h"

#include "base/error.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define NONCE 12

struct _LlSeal
{
  EVP_CIPHER_CTX *chunks;
  EVP_CIPHER_CTX *header;
};

/*
 * OpenSSL's own failures here (no memory, no entropy) leave nothing sensible to go on with:
 * an unsealed letter must never be written.
 */
static void
must (int result)
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

      must (cipher != NULL);
      g_once_init_leave (&once, (gsize) cipher);
    }
  return (const EVP_CIPHER *) once;
}

static EVP_KDF *
hkdf (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      EVP_KDF *kdf = EVP_KDF_fetch (NULL, "HKDF", NULL);

      must (kdf != NULL);
      g_once_init_leave (&once, (gsize) kdf);
    }
  return (EVP_KDF *) once;
}

static void
derive (const guint8 *key,
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

  must (context != NULL);
  must (EVP_KDF_derive (context, out, out_length, params));
  EVP_KDF_CTX_free (context);
}

/* -- AES-256-GCM ----------------------------------------------------------------------- */

static EVP_CIPHER_CTX *
cipher_new (const guint8 key[LL_SEAL_KEY])
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();

  must (context != NULL);
  must (EVP_CipherInit_ex (context, aes (), NULL, key, NULL, 1));
  return context;
}

static void
gcm_seal (EVP_CIPHER_CTX *context,
          const guint8 nonce[NONCE],
          const void *clear,
          gsize clear_length,
          const void *bytes,
          gsize length,
          guint8 *out)
{
  int got;

  must (EVP_CipherInit_ex (context, NULL, NULL, NULL, nonce, 1));
  if (clear_length > 0)
    must (EVP_CipherUpdate (context, NULL, &got, clear, (int) clear_length));
  if (length > 0)
    must (EVP_CipherUpdate (context, out, &got, bytes, (int) length));
  must (EVP_CipherFinal_ex (context, out + length, &got));
  must (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, LL_SEAL_TAG, out + length));
}

static gboolean
gcm_open (EVP_CIPHER_CTX *context,
          const guint8 nonce[NONCE],
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
      must (EVP_CipherInit_ex (context, NULL, NULL, NULL, nonce, 0));
      if (clear_length > 0)
        must (EVP_CipherUpdate (context, NULL, &got, clear, (int) clear_length));
      if (length > 0)
        must (EVP_CipherUpdate (context, out, &got, sealed, (int) length));
      must (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, LL_SEAL_TAG,
                                 (void *) (sealed + length)));
      opened = EVP_CipherFinal_ex (context, end, &got) > 0;
    }
  if (!opened)
    g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "The seal is broken");
  return opened;
}

/* -- keys --------------------------------------------------------------------------------- */

static LlSecret *
secret_of (EVP_PKEY *pair)
{
  guint8 raw[LL_SEAL_HALF];
  gsize length = sizeof raw;
  LlSecret *secret;

  must (EVP_PKEY_get_raw_private_key (pair, raw, &length));
  secret = ll_secret_new ((const char *) raw, length);
  ll_secret_wipe (raw, sizeof raw);
  return secret;
}

static EVP_PKEY *
pair_new (guint8 public_half[LL_SEAL_HALF])
{
  EVP_PKEY *pair = EVP_PKEY_Q_keygen (NULL, NULL, "X25519");
  gsize length = LL_SEAL_HALF;

  must (pair != NULL);
  must (EVP_PKEY_get_raw_public_key (pair, public_half, &length));
  return pair;
}

LlSecret *
ll_seal_new_pair (guint8 public_half[LL_SEAL_HALF])
{
  EVP_PKEY *pair = pair_new (public_half);
  LlSecret *secret = secret_of (pair);

  EVP_PKEY_free (pair);
  return secret;
}

LlSecret *
ll_seal_new_key (void)
{
  guint8 key[LL_SEAL_KEY];
  LlSecret *secret;

  must (RAND_priv_bytes (key, sizeof key));
  secret = ll_secret_new ((const char *) key, sizeof key);
  ll_secret_wipe (key, sizeof key);
  return secret;
}

LlSecret *
ll_seal_subkey (const LlSecret *key, const char *purpose)
{
  g_autofree char *info = g_strconcat ("letterlock ", purpose, NULL);
  guint8 raw[LL_SEAL_KEY];
  LlSecret *secret;

  derive ((const guint8 *) ll_secret_peek (key), ll_secret_length (key), (const guint8 *) "", 0,
          info, strlen (info), raw, sizeof raw);
  secret = ll_secret_new ((const char *) raw, sizeof raw);
  ll_secret_wipe (raw, sizeof raw);
  return secret;
}

/* What both sides know: FALSE for a public half of small order. */
static gboolean
agree (EVP_PKEY *mine, const guint8 theirs[LL_SEAL_HALF], guint8 shared[LL_SEAL_HALF])
{
  EVP_PKEY *peer = EVP_PKEY_new_raw_public_key (EVP_PKEY_X25519, NULL, theirs, LL_SEAL_HALF);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new (mine, NULL);
  gsize length = LL_SEAL_HALF;
  gboolean agreed;

  must (peer != NULL && context != NULL);
  must (EVP_PKEY_derive_init (context));
  agreed = EVP_PKEY_derive_set_peer (context, peer) > 0
           && EVP_PKEY_derive (context, shared, &length) > 0;
  EVP_PKEY_CTX_free (context);
  EVP_PKEY_free (peer);
  return agreed;
}

/* The key that seals one content key: no context, no letter, comes twice. */
static void
derive_wrap (const guint8 shared[LL_SEAL_HALF],
             const guint8 ephemeral[LL_SEAL_HALF],
             const guint8 lasting[LL_SEAL_HALF],
             const void *context,
             gsize context_length,
             guint8 wrap[LL_SEAL_KEY])
{
  static const char purpose[] = "letterlock spool 1 key";
  gsize length = sizeof purpose - 1 + context_length;
  g_autofree guint8 *info = g_malloc (length);
  guint8 salt[2 * LL_SEAL_HALF];

  memcpy (salt, ephemeral, LL_SEAL_HALF);
  memcpy (salt + LL_SEAL_HALF, lasting, LL_SEAL_HALF);
  memcpy (info, purpose, sizeof purpose - 1);
  if (context_length > 0)
    memcpy (info + sizeof purpose - 1, context, context_length);
  derive (shared, LL_SEAL_HALF, salt, sizeof salt, info, length, wrap, LL_SEAL_KEY);
}

/* chunk key, header key, commitment */
static void
derive_all (const LlSecret *key, guint8 out[3 * LL_SEAL_KEY])
{
  static const char purpose[] = "letterlock spool 1 content";

  derive ((const guint8 *) ll_secret_peek (key), ll_secret_length (key), (const guint8 *) "", 0,
          purpose, sizeof purpose - 1, out, 3 * LL_SEAL_KEY);
}

static const guint8 zero_nonce[NONCE];

struct _LlSealer
{
  guint8 lasting[LL_SEAL_HALF];
  guint8 ephemeral[LL_SEAL_HALF];
  LlSecret *shared;
};

LlSealer *
ll_sealer_new (const guint8 public_half[LL_SEAL_HALF])
{
  LlSealer *sealer = g_atomic_rc_box_new0 (LlSealer);
  EVP_PKEY *pair = pair_new (sealer->ephemeral);
  guint8 shared[LL_SEAL_HALF];

  memcpy (sealer->lasting, public_half, LL_SEAL_HALF);
  must (agree (pair, public_half, shared));
  sealer->shared = ll_secret_new ((const char *) shared, sizeof shared);
  ll_secret_wipe (shared, sizeof shared);
  EVP_PKEY_free (pair);
  return sealer;
}

LlSealer *
ll_sealer_ref (LlSealer *sealer)
{
  return g_atomic_rc_box_acquire (sealer);
}

static void
sealer_clear (gpointer data)
{
  ll_secret_free (((LlSealer *) data)->shared);
}

void
ll_sealer_unref (LlSealer *sealer)
{
  if (sealer != NULL)
    g_atomic_rc_box_release_full (sealer, sealer_clear);
}

void
ll_sealer_seal (const LlSealer *sealer,
                const LlSecret *key,
                const void *context,
                gsize context_length,
                LlSealedKey *out)
{
  guint8 wrap[LL_SEAL_KEY];
  guint8 derived[3 * LL_SEAL_KEY];
  EVP_CIPHER_CTX *cipher;

  memcpy (out->ephemeral, sealer->ephemeral, LL_SEAL_HALF);
  derive_wrap ((const guint8 *) ll_secret_peek (sealer->shared), sealer->ephemeral, sealer->lasting,
               context, context_length, wrap);
  cipher = cipher_new (wrap);
  gcm_seal (cipher, zero_nonce, context, context_length, ll_secret_peek (key), LL_SEAL_KEY,
            out->sealed);
  derive_all (key, derived);
  memcpy (out->commitment, derived + 2 * LL_SEAL_KEY, LL_SEAL_KEY);
  EVP_CIPHER_CTX_free (cipher);
  ll_secret_wipe (wrap, sizeof wrap);
  ll_secret_wipe (derived, sizeof derived);
}

static LlSecret *
open_committed (const guint8 wrap[LL_SEAL_KEY],
                const LlSealedKey *sealed,
                const void *context,
                gsize context_length,
                GError **error)
{
  EVP_CIPHER_CTX *cipher = cipher_new (wrap);
  guint8 key[LL_SEAL_KEY];
  guint8 derived[3 * LL_SEAL_KEY];
  g_autoptr (LlSecret) secret = NULL;
  gboolean opened = gcm_open (cipher, zero_nonce, context, context_length, sealed->sealed,
                              sizeof sealed->sealed, key, error);

  EVP_CIPHER_CTX_free (cipher);
  if (opened)
    {
      secret = ll_secret_new ((const char *) key, sizeof key);
      derive_all (secret, derived);
      if (CRYPTO_memcmp (derived + 2 * LL_SEAL_KEY, sealed->commitment, LL_SEAL_KEY) != 0)
        {
          g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                       "The key is not the one the letter was sealed with");
          g_clear_pointer (&secret, ll_secret_free);
        }
      ll_secret_wipe (derived, sizeof derived);
    }
  ll_secret_wipe (key, sizeof key);
  return g_steal_pointer (&secret);
}

LlSecret *
ll_seal_key_open (const LlSecret *private_half,
                  const LlSealedKey *sealed,
                  const void *context,
                  gsize context_length,
                  GError **error)
{
  EVP_PKEY *mine = NULL;
  guint8 public_half[LL_SEAL_HALF];
  guint8 shared[LL_SEAL_HALF];
  guint8 wrap[LL_SEAL_KEY];
  gsize length = sizeof public_half;
  LlSecret *secret = NULL;

  if (ll_secret_length (private_half) == LL_SEAL_HALF)
    mine = EVP_PKEY_new_raw_private_key (EVP_PKEY_X25519, NULL,
                                         (const guint8 *) ll_secret_peek (private_half),
                                         LL_SEAL_HALF);
  if (mine != NULL && EVP_PKEY_get_raw_public_key (mine, public_half, &length) > 0
      && agree (mine, sealed->ephemeral, shared))
    {
      derive_wrap (shared, sealed->ephemeral, public_half, context, context_length, wrap);
      ll_secret_wipe (shared, sizeof shared);
      secret = open_committed (wrap, sealed, context, context_length, error);
      ll_secret_wipe (wrap, sizeof wrap);
    }
  else
    g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "The sealed key is not one");
  EVP_PKEY_free (mine);
  return secret;
}

/* -- content and header ---------------------------------------------------------------- */

LlSeal *
ll_seal_new (const LlSecret *key)
{
  LlSeal *seal = g_new0 (LlSeal, 1);
  guint8 derived[3 * LL_SEAL_KEY];

  derive_all (key, derived);
  seal->chunks = cipher_new (derived);
  seal->header = cipher_new (derived + LL_SEAL_KEY);
  ll_secret_wipe (derived, sizeof derived);
  return seal;
}

void
ll_seal_free (LlSeal *seal)
{
  if (seal == NULL)
    return;
  EVP_CIPHER_CTX_free (seal->chunks);
  EVP_CIPHER_CTX_free (seal->header);
  g_free (seal);
}

static void
chunk_nonce (guint64 number, gboolean last, guint8 nonce[NONCE])
{
  guint64 big = GUINT64_TO_BE (number);

  memset (nonce, 0, NONCE);
  memcpy (nonce + 3, &big, sizeof big);
  nonce[NONCE - 1] = last ? 1 : 0;
}

void
ll_seal_chunk (
    LlSeal *seal, guint64 number, gboolean last, const void *bytes, gsize length, void *out)
{
  guint8 nonce[NONCE];

  chunk_nonce (number, last, nonce);
  gcm_seal (seal->chunks, nonce, NULL, 0, bytes, length, out);
}

gboolean
ll_seal_chunk_open (LlSeal *seal,
                    guint64 number,
                    gboolean last,
                    const void *bytes,
                    gsize length,
                    void *out,
                    GError **error)
{
  guint8 nonce[NONCE];

  chunk_nonce (number, last, nonce);
  return gcm_open (seal->chunks, nonce, NULL, 0, bytes, length, out, error);
}

GBytes *
ll_seal_header (LlSeal *seal, GBytes *clear, GBytes *bytes)
{
  gsize clear_length, length;
  const void *clear_data = g_bytes_get_data (clear, &clear_length);
  const void *data = g_bytes_get_data (bytes, &length);
  guint8 *out = g_malloc (length + LL_SEAL_TAG);

  gcm_seal (seal->header, zero_nonce, clear_data, clear_length, data, length, out);
  return g_bytes_new_take (out, length + LL_SEAL_TAG);
}

GBytes *
ll_seal_header_open (LlSeal *seal, GBytes *clear, GBytes *sealed, GError **error)
{
  gsize clear_length, length;
  const void *clear_data = g_bytes_get_data (clear, &clear_length);
  const void *data = g_bytes_get_data (sealed, &length);
  g_autofree guint8 *out = g_malloc (length + 1);

  if (!gcm_open (seal->header, zero_nonce, clear_data, clear_length, data, length, out, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), length - LL_SEAL_TAG);
}
