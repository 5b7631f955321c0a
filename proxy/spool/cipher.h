/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/seal.h"

#include <openssl/evp.h>

G_BEGIN_DECLS

/* HKDF-SHA256 (RFC 5869) and AES-256-GCM as the seal uses them; SHA-256 for all of the spool. */

#define LL_CIPHER_NONCE 12

/* OpenSSL's own failures (no memory, no entropy) leave nothing sensible to go on with: an unsealed
 * letter must never be written. Does not return where @result says that it failed. */
void ll_cipher_must (int result);

/* Fetched once: by name, OpenSSL looks for it at each use. (transfer none) */
const EVP_MD *ll_cipher_sha256 (void);

void ll_cipher_derive (const guint8 *key,
                       gsize key_length,
                       const guint8 *salt,
                       gsize salt_length,
                       const void *info,
                       gsize info_length,
                       guint8 *out,
                       gsize out_length);

/* For any number of nonces, for one thread at a time. (transfer full) */
EVP_CIPHER_CTX *ll_cipher_new (const guint8 key[LL_SEAL_KEY]);

/* @out has room for @length + LL_SEAL_TAG bytes; @clear is authenticated with them. */
void ll_cipher_seal (EVP_CIPHER_CTX *context,
                     const guint8 nonce[LL_CIPHER_NONCE],
                     const void *clear,
                     gsize clear_length,
                     const void *bytes,
                     gsize length,
                     guint8 *out);

/* @length counts the tag. LL_STORE_ERROR_CORRUPT: @out holds nothing of use. */
gboolean ll_cipher_open (EVP_CIPHER_CTX *context,
                         const guint8 nonce[LL_CIPHER_NONCE],
                         const void *clear,
                         gsize clear_length,
                         const void *bytes,
                         gsize length,
                         guint8 *out,
                         GError **error);

G_END_DECLS
