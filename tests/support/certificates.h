/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <glib.h>

/* Certificates made for one test. */

typedef struct
{
  const char *name;    /* CN */
  const char *address; /* alternative name; NULL: none */
  const char *names;   /* alternative names as OpenSSL writes them, "DNS:a,DNS:b"; NULL: none */
  const char *legacy;  /* in the subject; NULL: none */
  guint rsa;           /* bits; 0: P-256 */
  const char *usage;   /* "keyEncipherment", NULL: no such extension */
  const char *purpose; /* "emailProtection", NULL: no such extension */
  gint64 from, to;     /* seconds from now */
  gboolean authority;
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

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

/* @issuer: NULL: signs itself. */
static inline Certificate
certificate_make (const CertificateWish *wish, const Certificate *issuer)
{
  static long serial = 1;
  Certificate made
      = { X509_new (), wish->rsa > 0 ? EVP_RSA_gen (wish->rsa) : EVP_EC_gen ("P-256") };
  const Certificate *by = issuer != NULL ? issuer : &made;
  X509_NAME *name = X509_get_subject_name (made.certificate);
  g_autofree char *alternative
      = wish->address != NULL ? g_strdup_printf ("email:%s", wish->address) : NULL;

  X509_set_version (made.certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (made.certificate), serial++);
  X509_gmtime_adj (X509_getm_notBefore (made.certificate), (long) wish->from);
  X509_gmtime_adj (X509_getm_notAfter (made.certificate), (long) wish->to);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const guint8 *) wish->name, -1, -1, 0);
  if (wish->legacy != NULL)
    X509_NAME_add_entry_by_txt (name, "emailAddress", MBSTRING_ASC, (const guint8 *) wish->legacy,
                                -1, -1, 0);
  X509_set_pubkey (made.certificate, made.key);
  X509_set_issuer_name (made.certificate, X509_get_subject_name (by->certificate));
  if (wish->authority)
    certificate_extend (made.certificate, by->certificate, NID_basic_constraints,
                        "critical,CA:TRUE");
  if (wish->usage != NULL)
    certificate_extend (made.certificate, by->certificate, NID_key_usage, wish->usage);
  if (wish->purpose != NULL)
    certificate_extend (made.certificate, by->certificate, NID_ext_key_usage, wish->purpose);
  if (alternative != NULL || wish->names != NULL)
    certificate_extend (made.certificate, by->certificate, NID_subject_alt_name,
                        alternative != NULL ? alternative : wish->names);
  g_assert_cmpint (X509_sign (made.certificate, by->key, EVP_sha256 ()), >, 0);
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
