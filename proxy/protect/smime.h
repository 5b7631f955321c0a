/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "keys/key.h"
#include "protect/inner.h"

#include <openssl/x509.h>

G_BEGIN_DECLS

/*
 * A letter locked as S/MIME (RFC 8551): enveloped-data with AES-256-CBC, or
 * authEnveloped-data with AES-256-GCM where every recipient's certificate announces
 * that it is understood; base64 with CRLF. With a signer, opaque signed-data inside,
 * made in the same pass. RSA recipients get key transport (PKCS #1 v1.5), EC ones ECDH
 * with SHA-256 and AES-256 wrap; all are named by issuer and serial number (Outlook).
 */

/* The user's own certificate, with its key. */
typedef struct
{
  X509 *certificate;
  EVP_PKEY *key;
  STACK_OF (X509) * chain; /* the issuers between, or NULL */
} LlSmimeSigner;

/* Writes what stands inside into @sink. */
typedef gboolean (*LlSmimeFill) (LlSink sink, gpointer sink_data, gpointer data, GError **error);

typedef struct
{
  const GPtrArray *keys;       /* of LlKey with blobs: the recipients' and the sender's own */
  const LlSmimeSigner *signer; /* NULL: not signed */
  gboolean gcm;                /* even where it was not announced: the user asks for it */
  const char *outer;           /* LlSurgery.outer */
  LlSmimeFill fill; /* in place of inner and signer: a letter that others sign; or NULL */
  gpointer fill_data;
} LlSmimeLock;

/* Errors: LL_ENGINE_ERROR_BAD_KEY (a certificate that OpenSSL does not take), NO_SECRET, FAILED;
 * those of @inner and @sink. What reached the sink before an error is of no use. */
gboolean
ll_smime_seal (const LlSmimeLock *lock, LlInner *inner, LlSink sink, gpointer data, GError **error);

/* A detached signature (SHA-256) of all of @inner, base64 with CRLF, appended to @signature.
 * Errors: LL_ENGINE_ERROR_NO_SECRET, FAILED; those of @inner. */
gboolean
ll_smime_sign (const LlSmimeSigner *signer, LlInner *inner, GString *signature, GError **error);

G_END_DECLS
