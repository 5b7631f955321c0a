/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/resolver.h"

#include "../support/dnslab.h"
#include "base/error.h"
#include "net/rdata.h"

/* Against real servers: NSD with signed zones, unbound in front, faults in between. */

#define ENOUGH 15000 /* ms; only failures take that long */

static DnsLab lab;

static LlResolver *
resolver_at (const char *server, const char *anchor)
{
  g_autoptr (GError) error = NULL;
  const char *servers[] = { dns_lab_get (&lab, server), NULL };
  LlResolverOptions options
      = { .resolvers = servers, .trust_anchor = dns_lab_get (&lab, anchor), .allow_private = TRUE };
  LlResolver *resolver = ll_resolver_new (&options, &error);

  g_assert_no_error (error);
  return resolver;
}

static LlAnswer *
ask (LlResolver *resolver, const char *name, guint16 type)
{
  return ll_resolver_query (resolver, name, type, ll_deadline_in (ENOUGH), NULL);
}

/* -- what answers look like ---------------------------------------------------------- */

static const struct
{
  const char *id;
  const char *name;
  guint16 type;
  LlFinding finding;
  gboolean secure;
  gboolean nxdomain;
  const char *canonical;
} cases[] = {
  { "dn01-mx", "dn01.lab", LL_RR_MX, LL_FOUND, TRUE, FALSE, NULL },
  { "dn01-root-dot", "DN01.lab.", LL_RR_MX, LL_FOUND, TRUE, FALSE, NULL },
  { "dn01-tlsa", "_25._tcp.mx.dn01.lab", LL_RR_TLSA, LL_FOUND, TRUE, FALSE, NULL },
  { "dn03-insecure-mx", "dn03.lab", LL_RR_MX, LL_FOUND, FALSE, FALSE, NULL },
  { "dn06-secure-nxdomain", "_25._tcp.mx.dn06.lab", LL_RR_TLSA, LL_ABSENT, TRUE, TRUE, NULL },
  { "dn06-secure-nodata", "_25._tcp.mx.dn06b.lab", LL_RR_TLSA, LL_ABSENT, TRUE, FALSE, NULL },
  { "dn07-insecure", "_25._tcp.mx.dn07.lab", LL_RR_TLSA, LL_ABSENT, FALSE, TRUE, NULL },
  { "dn12-expired", "dn12.lab", LL_RR_MX, LL_BOGUS, FALSE, FALSE, NULL },
  { "dn13-ds-without-key", "dn13.lab", LL_RR_MX, LL_BOGUS, FALSE, FALSE, NULL },
  { "dn18-alias", "mx.dn18.lab", LL_RR_A, LL_FOUND, TRUE, FALSE, "real.dn18.lab" },
  { "dn21-alias-to-insecure", "mx.dn21.lab", LL_RR_A, LL_FOUND, FALSE, FALSE, "mx.plain.lab" },
  { "dn21-alias-itself", "mx.dn21.lab", LL_RR_CNAME, LL_FOUND, TRUE, FALSE, NULL },
  { "dn24-tlsa-alias", "_25._tcp.mx.dn24.lab", LL_RR_TLSA, LL_FOUND, FALSE, FALSE,
    "tlsa.plain.lab" },
  { "dn25-wildcard", "_25._tcp.mx.dn25.lab", LL_RR_TLSA, LL_FOUND, TRUE, FALSE, NULL },
  { "nsec3-nxdomain", "gone.nsec3.lab", LL_RR_A, LL_ABSENT, TRUE, TRUE, NULL },
  { "n08-nxdomain-secure", "no-such-domain.lab", LL_RR_MX, LL_ABSENT, TRUE, TRUE, NULL },
  { "n08-nxdomain-insecure", "gone.plain.lab", LL_RR_MX, LL_ABSENT, FALSE, TRUE, NULL },
  { "n09-servfail", "n09.lab", LL_RR_MX, LL_UNKNOWN, FALSE, FALSE, NULL },
  { "special-zone-test", "real.test", LL_RR_MX, LL_FOUND, TRUE, FALSE, NULL },
  { "special-zone-test-nxdomain", "gone.test", LL_RR_MX, LL_ABSENT, TRUE, TRUE, NULL },
  { "not-a-name", "a..b", LL_RR_A, LL_UNKNOWN, FALSE, FALSE, NULL },
};

static LlResolver *shared; /* for all that only ask */

static void
test_answers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlAnswer) answer = ask (shared, cases[i].name, cases[i].type);

      g_test_message ("%s: finding %d secure %d: %s", cases[i].id, answer->finding, answer->secure,
                      answer->reason != NULL ? answer->reason : "");
      g_assert_cmpint (answer->finding, ==, cases[i].finding);
      g_assert_cmpint (answer->secure, ==, cases[i].secure);
      g_assert_cmpint (answer->nxdomain, ==, cases[i].nxdomain);
      g_assert_cmpstr (answer->canonical, ==, cases[i].canonical);
      g_assert_false (answer->network);
      /* bogus data is not handed out at all */
      g_assert_cmpint (answer->records->len > 0, ==, cases[i].finding == LL_FOUND);
      g_assert_cmpint (answer->reason != NULL, ==,
                       answer->finding == LL_BOGUS || answer->finding == LL_UNKNOWN);
    }
  g_assert_cmpint (ll_resolver_state (shared, NULL), ==, LL_DNS_VALIDATES);
}

static void
test_ttl (void)
{
  g_autoptr (LlAnswer) none = ask (shared, "_25._tcp.mx.dn31.lab", LL_RR_TLSA);
  g_autoptr (LlAnswer) some = ask (shared, "_25._tcp.mx.dn01.lab", LL_RR_TLSA);

  g_assert_cmpuint (none->ttl, ==, 0);
  g_assert_cmpuint (some->ttl, >, 0);
  g_assert_cmpuint (some->ttl, <=, 300);
}

static void
test_big (void)
{
  g_autoptr (LlAnswer) answer = ask (shared, "_25._tcp.mx.dn30.lab", LL_RR_TLSA);

  g_assert_cmpint (answer->finding, ==, LL_FOUND);
  g_assert_true (answer->secure);
  g_assert_cmpuint (answer->records->len, ==, 30);
}

/* -- deadlines and cancelling ----------------------------------------------------------- */

static void
test_deadline (void)
{
  LlDeadline deadline = ll_deadline_in (300);
  g_autoptr (LlAnswer) answer
      = ll_resolver_query (shared, "_25._tcp.mx.dn09.lab", LL_RR_TLSA, deadline, NULL);

  g_assert_cmpint (answer->finding, ==, LL_UNKNOWN);
  g_assert_false (answer->network);
  g_assert_cmpint (ll_deadline_left (deadline), ==, 0);
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
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GThread) thread = g_thread_ref (g_thread_new ("cancel", cancel_thread, cancellable));
  g_autoptr (LlAnswer) answer
      = ll_resolver_query (shared, "n09drop.lab", LL_RR_MX, LL_DEADLINE_NEVER, cancellable);

  g_assert_cmpint (answer->finding, ==, LL_UNKNOWN);
  g_thread_join (thread);
}

static void
test_many (void)
{
  LlQuery queries[400];
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("h%u.many.lab", i % 40 + 1));
      queries[i] = (LlQuery){ .name = names->pdata[i], .type = LL_RR_A };
    }
  ll_resolver_query_many (shared, queries, G_N_ELEMENTS (queries), ll_deadline_in (ENOUGH), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_assert_cmpint (queries[i].answer->finding, ==, LL_FOUND);
      g_assert_true (queries[i].answer->secure);
      ll_answer_unref (queries[i].answer);
    }
}

static gpointer
ask_thread (gpointer data)
{
  for (guint i = 1; i <= 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("h%u.many.lab", i);
      g_autoptr (LlAnswer) answer = ask (data, name, LL_RR_A);

      g_assert_cmpint (answer->finding, ==, LL_FOUND);
    }
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ask", ask_thread, shared);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* -- networks ----------------------------------------------------------------------------- */

static const struct
{
  const char *id;
  const char *server;
  const char *anchor;
  LlDnsState state;
  gboolean captive;
} networks[] = {
  { "straight", "nsd", "anchor", LL_DNS_VALIDATES, FALSE },
  { "behind-a-validating-resolver", "validating", "anchor", LL_DNS_VALIDATES, FALSE },
  { "dn16-tcp-only", "tcponly", "anchor", LL_DNS_VALIDATES, FALSE },
  { "dn16-tcp-only-and-far", "tcpfar", "anchor", LL_DNS_VALIDATES, FALSE },
  { "dn14-strips", "strip", "anchor", LL_DNS_STRIPPED, FALSE },
  { "dn15-captive-portal", "captive", "anchor", LL_DNS_STRIPPED, TRUE },
  { "dn34-root-expired", "old", "old-anchor", LL_DNS_CLOCK, FALSE },
  { "dn34-root-not-yet", "early", "early-anchor", LL_DNS_CLOCK, FALSE },
  { "old-root-key", "nsd", "old-anchor", LL_DNS_STRIPPED, FALSE },
  { "silent", "silent", "anchor", LL_DNS_SILENT, FALSE },
  { "anchor-of-another-zone", "resolver", "lab-anchor", LL_DNS_VALIDATES, FALSE },
};

static void
test_network (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (LlResolver) resolver = resolver_at (networks[i].server, networks[i].anchor);
  g_autoptr (LlAnswer) signed_name = NULL;
  g_autoptr (LlAnswer) broken_name = NULL;
  g_autofree char *detail = NULL;

  g_assert_cmpint (ll_resolver_state (resolver, NULL), ==, LL_DNS_UNTESTED);
  signed_name = ask (resolver, "dn01.lab", LL_RR_MX);
  broken_name = ask (resolver, "dn12.lab", LL_RR_MX);
  g_assert_cmpint (ll_resolver_state (resolver, &detail), ==, networks[i].state);
  g_test_message ("%s; %s; %s", detail, signed_name->reason, broken_name->reason);
  g_assert_cmpint (ll_resolver_is_captive (resolver), ==, networks[i].captive);
  if (networks[i].state == LL_DNS_VALIDATES)
    {
      g_assert_cmpint (signed_name->finding, ==, LL_FOUND);
      g_assert_true (signed_name->secure);
      g_assert_cmpint (broken_name->finding, ==, LL_BOGUS);
      g_assert_null (detail);
      return;
    }
  /* never the name's fault, never "bogus" */
  g_assert_cmpint (signed_name->finding, ==, LL_UNKNOWN);
  g_assert_true (signed_name->network);
  g_assert_cmpint (broken_name->finding, ==, LL_UNKNOWN);
  g_assert_true (broken_name->network);
  g_assert_nonnull (detail);
}

/* libunbound finds a connection to share only where the stack of our thread lies above its heap.
 * Where it lies below, each question over TCP needs one of its own. */
static void
test_stack_below (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", &error);
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, "setarch", "-L", self, "-p",
                          "/net/resolver/network/dn16-tcp-only-and-far", NULL);

  g_assert_no_error (error);
  g_subprocess_wait (process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
}

/* The network begins to strip while we are in it: no name turns bogus. */
static void
test_turns_bad (void)
{
  g_autoptr (LlResolver) resolver = resolver_at ("switch", "anchor");
  g_autoptr (LlAnswer) before = ask (resolver, "dn01.lab", LL_RR_MX);
  g_autoptr (LlAnswer) during = NULL;
  g_autoptr (LlAnswer) after = NULL;

  g_assert_cmpint (before->finding, ==, LL_FOUND);
  dns_lab_switch (&lab, "strip");
  during = ask (resolver, "dn18.lab", LL_RR_MX);
  g_assert_cmpint (during->finding, ==, LL_UNKNOWN);
  g_assert_true (during->network);
  g_assert_cmpint (ll_resolver_state (resolver, NULL), ==, LL_DNS_STRIPPED);

  dns_lab_switch (&lab, "pass");
  ll_resolver_renew (resolver);
  g_assert_cmpint (ll_resolver_state (resolver, NULL), ==, LL_DNS_UNTESTED);
  after = ask (resolver, "dn18.lab", LL_RR_MX);
  g_assert_cmpint (after->finding, ==, LL_FOUND);
  g_assert_true (after->secure);
}

/* What is wrong by one way only is not wrong: the second opinion comes by another. */
static void
test_second_way (void)
{
  g_autoptr (LlResolver) resolver = resolver_at ("switch", "anchor");
  g_autoptr (LlAnswer) before = ask (resolver, "dn01.lab", LL_RR_MX);
  g_autoptr (LlAnswer) lifted = NULL;

  g_assert_cmpint (before->finding, ==, LL_FOUND);
  dns_lab_switch (&lab, "fault MX dn19.lab strip-udp");
  lifted = ask (resolver, "dn19.lab", LL_RR_MX);
  g_assert_cmpint (lifted->finding, ==, LL_FOUND);
  g_assert_true (lifted->secure);
}

/* One wrong answer, and silence after it: libunbound's own next try must not hide the first. */
static void
test_wrong_then_silent (void)
{
  g_autoptr (LlResolver) resolver = resolver_at ("switch", "anchor");
  g_autoptr (LlAnswer) before = ask (resolver, "dn01.lab", LL_RR_MX);
  g_autoptr (LlAnswer) answer = NULL;

  g_assert_cmpint (before->finding, ==, LL_FOUND);
  dns_lab_switch (&lab, "fault MX nsec3.lab strip-once");
  answer = ll_resolver_query (resolver, "nsec3.lab", LL_RR_MX, ll_deadline_in (5000), NULL);
  g_assert_cmpint (answer->finding, ==, LL_BOGUS);
}

/* A deadline ends the second try: then the first one counts. */
static void
test_overdue_second_try (void)
{
  g_autoptr (LlResolver) resolver = resolver_at ("switch", "anchor");
  g_autoptr (LlAnswer) before = ask (resolver, "dn01.lab", LL_RR_MX);
  g_autoptr (LlAnswer) answer = NULL;

  g_assert_cmpint (before->finding, ==, LL_FOUND);
  dns_lab_switch (&lab, "fault MX dn25.lab strip-then-drop");
  answer = ll_resolver_query (resolver, "dn25.lab", LL_RR_MX, ll_deadline_in (5000), NULL);
  g_assert_cmpint (answer->finding, ==, LL_BOGUS);
}

/* -- addresses ------------------------------------------------------------------------------ */

static void
test_addresses (void)
{
  LlFinding finding;
  gboolean secure;
  g_auto (GStrv) both = ll_resolver_addresses (shared, "mx.dn01.lab", ll_deadline_in (ENOUGH), NULL,
                                               &finding, &secure);
  g_auto (GStrv) none = NULL;
  g_auto (GStrv) literal = NULL;

  g_assert_cmpint (finding, ==, LL_FOUND);
  g_assert_true (secure);
  g_assert_cmpuint (g_strv_length (both), ==, 2);
  g_assert_true (g_strv_contains ((const char *const *) both, "127.0.1.1"));
  g_assert_true (g_strv_contains ((const char *const *) both, "::1"));

  none = ll_resolver_addresses (shared, "mx.dn12.lab", ll_deadline_in (ENOUGH), NULL, &finding,
                                &secure);
  g_assert_cmpint (finding, ==, LL_BOGUS);
  g_assert_cmpuint (g_strv_length (none), ==, 0);

  literal = ll_resolver_addresses (shared, "192.0.2.7", 0, NULL, &finding, &secure);
  g_assert_cmpstr (literal[0], ==, "192.0.2.7");
  g_assert_cmpint (finding, ==, LL_FOUND);
  g_assert_false (secure);
}

/* A provider can be reached on a network that strips DNSSEC: TLS says who it is. */
static void
test_addresses_stripped (void)
{
  g_autoptr (LlResolver) resolver = resolver_at ("strip", "anchor");
  LlFinding finding;
  gboolean secure = TRUE;
  g_auto (GStrv) found = ll_resolver_addresses (resolver, "mx.dn01.lab", ll_deadline_in (ENOUGH),
                                                NULL, &finding, &secure);

  g_assert_cmpint (finding, ==, LL_FOUND);
  g_assert_false (secure);
  g_assert_cmpuint (g_strv_length (found), ==, 2);
}

/* -- set-up errors ---------------------------------------------------------------------------- */

static void
test_no_anchor (void)
{
  LlResolverOptions options = { .trust_anchor = "/nonexistent/root.key" };
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_resolver_new (&options, &error));
  g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "/nonexistent/root.key"));
  g_assert_nonnull (strstr (error->message, "remedy"));
}

static void
test_bad_server (void)
{
  const char *servers[] = { "not an address", NULL };
  LlResolverOptions options
      = { .resolvers = servers, .trust_anchor = dns_lab_get (&lab, "anchor") };
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_resolver_new (&options, &error));
  g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dns_lab_start (&lab);
  shared = resolver_at ("resolver", "anchor");
  g_test_add_func ("/net/resolver/answers", test_answers);
  g_test_add_func ("/net/resolver/dn31-ttl", test_ttl);
  g_test_add_func ("/net/resolver/dn30-big", test_big);
  g_test_add_func ("/net/resolver/dn09-deadline", test_deadline);
  g_test_add_func ("/net/resolver/cancel", test_cancel);
  g_test_add_func ("/net/resolver/many", test_many);
  g_test_add_func ("/net/resolver/threads", test_threads);
  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autofree char *path = g_strconcat ("/net/resolver/network/", networks[i].id, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_network);
    }
  g_test_add_func ("/net/resolver/network/turns-bad", test_turns_bad);
  g_test_add_func ("/net/resolver/network/stack-below", test_stack_below);
  g_test_add_func ("/net/resolver/network/second-way", test_second_way);
  g_test_add_func ("/net/resolver/network/overdue-second-try", test_overdue_second_try);
  g_test_add_func ("/net/resolver/network/wrong-then-silent", test_wrong_then_silent);
  g_test_add_func ("/net/resolver/addresses", test_addresses);
  g_test_add_func ("/net/resolver/addresses-stripped", test_addresses_stripped);
  g_test_add_func ("/net/resolver/dn33-no-anchor", test_no_anchor);
  g_test_add_func ("/net/resolver/bad-server", test_bad_server);
  result = g_test_run ();
  ll_resolver_free (shared);
  dns_lab_stop (&lab);
  return result;
}
