/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/mx.h"

#include "../support/dnslab.h"
#include "base/limits.h"
#include "net/rdata.h"

#define ENOUGH 12000 /* ms */

static DnsLab lab;
static LlResolver *resolver;

static LlResolver *
resolver_at (const char *server, gboolean allow_private)
{
  g_autoptr (GError) error = NULL;
  const char *servers[] = { dns_lab_get (&lab, server), NULL };
  LlResolverOptions options = { .resolvers = servers,
                                .trust_anchor = dns_lab_get (&lab, "anchor"),
                                .allow_private = allow_private };
  LlResolver *made = ll_resolver_new (&options, &error);

  g_assert_no_error (error);
  return made;
}

/* "name/finding[+secure][=addresses]" of each host, in order */
static char *
describe (const LlMxFacts *facts)
{
  static const char *const words[] = { "found", "absent", "unknown", "bogus" };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < facts->hosts->len; i++)
    {
      const LlHostFacts *host = facts->hosts->pdata[i];

      g_string_append_printf (text, "%s%s/%s%s", text->len > 0 ? " " : "", host->name,
                              words[host->addressed], host->secure_addresses ? "+secure" : "");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

enum
{
  SECURE = 1 << 0,
  NOMAIL = 1 << 1,
  NXDOMAIN = 1 << 2,
  PROVEN = 1 << 3,
  IMPLICIT = 1 << 4,
  UNADDRESSED = 1 << 5,
};

static guint
flags_of (const LlMxFacts *facts)
{
  return (facts->secure ? SECURE : 0) | (facts->nomail ? NOMAIL : 0)
         | (facts->nxdomain ? NXDOMAIN : 0) | (facts->proven ? PROVEN : 0)
         | (facts->implicit ? IMPLICIT : 0) | (facts->unaddressed ? UNADDRESSED : 0);
}

static const struct
{
  const char *id;
  const char *domain;
  LlFinding finding;
  guint flags;
  const char *hosts;
} cases[] = {
  { "dn01", "dn01.lab", LL_FOUND, SECURE, "mx.dn01.lab/found+secure" },
  { "a01-case-and-dot", "DN01.Lab.", LL_FOUND, SECURE, "mx.dn01.lab/found+secure" },
  { "dn03-insecure-mx", "dn03.lab", LL_FOUND, 0, "mx.dn01.lab/found+secure" },
  { "dn12-expired", "dn12.lab", LL_BOGUS, 0, "" },
  { "dn13-ds-without-key", "dn13.lab", LL_BOGUS, 0, "" },
  { "dn21-secure-alias-insecure-target", "dn21.lab", LL_FOUND, SECURE, "mx.dn21.lab/found" },
  { "dn22-insecure-alias", "dn22.lab", LL_FOUND, 0, "mx.dn22.lab/found" },
  { "dn27-domain-is-alias", "dn27.alias.lab", LL_FOUND, SECURE, "mx.dn01.lab/found+secure" },
  { "dn27-alias-to-insecure", "dn27i.alias.lab", LL_FOUND, 0, "mx.dn01.lab/found+secure" },
  { "dn28-implicit", "dn28.lab", LL_FOUND, SECURE | IMPLICIT, "dn28.lab/found+secure" },
  { "dn36-aaaa-servfail", "dn36.lab", LL_FOUND, SECURE, "mx.dn36.lab/found+secure" },
  { "dn36-bogus-address", "dn36b.lab", LL_FOUND, SECURE, "mx.dn36b.lab/bogus" },
  { "one-dead-host", "mixed.lab", LL_FOUND, SECURE,
    "mx.dn01.lab/found+secure mx.dn06.lab/found+secure gone.dn01.lab/absent+secure "
    "mx.plain.lab/found" },
  { "n02-null-mx-preference-0", "nullmx.lab", LL_ABSENT, SECURE | NOMAIL | PROVEN, "" },
  { "n02-null-mx-preference-10", "n02.lab", LL_ABSENT, SECURE | NOMAIL | PROVEN, "" },
  { "n02-null-mx-insecure", "inullmx.lab", LL_ABSENT, NOMAIL, "" },
  { "null-mx-beside-address", "nullmx-a.lab", LL_ABSENT, SECURE | NOMAIL | PROVEN, "" },
  { "null-mx-twice", "nullmx-twice.lab", LL_ABSENT, SECURE | NOMAIL | PROVEN, "" },
  { "n03-null-and-real", "n03.lab", LL_FOUND, SECURE, "mx.dn01.lab/found+secure" },
  { "n06-ipv6-only", "n06v6.lab", LL_FOUND, SECURE | IMPLICIT, "n06v6.lab/found+secure" },
  { "n06-no-mx-no-address", "n06none.lab", LL_FOUND, SECURE | IMPLICIT | UNADDRESSED | PROVEN,
    "n06none.lab/absent+secure" },
  { "n06-no-mx-no-address-insecure", "n06u.lab", LL_FOUND, IMPLICIT | UNADDRESSED,
    "n06u.lab/absent" },
  { "n08-secure", "no-such.lab", LL_ABSENT, SECURE | NXDOMAIN | PROVEN, "" },
  { "n08-insecure", "no-such.plain.lab", LL_ABSENT, NXDOMAIN, "" },
  { "n09-servfail", "n09.lab", LL_UNKNOWN, 0, "" },
  { "n11-mx-is-alias", "dn18.lab", LL_FOUND, SECURE, "mx.dn18.lab/found+secure" },
  { "n12-literal-beside-host", "n12.lab", LL_FOUND, SECURE, "mx.dn01.lab/found+secure" },
  { "n12-literal-alone", "n12only.lab", LL_FOUND, SECURE | UNADDRESSED | PROVEN, "" },
  { "n14-no-host-has-address", "n14.lab", LL_FOUND, SECURE | UNADDRESSED | PROVEN,
    "gone.dn01.lab/absent+secure none.dn06.lab/absent+secure" },
  { "n14-address-of-its-own", "n14a.lab", LL_FOUND, SECURE | UNADDRESSED | PROVEN,
    "gone.dn01.lab/absent+secure" },
  { "n14-not-proven-by-mx", "n14u.lab", LL_FOUND, UNADDRESSED, "gone.dn01.lab/absent+secure" },
  { "n14-not-proven-by-host", "n14v.lab", LL_FOUND, SECURE | UNADDRESSED, "gone.plain.lab/absent" },
  { "alias-of-nothing", "gone.alias.lab", LL_ABSENT, SECURE | NXDOMAIN | PROVEN, "" },
  { "implicit-through-alias", "implicit.alias.lab", LL_FOUND, SECURE | IMPLICIT,
    "implicit.alias.lab/found+secure" },
  { "nsec3-optout", "no-such.optout.lab", LL_ABSENT, NXDOMAIN, "" },
  { "nsec3-iterations", "no-such.iterations.lab", LL_ABSENT, NXDOMAIN, "" },
  { "keys-of-unknown-kind", "unknown-keys.lab", LL_FOUND, 0, "mx.unknown-keys.lab/found" },
  { "wildcard-list", "any.wildcard.lab", LL_FOUND, SECURE, "mx.wildcard.lab/found+secure" },
  { "wildcard-host", "wildcard.lab", LL_FOUND, SECURE, "a.hosts.wildcard.lab/found+secure" },
  { "alias-of-itself", "loop.lab", LL_FOUND, SECURE, "mx.loop.lab/unknown" },
  { "dname", "dname.lab", LL_FOUND, SECURE, "mx.sub.dname.lab/found+secure" },
  { "n21-order-is-stable", "n21.lab", LL_FOUND, SECURE,
    "z.dn21x.lab/found+secure a.dn21x.lab/found+secure b.dn21x.lab/found+secure "
    "c.dn21x.lab/found+secure" },
  { "n23-odd-names", "n23.lab", LL_FOUND, SECURE,
    "under_score.n23.lab/found+secure mx.dn01.lab/found+secure" },
  { "t25-twice", "twice.lab", LL_FOUND, SECURE, "mx.dn01.lab/found+secure" },
  { "not-a-name", "a..b", LL_UNKNOWN, 0, "" },
};

static void
test_lookup (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (LlMxFacts) facts
      = ll_mx_lookup (resolver, cases[i].domain, ll_deadline_in (ENOUGH), NULL);
  g_autofree char *hosts = describe (facts);

  g_test_message ("%s", facts->reason);
  g_assert_cmpint (facts->finding, ==, cases[i].finding);
  g_assert_cmphex (flags_of (facts), ==, cases[i].flags);
  g_assert_cmpstr (hosts, ==, cases[i].hosts);
  g_assert_cmpint (facts->reason != NULL, ==, facts->finding != LL_FOUND || facts->unaddressed);
}

static void
test_bounds (void)
{
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (resolver, "many.lab", ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpuint (facts->hosts->len, ==, LL_MX_HOSTS_MAX);
  g_assert_cmpuint (facts->beyond, ==, 40 - LL_MX_HOSTS_MAX);
}

static void
test_names_without_address_do_not_count (void)
{
  g_autoptr (LlMxFacts) facts
      = ll_mx_lookup (resolver, "hidden.lab", ll_deadline_in (ENOUGH), NULL);
  const LlHostFacts *last = facts->hosts->pdata[facts->hosts->len - 1];

  g_assert_cmpuint (facts->hosts->len, ==, 31);
  g_assert_cmpuint (facts->beyond, ==, 0);
  g_assert_cmpstr (last->name, ==, "mx.dn01.lab");
  g_assert_cmpint (last->addressed, ==, LL_FOUND);
}

static void
test_odd_names_are_counted (void)
{
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (resolver, "n23.lab", ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpuint (facts->refused, ==, 2);
}

/* A host that does not answer costs the others a moment, not the whole deadline. */
static void
test_dead_host_waits_little (void)
{
  LlDeadline deadline = ll_deadline_in (60000);
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (resolver, "halfdead.lab", deadline, NULL);
  g_autofree char *hosts = describe (facts);
  const LlHostFacts *dead;

  g_assert_cmpstr (hosts, ==, "mx.dn01.lab/found+secure mx.deadaddr.lab/unknown");
  g_assert_cmpint (ll_deadline_left (deadline), >, 30000);
  dead = facts->hosts->pdata[1];
  g_assert_cmpint (dead->why, ==, LL_WHY_TEMPORARY);
  g_assert_cmpint (dead->evidence, ==, LL_EVIDENCE_UNKNOWN);
}

static void
test_broken_host (void)
{
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (resolver, "dn36b.lab", ll_deadline_in (ENOUGH), NULL);
  const LlHostFacts *host = facts->hosts->pdata[0];

  g_assert_cmpint (host->evidence, ==, LL_EVIDENCE_BROKEN);
  g_assert_cmpint (host->code, ==, LL_CODE_DNSSEC_INVALID);
  g_assert_nonnull (strstr (host->detail, "signature expired"));
}

static void
test_private (void)
{
  g_autoptr (LlResolver) strict = resolver_at ("resolver", FALSE);
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (strict, "private.lab", ll_deadline_in (ENOUGH), NULL);
  const LlHostFacts *inside = facts->hosts->pdata[0];
  const LlHostFacts *both = facts->hosts->pdata[1];

  g_assert_cmpint (inside->addressed, ==, LL_FOUND);
  g_assert_cmpuint (g_strv_length (inside->addresses), ==, 0);
  g_assert_cmpint (inside->why, ==, LL_WHY_INTERNAL);
  g_assert_cmpuint (g_strv_length (both->addresses), ==, 1);
  g_assert_cmpstr (both->addresses[0], ==, "192.0.2.2");
  g_assert_cmpint (both->why, ==, LL_WHY_NONE);
  g_assert_false (facts->unaddressed);
}

static void
test_network (void)
{
  g_autoptr (LlResolver) stripped = resolver_at ("strip", TRUE);
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (stripped, "dn12.lab", ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpint (facts->finding, ==, LL_UNKNOWN);
  g_assert_true (facts->network);
}

/* What a network does to answers is never the name's fault. */
static void
test_no_edns (void)
{
  g_autoptr (LlResolver) old = resolver_at ("no-edns", TRUE);
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (old, "dn01.lab", ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpint (facts->finding, ==, LL_UNKNOWN);
  g_assert_true (facts->network);
}

/* Long answers get lost: they come by another way. */
static void
test_small (void)
{
  g_autoptr (LlResolver) small = resolver_at ("small", TRUE);
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (small, "dn01.lab", ll_deadline_in (ENOUGH), NULL);

  g_test_message ("%s", facts->reason);
  g_assert_cmpint (facts->finding, ==, LL_FOUND);
  g_assert_true (facts->secure);
}

/* Nothing is kept longer than it is signed for. */
static void
test_signed_for_a_while (void)
{
  g_autoptr (LlMxFacts) facts = ll_mx_lookup (resolver, "soon.lab", ll_deadline_in (ENOUGH), NULL);

  g_assert_cmpint (facts->finding, ==, LL_FOUND);
  g_assert_true (facts->secure);
  g_assert_cmpuint (facts->ttl, <=, 200);
}

/* -- pure ----------------------------------------------------------------------------- */

static void
test_read_malformed (void)
{
  static const guint8 short_rdata[] = { 0 };
  static const guint8 compressed[] = { 0, 10, 0xc0, 0x0c };
  static const guint8 trailing[] = { 0, 10, 1, 'a', 0, 0 };
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  LlAnswer answer = { .name = (char *) "x.lab", .type = LL_RR_MX, .finding = LL_FOUND };
  g_autoptr (LlMxFacts) facts = NULL;

  g_ptr_array_add (records, g_bytes_new_static (short_rdata, sizeof short_rdata));
  g_ptr_array_add (records, g_bytes_new_static (compressed, sizeof compressed));
  g_ptr_array_add (records, g_bytes_new_static (trailing, sizeof trailing));
  answer.records = records;
  facts = ll_mx_read ("x.lab", &answer);
  g_assert_cmpint (facts->finding, ==, LL_FOUND);
  g_assert_cmpuint (facts->hosts->len, ==, 0);
  g_assert_cmpuint (facts->refused, ==, 3);
  g_assert_false (facts->nomail);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dns_lab_start (&lab);
  resolver = resolver_at ("resolver", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/assess/mx/", cases[i].id, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_lookup);
    }
  g_test_add_func ("/assess/mx/bounds", test_bounds);
  g_test_add_func ("/assess/mx/hidden", test_names_without_address_do_not_count);
  g_test_add_func ("/assess/mx/n23-counted", test_odd_names_are_counted);
  g_test_add_func ("/assess/mx/dead-host-waits-little", test_dead_host_waits_little);
  g_test_add_func ("/assess/mx/broken-host", test_broken_host);
  g_test_add_func ("/assess/mx/private", test_private);
  g_test_add_func ("/assess/mx/dn14-network", test_network);
  g_test_add_func ("/assess/mx/no-edns", test_no_edns);
  g_test_add_func ("/assess/mx/small", test_small);
  g_test_add_func ("/assess/mx/signed-for-a-while", test_signed_for_a_while);
  g_test_add_func ("/assess/mx/malformed", test_read_malformed);
  result = g_test_run ();
  ll_resolver_free (resolver);
  dns_lab_stop (&lab);
  return result;
}
