/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* Certificates for tests of chains, made in memory. */

#define CERTIFICATE_DAY (24L * 60 * 60)

typedef struct
{
  X509 *certificate;
  EVP_PKEY *key;
} Issued;

typedef struct
{
  const char *common_name; /* NULL: none */
  const char *names;       /* subjectAltName as OpenSSL writes it, "DNS:a,DNS:b"; NULL: none */
  const char *usage;       /* extendedKeyUsage, NULL: none */
  const char *constraints; /* nameConstraints, NULL: none */
  gboolean ca;
  gboolean expired;
  gboolean staple;      /* must-staple (RFC 7633) */
  guint rsa_bits;       /* 0: P-256 */
  const EVP_MD *digest; /* NULL: SHA-256 */
} Wanted;

static inline void
certificate_extend (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

/* @issuer NULL: self-signed. */
static inline Issued
certificate_issue (const Issued *issuer, const Wanted *wanted)
{
  static long serial = 1;
  Issued issued = { .certificate = X509_new () };
  X509 *own = issued.certificate;
  X509_NAME *name = X509_get_subject_name (own);

  issued.key = wanted->rsa_bits != 0 ? EVP_RSA_gen (wanted->rsa_bits) : EVP_EC_gen ("P-256");
  X509_set_version (own, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (own), serial++);
  if (wanted->common_name != NULL)
    X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8,
                                (const unsigned char *) wanted->common_name, -1, -1, 0);
  else
    X509_NAME_add_entry_by_txt (name, "O", MBSTRING_UTF8, (const unsigned char *) "a test", -1, -1,
                                0);
  X509_set_issuer_name (own, issuer != NULL ? X509_get_subject_name (issuer->certificate) : name);
  X509_gmtime_adj (X509_getm_notBefore (own), -30 * CERTIFICATE_DAY);
  X509_gmtime_adj (X509_getm_notAfter (own), (wanted->expired ? -1 : 30) * CERTIFICATE_DAY);
  X509_set_pubkey (own, issued.key);
  certificate_extend (own, issuer != NULL ? issuer->certificate : own, NID_basic_constraints,
                      wanted->ca ? "critical,CA:TRUE" : "CA:FALSE");
  certificate_extend (own, own, NID_subject_key_identifier, "hash");
  if (wanted->ca)
    certificate_extend (own, own, NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature");
  if (wanted->staple)
    certificate_extend (own, own, NID_tlsfeature, "status_request");
  if (wanted->names != NULL)
    certificate_extend (own, own, NID_subject_alt_name, wanted->names);
  if (wanted->usage != NULL)
    certificate_extend (own, own, NID_ext_key_usage, wanted->usage);
  if (wanted->constraints != NULL)
    certificate_extend (own, own, NID_name_constraints, wanted->constraints);
  g_assert_cmpint (X509_sign (own, issuer != NULL ? issuer->key : issued.key,
                              wanted->digest != NULL ? wanted->digest : EVP_sha256 ()),
                   >, 0);
  return issued;
}

static inline void
certificate_clear (Issued *issued)
{
  X509_free (issued->certificate);
  EVP_PKEY_free (issued->key);
}

/* TLSA rdata; @selector 0: the certificate, 1: its key; @matching 0, 1, 2. */
static inline GBytes *
certificate_tlsa (X509 *certificate, guint8 usage, guint8 selector, guint8 matching)
{
  unsigned char *der = NULL;
  int length = selector == 0 ? i2d_X509 (certificate, &der)
                             : i2d_X509_PUBKEY (X509_get_X509_PUBKEY (certificate), &der);
  GByteArray *rdata = g_byte_array_new ();
  guint8 head[3] = { usage, selector, matching };
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int digest_length = 0;

  g_byte_array_append (rdata, head, sizeof head);
  if (matching == 0)
    g_byte_array_append (rdata, der, (guint) length);
  else
    {
      EVP_Digest (der, (size_t) length, digest, &digest_length,
                  matching == 1 ? EVP_sha256 () : EVP_sha512 (), NULL);
      g_byte_array_append (rdata, digest, digest_length);
    }
  OPENSSL_free (der);
  return g_byte_array_free_to_bytes (rdata);
}
