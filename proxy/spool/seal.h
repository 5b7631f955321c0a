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
 *                        halves) -> AES-256-GCM, nonce 0, the caller's context as AAD
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

/* A new content key. (transfer full) */
LlSecret *ll_seal_new_key (void);

/* @context is bound to the sealed key: it opens with the same bytes only. */
void ll_seal_key_seal (const guint8 public_half[LL_SEAL_HALF],
                       const LlSecret *key,
                       const void *context,
                       gsize context_length,
                       LlSealedKey *out);
LlSecret *ll_seal_key_open (const LlSecret *private_half,
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

G_END_DECLS
