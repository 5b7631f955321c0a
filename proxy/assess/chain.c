/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/chain.h"

#include "api/intl.h"
#include "base/clock.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <string.h>

/* An answer may be a little older or newer than our clock. */
#define OCSP_CLOCK_SKEW_SECONDS 300

LlChain *
ll_chain_new_from (STACK_OF (X509) * certificates)
{
  LlChain *chain;

  if (certificates == NULL || sk_X509_num (certificates) == 0)
    return NULL;
  chain = g_new0 (LlChain, 1);
  chain->ref_count = 1;
  chain->certificates = X509_chain_up_ref (certificates);
  return chain;
}

LlChain *
ll_chain_new (SSL *ssl)
{
  LlChain *chain = ll_chain_new_from (SSL_get_peer_cert_chain (ssl));
  const unsigned char *staple = NULL;
  long length = SSL_get_tlsext_status_ocsp_resp (ssl, &staple);

  if (chain == NULL)
    return NULL;
  if (staple != NULL && length > 0)
    chain->ocsp = g_bytes_new (staple, (gsize) length);
  chain->tls = ll_tls_facts_new (ssl);
  return chain;
}

LlChain *
ll_chain_ref (LlChain *chain)
{
  g_atomic_int_inc (&chain->ref_count);
  return chain;
}

void
ll_chain_unref (LlChain *chain)
{
  if (chain == NULL || !g_atomic_int_dec_and_test (&chain->ref_count))
    return;
  sk_X509_pop_free (chain->certificates, X509_free);
  g_clear_pointer (&chain->ocsp, g_bytes_unref);
  ll_tls_facts_free (chain->tls);
  g_free (chain);
}

void
ll_chain_finding_clear (LlChainFinding *finding)
{
  g_clear_pointer (&finding->detail, g_free);
}

static char *
date_of (const ASN1_TIME *time)
{
  struct tm parts;

  if (!ASN1_TIME_to_tm (time, &parts))
    return g_strdup (N_ ("an unreadable date"));
  return g_strdup_printf ("%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

LlChainFinding
ll_chain_finding_of (int error, X509 *leaf, const char *host)
{
  g_autofree char *date = NULL;

  switch (error)
    {
    case X509_V_OK:
      return (LlChainFinding){ .valid = TRUE };
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return (LlChainFinding){ FALSE, LL_CODE_CERTIFICATE_HOST_MISMATCH,
                               g_strdup_printf (N_ ("its certificate is not for %s"), host) };
    case X509_V_ERR_CERT_HAS_EXPIRED:
      date = date_of (X509_get0_notAfter (leaf));
      return (LlChainFinding){ FALSE, LL_CODE_CERTIFICATE_EXPIRED,
                               g_strdup_printf (N_ ("its certificate expired on %s"), date) };
    case X509_V_ERR_CERT_NOT_YET_VALID:
      date = date_of (X509_get0_notBefore (leaf));
      return (
          LlChainFinding){ FALSE, LL_CODE_CERTIFICATE_EXPIRED,
                           g_strdup_printf (N_ ("its certificate is not valid before %s"), date) };
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return (LlChainFinding){ FALSE, LL_CODE_WEAK_KEY,
                               g_strdup_printf (N_ ("its certificate is too weak (%s)"),
                                                X509_verify_cert_error_string (error)) };
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return (LlChainFinding){ FALSE, LL_CODE_CERTIFICATE_NOT_TRUSTED,
                               g_strdup (N_ ("its certificate is self-signed")) };
    default:
      return (LlChainFinding){ FALSE, LL_CODE_CERTIFICATE_NOT_TRUSTED,
                               g_strdup_printf (N_ ("its certificate is not trusted (%s)"),
                                                X509_verify_cert_error_string (error)) };
    }
}

LlChainFinding
ll_chain_verify (const LlChain *chain, SSL_CTX *context, const char *host)
{
  X509 *leaf = sk_X509_value (chain->certificates, 0);
  X509_STORE_CTX *verify = X509_STORE_CTX_new ();
  X509_VERIFY_PARAM *param;
  g_autofree char *name = g_strdup (host);
  gsize length = strlen (name);
  int error = X509_V_ERR_UNSPECIFIED;

  /* a reference with a root dot would never match */
  if (length > 1 && name[length - 1] == '.')
    name[length - 1] = '\0';
  if (X509_STORE_CTX_init (verify, SSL_CTX_get_cert_store (context), leaf, chain->certificates))
    {
      X509_STORE_CTX_set_default (verify, "ssl_server");
      param = X509_STORE_CTX_get0_param (verify);
      X509_VERIFY_PARAM_set_auth_level (param, SSL_CTX_get_security_level (context));
      X509_VERIFY_PARAM_set_hostflags (param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
                                                  | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      if (g_hostname_is_ip_address (name) ? X509_VERIFY_PARAM_set1_ip_asc (param, name)
                                          : X509_VERIFY_PARAM_set1_host (param, name, 0))
        error = X509_verify_cert (verify) > 0 ? X509_V_OK : X509_STORE_CTX_get_error (verify);
    }
  X509_STORE_CTX_free (verify);
  ERR_clear_error ();
  return ll_chain_finding_of (error, leaf, name);
}

/* The single answer for the server's own certificate, or NULL. */
static OCSP_SINGLERESP *
answer_for (OCSP_BASICRESP *basic, X509 *leaf, X509 *issuer)
{
  for (int i = 0; i < OCSP_resp_count (basic); i++)
    {
      OCSP_SINGLERESP *single = OCSP_resp_get0 (basic, i);
      const OCSP_CERTID *given = OCSP_SINGLERESP_get0_id (single);
      ASN1_OBJECT *digest = NULL;
      OCSP_CERTID *wanted;
      gboolean same;

      OCSP_id_get0_info (NULL, &digest, NULL, NULL, (OCSP_CERTID *) given);
      wanted = OCSP_cert_to_id (EVP_get_digestbyobj (digest), leaf, issuer);
      same = wanted != NULL && OCSP_id_cmp (wanted, given) == 0;
      OCSP_CERTID_free (wanted);
      if (same)
        return single;
    }
  return NULL;
}

static gboolean
says_revoked (OCSP_BASICRESP *basic, const LlChain *chain, X509_STORE *store)
{
  X509 *leaf = sk_X509_value (chain->certificates, 0);
  X509 *issuer = NULL;
  OCSP_SINGLERESP *single;
  ASN1_GENERALIZEDTIME *this_update = NULL, *next_update = NULL;

  for (int i = 1; i < sk_X509_num (chain->certificates) && issuer == NULL; i++)
    if (X509_check_issued (sk_X509_value (chain->certificates, i), leaf) == X509_V_OK)
      issuer = sk_X509_value (chain->certificates, i);
  if (issuer == NULL || OCSP_basic_verify (basic, chain->certificates, store, 0) <= 0)
    return FALSE;
  single = answer_for (basic, leaf, issuer);
  return single != NULL
         && OCSP_single_get0_status (single, NULL, NULL, &this_update, &next_update)
                == V_OCSP_CERTSTATUS_REVOKED
         && OCSP_check_validity (this_update, next_update, OCSP_CLOCK_SKEW_SECONDS, -1);
}

gboolean
ll_chain_is_revoked (const LlChain *chain, SSL_CTX *context)
{
  const unsigned char *bytes;
  gsize length;
  OCSP_RESPONSE *response;
  OCSP_BASICRESP *basic = NULL;
  gboolean revoked = FALSE;

  if (chain->ocsp == NULL)
    return FALSE;
  bytes = g_bytes_get_data (chain->ocsp, &length);
  response = d2i_OCSP_RESPONSE (NULL, &bytes, (long) length);
  if (response != NULL && OCSP_response_status (response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
    basic = OCSP_response_get1_basic (response);
  if (basic != NULL)
    revoked = says_revoked (basic, chain, SSL_CTX_get_cert_store (context));
  OCSP_BASICRESP_free (basic);
  OCSP_RESPONSE_free (response);
  ERR_clear_error ();
  return revoked;
}

gboolean
ll_chain_lacks_staple (const LlChain *chain)
{
  X509 *leaf = sk_X509_value (chain->certificates, 0);

  return chain->ocsp == NULL && X509_get_ext_by_NID (leaf, NID_tlsfeature, -1) >= 0;
}
