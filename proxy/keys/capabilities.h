/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/pem.h> /* before cms.h, which then knows PEM */

#include <openssl/cms.h>
#include <openssl/x509.h>

G_BEGIN_DECLS

/*
 * Which ciphers somebody says that his mail program reads (SMIMECapabilities, RFC 8551
 * 2.5.2; in a certificate: RFC 4262). Pure.
 */

typedef struct
{
  gboolean any; /* ciphers are announced at all */
  gboolean aes; /* one that we use */
  gboolean gcm; /* AES-256-GCM */
} LlCapabilities;

LlCapabilities ll_capabilities_of (X509 *certificate);

/* Fingerprints (as LlKey's) of the signers of a message (PKCS #7, DER or PEM) who announce
 * AES-256-GCM in attributes that their key signed (RFC 8551 2.5.2). Whose certificate it is has to
 * be judged as that of any other. (transfer full) */
GStrv ll_capabilities_announced (GBytes *bytes);

/* A message in DER or PEM; NULL: it is none. (transfer full) */
CMS_ContentInfo *ll_capabilities_message (BIO *memory);

G_END_DECLS
