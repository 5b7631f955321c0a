/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"

G_BEGIN_DECLS

/*
 * The seal of letters at rest. Knows bytes and keys, nothing of files or mail.
 *
 *   user's key pair      X25519
 *   content key          32 random bytes, one for each letter
 *   sealed content key   ephemeral X25519 with the public half -> HKDF-SHA256 (salt: both public
 *                        halves; info: the caller's context) -> AES-256-GCM, nonce 0, the context
 *                        as AAD. The context is another one for each letter, so one ephemeral pair
 *                        serves many of them
 *   from the content key HKDF-SHA256 -> chunk key, header key, commitment (32 bytes each)
 *   content              chunks of 64 KiB, AES-256-GCM under the chunk key, nonce = three zero
 *                        bytes, the chunk's number (64 bit, big-endian), 1 for the last chunk or
 *                        0: what is cut off, swapped or doubled does not open
 *   header               AES-256-GCM under the header key, nonce 0: clear text as AAD
 *
 * The commitment stands beside the sealed key: AES-GCM alone would open under more than one
 * key. Errors: LL_STORE_ERROR_CORRUPT when something does not open.
 */

#define LL_SEAL_HALF 32
#define LL_SEAL_KEY 32
#define LL_SEAL_TAG 16
#define LL_SEAL_CHUNK 65536

typedef struct
{
  guint8 ephemeral[LL_SEAL_HALF];
  guint8 sealed[LL_SEAL_KEY + LL_SEAL_TAG];
  guint8 commitment[LL_SEAL_KEY];
} LlSealedKey;

/* A new key pair. (transfer full) */
LlSecret *ll_seal_new_pair (guint8 public_half[LL_SEAL_HALF]);

/* A content key of these octets: it holds what comes of them as well, which is dear to derive.
 * (transfer full) */
LlSecret *ll_seal_key_from (const guint8 octets[LL_SEAL_KEY]);

/* A new content key. (transfer full) */
LlSecret *ll_seal_new_key (void);

/* A key for something that belongs to @key's letter. (transfer full) */
LlSecret *ll_seal_subkey (const LlSecret *key, const char *purpose);

/* Seals content keys to one public half; immutable, for any number of threads. It knows what would
 * open them, so it is to be renewed now and then. */
typedef struct _LlSealer LlSealer;

LlSealer *ll_sealer_new (const guint8 public_half[LL_SEAL_HALF]);
LlSealer *ll_sealer_ref (LlSealer *sealer);
void ll_sealer_unref (LlSealer *sealer);

/* @context must never come twice for one sealer: the sealed key opens with the same bytes only. */
void ll_sealer_seal (const LlSealer *sealer,
                     const LlSecret *key,
                     const void *context,
                     gsize context_length,
                     LlSealedKey *out);
LlSecret *ll_seal_key_open (const LlSecret *private_half,
                            const LlSealedKey *sealed,
                            const void *context,
                            gsize context_length,
                            GError **error);

/* Opens what was sealed to one private half. What it agreed on with the last ephemeral half it
 * remembers, since one serves many letters. For one thread at a time. */
typedef struct _LlOpener LlOpener;

LlOpener *ll_opener_new (const LlSecret *private_half);
void ll_opener_free (LlOpener *opener);
LlSecret *ll_opener_open (LlOpener *opener,
                          const LlSealedKey *sealed,
                          const void *context,
                          gsize context_length,
                          GError **error);

/* One letter's content and header under its content key. For one thread at a time. */
typedef struct _LlSeal LlSeal;

LlSeal *ll_seal_new (const LlSecret *key);
void ll_seal_free (LlSeal *seal);

/* @out has room for @length + LL_SEAL_TAG bytes. */
void ll_seal_chunk (
    LlSeal *seal, guint64 number, gboolean last, const void *bytes, gsize length, void *out);

/* @length counts the tag; @out has room for @length - LL_SEAL_TAG bytes, and holds nothing of
 * use when it returns FALSE. */
gboolean ll_seal_chunk_open (LlSeal *seal,
                             guint64 number,
                             gboolean last,
                             const void *bytes,
                             gsize length,
                             void *out,
                             GError **error);

/* @bytes sealed, @clear authenticated with it. (transfer full) */
GBytes *ll_seal_header (LlSeal *seal, GBytes *clear, GBytes *bytes);
GBytes *ll_seal_header_open (LlSeal *seal, GBytes *clear, GBytes *sealed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSeal, ll_seal_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSealer, ll_sealer_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOpener, ll_opener_free)

G_END_DECLS
