/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/probe.h"

#include "fake.h"

#include <glib/gstdio.h>
#include <openssl/ocsp.h>

#define MX "mx.example.lab"
#define ENOUGH 20000 /* ms */
#define HELLO "220 mx ESMTP\n|<|"
#define OFFERS "250-mx\n250 STARTTLS\n|<|"
#define GO "220 go\n|TLS|<|"
#define END "|<|221 bye\n"
#define GOOD HELLO OFFERS GO "250-mx\n250 REQUIRETLS\n" END

static Issued root, leaf, rsa, weak, staple, revoked_leaf;
static char *ca_file;

static SSL_CTX *
server (const Issued *own, const char *ciphers)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  SSL_CTX_set_security_level (context, 0);
  SSL_CTX_set_dh_auto (context, 0);
  SSL_CTX_use_certificate (context, own->certificate);
  SSL_CTX_use_PrivateKey (context, own->key);
  if (ciphers != NULL)
    {
      SSL_CTX_set_max_proto_version (context, TLS1_2_VERSION);
      g_assert_cmpint (SSL_CTX_set_cipher_list (context, ciphers), ==, 1);
    }
  return context;
}

static void
ready_cb (LlSight *sight, gboolean final, gpointer data)
{
  LlSight **kept = data;

  ll_sight_unref (*kept);
  *kept = ll_sight_ref (sight);
}

/* The only words that a probe ever says (T31). */
static void
assert_harmless (const char *heard)
{
  g_auto (GStrv) lines = g_strsplit (heard, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_true (lines[i][0] == '\0' || g_str_has_prefix (lines[i], "EHLO [127.0.0.1]")
                   || g_str_has_prefix (lines[i], "HELO [127.0.0.1]")
                   || strcmp (lines[i], "STARTTLS") == 0 || strcmp (lines[i], "QUIT") == 0);
}

static LlSight *
look_at (guint16 port, int milliseconds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlProbe) probe = ll_probe_new (port, NULL, ca_file, &error);
  LlSight *sight = NULL;

  g_assert_no_error (error);
  ll_probe_look (probe, "127.0.0.1", MX, ll_deadline_in (milliseconds), NULL, ready_cb, &sight);
  g_test_message ("   %d: %s (%s)", sight->kind, sight->detail, sight->note);
  return sight;
}

static LlSight *
look_with (Fake *fake, const char *const *scripts, SSL_CTX *context, int milliseconds)
{
  LlSight *sight;

  fake_start (fake, scripts, context);
  sight = look_at (fake->port, milliseconds);
  fake_stop (fake);
  return sight;
}

#define SCRIPTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct
{
  const char *name;
  const char *scripts[3];
  LlSightKind kind;
  LlCode code;
  gboolean tampered, requiretls, greeted;
} cases[] = {
  { "T01 features of the second EHLO", { GOOD }, LL_SIGHT_TLS, LL_CODE_NONE, FALSE, TRUE, TRUE },
  { "T01 REQUIRETLS before TLS only",
    { HELLO "250-mx\n250-REQUIRETLS\n250 STARTTLS\n|<|" GO "250 mx\n" END },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    FALSE,
    TRUE },
  { "T02 454",
    { HELLO OFFERS "454 4.7.0 TLS not available\n" END },
    LL_SIGHT_TEMPORARY,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    TRUE },
  { "502 to STARTTLS",
    { HELLO OFFERS "502 no\n" END },
    LL_SIGHT_PLAIN,
    LL_CODE_STARTTLS_NOT_SUPPORTED,
    FALSE,
    FALSE,
    TRUE },
  { "T04 injected reply",
    { HELLO OFFERS "220 go\n250-mx\n250 REQUIRETLS\n|TLS|WAIT" },
    LL_SIGHT_TEMPORARY,
    LL_CODE_VALIDATION_FAILURE,
    TRUE,
    FALSE,
    TRUE },
  { "T07 overwritten keyword",
    { HELLO "250-mx\n250-XXXXXXXA\n250 8BITMIME\n" END },
    LL_SIGHT_PLAIN,
    LL_CODE_STARTTLS_NOT_SUPPORTED,
    TRUE,
    FALSE,
    TRUE },
  { "T08 not offered",
    { HELLO "250-mx\n250 8BITMIME\n" END },
    LL_SIGHT_PLAIN,
    LL_CODE_STARTTLS_NOT_SUPPORTED,
    FALSE,
    FALSE,
    TRUE },
  { "not offered at first",
    { HELLO "250 mx\n" END, GOOD },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    TRUE,
    TRUE },
  { "HELO only",
    { "220 old\n|<|502 what?\n|<|250 old\n" END },
    LL_SIGHT_PLAIN,
    LL_CODE_STARTTLS_NOT_SUPPORTED,
    FALSE,
    FALSE,
    TRUE },
  { "T10 554",
    { "554 5.7.1 blocked using PBL\n" END },
    LL_SIGHT_UNWELCOME,
    LL_CODE_UNKNOWN_REFUSED,
    FALSE,
    FALSE,
    TRUE },
  { "521",
    { "521 no mail here\n" },
    LL_SIGHT_UNWELCOME,
    LL_CODE_UNKNOWN_REFUSED,
    FALSE,
    FALSE,
    TRUE },
  { "550 to EHLO",
    { HELLO "550 go away\n" END },
    LL_SIGHT_UNWELCOME,
    LL_CODE_UNKNOWN_REFUSED,
    FALSE,
    FALSE,
    TRUE },
  { "T11 421",
    { "421 too many connections\n" END },
    LL_SIGHT_TEMPORARY,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    TRUE },
  { "421 to EHLO",
    { HELLO "421 busy\n" },
    LL_SIGHT_TEMPORARY,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    TRUE },
  { "closed at once", { "" }, LL_SIGHT_TEMPORARY, LL_CODE_UNKNOWN_TEMP, FALSE, FALSE, FALSE },
  { "closed after EHLO", { HELLO }, LL_SIGHT_TEMPORARY, LL_CODE_UNKNOWN_TEMP, FALSE, FALSE, TRUE },
  { "T13 HTTP",
    { "HTTP/1.1 400 Bad Request\n\n|WAIT" },
    LL_SIGHT_PROTOCOL,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    FALSE },
  { "T13 SSH",
    { "SSH-2.0-OpenSSH_9.2p1\n|WAIT" },
    LL_SIGHT_PROTOCOL,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    FALSE },
  { "T13 TLS",
    { "\026\003\001\001\n|WAIT" },
    LL_SIGHT_PROTOCOL,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    FALSE },
  { "T14 greeting of lines",
    { "220-mx\n220-no spam\n220 here\n|<|" OFFERS GO "250 mx\n" END },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    FALSE,
    TRUE },
  { "T17 only keyword",
    { HELLO "250 STARTTLS\n|<|" GO "250 mx\n" END },
    LL_SIGHT_PLAIN,
    LL_CODE_STARTTLS_NOT_SUPPORTED,
    FALSE,
    FALSE,
    TRUE },
  { "T17 lower case, blank",
    { HELLO "250-mx\n250 starttls \n|<|" GO "250 mx\n" END },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    FALSE,
    TRUE },
  { "T17 parameter",
    { HELLO "250-mx\n250-STARTTLS foo\n250 SIZE\n|<|" GO "250 mx\n" END },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    FALSE,
    TRUE },
  { "T20 RST after 220",
    { HELLO OFFERS "220 go\n|RST" },
    LL_SIGHT_TEMPORARY,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    TRUE },
  { "T29 STARTTLS again",
    { HELLO OFFERS GO "250-mx\n250 STARTTLS\n" END },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    FALSE,
    TRUE },
  { "closed inside TLS",
    { HELLO OFFERS "220 go\n|TLS|<" },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    FALSE,
    TRUE },
  { "not TLS after 220",
    { HELLO OFFERS "220 go\n|<|500 what?\n" END },
    LL_SIGHT_TEMPORARY,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    TRUE },
};

static void
test_talk (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fake fake = { 0 };
      g_autoptr (LlSight) sight = NULL;

      g_test_message ("%s", cases[i].name);
      fake_start (&fake, cases[i].scripts, server (&leaf, NULL));
      sight = look_at (fake.port, ENOUGH);
      if (!g_str_has_prefix (cases[i].name, "not TLS"))
        assert_harmless (fake.heard->str);
      fake_stop (&fake);
      g_assert_cmpint (sight->kind, ==, cases[i].kind);
      g_assert_cmpint (sight->code, ==, cases[i].code);
      g_assert_cmpint (sight->tampered, ==, cases[i].tampered);
      g_assert_cmpint (sight->requiretls, ==, cases[i].requiretls);
      g_assert_cmpint (sight->greeted, ==, cases[i].greeted);
      g_assert_cmpint (sight->trust.valid, ==, cases[i].kind == LL_SIGHT_TLS);
    }
}

/* T16: a reply of 200 lines, a line of 5 kB. */
static void
test_limits (void)
{
  g_autoptr (GString) lines = g_string_new (HELLO);
  g_autoptr (GString) line = g_string_new (HELLO "250 ");
  const char *both[2];

  for (guint i = 0; i < 200; i++)
    g_string_append (lines, "250-more\n");
  g_string_append (lines, "250 STARTTLS\n|WAIT");
  for (guint i = 0; i < 5000; i++)
    g_string_append_c (line, 'x');
  g_string_append (line, "\n|WAIT");
  both[0] = lines->str;
  both[1] = line->str;
  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      Fake fake = { 0 };
      g_autoptr (LlSight) sight = look_with (&fake, SCRIPTS (both[i]), NULL, ENOUGH);

      g_assert_cmpint (sight->kind, ==, LL_SIGHT_PROTOCOL);
    }
}

static void
test_silence (void)
{
  Fake fake = { 0 };
  g_autoptr (LlSight) sight = look_with (&fake, SCRIPTS ("WAIT"), NULL, 200);
  Fake stalled = { 0 };
  g_autoptr (LlSight) later
      = look_with (&stalled, SCRIPTS (HELLO OFFERS "220 go\n|WAIT"), NULL, 400);

  g_assert_cmpint (sight->kind, ==, LL_SIGHT_TEMPORARY);
  g_assert_cmpint (later->kind, ==, LL_SIGHT_TEMPORARY);
}

static void
test_refused (void)
{
  Fake fake = { 0 };
  g_autoptr (LlSight) sight = NULL;

  fake_start (&fake, SCRIPTS (""), NULL);
  fake_stop (&fake);
  sight = look_at (fake.port, ENOUGH);
  g_assert_cmpint (sight->kind, ==, LL_SIGHT_UNREACHABLE);
  g_assert_false (sight->greeted);
}

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
ocsp_answer (const Issued *about, int status)
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

static void
make_all (void)
{
  BIO *file;
  int fd = g_file_open_tmp ("ll-ca-XXXXXX", &ca_file, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  root = certificate_issue (NULL, &(Wanted){ .common_name = "Root", .ca = TRUE });
  leaf = certificate_issue (&root, &(Wanted){ .names = "DNS:" MX });
  rsa = certificate_issue (&root, &(Wanted){ .names = "DNS:" MX, .rsa_bits = 2048 });
  weak = certificate_issue (&root, &(Wanted){ .names = "DNS:" MX, .rsa_bits = 1024 });
  staple = certificate_issue (&root, &(Wanted){ .names = "DNS:" MX, .staple = TRUE });
  revoked_leaf = certificate_issue (&root, &(Wanted){ .names = "DNS:" MX });
  file = BIO_new_file (ca_file, "w");
  PEM_write_bio_X509 (file, root.certificate);
  BIO_free (file);
}

int
main (int argc, char **argv)
{
  Issued *all[] = { &root, &leaf, &rsa, &weak, &staple, &revoked_leaf };
  int result;

  g_test_init (&argc, &argv, NULL);
  make_all ();
  g_test_add_func ("/assess/probe/T01-T31", test_talk);
  g_test_add_func ("/assess/probe/T16-limits", test_limits);
  g_test_add_func ("/assess/probe/silence", test_silence);
  g_test_add_func ("/assess/probe/refused", test_refused);
  g_test_add_func ("/assess/probe/C01-C34-T28-floor", test_floor);
  g_test_add_func ("/assess/probe/C03-C04-C06-hand-made", test_hand_made);
  g_test_add_func ("/assess/probe/C33-revoked", test_revoked);
  result = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    certificate_clear (all[i]);
  g_unlink (ca_file);
  g_free (ca_file);
  return result;
}
