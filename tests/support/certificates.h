/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <glib.h>

/* Certificates made for one test, in memory. */

#define CERTIFICATE_DAY (24L * 60 * 60)

typedef struct
{
  const char *name;        /* CN; NULL: none, but an O */
  const char *address;     /* alternative name; NULL: none */
  const char *names;       /* alternative names as OpenSSL writes them, "DNS:a,DNS:b"; NULL: none */
  const char *legacy;      /* an address in the subject; NULL: none */
  const char *usage;       /* "keyEncipherment", NULL: no such extension */
  const char *purpose;     /* "emailProtection", NULL: no such extension */
  const char *constraints; /* nameConstraints, NULL: none */
  guint rsa;               /* bits; 0: a curve */
  const char *curve;       /* NULL: P-256; "ED25519" */
  gint64 from, to;         /* seconds from now; both 0: 30 days before and after */
  gboolean expired;        /* yesterday */
  gboolean authority;
  gboolean staple;      /* must-staple (RFC 7633) */
  const EVP_MD *digest; /* NULL: SHA-256 */
} CertificateWish;

typedef struct
{
  X509 *certificate;
  EVP_PKEY *key;
} Certificate;

static inline void
certificate_clear (Certificate *made)
{
  X509_free (made->certificate);
  EVP_PKEY_free (made->key);
}

static inline void
certificate_extend (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;

  if (value == NULL)
    return;
  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

static inline void
certificate_name (X509 *certificate, const CertificateWish *wish)
{
  X509_NAME *name = X509_get_subject_name (certificate);
  const char *text = wish->name != NULL ? wish->name : "a test";

  X509_NAME_add_entry_by_txt (name, wish->name != NULL ? "CN" : "O", MBSTRING_UTF8,
                              (const guint8 *) text, -1, -1, 0);
  if (wish->legacy != NULL)
    X509_NAME_add_entry_by_txt (name, "emailAddress", MBSTRING_ASC, (const guint8 *) wish->legacy,
                                -1, -1, 0);
}

static inline void
certificate_date (X509 *certificate, const CertificateWish *wish)
{
  gboolean dated = wish->from != 0 || wish->to != 0;
  long to = dated ? (long) wish->to : 30 * CERTIFICATE_DAY;

  X509_gmtime_adj (X509_getm_notBefore (certificate),
                   dated ? (long) wish->from : -30 * CERTIFICATE_DAY);
  X509_gmtime_adj (X509_getm_notAfter (certificate), wish->expired ? -CERTIFICATE_DAY : to);
}

static inline EVP_PKEY *
certificate_key (const CertificateWish *wish)
{
  if (wish->rsa > 0)
    return EVP_RSA_gen (wish->rsa);
  if (g_strcmp0 (wish->curve, "ED25519") == 0)
    return EVP_PKEY_Q_keygen (NULL, NULL, wish->curve);
  return EVP_EC_gen (wish->curve != NULL ? wish->curve : "P-256");
}

/* @issuer NULL: signs itself. */
static inline Certificate
certificate_make (const CertificateWish *wish, const Certificate *issuer)
{
  static long serial = 1;
  Certificate made = { X509_new (), certificate_key (wish) };
  const Certificate *by = issuer != NULL ? issuer : &made;
  X509 *own = made.certificate;
  const char *usage = wish->authority ? "critical,keyCertSign,cRLSign,digitalSignature" : NULL;
  g_autofree char *alternative
      = wish->address != NULL ? g_strdup_printf ("email:%s", wish->address) : NULL;

  X509_set_version (own, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (own), serial++);
  certificate_date (own, wish);
  certificate_name (own, wish);
  X509_set_pubkey (own, made.key);
  X509_set_issuer_name (own, X509_get_subject_name (by->certificate));
  certificate_extend (own, by->certificate, NID_basic_constraints,
                      wish->authority ? "critical,CA:TRUE" : "CA:FALSE");
  certificate_extend (own, own, NID_subject_key_identifier, "hash");
  certificate_extend (own, own, NID_key_usage, wish->usage != NULL ? wish->usage : usage);
  certificate_extend (own, own, NID_tlsfeature, wish->staple ? "status_request" : NULL);
  certificate_extend (own, own, NID_subject_alt_name,
                      alternative != NULL ? alternative : wish->names);
  certificate_extend (own, own, NID_ext_key_usage, wish->purpose);
  certificate_extend (own, own, NID_name_constraints, wish->constraints);
  g_assert_cmpint (X509_sign (own, by->key, wish->digest != NULL ? wish->digest : EVP_sha256 ()), >,
                   0);
  return made;
}

static inline GBytes *
certificate_der (const Certificate *made)
{
  guint8 *bytes = NULL;
  int length = i2d_X509 (made->certificate, &bytes);
  GBytes *der = g_bytes_new (bytes, (gsize) length);

  OPENSSL_free (bytes);
  return der;
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
