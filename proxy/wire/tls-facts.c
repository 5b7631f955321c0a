/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a handshake showed, as values and as words. */

#include "wire/tls.h"

#include "api/intl.h"
#include "base/hex.h"
#include "wire/tls-private.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

static char *
certificate_fingerprint (X509 *certificate)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;

  X509_digest (certificate, EVP_sha256 (), digest, &length);
  return ll_hex (digest, length);
}

static char *
spki_fingerprint (X509 *certificate)
{
  unsigned char *der = NULL;
  int length = i2d_X509_PUBKEY (X509_get_X509_PUBKEY (certificate), &der);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int digest_length = 0;

  if (length <= 0)
    return NULL;
  EVP_Digest (der, (size_t) length, digest, &digest_length, EVP_sha256 (), NULL);
  OPENSSL_free (der);
  return ll_hex (digest, digest_length);
}

/* Anybody can write anything into a certificate, and people read it: what cannot be printed,
 * and what turns the direction of writing, is shown as the replacement character. */
static char *
printable (const char *bytes, gssize length)
{
  g_autofree char *valid = g_utf8_make_valid (bytes, length);
  GString *text = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      g_string_append_unichar (text, g_unichar_isprint (character) ? character : 0xfffd);
    }
  return g_string_free (text, FALSE);
}

static char *
name_text (const X509_NAME *name)
{
  BIO *memory = BIO_new (BIO_s_mem ());
  char *bytes;
  long length;
  char *text;

  X509_NAME_print_ex (memory, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  length = BIO_get_mem_data (memory, &bytes);
  text = printable (bytes, length);
  BIO_free (memory);
  return text;
}

static gint64
seconds (const ASN1_TIME *time)
{
  struct tm broken;

  return ASN1_TIME_to_tm (time, &broken) == 1 ? (gint64) timegm (&broken) : 0;
}

static GStrv
dns_names (X509 *certificate)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  GENERAL_NAMES *all = X509_get_ext_d2i (certificate, NID_subject_alt_name, NULL, NULL);

  for (int i = 0; i < sk_GENERAL_NAME_num (all); i++)
    {
      const GENERAL_NAME *name = sk_GENERAL_NAME_value (all, i);
      const unsigned char *bytes;
      int length;

      if (name->type != GEN_DNS)
        continue;
      bytes = ASN1_STRING_get0_data (name->d.dNSName);
      length = ASN1_STRING_length (name->d.dNSName);
      /* a NUL inside is an attack on C programs; such a name never matches */
      if (length > 0 && memchr (bytes, '\0', (size_t) length) == NULL)
        {
          g_autofree char *text = printable ((const char *) bytes, length);

          g_strv_builder_add (names, text);
        }
    }
  GENERAL_NAMES_free (all);
  ERR_clear_error ();
  return g_strv_builder_end (names);
}

static char *
key_text (X509 *certificate, int *bits)
{
  EVP_PKEY *key = X509_get0_pubkey (certificate);
  char group[64];
  size_t length;

  *bits = 0;
  if (key == NULL)
    return NULL;
  *bits = EVP_PKEY_get_bits (key);
  if (EVP_PKEY_get_base_id (key) == EVP_PKEY_EC
      && EVP_PKEY_get_utf8_string_param (key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                         &length)
             == 1)
    return g_strdup_printf ("EC %s", strcmp (group, "prime256v1") == 0 ? "P-256" : group);
  if (EVP_PKEY_get_base_id (key) == EVP_PKEY_RSA || EVP_PKEY_get_base_id (key) == EVP_PKEY_RSA_PSS)
    return g_strdup_printf ("RSA %d", *bits);
  return g_strdup_printf ("%s %d", OBJ_nid2sn (EVP_PKEY_get_base_id (key)), *bits);
}

static void
add_root (LlTlsFacts *facts, SSL *ssl)
{
  STACK_OF (X509) *chain = SSL_get0_verified_chain (ssl);
  int length = chain != NULL ? sk_X509_num (chain) : 0;
  X509 *root = length > 0 ? sk_X509_value (chain, length - 1) : NULL;

  if (root == NULL || facts->verify != X509_V_OK)
    return;
  facts->root = name_text (X509_get_subject_name (root));
}

/* (transfer full) */
static X509 *
leaf_of (SSL *ssl)
{
  X509 *leaf = SSL_get1_peer_certificate (ssl);

  if (leaf == NULL)
    {
      leaf = SSL_get_ex_data (ssl, ll_tls_leaf_index ());
      if (leaf != NULL)
        X509_up_ref (leaf);
    }
  return leaf;
}

LlTlsFacts *
ll_tls_facts_new (SSL *ssl)
{
  X509 *leaf = leaf_of (ssl);
  const SSL_CIPHER *cipher = SSL_get_current_cipher (ssl);
  LlTlsFacts *facts;

  if (leaf == NULL)
    return NULL;
  facts = g_new0 (LlTlsFacts, 1);
  facts->protocol = g_strdup (SSL_get_version (ssl));
  if (cipher != NULL)
    {
      int exchange = SSL_CIPHER_get_kx_nid (cipher);

      facts->cipher = g_strdup (SSL_CIPHER_standard_name (cipher));
      facts->bits = SSL_CIPHER_get_bits (cipher, NULL);
      facts->forward_secrecy
          = exchange == NID_kx_any || exchange == NID_kx_ecdhe || exchange == NID_kx_dhe;
    }
  facts->key = key_text (leaf, &facts->key_bits);
  facts->subject = name_text (X509_get_subject_name (leaf));
  facts->issuer = name_text (X509_get_issuer_name (leaf));
  facts->fingerprint = certificate_fingerprint (leaf);
  facts->spki = spki_fingerprint (leaf);
  facts->names = dns_names (leaf);
  facts->not_before = seconds (X509_get0_notBefore (leaf));
  facts->not_after = seconds (X509_get0_notAfter (leaf));
  facts->verify = SSL_get_verify_result (ssl);
  add_root (facts, ssl);
  X509_free (leaf);
  return facts;
}

void
ll_tls_facts_free (LlTlsFacts *facts)
{
  if (facts == NULL)
    return;
  g_free (facts->protocol);
  g_free (facts->cipher);
  g_free (facts->key);
  g_free (facts->subject);
  g_free (facts->issuer);
  g_free (facts->root);
  g_free (facts->fingerprint);
  g_free (facts->spki);
  g_strfreev (facts->names);
  g_free (facts);
}

static char *
date_text (gint64 when)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (when);

  return g_date_time_format (date, "%Y-%m-%d");
}

char *
ll_tls_explain (SSL *ssl, const char *host)
{
  long result = SSL_get_verify_result (ssl);
  g_autoptr (LlTlsFacts) facts = ll_tls_facts_new (ssl);
  g_autofree char *date = NULL;
  g_autofree char *names = NULL;

  if (facts == NULL)
    return g_strdup (N_ ("no certificate was shown"));
  switch (result)
    {
    case X509_V_OK:
      return g_strdup_printf (N_ ("the certificate is valid for %s"), host);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      date = date_text (facts->not_after);
      return g_strdup_printf (N_ ("the certificate of %s expired on %s"), host, date);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      date = date_text (facts->not_before);
      return g_strdup_printf (N_ ("the certificate of %s is not valid before %s"), host, date);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      names = g_strjoinv (", ", facts->names);
      return g_strdup_printf (N_ ("the certificate is for %s, not for %s"),
                              *names != '\0' ? names : N_ ("no host name"), host);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return g_strdup_printf (N_ ("the certificate of %s is self-signed"), host);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return g_strdup_printf (N_ ("the certificate of %s comes from an issuer that is not trusted "
                                  "(%s)"),
                              host, facts->issuer);
    default:
      return g_strdup_printf (N_ ("the certificate of %s cannot be verified: %s"), host,
                              X509_verify_cert_error_string (result));
    }
}
