/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/seal.h"

#include "base/error.h"
#include "spool/cipher.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

struct _LlSeal
{
  EVP_CIPHER_CTX *chunks;
  EVP_CIPHER_CTX *header;
};

/* -- keys --------------------------------------------------------------------------------- */

static LlSecret *
secret_of (EVP_PKEY *pair)
{
  guint8 raw[LL_SEAL_HALF];
  gsize length = sizeof raw;
  LlSecret *secret;

  ll_cipher_must (EVP_PKEY_get_raw_private_key (pair, raw, &length));
  secret = ll_secret_new ((const char *) raw, length);
  ll_secret_wipe (raw, sizeof raw);
  return secret;
}

static EVP_PKEY *
pair_new (guint8 public_half[LL_SEAL_HALF])
{
  EVP_PKEY *pair = EVP_PKEY_Q_keygen (NULL, NULL, "X25519");
  gsize length = LL_SEAL_HALF;

  ll_cipher_must (pair != NULL);
  ll_cipher_must (EVP_PKEY_get_raw_public_key (pair, public_half, &length));
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

/* What a content key holds. */
typedef struct
{
  guint8 octets[LL_SEAL_KEY];
  struct
  {
    guint8 chunks[LL_SEAL_KEY];
    guint8 header[LL_SEAL_KEY];
    guint8 commitment[LL_SEAL_KEY];
  } derived;
} Content;

static const Content *
content_of (const LlSecret *key)
{
  g_return_val_if_fail (ll_secret_length (key) == sizeof (Content), NULL);
  return (const Content *) ll_secret_peek (key);
}

LlSecret *
ll_seal_key_from (const guint8 octets[LL_SEAL_KEY])
{
  static const char purpose[] = "letterlock spool 1 content";
  Content content;
  LlSecret *key;

  memcpy (content.octets, octets, LL_SEAL_KEY);
  ll_cipher_derive (octets, LL_SEAL_KEY, (const guint8 *) "", 0, purpose, sizeof purpose - 1,
                    (guint8 *) &content.derived, sizeof content.derived);
  key = ll_secret_new ((const char *) &content, sizeof content);
  ll_secret_wipe (&content, sizeof content);
  return key;
}

LlSecret *
ll_seal_new_key (void)
{
  guint8 octets[LL_SEAL_KEY];
  LlSecret *key;

  ll_cipher_must (RAND_priv_bytes (octets, sizeof octets));
  key = ll_seal_key_from (octets);
  ll_secret_wipe (octets, sizeof octets);
  return key;
}

LlSecret *
ll_seal_subkey (const LlSecret *key, const char *purpose)
{
  g_autofree char *info = g_strconcat ("letterlock ", purpose, NULL);
  guint8 octets[LL_SEAL_KEY];
  LlSecret *subkey;

  ll_cipher_derive (content_of (key)->octets, LL_SEAL_KEY, (const guint8 *) "", 0, info,
                    strlen (info), octets, sizeof octets);
  subkey = ll_seal_key_from (octets);
  ll_secret_wipe (octets, sizeof octets);
  return subkey;
}

/* What both sides know: FALSE for a public half of small order. */
static gboolean
agree (EVP_PKEY *mine, const guint8 theirs[LL_SEAL_HALF], guint8 shared[LL_SEAL_HALF])
{
  EVP_PKEY *peer = EVP_PKEY_new_raw_public_key (EVP_PKEY_X25519, NULL, theirs, LL_SEAL_HALF);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new (mine, NULL);
  gsize length = LL_SEAL_HALF;
  gboolean agreed;

  ll_cipher_must (peer != NULL && context != NULL);
  ll_cipher_must (EVP_PKEY_derive_init (context));
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
  ll_cipher_derive (shared, LL_SEAL_HALF, salt, sizeof salt, info, length, wrap, LL_SEAL_KEY);
}

static const guint8 zero_nonce[LL_CIPHER_NONCE];

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
  ll_cipher_must (agree (pair, public_half, shared));
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
  const Content *content = content_of (key);
  guint8 wrap[LL_SEAL_KEY];
  EVP_CIPHER_CTX *cipher;

  memcpy (out->ephemeral, sealer->ephemeral, LL_SEAL_HALF);
  derive_wrap ((const guint8 *) ll_secret_peek (sealer->shared), sealer->ephemeral, sealer->lasting,
               context, context_length, wrap);
  cipher = ll_cipher_new (wrap);
  ll_cipher_seal (cipher, zero_nonce, context, context_length, content->octets, LL_SEAL_KEY,
                  out->sealed);
  memcpy (out->commitment, content->derived.commitment, LL_SEAL_KEY);
  EVP_CIPHER_CTX_free (cipher);
  ll_secret_wipe (wrap, sizeof wrap);
}

static LlSecret *
open_committed (const guint8 wrap[LL_SEAL_KEY],
                const LlSealedKey *sealed,
                const void *context,
                gsize context_length,
                GError **error)
{
  EVP_CIPHER_CTX *cipher = ll_cipher_new (wrap);
  guint8 octets[LL_SEAL_KEY];
  g_autoptr (LlSecret) key = NULL;
  gboolean opened = ll_cipher_open (cipher, zero_nonce, context, context_length, sealed->sealed,
                                    sizeof sealed->sealed, octets, error);

  EVP_CIPHER_CTX_free (cipher);
  if (opened)
    {
      key = ll_seal_key_from (octets);
      if (CRYPTO_memcmp (content_of (key)->derived.commitment, sealed->commitment, LL_SEAL_KEY)
          != 0)
        {
          g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                       "The key is not the one the letter was sealed with");
          g_clear_pointer (&key, ll_secret_free);
        }
    }
  ll_secret_wipe (octets, sizeof octets);
  return g_steal_pointer (&key);
}

struct _LlOpener
{
  EVP_PKEY *mine; /* NULL: the private half is none */
  guint8 lasting[LL_SEAL_HALF];
  guint8 ephemeral[LL_SEAL_HALF];
  LlSecret *shared; /* agreed on with @ephemeral, or NULL */
};

LlOpener *
ll_opener_new (const LlSecret *private_half)
{
  LlOpener *opener = g_new0 (LlOpener, 1);
  gsize length = LL_SEAL_HALF;

  if (ll_secret_length (private_half) != LL_SEAL_HALF)
    return opener;
  opener->mine
      = EVP_PKEY_new_raw_private_key (EVP_PKEY_X25519, NULL,
                                      (const guint8 *) ll_secret_peek (private_half), LL_SEAL_HALF);
  ll_cipher_must (opener->mine != NULL);
  ll_cipher_must (EVP_PKEY_get_raw_public_key (opener->mine, opener->lasting, &length));
  return opener;
}

void
ll_opener_free (LlOpener *opener)
{
  if (opener == NULL)
    return;
  EVP_PKEY_free (opener->mine);
  ll_secret_free (opener->shared);
  g_free (opener);
}

static gboolean
turn_to (LlOpener *opener, const guint8 ephemeral[LL_SEAL_HALF])
{
  guint8 shared[LL_SEAL_HALF];

  if (opener->shared != NULL && memcmp (opener->ephemeral, ephemeral, LL_SEAL_HALF) == 0)
    return TRUE;
  g_clear_pointer (&opener->shared, ll_secret_free);
  if (opener->mine == NULL || !agree (opener->mine, ephemeral, shared))
    return FALSE;
  opener->shared = ll_secret_new ((const char *) shared, sizeof shared);
  ll_secret_wipe (shared, sizeof shared);
  memcpy (opener->ephemeral, ephemeral, LL_SEAL_HALF);
  return TRUE;
}

LlSecret *
ll_opener_open (LlOpener *opener,
                const LlSealedKey *sealed,
                const void *context,
                gsize context_length,
                GError **error)
{
  guint8 wrap[LL_SEAL_KEY];
  LlSecret *secret;

  if (!turn_to (opener, sealed->ephemeral))
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "The sealed key is not one");
      return NULL;
    }
  derive_wrap ((const guint8 *) ll_secret_peek (opener->shared), sealed->ephemeral, opener->lasting,
               context, context_length, wrap);
  secret = open_committed (wrap, sealed, context, context_length, error);
  ll_secret_wipe (wrap, sizeof wrap);
  return secret;
}

LlSecret *
ll_seal_key_open (const LlSecret *private_half,
                  const LlSealedKey *sealed,
                  const void *context,
                  gsize context_length,
                  GError **error)
{
  g_autoptr (LlOpener) opener = ll_opener_new (private_half);

  return ll_opener_open (opener, sealed, context, context_length, error);
}

/* -- content and header ---------------------------------------------------------------- */

LlSeal *
ll_seal_new (const LlSecret *key)
{
  LlSeal *seal = g_new0 (LlSeal, 1);

  seal->chunks = ll_cipher_new (content_of (key)->derived.chunks);
  seal->header = ll_cipher_new (content_of (key)->derived.header);
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
chunk_nonce (guint64 number, gboolean last, guint8 nonce[LL_CIPHER_NONCE])
{
  guint64 big = GUINT64_TO_BE (number);

  memset (nonce, 0, LL_CIPHER_NONCE);
  memcpy (nonce + 3, &big, sizeof big);
  nonce[LL_CIPHER_NONCE - 1] = last ? 1 : 0;
}

void
ll_seal_chunk (
    LlSeal *seal, guint64 number, gboolean last, const void *bytes, gsize length, void *out)
{
  guint8 nonce[LL_CIPHER_NONCE];

  chunk_nonce (number, last, nonce);
  ll_cipher_seal (seal->chunks, nonce, NULL, 0, bytes, length, out);
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
  guint8 nonce[LL_CIPHER_NONCE];

  chunk_nonce (number, last, nonce);
  return ll_cipher_open (seal->chunks, nonce, NULL, 0, bytes, length, out, error);
}

GBytes *
ll_seal_header (LlSeal *seal, GBytes *clear, GBytes *bytes)
{
  gsize clear_length, length;
  const void *clear_data = g_bytes_get_data (clear, &clear_length);
  const void *data = g_bytes_get_data (bytes, &length);
  guint8 *out = g_malloc (length + LL_SEAL_TAG);

  ll_cipher_seal (seal->header, zero_nonce, clear_data, clear_length, data, length, out);
  return g_bytes_new_take (out, length + LL_SEAL_TAG);
}

GBytes *
ll_seal_header_open (LlSeal *seal, GBytes *clear, GBytes *sealed, GError **error)
{
  gsize clear_length, length;
  const void *clear_data = g_bytes_get_data (clear, &clear_length);
  const void *data = g_bytes_get_data (sealed, &length);
  g_autofree guint8 *out = g_malloc (length + 1);

  if (!ll_cipher_open (seal->header, zero_nonce, clear_data, clear_length, data, length, out,
                       error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), length - LL_SEAL_TAG);
}
