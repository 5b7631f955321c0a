/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/revocation-answer.h"

#include "api/intl.h"
#include "base/limits.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

/* Clocks differ (seconds). */
#define SKEW 300

/* An answer without an end of its own is of use for a day. */
#define ENDLESS_SECONDS 86400

/* -- where to ask ------------------------------------------------------------------------------ */

static void
add_place (GStrvBuilder *places, guint *n, const ASN1_IA5STRING *uri)
{
  g_autofree char *text
      = g_strndup ((const char *) ASN1_STRING_get0_data (uri), (gsize) ASN1_STRING_length (uri));

  if (g_str_has_prefix (text, "http://") && g_str_is_ascii (text)
      && (*n)++ < LL_REVOCATION_PLACES_MAX)
    g_strv_builder_add (places, text);
}

GStrv
ll_revocation_ocsp_places (X509 *certificate)
{
  AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i (certificate, NID_info_access, NULL, NULL);
  g_autoptr (GStrvBuilder) places = g_strv_builder_new ();
  guint n = 0;

  for (int i = 0; access != NULL && i < sk_ACCESS_DESCRIPTION_num (access); i++)
    {
      const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value (access, i);

      if (OBJ_obj2nid (one->method) == NID_ad_OCSP && one->location->type == GEN_URI)
        add_place (places, &n, one->location->d.uniformResourceIdentifier);
    }
  AUTHORITY_INFO_ACCESS_free (access);
  return g_strv_builder_end (places);
}

/* Lists of some reasons only, or of another issuer, are passed over. */
static gboolean
is_whole (const DIST_POINT *point)
{
  return point->reasons == NULL && point->CRLissuer == NULL && point->distpoint != NULL
         && point->distpoint->type == 0;
}

GStrv
ll_revocation_crl_places (X509 *certificate)
{
  CRL_DIST_POINTS *points = X509_get_ext_d2i (certificate, NID_crl_distribution_points, NULL, NULL);
  g_autoptr (GStrvBuilder) places = g_strv_builder_new ();
  guint n = 0;

  for (int i = 0; points != NULL && i < sk_DIST_POINT_num (points); i++)
    {
      const DIST_POINT *point = sk_DIST_POINT_value (points, i);
      const GENERAL_NAMES *names = is_whole (point) ? point->distpoint->name.fullname : NULL;

      for (int k = 0; names != NULL && k < sk_GENERAL_NAME_num (names); k++)
        if (sk_GENERAL_NAME_value (names, k)->type == GEN_URI)
          add_place (places, &n, sk_GENERAL_NAME_value (names, k)->d.uniformResourceIdentifier);
    }
  CRL_DIST_POINTS_free (points);
  return g_strv_builder_end (places);
}

/* -- OCSP -------------------------------------------------------------------------------------- */

/* SHA-1 names the issuer here and protects nothing; responders know no other (RFC 5019 2.1.1). */
static OCSP_CERTID *
id_of (X509 *certificate, X509 *issuer)
{
  return OCSP_cert_to_id (EVP_sha1 (), certificate, issuer);
}

GBytes *
ll_revocation_question (X509 *certificate, X509 *issuer)
{
  OCSP_REQUEST *request = OCSP_REQUEST_new ();
  OCSP_CERTID *id = id_of (certificate, issuer);
  guint8 *bytes = NULL;
  GBytes *question = NULL;
  int length = -1;

  if (id != NULL && OCSP_request_add0_id (request, id) != NULL)
    length = i2d_OCSP_REQUEST (request, &bytes);
  if (length > 0)
    question = g_bytes_new (bytes, (gsize) length);
  OPENSSL_free (bytes);
  OCSP_REQUEST_free (request);
  ERR_clear_error ();
  return question;
}

/* The issuer alone is believed, and whom he certified for this. */
static X509_STORE *
store_of (X509 *issuer)
{
  X509_STORE *store = X509_STORE_new ();

  X509_STORE_add_cert (store, issuer);
  X509_STORE_set_flags (store, X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

static gboolean
is_signed (OCSP_BASICRESP *basic, X509 *issuer)
{
  X509_STORE *store = store_of (issuer);
  STACK_OF (X509) *issuers = sk_X509_new_null ();
  gboolean good;

  sk_X509_push (issuers, issuer);
  good = OCSP_basic_verify (basic, issuers, store, 0) == 1;
  sk_X509_free (issuers);
  X509_STORE_free (store);
  return good;
}

static LlRevocationState
state_of (OCSP_BASICRESP *basic, OCSP_CERTID *id, const char **why)
{
  ASN1_GENERALIZEDTIME *from = NULL, *to = NULL;
  int status = V_OCSP_CERTSTATUS_UNKNOWN;
  gboolean fresh;

  *why = N_ ("the issuer does not know it");
  if (OCSP_resp_find_status (basic, id, &status, NULL, NULL, &from, &to) != 1)
    return LL_REVOCATION_UNKNOWN;
  fresh = OCSP_check_validity (from, to, SKEW, to == NULL ? ENDLESS_SECONDS : -1) == 1;
  if (status == V_OCSP_CERTSTATUS_REVOKED)
    return fresh ? LL_REVOCATION_REVOKED : LL_REVOCATION_WAS;
  if (status != V_OCSP_CERTSTATUS_GOOD)
    return LL_REVOCATION_UNKNOWN;
  *why = N_ ("the issuer's answer is too old");
  return fresh ? LL_REVOCATION_GOOD : LL_REVOCATION_UNKNOWN;
}

LlRevocationState
ll_revocation_of_ocsp (
    GBytes *answer, X509 *certificate, X509 *issuer, gint64 now, const char **why)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (answer, &length);
  OCSP_RESPONSE *response = d2i_OCSP_RESPONSE (NULL, &bytes, (long) length);
  OCSP_BASICRESP *basic = NULL;
  OCSP_CERTID *id = id_of (certificate, issuer);
  LlRevocationState state = LL_REVOCATION_UNKNOWN;

  *why = N_ ("the issuer's answer is none");
  if (response != NULL && OCSP_response_status (response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
    basic = OCSP_response_get1_basic (response);
  if (basic != NULL && id != NULL && !is_signed (basic, issuer))
    *why = N_ ("the issuer's answer is not signed by him");
  else if (basic != NULL && id != NULL)
    state = state_of (basic, id, why);
  OCSP_CERTID_free (id);
  OCSP_BASICRESP_free (basic);
  OCSP_RESPONSE_free (response);
  ERR_clear_error ();
  return state;
}

/* -- lists ------------------------------------------------------------------------------------- */

/* OpenSSL knows what a list covers, who may sign it and what its extensions mean. */
static int
verify (X509_CRL *list, X509 *certificate, X509 *issuer, gint64 when)
{
  X509_STORE *store = store_of (issuer);
  X509_STORE_CTX *context = X509_STORE_CTX_new ();
  STACK_OF (X509_CRL) *lists = sk_X509_CRL_new_null ();
  int result = X509_V_ERR_UNSPECIFIED;

  sk_X509_CRL_push (lists, list);
  if (X509_STORE_CTX_init (context, store, certificate, NULL) == 1)
    {
      X509_STORE_CTX_set0_crls (context, lists);
      X509_STORE_CTX_set_flags (context, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_PARTIAL_CHAIN);
      X509_STORE_CTX_set_time (context, 0, (time_t) when);
      X509_verify_cert (context);
      result = X509_STORE_CTX_get_error (context);
    }
  X509_STORE_CTX_free (context);
  sk_X509_CRL_free (lists);
  X509_STORE_free (store);
  return result;
}

/* A time at which the list was valid: for what it said then. */
static gint64
time_of (const X509_CRL *list)
{
  struct tm broken;

  if (ASN1_TIME_to_tm (X509_CRL_get0_lastUpdate (list), &broken) != 1)
    return 0;
  return (gint64) timegm (&broken);
}

LlRevocationState
ll_revocation_of_crl (GBytes *answer, X509 *certificate, X509 *issuer, gint64 now, const char **why)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (answer, &length);
  X509_CRL *list = d2i_X509_CRL (NULL, &bytes, (long) length);
  int result = X509_V_ERR_UNABLE_TO_GET_CRL;
  gboolean was = FALSE;

  *why = N_ ("the issuer's list is none");
  if (list != NULL)
    {
      result = verify (list, certificate, issuer, now);
      *why = X509_verify_cert_error_string (result);
    }
  if (result == X509_V_ERR_CRL_HAS_EXPIRED)
    was = verify (list, certificate, issuer, time_of (list)) == X509_V_ERR_CERT_REVOKED;
  X509_CRL_free (list);
  ERR_clear_error ();
  if (result == X509_V_ERR_CERT_REVOKED)
    return LL_REVOCATION_REVOKED;
  if (was)
    return LL_REVOCATION_WAS;
  return result == X509_V_OK ? LL_REVOCATION_GOOD : LL_REVOCATION_UNKNOWN;
}
