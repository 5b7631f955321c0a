/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/tlsa.h"

#include "../support/dnslab.h"
#include "assess/mx.h"
#include "base/limits.h"

#define ENOUGH 12000 /* ms */
#define SMTP 25

static DnsLab lab;
static LlResolver *resolver;

static LlResolver *
resolver_of (const char *server, const char *other)
{
  g_autoptr (GError) error = NULL;
  const char *servers[]
      = { dns_lab_get (&lab, server), other != NULL ? dns_lab_get (&lab, other) : NULL, NULL };
  LlResolverOptions options = { .resolvers = servers,
                                .trust_anchor = dns_lab_get (&lab, "anchor"),
                                .allow_private = TRUE };
  LlResolver *made = ll_resolver_new (&options, &error);

  g_assert_no_error (error);
  return made;
}

static LlResolver *
resolver_at (const char *server)
{
  return resolver_of (server, NULL);
}

static LlMxFacts *
look_up (LlResolver *with, const char *domain, gint64 milliseconds)
{
  LlMxFacts *facts = ll_mx_lookup (with, domain, ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpint (facts->finding, ==, LL_FOUND);
  ll_tlsa_lookup_many (with, facts->hosts, SMTP, ll_deadline_in (milliseconds), NULL);
  return facts;
}

/* -- which records can be used --------------------------------------------------------- */

static const struct
{
  const char *id;
  guint8 usage;
  guint8 selector;
  guint8 matching;
  gsize length;
  gboolean usable;
} records[] = {
  { "3 1 1", 3, 1, 1, 32, TRUE },
  { "3 0 1", 3, 0, 1, 32, TRUE },
  { "2 0 1", 2, 0, 1, 32, TRUE },
  { "2 1 2", 2, 1, 2, 64, TRUE },
  { "2 0 0 whole certificate", 2, 0, 0, 900, TRUE },
  { "0 0 1 PKIX-TA", 0, 0, 1, 32, FALSE },
  { "1 1 1 PKIX-EE", 1, 1, 1, 32, FALSE },
  { "4 1 1", 4, 1, 1, 32, FALSE },
  { "255 1 1 private use", 255, 1, 1, 32, FALSE },
  { "3 2 1", 3, 2, 1, 32, FALSE },
  { "3 1 3", 3, 1, 3, 32, FALSE },
  { "3 1 9", 3, 1, 9, 32, FALSE },
  { "3 1 1 short", 3, 1, 1, 31, FALSE },
  { "3 1 1 long", 3, 1, 1, 33, FALSE },
  { "3 1 2 short", 3, 1, 2, 32, FALSE },
  { "3 1 1 empty", 3, 1, 1, 0, FALSE },
  { "3 0 0 empty", 3, 0, 0, 0, FALSE },
};

static GBytes *
make_record (guint8 usage, guint8 selector, guint8 matching, gsize length, guint8 fill)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const guint8 head[] = { usage, selector, matching };

  g_byte_array_append (bytes, head, sizeof head);
  for (gsize i = 0; i < length; i++)
    g_byte_array_append (bytes, &fill, 1);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static void
test_usable (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
    {
      g_autoptr (GBytes) rdata = make_record (records[i].usage, records[i].selector,
                                              records[i].matching, records[i].length, 0xab);

      g_test_message ("%s", records[i].id);
      g_assert_cmpint (ll_tlsa_is_usable (rdata), ==, records[i].usable);
    }
}

static void
test_usable_set (void)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) usable = NULL;

  g_ptr_array_add (all, make_record (3, 1, 9, 32, 0));
  for (guint i = 0; i < 2 * LL_TLSA_RECORDS_MAX; i++)
    g_ptr_array_add (all, make_record (3, 1, 1, 32, (guint8) (i / 2)));
  usable = ll_tlsa_usable (all);
  g_assert_cmpuint (usable->len, ==, LL_TLSA_RECORDS_MAX);
}

static void
test_to_string (void)
{
  g_autoptr (GBytes) rdata = make_record (3, 1, 1, 2, 0xab);
  g_autoptr (GBytes) empty = g_bytes_new_static ("\3\1\1", 3);
  g_autofree char *text = ll_tlsa_to_string (rdata);

  g_assert_cmpstr (text, ==, "3 1 1 abab");
  g_assert_null (ll_tlsa_to_string (empty));
}

/* -- where they are looked for ------------------------------------------------------------ */

static const struct
{
  const char *id;
  const char *domain;
  LlDane dane;
  const char *base;
  guint usable;
} cases[] = {
  { "dn01", "dn01.lab", LL_DANE_PUBLISHED, "mx.dn01.lab", 1 },
  { "dn03-insecure-mx", "dn03.lab", LL_DANE_PUBLISHED, "mx.dn01.lab", 1 },
  { "dn06-secure-nxdomain", "dn06.lab", LL_DANE_NONE, NULL, 0 },
  { "dn06-secure-nodata", "dn06b.lab", LL_DANE_NONE, NULL, 0 },
  { "dn07-insecure-nxdomain", "dn07.lab", LL_DANE_NONE, NULL, 0 },
  { "dn10-servfail-1", "dn10.lab", LL_DANE_UNOBTAINABLE, NULL, 0 },
  { "dn18-at-target", "dn18.lab", LL_DANE_PUBLISHED, "real.dn18.lab", 1 },
  { "dn19-at-original", "dn19.lab", LL_DANE_PUBLISHED, "mx.dn19.lab", 1 },
  { "dn19-not-after-error", "dn19b.lab", LL_DANE_UNOBTAINABLE, NULL, 0 },
  { "dn21-secure-alias-insecure-target", "dn21.lab", LL_DANE_PUBLISHED, "mx.dn21.lab", 1 },
  { "dn22-insecure-alias", "dn22.lab", LL_DANE_NONE, NULL, 0 },
  { "dn24-tlsa-alias-to-insecure", "dn24.lab", LL_DANE_NONE, NULL, 0 },
  { "dn25-wildcard", "dn25.lab", LL_DANE_PUBLISHED, "mx.dn25.lab", 1 },
  { "dn28-implicit", "dn28.lab", LL_DANE_PUBLISHED, "dn28.lab", 1 },
  { "dn30-thirty", "dn30.lab", LL_DANE_PUBLISHED, "mx.dn30.lab", 30 },
  { "dn30-too-many", "dn30b.lab", LL_DANE_PUBLISHED, "mx.dn30b.lab", LL_TLSA_RECORDS_MAX },
  { "dn36-aaaa-servfail", "dn36.lab", LL_DANE_PUBLISHED, "mx.dn36.lab", 1 },
  { "dc22-malformed-beside-good", "dc22.lab", LL_DANE_PUBLISHED, "mx.dc22.lab", 1 },
  { "dc25-unknown-matching", "dc25.lab", LL_DANE_UNUSABLE, "mx.dc25.lab", 0 },
  { "dc27-usage-1", "dc27.lab", LL_DANE_UNUSABLE, "mx.dc27.lab", 0 },
  { "insecure-host-never-asked", "plain.lab", LL_DANE_NONE, NULL, 0 },
  { "alias-to-secure", "tlsa-alias.lab", LL_DANE_PUBLISHED, "mx.tlsa-alias.lab", 1 },
  { "alias-of-nothing", "tlsa-dangling.lab", LL_DANE_NONE, NULL, 0 },
  { "alias-of-itself", "tlsa-loop.lab", LL_DANE_UNOBTAINABLE, NULL, 0 },
  { "alias-to-broken", "tlsa-bogus.lab", LL_DANE_UNOBTAINABLE, NULL, 0 },
  { "insecure-host-of-secure-mx", "insecure-host.lab", LL_DANE_NONE, NULL, 0 },
  { "implicit-insecure", "implicit.lab", LL_DANE_NONE, NULL, 0 },
  { "implicit-through-alias", "implicit.alias.lab", LL_DANE_PUBLISHED, "dn28.lab", 1 },
  { "nsec3-optout", "optout.lab", LL_DANE_NONE, NULL, 0 },
  { "nsec3-iterations", "iterations.lab", LL_DANE_NONE, NULL, 0 },
  { "keys-of-unknown-kind", "unknown-keys.lab", LL_DANE_NONE, NULL, 0 },
  { "wildcard-list", "any.wildcard.lab", LL_DANE_PUBLISHED, "mx.wildcard.lab", 1 },
  { "wildcard-host", "wildcard.lab", LL_DANE_NONE, NULL, 0 },
  { "nsec3", "nsec3.lab", LL_DANE_PUBLISHED, "mx.nsec3.lab", 1 },
};

static void
test_lookup (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (LlMxFacts) facts = look_up (resolver, cases[i].domain, ENOUGH);
  const LlHostFacts *host = facts->hosts->pdata[0];

  g_test_message ("%s", host->detail);
  g_assert_cmpint (host->dane, ==, cases[i].dane);
  if (cases[i].base != NULL)
    g_assert_cmpstr (host->tlsa_base, ==, cases[i].base);
  g_assert_cmpuint (host->tlsa != NULL ? host->tlsa->len : 0, ==, cases[i].usable);
  if (cases[i].dane == LL_DANE_UNOBTAINABLE)
    {
      g_assert_cmpint (host->evidence, ==, LL_EVIDENCE_BROKEN);
      g_assert_nonnull (host->detail);
    }
}

/* DN09: our own deadline ends it, and what is not known is no absence. */
static void
test_timeout (void)
{
  g_autoptr (LlMxFacts) facts = look_up (resolver, "dn09.lab", 300);
  const LlHostFacts *host = facts->hosts->pdata[0];

  g_assert_cmpint (host->dane, ==, LL_DANE_UNOBTAINABLE);
  g_assert_cmpint (host->evidence, ==, LL_EVIDENCE_BROKEN);
}

/* DN10: each host by itself. */
static void
test_all_hosts (void)
{
  g_autoptr (LlMxFacts) facts = look_up (resolver, "dn10.lab", ENOUGH);

  g_assert_cmpuint (facts->hosts->len, ==, 2);
  for (guint i = 0; i < facts->hosts->len; i++)
    g_assert_cmpint (((LlHostFacts *) facts->hosts->pdata[i])->dane, ==, LL_DANE_UNOBTAINABLE);
}

static void
test_mixed (void)
{
  g_autoptr (LlMxFacts) facts = look_up (resolver, "mixed.lab", ENOUGH);
  static const LlDane expected[] = { LL_DANE_PUBLISHED, LL_DANE_NONE, LL_DANE_NONE, LL_DANE_NONE };

  for (guint i = 0; i < facts->hosts->len; i++)
    g_assert_cmpint (((LlHostFacts *) facts->hosts->pdata[i])->dane, ==, expected[i]);
}

/* The network begins to strip between the addresses and the TLSA: the name is not to blame. */
static void
test_network (void)
{
  g_autoptr (LlResolver) switched = resolver_at ("switch");
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (switched, "dn01.lab", ll_deadline_in (ENOUGH), NULL);
  const LlHostFacts *host = facts->hosts->pdata[0];

  dns_lab_switch (&lab, "strip");
  ll_tlsa_lookup_many (switched, facts->hosts, SMTP, ll_deadline_in (ENOUGH), NULL);
  g_assert_cmpint (host->dane, ==, LL_DANE_UNOBTAINABLE);
  g_assert_cmpint (host->evidence, ==, LL_EVIDENCE_UNKNOWN);
  g_assert_cmpint (host->why, ==, LL_WHY_DNS);
  dns_lab_switch (&lab, "pass");
}

/* One of the network's two name servers has no use for TLSA: the other one is asked
 * (facts/assurance.md 7.2). */
static void
test_one_of_two (gconstpointer data)
{
  static const char *const domains[] = { "dn01.lab", "dn18.lab", "dn19.lab", "dn25.lab" };
  g_autoptr (LlResolver) two = resolver_of (data, "nsd");

  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      g_autoptr (LlMxFacts) facts = look_up (two, domains[i], LL_DNS_DEADLINE);
      const LlHostFacts *host = facts->hosts->pdata[0];

      g_test_message ("%s: %s", domains[i], host->detail);
      g_assert_cmpint (host->dane, ==, LL_DANE_PUBLISHED);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dns_lab_start (&lab);
  resolver = resolver_at ("resolver");
  g_test_add_func ("/assess/tlsa/usable", test_usable);
  g_test_add_func ("/assess/tlsa/usable-set", test_usable_set);
  g_test_add_func ("/assess/tlsa/to-string", test_to_string);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/assess/tlsa/", cases[i].id, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_lookup);
    }
  g_test_add_func ("/assess/tlsa/dn09-timeout", test_timeout);
  g_test_add_func ("/assess/tlsa/dn10-all-hosts", test_all_hosts);
  g_test_add_func ("/assess/tlsa/mixed", test_mixed);
  g_test_add_func ("/assess/tlsa/network", test_network);
  g_test_add_data_func ("/assess/tlsa/one-of-two-fails", "failing", test_one_of_two);
  g_test_add_data_func ("/assess/tlsa/one-of-two-is-deaf", "deaf", test_one_of_two);
  result = g_test_run ();
  ll_resolver_free (resolver);
  dns_lab_stop (&lab);
  return result;
}
