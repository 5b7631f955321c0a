/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/dane.h"

#include "api/intl.h"
#include "assess/tlsa.h"
#include "base/limits.h"
#include "wire/tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define USAGE_DANE_TA 2
/* OpenSSL's security levels: the floor that LL_TLS_PROBE sets, and none. */
#define LEVEL_FLOOR 2
#define LEVEL_NONE 0
#define MATCHING_SHA256 1
#define MATCHING_SHA512 2

typedef struct
{
  guint8 usage, selector, matching;
  const guint8 *data;
  gsize length;
} Record;

/* RFC 6698 2.1 */
static gboolean
read_record (GBytes *rdata, Record *record)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (rdata, &length);

  if (length < 4)
    return FALSE;
  *record = (Record){ bytes[0], bytes[1], bytes[2], bytes + 3, length - 3 };
  return TRUE;
}

/* How many OpenSSL accepted; -1: it failed for good. */
static int
add_records (SSL *ssl, const GPtrArray *records)
{
  int accepted = 0;

  for (guint i = 0; i < MIN (records->len, LL_TLSA_RECORDS_MAX); i++)
    {
      Record record;
      int result;

      if (!ll_tlsa_is_usable (g_ptr_array_index (records, i))
          || !read_record (g_ptr_array_index (records, i), &record))
        continue;
      result = SSL_dane_tlsa_add (ssl, record.usage, record.selector, record.matching, record.data,
                                  record.length);
      if (result < 0)
        return -1;
      if (result > 0)
        accepted++;
    }
  return accepted;
}

/* OpenSSL prefers the strongest digest and ignores the others (RFC 7671 9), so a stale SHA-512
 * record defeats a good SHA-256 one; people need that said. */
static gboolean
has_agility_trap (const GPtrArray *records)
{
  gboolean sha256[2][2] = { { FALSE } };
  gboolean sha512[2][2] = { { FALSE } };

  for (guint i = 0; i < records->len; i++)
    {
      Record record;

      if (!ll_tlsa_is_usable (g_ptr_array_index (records, i))
          || !read_record (g_ptr_array_index (records, i), &record))
        continue;
      if (record.matching == MATCHING_SHA256)
        sha256[record.usage - USAGE_DANE_TA][record.selector] = TRUE;
      else if (record.matching == MATCHING_SHA512)
        sha512[record.usage - USAGE_DANE_TA][record.selector] = TRUE;
    }
  for (guint i = 0; i < 4; i++)
    if (sha256[i / 2][i % 2] && sha512[i / 2][i % 2])
      return TRUE;
  return FALSE;
}

static void
add_names (SSL *ssl, const LlDaneNames *names)
{
  SSL_set_hostflags (ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (names->mx != NULL && *names->mx != '\0')
    SSL_add1_host (ssl, names->mx);
  if (names->next_hop != NULL && *names->next_hop != '\0')
    SSL_add1_host (ssl, names->next_hop);
  if (names->alias_of != NULL && *names->alias_of != '\0')
    SSL_add1_host (ssl, names->alias_of);
}

/* What SSL_connect would have done with the records, after the fact: the same code of OpenSSL. */
static int
verify (SSL *ssl, SSL_CTX *context, const LlChain *chain, int level)
{
  X509_STORE_CTX *store = X509_STORE_CTX_new ();
  int error = X509_V_ERR_UNSPECIFIED;

  if (X509_STORE_CTX_init (store, SSL_CTX_get_cert_store (context),
                           sk_X509_value (chain->certificates, 0), chain->certificates))
    {
      X509_STORE_CTX_set_default (store, "ssl_server");
      X509_VERIFY_PARAM_set1 (X509_STORE_CTX_get0_param (store), SSL_get0_param (ssl));
      X509_VERIFY_PARAM_set_auth_level (X509_STORE_CTX_get0_param (store), level);
      X509_STORE_CTX_set0_dane (store, SSL_get0_dane (ssl));
      error = X509_verify_cert (store) > 0 ? X509_V_OK : X509_STORE_CTX_get_error (store);
    }
  X509_STORE_CTX_free (store);
  return error;
}

static char *
describe_match (SSL *ssl)
{
  guint8 usage, selector, matching;
  int depth = SSL_get0_dane_tlsa (ssl, &usage, &selector, &matching, NULL, NULL);

  if (depth < 0)
    return g_strdup (N_ ("its certificate matches the published TLSA record"));
  return g_strdup_printf (N_ ("TLSA %u %u %u matches its certificate%s"), usage, selector, matching,
                          usage == USAGE_DANE_TA ? " authority" : "");
}

/* What is too weak is the floor's business (WEAK), and no mismatch: then *weakness says what. */
static int
verify_twice (SSL *ssl, SSL_CTX *context, const LlChain *chain, char **weakness)
{
  int error = verify (ssl, context, chain, LEVEL_FLOOR);
  g_auto (LlChainFinding) finding
      = ll_chain_finding_of (error, sk_X509_value (chain->certificates, 0), "");

  if (finding.code != LL_CODE_WEAK_KEY)
    return error;
  error = verify (ssl, context, chain, LEVEL_NONE);
  if (error == X509_V_OK)
    *weakness = g_steal_pointer (&finding.detail);
  return error;
}

static LlDane
judge (SSL *ssl,
       SSL_CTX *context,
       const LlChain *chain,
       const GPtrArray *records,
       gboolean *weak,
       char **detail)
{
  char *weakness = NULL;
  int error = verify_twice (ssl, context, chain, &weakness);

  if (weak != NULL)
    *weak = weakness != NULL;
  if (error == X509_V_OK)
    {
      *detail = weakness != NULL ? weakness : describe_match (ssl);
      return LL_DANE_MATCH;
    }
  *detail
      = g_strdup_printf (N_ ("its certificate does not match the published TLSA records (%s)%s"),
                         X509_verify_cert_error_string (error),
                         has_agility_trap (records)
                             ? N_ ("; where SHA-256 and SHA-512 are both published only SHA-512 "
                                   "counts")
                             : "");
  return LL_DANE_MISMATCH;
}

LlDane
ll_dane_compare (const LlChain *chain,
                 const GPtrArray *records,
                 const LlDaneNames *names,
                 gboolean *weak,
                 char **detail)
{
  g_autoptr (SSL_CTX) context = NULL;
  g_autoptr (SSL) ssl = NULL;
  LlDane result = LL_DANE_MISMATCH;
  int accepted = -1;

  if (records == NULL || records->len == 0)
    return LL_DANE_NONE;
  context = SSL_CTX_new (TLS_client_method ());
  /* a store of its own, empty: no WebPKI root may stand in for a TLSA record */
  if (context != NULL && SSL_CTX_dane_enable (context) > 0)
    ssl = SSL_new (context);
  if (ssl != NULL && SSL_dane_enable (ssl, names->base) > 0)
    {
      SSL_dane_set_flags (ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
      add_names (ssl, names);
      accepted = add_records (ssl, records);
    }
  if (accepted > 0)
    result = judge (ssl, context, chain, records, weak, detail);
  else if (accepted == 0)
    {
      *detail = g_strdup (N_ ("none of the published TLSA records can be used for mail"));
      result = LL_DANE_UNUSABLE;
    }
  else
    *detail = g_strdup (N_ ("the TLSA records could not be compared"));
  ERR_clear_error ();
  return result;
}
