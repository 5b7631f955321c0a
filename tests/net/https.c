/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/https.h"

#include "../support/dnslab.h"

/* Against a real nginx, found through a real DNS. */

#define ENOUGH 10000 /* ms */
#define LIMIT 65536

static DnsLab dns;
static DnsLab web;
static LlResolver *resolver;

static LlHttps *
https_with (gboolean allow_private, const char *ca_file, const char *port)
{
  return ll_https_new (resolver, ca_file, NULL, allow_private,
                       (guint16) dns_lab_get_number (&web, port));
}

static const struct
{
  const char *id;
  const char *host;
  const char *path;
  LlHttpsOutcome outcome;
  guint status;
  const char *words; /* in the detail */
} cases[] = {
  { "sh01-good", "ok.web.lab", "/ok", LL_HTTPS_OK, 200, NULL },
  { "wildcard-of-one-label", "wild.web.lab", "/ok", LL_HTTPS_OK, 200, NULL },
  { "sh23-own-certificate-by-name", "alias.web.lab", "/ok", LL_HTTPS_OK, 200, NULL },
  { "sh17-charset", "ok.web.lab", "/charset", LL_HTTPS_OK, 200, NULL },
  { "sh04-404", "ok.web.lab", "/missing", LL_HTTPS_STATUS, 404, "404" },
  { "sh04-500", "ok.web.lab", "/broken", LL_HTTPS_STATUS, 500, "500" },
  { "sh04-204", "ok.web.lab", "/nothing", LL_HTTPS_STATUS, 204, "204" },
  { "sh04-203", "ok.web.lab", "/other", LL_HTTPS_STATUS, 203, "203" },
  { "redirect-is-not-followed", "ok.web.lab", "/redirect", LL_HTTPS_STATUS, 302, "302" },
  { "sh05-wrong-name", "wrong.web.lab", "/ok", LL_HTTPS_CERTIFICATE, 0, "not for that name" },
  { "sh06-expired", "expired.web.lab", "/ok", LL_HTTPS_CERTIFICATE, 0, "expired" },
  { "sh07-self-signed", "self.web.lab", "/ok", LL_HTTPS_CERTIFICATE, 0, "self" },
  { "sh07-unknown-authority", "local.web.lab", "/ok", LL_HTTPS_CERTIFICATE, 0, "trusted" },
  { "sh08-common-name-only", "cn.web.lab", "/ok", LL_HTTPS_CERTIFICATE, 0, "not for that name" },
  { "sh10-partial-wildcard", "partial.web.lab", "/ok", LL_HTTPS_CERTIFICATE, 0,
    "not for that name" },
  { "sh11-at-the-limit", "ok.web.lab", "/exact", LL_HTTPS_OK, 200, NULL },
  { "sh11-over-the-limit", "ok.web.lab", "/big", LL_HTTPS_TOO_LARGE, 0, "65536" },
  { "sh13-over-without-length", "ok.web.lab", "/chunked", LL_HTTPS_TOO_LARGE, 0, "65536" },
  { "no-address", "none.web.lab", "/ok", LL_HTTPS_UNREACHABLE, 0, "no address" },
  { "nobody-listens", "closed.web.lab", "/ok", LL_HTTPS_UNREACHABLE, 0, "cannot be reached" },
  { "bogus-address", "mx.dn12.lab", "/ok", LL_HTTPS_UNREACHABLE, 0, "DNSSEC" },
};

static void
test_get (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (LlHttps) https = https_with (TRUE, dns_lab_get (&web, "ca"), "port");
  g_autoptr (LlHttpsResult) result
      = ll_https_get (https, cases[i].host, cases[i].path, LIMIT, ll_deadline_in (ENOUGH), NULL);

  g_test_message ("%s", result->detail);
  g_assert_cmpint (result->outcome, ==, cases[i].outcome);
  g_assert_cmpuint (result->status, ==, cases[i].status);
  g_assert_cmpint (result->body != NULL, ==, cases[i].outcome == LL_HTTPS_OK);
  g_assert_cmpint (result->detail != NULL, ==, cases[i].outcome != LL_HTTPS_OK);
  if (cases[i].words != NULL)
    g_assert_nonnull (strstr (result->detail, cases[i].words));
  /* a root of the configured file is trusted as if shipped */
  g_assert_false (result->intercepted);
}

static void
test_body (void)
{
  g_autoptr (LlHttps) https = https_with (TRUE, dns_lab_get (&web, "ca"), "port");
  g_autoptr (LlHttpsResult) result
      = ll_https_get (https, "ok.web.lab", "/charset", LIMIT, ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpmem (g_bytes_get_data (result->body, NULL), g_bytes_get_size (result->body),
                   "hello\n", 6);
  g_assert_cmpstr (result->content_type, ==, "TEXT/PLAIN; charset=US-ASCII");
}

/* SH19: HTTP/2 where it is spoken, and a server of the last century. */
static void
test_versions (void)
{
  g_autoptr (LlHttps) https = https_with (TRUE, dns_lab_get (&web, "ca"), "port");
  g_autoptr (LlHttps) before = https_with (TRUE, dns_lab_get (&web, "ca"), "old-http");
  g_autoptr (LlHttpsResult) two
      = ll_https_get (https, "ok.web.lab", "/protocol", LIMIT, ll_deadline_in (ENOUGH), NULL);
  g_autoptr (LlHttpsResult) one
      = ll_https_get (before, "ok.web.lab", "/ok", LIMIT, ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpint (two->outcome, ==, LL_HTTPS_OK);
  g_assert_cmpmem (g_bytes_get_data (two->body, NULL), g_bytes_get_size (two->body), "HTTP/2.0\n",
                   9);
  g_assert_cmpint (one->outcome, ==, LL_HTTPS_OK);
  g_assert_cmpmem (g_bytes_get_data (one->body, NULL), g_bytes_get_size (one->body), "hello\n", 6);
}

/* SH25 */
static void
test_old_protocol (void)
{
  g_autoptr (LlHttps) https = https_with (TRUE, dns_lab_get (&web, "ca"), "old-port");
  g_autoptr (LlHttpsResult) result
      = ll_https_get (https, "old.web.lab", "/ok", LIMIT, ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpint (result->outcome, ==, LL_HTTPS_UNREACHABLE);
}

/* SH14: the first bytes come, the rest does not. */
static void
test_drip (void)
{
  g_autoptr (LlHttps) https = https_with (TRUE, dns_lab_get (&web, "ca"), "port");
  LlDeadline deadline = ll_deadline_in (700);
  g_autoptr (LlHttpsResult) result
      = ll_https_get (https, "ok.web.lab", "/slow", LIMIT + 1, deadline, NULL);

  g_assert_cmpint (result->outcome, ==, LL_HTTPS_UNREACHABLE);
  g_assert_cmpint (ll_deadline_left (deadline), <=, 100);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (LlHttps) https = https_with (TRUE, dns_lab_get (&web, "ca"), "port");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_autoptr (LlHttpsResult) result
      = ll_https_get (https, "ok.web.lab", "/slow", LIMIT + 1, LL_DEADLINE_NEVER, cancellable);

  g_assert_cmpint (result->outcome, ==, LL_HTTPS_UNREACHABLE);
  g_thread_join (thread);
}

/* SH20 */
static void
test_private (void)
{
  g_autoptr (LlHttps) https = https_with (FALSE, dns_lab_get (&web, "ca"), "port");
  g_autoptr (LlHttpsResult) loopback
      = ll_https_get (https, "ok.web.lab", "/ok", LIMIT, ll_deadline_in (ENOUGH), NULL);
  g_autoptr (LlHttpsResult) inside
      = ll_https_get (https, "private.web.lab", "/ok", LIMIT, ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpint (loopback->outcome, ==, LL_HTTPS_PRIVATE);
  g_assert_cmpint (inside->outcome, ==, LL_HTTPS_PRIVATE);
  g_assert_nonnull (inside->detail);
}

/* What certificates name at http://: the same care, and nothing but http and names. */
static void
test_ask (void)
{
  static const struct
  {
    const char *url;
    gboolean allow_private;
    LlHttpsOutcome outcome;
  } asked[] = {
    { "http://private.web.lab/a.crl", FALSE, LL_HTTPS_PRIVATE },
    { "http://ok.web.lab/a.crl", FALSE, LL_HTTPS_PRIVATE },
    { "http://closed.web.lab:9/a.crl", TRUE, LL_HTTPS_UNREACHABLE },
    { "http://127.0.0.1/a.crl", TRUE, LL_HTTPS_UNREACHABLE },
    { "https://ok.web.lab/ok", TRUE, LL_HTTPS_UNREACHABLE },
    { "ftp://ok.web.lab/ok", TRUE, LL_HTTPS_UNREACHABLE },
    { "http://me:secret@ok.web.lab/ok", TRUE, LL_HTTPS_UNREACHABLE },
    { "http:///ok", TRUE, LL_HTTPS_UNREACHABLE },
    { "no address", TRUE, LL_HTTPS_UNREACHABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autoptr (LlHttps) https
          = https_with (asked[i].allow_private, dns_lab_get (&web, "ca"), "port");
      g_autoptr (LlHttpsResult) result
          = ll_http_ask (https, asked[i].url, NULL, NULL, LIMIT, ll_deadline_in (ENOUGH), NULL);

      g_test_message ("%s: %s", asked[i].url, result->detail);
      g_assert_cmpint (result->outcome, ==, asked[i].outcome);
      g_assert_nonnull (result->detail);
    }
}

/* SH22: nothing listens where the environment says that a proxy is. */
static void
test_environment_proxy (void)
{
  g_autoptr (LlHttps) https = https_with (TRUE, dns_lab_get (&web, "ca"), "port");
  g_autoptr (LlHttpsResult) result = NULL;

  g_setenv ("https_proxy", "http://127.0.0.1:9", TRUE);
  g_setenv ("ALL_PROXY", "socks5://127.0.0.1:9", TRUE);
  result = ll_https_get (https, "ok.web.lab", "/ok", LIMIT, ll_deadline_in (ENOUGH), NULL);
  g_unsetenv ("https_proxy");
  g_unsetenv ("ALL_PROXY");
  g_assert_cmpint (result->outcome, ==, LL_HTTPS_OK);
}

static void
test_configured_proxy (void)
{
  g_autoptr (LlHttps) https
      = ll_https_new (resolver, dns_lab_get (&web, "ca"), "http://127.0.0.1:9", TRUE,
                      (guint16) dns_lab_get_number (&web, "port"));
  g_autoptr (LlHttpsResult) result
      = ll_https_get (https, "ok.web.lab", "/ok", LIMIT, ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpint (result->outcome, ==, LL_HTTPS_UNREACHABLE);
}

static void
test_bad_ca_file (void)
{
  g_autoptr (LlHttps) https = https_with (TRUE, "/nonexistent/ca.pem", "port");
  g_autoptr (LlHttpsResult) result
      = ll_https_get (https, "ok.web.lab", "/ok", LIMIT, ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpint (result->outcome, ==, LL_HTTPS_UNREACHABLE);
  g_assert_nonnull (strstr (result->detail, "/nonexistent/ca.pem"));
}

/* Somebody added a root to the system's: the chain verifies, and is said to be read by others. */
static void
test_intercepted (void)
{
  g_autoptr (LlHttps) https = NULL;
  g_autoptr (LlHttpsResult) result = NULL;
  g_autofree char *before = g_strdup (g_getenv ("SSL_CERT_DIR"));
  g_autofree char *file = g_strdup (g_getenv ("SSL_CERT_FILE"));

  g_setenv ("SSL_CERT_DIR", dns_lab_get (&web, "certs"), TRUE);
  g_setenv ("SSL_CERT_FILE", "/nonexistent/cert.pem", TRUE);
  https = https_with (TRUE, NULL, "port");
  result = ll_https_get (https, "local.web.lab", "/ok", LIMIT, ll_deadline_in (ENOUGH), NULL);
  if (before != NULL)
    g_setenv ("SSL_CERT_DIR", before, TRUE);
  else
    g_unsetenv ("SSL_CERT_DIR");
  if (file != NULL)
    g_setenv ("SSL_CERT_FILE", file, TRUE);
  else
    g_unsetenv ("SSL_CERT_FILE");
  g_assert_cmpint (result->outcome, ==, LL_HTTPS_OK);
  g_assert_true (result->intercepted);
}

int
main (int argc, char **argv)
{
  const char *servers[] = { NULL, NULL };
  LlResolverOptions options = { .resolvers = servers };
  int result;

  g_test_init (&argc, &argv, NULL);
  dns_lab_start (&dns);
  dns_lab_start_script (&web, "web.py");
  servers[0] = dns_lab_get (&dns, "resolver");
  options.trust_anchor = dns_lab_get (&dns, "anchor");
  resolver = ll_resolver_new (&options, NULL);
  g_assert_nonnull (resolver);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/net/https/", cases[i].id, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_get);
    }
  g_test_add_func ("/net/https/body", test_body);
  g_test_add_func ("/net/https/sh19-versions", test_versions);
  g_test_add_func ("/net/https/sh25-old-protocol", test_old_protocol);
  g_test_add_func ("/net/https/sh14-drip", test_drip);
  g_test_add_func ("/net/https/cancel", test_cancel);
  g_test_add_func ("/net/https/sh20-private", test_private);
  g_test_add_func ("/net/https/ask", test_ask);
  g_test_add_func ("/net/https/sh22-environment-proxy", test_environment_proxy);
  g_test_add_func ("/net/https/configured-proxy", test_configured_proxy);
  g_test_add_func ("/net/https/bad-ca-file", test_bad_ca_file);
  g_test_add_func ("/net/https/intercepted", test_intercepted);
  result = g_test_run ();
  ll_resolver_free (resolver);
  dns_lab_stop (&web);
  dns_lab_stop (&dns);
  return result;
}
