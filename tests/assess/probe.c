/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/probe.h"

#include "probing.h"

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
  { "421 to STARTTLS",
    { HELLO OFFERS "421 4.3.2 shutting down\n" },
    LL_SIGHT_TEMPORARY,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    TRUE },
  { "250 to STARTTLS",
    { HELLO OFFERS "250 fine\n" END },
    LL_SIGHT_TEMPORARY,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    TRUE },
  { "no SMTP to STARTTLS",
    { HELLO OFFERS "ready when you are\n|WAIT" },
    LL_SIGHT_PROTOCOL,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    TRUE },
  { "STARTTLS answered in two lines",
    { HELLO OFFERS "220-go\n220 now\n|TLS|<|250-mx\n250 REQUIRETLS\n" END },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    TRUE,
    TRUE },
  { "codes that change from line to line",
    { HELLO "250-mx\n550 STARTTLS\n|WAIT" },
    LL_SIGHT_PROTOCOL,
    LL_CODE_UNKNOWN_TEMP,
    FALSE,
    FALSE,
    TRUE },
  { "bytes of a reply one by one",
    { HELLO "2|5|0|-|m|x|\n|250 START|TLS\n|<|" GO "250 mx\n" END },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    FALSE,
    TRUE },
  { "421 inside TLS",
    { HELLO OFFERS GO "421 4.7.0 enough\n" },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
    FALSE,
    FALSE,
    TRUE },
  { "the farewell is not answered",
    { HELLO OFFERS GO "250 mx\n|WAIT" },
    LL_SIGHT_TLS,
    LL_CODE_NONE,
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

/* DC33, SH23: a server that has its certificate only for who names it. */
static int
name_cb (SSL *ssl, int *alert, void *data)
{
  if (g_strcmp0 (SSL_get_servername (ssl, TLSEXT_NAMETYPE_host_name), MX) != 0)
    return SSL_TLSEXT_ERR_NOACK;
  SSL_use_certificate (ssl, leaf.certificate);
  SSL_use_PrivateKey (ssl, leaf.key);
  return SSL_TLSEXT_ERR_OK;
}

static void
test_by_name (void)
{
  Certificate other = certificate_make (&(CertificateWish){ .names = "DNS:default.lab" }, &root);
  SSL_CTX *context = server (&other, NULL);
  Fake fake = { 0 };
  g_autoptr (LlSight) sight = NULL;

  SSL_CTX_set_tlsext_servername_callback (context, name_cb);
  sight = look_with (&fake, SCRIPTS (GOOD), context, ENOUGH);
  g_assert_cmpint (sight->kind, ==, LL_SIGHT_TLS);
  g_assert_true (sight->trust.valid);
  certificate_clear (&other);
}

static int
refuse_name_cb (SSL *ssl, int *alert, void *data)
{
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Not a server of this name: nothing is known of the one that is, least of all that it is weak. */
static void
test_name_refused (void)
{
  SSL_CTX *context = server (&leaf, NULL);
  Fake fake = { 0 };
  g_autoptr (LlSight) sight = NULL;

  SSL_CTX_set_tlsext_servername_callback (context, refuse_name_cb);
  sight = look_with (&fake, SCRIPTS (GOOD), context, ENOUGH);
  g_assert_cmpint (sight->kind, ==, LL_SIGHT_TEMPORARY);
}

static int
accept_all_cb (int ok, X509_STORE_CTX *store)
{
  return 1;
}

/* Many servers ask for a certificate and do without; one that insists does not let us see more. */
static void
test_client_certificate (void)
{
  static const struct
  {
    int mode, version;
    LlSightKind kind;
  } asked[] = {
    { SSL_VERIFY_PEER, TLS1_2_VERSION, LL_SIGHT_TLS },
    { SSL_VERIFY_PEER, TLS1_3_VERSION, LL_SIGHT_TLS },
    { SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, TLS1_3_VERSION, LL_SIGHT_TLS },
    { SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, TLS1_2_VERSION, LL_SIGHT_TEMPORARY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      SSL_CTX *context = server (&leaf, NULL);
      Fake fake = { 0 };
      g_autoptr (LlSight) sight = NULL;

      SSL_CTX_set_max_proto_version (context, asked[i].version);
      SSL_CTX_set_verify (context, asked[i].mode, accept_all_cb);
      sight = look_with (&fake, SCRIPTS (GOOD), context, ENOUGH);
      g_assert_cmpint (sight->kind, ==, asked[i].kind);
    }
}

/* DC36, C39: each look shakes hands anew, so that no certificate of yesterday counts today. */
static void
test_not_resumed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlProbe) probe = NULL;
  Fake fake = { 0 };

  fake_start (&fake, SCRIPTS (GOOD), server (&leaf, NULL));
  probe = ll_probe_new (fake.port, NULL, ca_file, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      LlSight *sight = NULL;

      ll_probe_look (probe, "127.0.0.1", MX, ll_deadline_in (ENOUGH), NULL, ready_cb, &sight);
      g_assert_cmpint (sight->kind, ==, LL_SIGHT_TLS);
      g_assert_nonnull (ll_sight_chain (sight));
      ll_sight_unref (sight);
    }
  fake_stop (&fake);
  g_assert_cmpuint (fake.resumed, ==, 0);
}

/* C31, C40: more certificates than fit into one record, most of them of no use. */
static void
test_large_handshake (void)
{
  SSL_CTX *context = server (&leaf, NULL);
  Fake fake = { 0 };
  g_autoptr (LlSight) sight = NULL;

  for (guint i = 0; i < 60; i++)
    SSL_CTX_add1_chain_cert (context, i % 2 == 0 ? weak.certificate : root.certificate);
  sight = look_with (&fake, SCRIPTS (GOOD), context, ENOUGH);
  g_assert_cmpint (sight->kind, ==, LL_SIGHT_TLS);
  g_assert_true (sight->trust.valid);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  make_all ();
  g_test_add_func ("/assess/probe/T01-T31", test_talk);
  g_test_add_func ("/assess/probe/T16-limits", test_limits);
  g_test_add_func ("/assess/probe/DC33-by-name", test_by_name);
  g_test_add_func ("/assess/probe/DC36-C39-not-resumed", test_not_resumed);
  g_test_add_func ("/assess/probe/C31-C40-large-handshake", test_large_handshake);
  g_test_add_func ("/assess/probe/name-refused", test_name_refused);
  g_test_add_func ("/assess/probe/client-certificate", test_client_certificate);
  g_test_add_func ("/assess/probe/silence", test_silence);
  g_test_add_func ("/assess/probe/refused", test_refused);
  result = g_test_run ();
  clear_all ();
  return result;
}
