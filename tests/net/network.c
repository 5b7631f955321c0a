/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/network.h"

#include "../support/dnslab.h"

/* Control hosts as tests/support/control.py plays them; the table of judgements is in judge.c. */

#define ENOUGH 15000 /* ms */

static DnsLab dns;
static DnsLab control;
static LlResolver *resolver;

static LlNetwork *
network_with (const char *first, const char *second, LlResolver *with)
{
  const char *hosts[] = { first, second, NULL };
  LlNetworkOptions options = { .resolver = with,
                               .control = hosts,
                               .mx_port = (guint16) dns_lab_get_number (&control, "port"),
                               .ca_file = dns_lab_get (&control, "ca"),
                               .allow_private = TRUE };

  return ll_network_new (&options);
}

static const struct
{
  const char *id;
  const char *first;
  const char *second;
  guint dead; /* recipients' addresses that timed out before */
  LlNetworkState state;
} cases[] = {
  { "open", "c1.control.lab", NULL, 0, LL_NETWORK_OPEN },
  { "redirected", "c2.control.lab", NULL, 0, LL_NETWORK_REDIRECTED },
  { "stripped", "c3.control.lab", NULL, 0, LL_NETWORK_STRIPPED },
  { "busy-is-open", "c5.control.lab", NULL, 0, LL_NETWORK_OPEN },
  { "one-good-among-bad", "c2.control.lab", "c6.control.lab", 0, LL_NETWORK_OPEN },
  { "refused-alone", "c7.control.lab", NULL, 0, LL_NETWORK_UNTESTED },
  { "refused-everywhere", "c7.control.lab", NULL, 3, LL_NETWORK_BLOCKED },
  { "silent-everywhere", "c4.control.lab", NULL, 3, LL_NETWORK_BLOCKED },
  { "no-such-host", "c99.control.lab", NULL, 3, LL_NETWORK_UNTESTED },
  { "address-literal", "127.0.4.1", NULL, 0, LL_NETWORK_OPEN },
  { "address-literal-stripped", "127.0.4.3", NULL, 0, LL_NETWORK_STRIPPED },
};

static void
test_judge (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (LlNetwork) network = network_with (cases[i].first, cases[i].second, resolver);
  g_autofree char *sentence = NULL;

  g_assert_cmpint (ll_network_state (network), ==, LL_NETWORK_UNTESTED);
  for (guint n = 0; n < cases[i].dead; n++)
    {
      g_autofree char *address = g_strdup_printf ("192.0.%u.1", n);

      ll_network_report (network, address, LL_CONTACT_TIMEOUT, FALSE);
    }
  g_assert_cmpint (ll_network_judge (network, ll_deadline_in (ENOUGH), NULL), ==, cases[i].state);
  sentence = ll_network_sentence (network);
  g_assert_cmpint (sentence != NULL, ==,
                   cases[i].state != LL_NETWORK_OPEN && cases[i].state != LL_NETWORK_UNTESTED);

  /* known: the second call does not wait */
  if (cases[i].state != LL_NETWORK_UNTESTED)
    g_assert_cmpint (ll_network_judge (network, 0, NULL), ==, cases[i].state);
}

static void
test_no_control (void)
{
  g_autoptr (LlNetwork) network = network_with (NULL, NULL, resolver);

  g_assert_cmpint (ll_network_judge (network, ll_deadline_in (ENOUGH), NULL), ==,
                   LL_NETWORK_UNTESTED);
  ll_network_report (network, "192.0.2.1", LL_CONTACT_TIMEOUT, FALSE);
  ll_network_report (network, "198.51.100.1", LL_CONTACT_TIMEOUT, FALSE);
  g_assert_cmpint (ll_network_state (network), ==, LL_NETWORK_UNTESTED);
  ll_network_report (network, "203.0.113.1", LL_CONTACT_TIMEOUT, FALSE);
  g_assert_cmpint (ll_network_state (network), ==, LL_NETWORK_BLOCKED);
  ll_network_report (network, "192.0.2.1", LL_CONTACT_GREETED, FALSE);
  g_assert_cmpint (ll_network_state (network), ==, LL_NETWORK_OPEN);
}

static void
count_cb (gpointer data)
{
  (*(guint *) data)++;
}

static void
test_renew (void)
{
  g_autoptr (LlNetwork) network = network_with (NULL, NULL, resolver);
  guint changes = 0;

  ll_network_watch (network, count_cb, &changes);
  ll_network_report (network, "192.0.2.1", LL_CONTACT_GREETED, FALSE);
  g_assert_cmpint (ll_network_state (network), ==, LL_NETWORK_OPEN);
  ll_network_renew (network);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (changes, ==, 1);
  g_assert_cmpint (ll_network_state (network), ==, LL_NETWORK_UNTESTED);
}

/* DN15: the DNS answers for what cannot exist. */
static void
test_portal (void)
{
  const char *servers[] = { dns_lab_get (&dns, "captive"), NULL };
  LlResolverOptions options = { .resolvers = servers,
                                .trust_anchor = dns_lab_get (&dns, "anchor"),
                                .allow_private = TRUE };
  g_autoptr (LlResolver) captive = ll_resolver_new (&options, NULL);
  g_autoptr (LlNetwork) network = network_with ("c1.control.lab", NULL, captive);

  g_assert_cmpint (ll_network_judge (network, ll_deadline_in (ENOUGH), NULL), ==,
                   LL_NETWORK_PORTAL);
}

static void
test_internal (void)
{
  g_autoptr (LlNetwork) network = network_with (NULL, NULL, resolver);

  g_assert_true (ll_network_is_internal (network, "printer"));
  g_assert_true (ll_network_is_internal (network, "nas.home.arpa"));
  g_assert_false (ll_network_is_internal (network, "example.com"));
}

static void
test_cancel (void)
{
  g_autoptr (LlNetwork) network = network_with ("c4.control.lab", NULL, resolver);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  LlDeadline deadline = ll_deadline_in (60000);

  g_cancellable_cancel (cancellable);
  g_assert_cmpint (ll_network_judge (network, deadline, cancellable), ==, LL_NETWORK_UNTESTED);
  g_assert_cmpint (ll_deadline_left (deadline), >, 50000);
}

int
main (int argc, char **argv)
{
  const char *servers[] = { NULL, NULL };
  LlResolverOptions options = { .resolvers = servers, .allow_private = TRUE };
  int result;

  g_test_init (&argc, &argv, NULL);
  dns_lab_start (&dns);
  dns_lab_start_script (&control, "control.py");
  servers[0] = dns_lab_get (&dns, "resolver");
  options.trust_anchor = dns_lab_get (&dns, "anchor");
  resolver = ll_resolver_new (&options, NULL);
  g_assert_nonnull (resolver);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/net/network/", cases[i].id, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_judge);
    }
  g_test_add_func ("/net/network/no-control", test_no_control);
  g_test_add_func ("/net/network/renew", test_renew);
  g_test_add_func ("/net/network/dn15-portal", test_portal);
  g_test_add_func ("/net/network/internal", test_internal);
  g_test_add_func ("/net/network/cancel", test_cancel);
  result = g_test_run ();
  ll_resolver_free (resolver);
  dns_lab_stop (&control);
  dns_lab_stop (&dns);
  return result;
}
