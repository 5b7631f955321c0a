/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "keys/key.h"

#include <openssl/x509.h>

G_BEGIN_DECLS

/*
 * A certificate for S/MIME (RFC 8550): what it says, what is wrong with it, and who
 * vouches for it. No network: revocation is keys/revocation.h.
 *
 * Defects: expired, not yet valid, for signing only (key usage), not for mail (extended
 * key usage), weak (RSA below 2048 bit, EC below 224), a list of ciphers
 * (SMIMECapabilities) without any that protects. An issuer that is not trusted is no
 * defect but leaves the trust UNCHECKED, and a note says who it is.
 */

/* Bounds on what is parsed. */
#define LL_CERTIFICATE_MAX (64 * 1024)
#define LL_CHAIN_MAX 10

/* @der: DER. NULL: not one certificate, or more than that. (transfer full) */
X509 *ll_certificate_open (GBytes *der);

/* @der: one certificate and nothing behind it. NULL and LL_ENGINE_ERROR_BAD_KEY. (transfer full) */
LlKey *ll_certificate_parse (GBytes *der, LlKeySource source, GError **error);

/* The same key with its trust: VERIFIED when a chain over @others (of GBytes, DER; NULL: none) to
 * @roots is valid for mail at @now, else UNCHECKED with a note. (transfer full) */
LlKey *
ll_certificate_verify (const LlKey *key, const GPtrArray *others, X509_STORE *roots, gint64 now);

/* Whether its usages let it sign letters (RFC 8550 4.4.2). */
gboolean ll_certificate_can_sign (const LlKey *key);

/* Every certificate in @bytes: PEM, DER, or PKCS #7 (.p7s, .p7b, .p7c), at most LL_CHAIN_MAX.
 * (transfer full) of GBytes (DER); empty: there is none */
GPtrArray *ll_certificate_read_all (GBytes *bytes);

/* SHA-256 in lower-case hex. (transfer full) */
char *ll_certificate_fingerprint (X509 *certificate);

G_END_DECLS
