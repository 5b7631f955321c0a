/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/smimea.h"

#include "api/intl.h"
#include "keys/certificate.h"
#include "net/rdata.h"

#include <openssl/err.h>
#include <string.h>

/* RFC 6698 2.1, names of RFC 7218 */
enum
{
  PKIX_EE = 1,
  DANE_TA = 2,
  DANE_EE = 3,
};

enum
{
  WHOLE_CERTIFICATE = 0,
  PUBLIC_KEY = 1,
};

enum
{
  FULL = 0,
  SHA2_256 = 1,
  SHA2_512 = 2,
};

static gboolean
is_about_the_person (const LlTlsa *record)
{
  return record->usage == PKIX_EE || record->usage == DANE_EE;
}

/* What it holds has the length of what it claims to be. */
static gboolean
can_match (const LlTlsa *record)
{
  if (record->usage == DANE_TA)
    return record->selector == WHOLE_CERTIFICATE && record->matching == FULL;
  if (!is_about_the_person (record) || record->selector > PUBLIC_KEY)
    return FALSE;
  switch (record->matching)
    {
    case FULL:
      return TRUE;
    case SHA2_256:
      return record->length == 32;
    case SHA2_512:
      return record->length == 64;
    default:
      return FALSE;
    }
}

LlKey *
ll_smimea_read (GBytes *rdata, const char *address)
{
  LlTlsa record;
  LlKey *key;

  if (!ll_rdata_tlsa (rdata, &record) || !can_match (&record))
    return NULL;
  if (is_about_the_person (&record) && record.selector == WHOLE_CERTIFICATE
      && record.matching == FULL)
    {
      g_autoptr (GBytes) der = g_bytes_new (record.data, record.length);

      key = ll_certificate_parse (der, LL_KEY_SOURCE_DANE, NULL);
      if (key != NULL)
        ll_key_expect (key, address);
      return key;
    }
  key = ll_key_new (LL_METHOD_SMIME, LL_KEY_SOURCE_DANE);
  key->pin = g_bytes_ref (rdata);
  return key;
}

gboolean
ll_smimea_needs_path (GBytes *rdata)
{
  LlTlsa record;

  return ll_rdata_tlsa (rdata, &record) && record.usage == PKIX_EE;
}

/* -- matching -------------------------------------------------------------------------------- */

/* What the selector names: the certificate, or its SubjectPublicKeyInfo. (transfer full) */
static GBytes *
selected (const LlTlsa *record, GBytes *der)
{
  X509 *certificate;
  GBytes *info = NULL;
  guint8 *encoded = NULL;
  int n;

  if (record->selector == WHOLE_CERTIFICATE)
    return g_bytes_ref (der);
  certificate = ll_certificate_open (der);
  n = certificate != NULL ? i2d_X509_PUBKEY (X509_get_X509_PUBKEY (certificate), &encoded) : 0;
  if (n > 0)
    info = g_bytes_new (encoded, (gsize) n);
  OPENSSL_free (encoded);
  X509_free (certificate);
  ERR_clear_error ();
  return info;
}

static gboolean
is_same (const LlTlsa *record, GBytes *what)
{
  guint8 digest[64];
  gsize length = record->matching == SHA2_256 ? 32 : 64;
  gsize n;
  const guint8 *bytes = g_bytes_get_data (what, &n);
  g_autoptr (GChecksum) checksum = NULL;

  if (record->matching == FULL)
    return n == record->length && memcmp (bytes, record->data, n) == 0;
  checksum = g_checksum_new (record->matching == SHA2_256 ? G_CHECKSUM_SHA256 : G_CHECKSUM_SHA512);
  g_checksum_update (checksum, bytes, (gssize) n);
  g_checksum_get_digest (checksum, digest, &length);
  return length == record->length && memcmp (digest, record->data, length) == 0;
}

/* The issuer in the record is the whole of what is trusted. */
static gboolean
is_issued_by (const LlTlsa *record, const LlKey *key, gint64 now)
{
  const guint8 *bytes = record->data;
  X509 *issuer = d2i_X509 (NULL, &bytes, (long) record->length);
  X509_STORE *store = X509_STORE_new ();
  g_autoptr (LlKey) asked = ll_key_copy (key);
  g_autoptr (LlKey) seen = NULL;

  asked->trust = LL_TRUST_UNCHECKED;
  ERR_clear_error ();
  if (issuer != NULL)
    {
      X509_STORE_add_cert (store, issuer);
      seen = ll_certificate_verify (asked, NULL, store, now);
    }
  X509_free (issuer);
  X509_STORE_free (store);
  return seen != NULL && seen->trust == LL_TRUST_VERIFIED;
}

gboolean
ll_smimea_matches (GBytes *pin, const LlKey *key, gint64 now)
{
  g_autoptr (GBytes) what = NULL;
  LlTlsa record;

  if (key->method != LL_METHOD_SMIME || key->blob == NULL || !ll_rdata_tlsa (pin, &record)
      || !can_match (&record))
    return FALSE;
  if (record.usage == DANE_TA)
    return is_issued_by (&record, key, now);
  what = selected (&record, key->blob);
  return what != NULL && is_same (&record, what)
         && (record.usage == DANE_EE || key->trust >= LL_TRUST_VERIFIED);
}

static const LlKey *
pin_of (const GPtrArray *keys, const LlKey *key, gint64 now)
{
  for (guint i = 0; i < keys->len; i++)
    {
      const LlKey *pin = g_ptr_array_index (keys, i);

      if (pin->pin != NULL && ll_smimea_matches (pin->pin, key, now))
        return pin;
    }
  return NULL;
}

void
ll_smimea_confirm (GPtrArray *keys, gint64 now)
{
  for (guint i = 0; i < keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (keys, i);
      LlKey *confirmed;

      if (key->pin != NULL || key->trust >= LL_TRUST_PUBLISHED || pin_of (keys, key, now) == NULL)
        continue;
      confirmed = ll_key_copy (key);
      confirmed->trust = LL_TRUST_PUBLISHED;
      g_free (confirmed->note);
      confirmed->note = g_strdup (N_ ("the signed DNS of its domain confirms it"));
      ll_key_unref (g_ptr_array_index (keys, i));
      g_ptr_array_index (keys, i) = confirmed;
    }
  for (guint i = keys->len; i-- > 0;)
    if (((const LlKey *) g_ptr_array_index (keys, i))->pin != NULL)
      g_ptr_array_remove_index (keys, i);
}
