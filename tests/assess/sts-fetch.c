/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Policies from real hosts, told of by real DNS; each with and without an old one in the cache. */

#include "assess/sts-fetch.h"

#include "../support/dnslab.h"
#include "assess/sts-cache.h"

#define ENOUGH 12000 /* ms */
#define OLD "version: STSv1\nmode: enforce\nmx: mx.old.lab\nmax_age: 604800\n"

static DnsLab dns, web;
static LlResolver *resolver;
static LlHttps *https;

static void
remember (LlMemory *memory, const char *domain, const char *id, gint64 age)
{
  g_autofree char *detail = NULL;
  g_autoptr (LlStsPolicy) policy = ll_sts_policy_parse (OLD, strlen (OLD), &detail);
  LlMoment then = ll_moment_now ();

  then.wall -= age;
  ll_sts_cache_put (memory, domain, id, policy, &then);
}

static LlStsFacts
find (LlMemory *memory, const char *domain)
{
  LlStsSources sources = { resolver, https, memory };
  LlStsFacts facts;

  ll_sts_find (&sources, domain, ll_deadline_in (ENOUGH), NULL, &facts);
  g_test_message ("%s: %d %s", domain, facts.mode, facts.detail);
  return facts;
}

static int
fetched (const char *domain)
{
  g_autofree char *command = g_strconcat ("fetched ", domain, "\n", NULL);
  g_autofree char *reply = NULL;

  g_assert_true (g_output_stream_write_all (web.in, command, strlen (command), NULL, NULL, NULL));
  g_assert_true (g_output_stream_flush (web.in, NULL, NULL));
  reply = dns_lab_line (&web);
  return atoi (reply);
}

/* -- what is found --------------------------------------------------------------------- */

static const struct
{
  const char *domain;
  LlStsMode mode; /* with nothing in the cache */
  LlCode code;
  gboolean keeps; /* an older policy holds: RFC 8461 3.3, 5.1 */
} cases[] = {
  { "good.pol.lab", LL_STS_ENFORCE, LL_CODE_NONE, FALSE },
  { "testing.pol.lab", LL_STS_TESTING, LL_CODE_NONE, FALSE },
  { "none.pol.lab", LL_STS_MODE_NONE, LL_CODE_NONE, FALSE },
  { "zero.pol.lab", LL_STS_ENFORCE, LL_CODE_NONE, FALSE },
  /* nobody listens at the first of the two addresses */
  { "dual.pol.lab", LL_STS_ENFORCE, LL_CODE_NONE, FALSE },
  { "missing.pol.lab", LL_STS_FETCH_ERROR, LL_CODE_STS_POLICY_FETCH_ERROR, TRUE },
  { "moved.pol.lab", LL_STS_FETCH_ERROR, LL_CODE_STS_POLICY_FETCH_ERROR, TRUE },
  { "closed.pol.lab", LL_STS_FETCH_ERROR, LL_CODE_STS_POLICY_FETCH_ERROR, TRUE },
  { "homeless.pol.lab", LL_STS_FETCH_ERROR, LL_CODE_STS_POLICY_FETCH_ERROR, TRUE },
  { "broken.pol.lab", LL_STS_FETCH_ERROR, LL_CODE_STS_POLICY_FETCH_ERROR, TRUE },
  { "wrong.pol.lab", LL_STS_FETCH_ERROR, LL_CODE_STS_WEBPKI_INVALID, TRUE },
  { "self.pol.lab", LL_STS_FETCH_ERROR, LL_CODE_STS_WEBPKI_INVALID, TRUE },
  { "garbage.pol.lab", LL_STS_FETCH_ERROR, LL_CODE_STS_POLICY_INVALID, TRUE },
  { "html.pol.lab", LL_STS_FETCH_ERROR, LL_CODE_STS_POLICY_INVALID, TRUE },
  { "notxt.pol.lab", LL_STS_NONE, LL_CODE_NONE, TRUE },
  { "no.such.pol.lab", LL_STS_NONE, LL_CODE_NONE, TRUE },
  { "several.pol.lab", LL_STS_NONE, LL_CODE_STS_POLICY_INVALID, TRUE },
  { "invalid.pol.lab", LL_STS_NONE, LL_CODE_STS_POLICY_INVALID, TRUE },
  { "servfail.pol.lab", LL_STS_UNKNOWN, LL_CODE_NONE, TRUE },
  { "loop.pol.lab", LL_STS_UNKNOWN, LL_CODE_NONE, TRUE },
  { "bogus.pol.lab", LL_STS_UNKNOWN, LL_CODE_DNSSEC_INVALID, TRUE },
};

static void
test_first_contact (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
      LlStsFacts facts = find (memory, cases[i].domain);

      g_assert_cmpint (facts.mode, ==, cases[i].mode);
      g_assert_cmpint (facts.code, ==, cases[i].code);
      g_assert_false (facts.cached);
      if (facts.mode == LL_STS_ENFORCE)
        g_assert_cmpstr (facts.patterns[0], ==, "mx.new.lab");
      ll_sts_facts_clear (&facts);
    }
}

/* K03, K04: whatever goes wrong with the new one, the old one holds; K02: else it is over. */
static void
test_cached (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
      LlStsFacts facts;

      remember (memory, cases[i].domain, "old", 60);
      facts = find (memory, cases[i].domain);
      g_assert_cmpint (facts.mode, ==, cases[i].keeps ? LL_STS_ENFORCE : cases[i].mode);
      g_assert_cmpint (facts.code, ==, cases[i].code);
      g_assert_cmpint (facts.cached, ==, cases[i].keeps);
      if (facts.mode == LL_STS_ENFORCE)
        g_assert_cmpstr (facts.patterns[0], ==, cases[i].keeps ? "mx.old.lab" : "mx.new.lab");
      ll_sts_facts_clear (&facts);
    }
}

/* K05: what is over does not hold. */
static void
test_expired (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
      LlStsFacts facts;

      remember (memory, cases[i].domain, "new", 604801);
      facts = find (memory, cases[i].domain);
      g_assert_cmpint (facts.mode, ==, cases[i].mode);
      ll_sts_facts_clear (&facts);
    }
}

/* K01 */
static void
test_same_id (void)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  LlStsFacts facts;

  remember (memory, "same.pol.lab", "new", 60);
  facts = find (memory, "same.pol.lab");
  g_assert_cmpint (facts.mode, ==, LL_STS_ENFORCE);
  g_assert_false (facts.cached);
  g_assert_cmpstr (facts.patterns[0], ==, "mx.old.lab");
  g_assert_cmpint (fetched ("same.pol.lab"), ==, 0);
  ll_sts_facts_clear (&facts);
}

/* SP10: for the letter at hand. */
static void
test_zero (void)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  int before = fetched ("zero.pol.lab");

  for (guint i = 0; i < 2; i++)
    {
      LlStsFacts facts = find (memory, "zero.pol.lab");

      g_assert_cmpint (facts.mode, ==, LL_STS_ENFORCE);
      ll_sts_facts_clear (&facts);
    }
  g_assert_cmpint (fetched ("zero.pol.lab"), ==, before + 2);
}

/* The daily look asks whatever the id says, and a new policy under the old id counts. */
static void
test_refresh (void)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  LlStsSources sources = { resolver, https, memory };
  LlStsFacts good, missing;

  remember (memory, "good.pol.lab", "new", 86400);
  remember (memory, "missing.pol.lab", "new", 86400);
  ll_sts_refresh (&sources, "good.pol.lab", ll_deadline_in (ENOUGH), NULL);
  ll_sts_refresh (&sources, "missing.pol.lab", ll_deadline_in (ENOUGH), NULL);
  good = find (memory, "good.pol.lab");
  missing = find (memory, "missing.pol.lab");
  g_assert_cmpstr (good.patterns[0], ==, "mx.new.lab");
  g_assert_cmpstr (missing.patterns[0], ==, "mx.old.lab");
  ll_sts_facts_clear (&good);
  ll_sts_facts_clear (&missing);
}

/* -- at the same time --------------------------------------------------------------------- */

static gpointer
find_thread (gpointer data)
{
  LlStsFacts facts = find (data, "missing.pol.lab");

  g_assert_cmpint (facts.mode, ==, LL_STS_FETCH_ERROR);
  g_assert_cmpint (facts.code, ==, LL_CODE_STS_POLICY_FETCH_ERROR);
  ll_sts_facts_clear (&facts);
  return NULL;
}

/* SH28: also of those who ask together only one fetches. */
static void
test_together (void)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  int before = fetched ("missing.pol.lab");
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("find", find_thread, memory);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (fetched ("missing.pol.lab"), ==, before + 1);
}

int
main (int argc, char **argv)
{
  const char *servers[] = { NULL, NULL };
  LlResolverOptions options = { .resolvers = servers, .allow_private = TRUE };
  int result;

  g_test_init (&argc, &argv, NULL);
  dns_lab_start (&dns);
  dns_lab_start_script (&web, "policy_hosts.py");
  servers[0] = dns_lab_get (&dns, "resolver");
  options.trust_anchor = dns_lab_get (&dns, "anchor");
  resolver = ll_resolver_new (&options, NULL);
  g_assert_nonnull (resolver);
  https = ll_https_new (resolver, dns_lab_get (&web, "ca"), NULL, TRUE,
                        (guint16) dns_lab_get_number (&web, "port"));
  g_test_add_func ("/assess/sts-fetch/SH01-ST16-first-contact", test_first_contact);
  g_test_add_func ("/assess/sts-fetch/K02-K04-cached", test_cached);
  g_test_add_func ("/assess/sts-fetch/K05-expired", test_expired);
  g_test_add_func ("/assess/sts-fetch/K01-same-id", test_same_id);
  g_test_add_func ("/assess/sts-fetch/SP10-zero", test_zero);
  g_test_add_func ("/assess/sts-fetch/refresh", test_refresh);
  g_test_add_func ("/assess/sts-fetch/SH28-together", test_together);
  result = g_test_run ();
  ll_https_free (https);
  ll_resolver_free (resolver);
  dns_lab_stop (&web);
  dns_lab_stop (&dns);
  return result;
}
