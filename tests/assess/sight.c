/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The floor, by handshakes with servers that are below it or just above. */

#include "assess/sight.h"

#include "probing.h"

#include <openssl/ocsp.h>

static void
assert_tls (const char *name, SSL_CTX *context, LlSightKind kind, LlCode code, const char *note)
{
  Fake fake = { 0 };
  g_autoptr (LlSight) sight = NULL;

  g_test_message ("%s", name);
  sight = look_with (&fake, SCRIPTS (GOOD), context, ENOUGH);
  g_assert_cmpint (sight->kind, ==, kind);
  g_assert_cmpint (sight->code, ==, code);
  if (note != NULL)
    g_assert_nonnull (strstr (sight->note, note));
  /* what only an old protocol could reach is never compared with anything */
  g_assert_cmpint (ll_sight_chain (sight) != NULL, ==, sight->chain != NULL && !sight->classified);
}

static SSL_CTX *
only (SSL_CTX *context, int version)
{
  SSL_CTX_set_min_proto_version (context, version);
  SSL_CTX_set_max_proto_version (context, version);
  return context;
}

static SSL_CTX *
with_dh (SSL_CTX *context, guint bits)
{
  EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name (NULL, "DH", NULL);
  EVP_PKEY *parameters = NULL;

  g_assert_cmpint (EVP_PKEY_paramgen_init (maker), ==, 1);
  if (bits == 2048)
    {
      EVP_PKEY_CTX_free (maker);
      SSL_CTX_set_dh_auto (context, 1);
      return context;
    }
  {
    OSSL_PARAM wanted[] = { OSSL_PARAM_construct_utf8_string ("group", (char *) "dh_1024_160", 0),
                            OSSL_PARAM_construct_end () };

    g_assert_cmpint (EVP_PKEY_CTX_set_params (maker, wanted), ==, 1);
  }
  g_assert_cmpint (EVP_PKEY_generate (maker, &parameters), ==, 1);
  g_assert_cmpint (SSL_CTX_set0_tmp_dh_pkey (context, parameters), ==, 1);
  EVP_PKEY_CTX_free (maker);
  return context;
}

static SSL_CTX *
with_suite (SSL_CTX *context, const char *suite)
{
  g_assert_cmpint (SSL_CTX_set_ciphersuites (context, suite), ==, 1);
  return only (context, TLS1_3_VERSION);
}

/* Other suites and keys than those that everybody has. */
static void
test_uncommon (void)
{
  Certificate short_curve
      = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .curve = "P-192" }, &root);
  Certificate edwards
      = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .curve = "ED25519" }, &root);

  assert_tls ("CBC", server (&leaf, "ECDHE-ECDSA-AES128-SHA"), LL_SIGHT_TLS, LL_CODE_NONE, NULL);
  assert_tls ("ChaCha20", server (&leaf, "ECDHE-ECDSA-CHACHA20-POLY1305"), LL_SIGHT_TLS,
              LL_CODE_NONE, NULL);
  assert_tls ("CCM8 in TLS 1.3", with_suite (server (&leaf, NULL), "TLS_AES_128_CCM_8_SHA256"),
              LL_SIGHT_WEAK, LL_CODE_WEAK_CIPHER, NULL);
  /* not even the probe that allows everything takes it */
  assert_tls ("P-192", server (&short_curve, NULL), LL_SIGHT_WEAK, LL_CODE_WEAK_CIPHER, NULL);
  assert_tls ("Ed25519", server (&edwards, NULL), LL_SIGHT_TLS, LL_CODE_NONE, NULL);
  certificate_clear (&short_curve);
  certificate_clear (&edwards);
}

static void
test_floor (void)
{
  SSL_CTX *hello_retry = server (&leaf, NULL);

  SSL_CTX_set1_groups_list (hello_retry, "P-384");
  assert_tls ("C01 TLS 1.3", only (server (&leaf, NULL), TLS1_3_VERSION), LL_SIGHT_TLS,
              LL_CODE_NONE, NULL);
  assert_tls ("C01 TLS 1.2", only (server (&leaf, NULL), TLS1_2_VERSION), LL_SIGHT_TLS,
              LL_CODE_NONE, NULL);
  assert_tls ("T28 HelloRetryRequest", hello_retry, LL_SIGHT_TLS, LL_CODE_NONE, NULL);
  assert_tls ("TLS 1.1", only (server (&rsa, NULL), TLS1_1_VERSION), LL_SIGHT_WEAK,
              LL_CODE_WEAK_PROTOCOL, NULL);
  assert_tls ("TLS 1.0", only (server (&rsa, NULL), TLS1_VERSION), LL_SIGHT_WEAK,
              LL_CODE_WEAK_PROTOCOL, NULL);
  assert_tls ("C07 NULL", server (&rsa, "NULL-SHA256"), LL_SIGHT_WEAK, LL_CODE_WEAK_CIPHER, NULL);
  assert_tls ("C09 NULL among others", server (&rsa, "NULL-SHA256:ECDHE-RSA-AES128-GCM-SHA256"),
              LL_SIGHT_TLS, LL_CODE_NONE, NULL);
  assert_tls ("anonymous", with_dh (server (&rsa, "ADH-AES128-SHA"), 2048), LL_SIGHT_WEAK,
              LL_CODE_WEAK_CIPHER, NULL);
  assert_tls ("C10 static RSA", server (&rsa, "AES128-SHA"), LL_SIGHT_TLS, LL_CODE_NONE,
              "no forward secrecy");
  assert_tls ("C12 CCM8", server (&leaf, "ECDHE-ECDSA-AES128-CCM8"), LL_SIGHT_WEAK,
              LL_CODE_WEAK_CIPHER, NULL);
  assert_tls ("DHE 2048", with_dh (server (&rsa, "DHE-RSA-AES128-GCM-SHA256"), 2048), LL_SIGHT_TLS,
              LL_CODE_NONE, NULL);
  assert_tls ("C13 DHE 1024", with_dh (server (&rsa, "DHE-RSA-AES128-GCM-SHA256"), 1024),
              LL_SIGHT_WEAK, LL_CODE_WEAK_KEY, NULL);
  assert_tls ("C15 RSA 1024", server (&weak, NULL), LL_SIGHT_WEAK, LL_CODE_WEAK_KEY, NULL);
  assert_tls ("C34 must-staple", server (&staple, NULL), LL_SIGHT_TLS, LL_CODE_NONE, "OCSP");
}

/* C03, C04, C06: what this OpenSSL cannot speak is answered by hand. */
static void
test_hand_made (void)
{
  static const struct
  {
    const char *name;
    guint8 version;
    guint16 cipher;
    LlCode code;
  } hellos[] = {
    { "C03 SSLv3", 0, 0x002f, LL_CODE_WEAK_PROTOCOL },
    { "C04 RC4", 3, 0x0005, LL_CODE_WEAK_CIPHER },
    { "C06 EXPORT", 3, 0x0003, LL_CODE_WEAK_CIPHER },
    { "3DES", 3, 0x000a, LL_CODE_WEAK_CIPHER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (hellos); i++)
    {
      Fake fake = { .hello_version = hellos[i].version, .hello_cipher = hellos[i].cipher };
      g_autoptr (LlSight) sight = NULL;

      g_test_message ("%s", hellos[i].name);
      sight = look_with (&fake, SCRIPTS (HELLO OFFERS "220 go\n|HELLO|WAIT"), NULL, ENOUGH);
      g_assert_cmpint (sight->kind, ==, LL_SIGHT_WEAK);
      g_assert_cmpint (sight->code, ==, hellos[i].code);
      g_assert_cmpuint (fake.connections, <=, 2);
    }
}

/* -- OCSP ----------------------------------------------------------------------------- */

/* A stapled answer of the root about @leaf: @status. */
static GBytes *
ocsp_answer (const Certificate *about, int status)
{
  OCSP_BASICRESP *basic = OCSP_BASICRESP_new ();
  OCSP_CERTID *id = OCSP_cert_to_id (EVP_sha1 (), about->certificate, root.certificate);
  ASN1_TIME *now = X509_gmtime_adj (NULL, -60);
  ASN1_TIME *next = X509_gmtime_adj (NULL, CERTIFICATE_DAY);
  OCSP_RESPONSE *response;
  unsigned char *der = NULL;
  int length;
  GBytes *bytes;

  OCSP_basic_add1_status (basic, id, status, 0, now, now, next);
  OCSP_basic_sign (basic, root.certificate, root.key, EVP_sha256 (), NULL, 0);
  response = OCSP_response_create (OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
  length = i2d_OCSP_RESPONSE (response, &der);
  bytes = g_bytes_new (der, (gsize) length);
  OPENSSL_free (der);
  OCSP_RESPONSE_free (response);
  OCSP_BASICRESP_free (basic);
  OCSP_CERTID_free (id);
  ASN1_TIME_free (now);
  ASN1_TIME_free (next);
  return bytes;
}

static int
staple_cb (SSL *ssl, void *data)
{
  gsize length;
  const void *bytes = g_bytes_get_data (data, &length);

  SSL_set_tlsext_status_ocsp_resp (ssl, OPENSSL_memdup (bytes, length), (long) length);
  return SSL_TLSEXT_ERR_OK;
}

static void
test_revoked (void)
{
  static const struct
  {
    int status;
    gboolean revoked;
  } answers[] = { { V_OCSP_CERTSTATUS_GOOD, FALSE }, { V_OCSP_CERTSTATUS_REVOKED, TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GBytes) answer = ocsp_answer (&revoked_leaf, answers[i].status);
      SSL_CTX *context = server (&revoked_leaf, NULL);
      Fake fake = { 0 };
      g_autoptr (LlSight) sight = NULL;

      SSL_CTX_add1_chain_cert (context, root.certificate);
      SSL_CTX_set_tlsext_status_cb (context, staple_cb);
      SSL_CTX_set_tlsext_status_arg (context, answer);
      sight = look_with (&fake, SCRIPTS (GOOD), context, ENOUGH);
      g_assert_cmpint (sight->kind, ==, LL_SIGHT_TLS);
      g_assert_cmpint (sight->revoked, ==, answers[i].revoked);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  make_all ();
  g_test_add_func ("/assess/sight/uncommon", test_uncommon);
  g_test_add_func ("/assess/sight/C01-C34-T28-floor", test_floor);
  g_test_add_func ("/assess/sight/C03-C04-C06-hand-made", test_hand_made);
  g_test_add_func ("/assess/sight/C33-revoked", test_revoked);
  result = g_test_run ();
  clear_all ();
  return result;
}
