/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The fold: a table for one host, and what must hold for every pair of hosts whatever they are. */

#include "assess/verdict.h"

#include "hosts.h"

/* -- one host ---------------------------------------------------------------------- */

#define PLAIN LL_EVIDENCE_PLAIN
#define WEAK LL_EVIDENCE_WEAK
#define OPP LL_EVIDENCE_OPP
#define PKIX LL_EVIDENCE_PKIX
#define HALF LL_EVIDENCE_HALF
#define STS LL_EVIDENCE_STS
#define DANE LL_EVIDENCE_DANE
#define BROKEN LL_EVIDENCE_BROKEN
#define UNKNOWN LL_EVIDENCE_UNKNOWN

/* secure MX, no policy; insecure MX, no policy; insecure MX, a policy that names it */
static const struct
{
  const char *name;
  LlEvidence secure, insecure, enforced;
} table[H_ALL] = {
  [H_PLAIN] = { "SA18 plain", PLAIN, PLAIN, BROKEN },
  [H_WEAK] = { "weak", WEAK, WEAK, BROKEN },
  [H_OPP] = { "opp", OPP, OPP, BROKEN },
  [H_PKIX] = { "pkix", PKIX, PKIX, STS },
  [H_REVOKED] = { "C33 revoked", BROKEN, BROKEN, BROKEN },
  [H_DANE] = { "DN01 DN03 dane", DANE, HALF, BROKEN },
  [H_DANE_WEAK] = { "DC34 dane, weak key", WEAK, WEAK, BROKEN },
  [H_DANE_MISMATCH] = { "DN04 SA12 mismatch", BROKEN, BROKEN, BROKEN },
  [H_DANE_PLAIN] = { "dane, no STARTTLS", BROKEN, BROKEN, BROKEN },
  [H_DANE_WEAK_ONLY] = { "dane, old protocols only", BROKEN, BROKEN, BROKEN },
  [H_DANE_UNSEEN] = { "dane, not seen", DANE, HALF, STS },
  [H_UNUSABLE] = { "DC25 DC27 unusable", OPP, OPP, STS },
  [H_UNUSABLE_PLAIN] = { "DC30 unusable, no STARTTLS", BROKEN, BROKEN, BROKEN },
  [H_TLSA_FAILED] = { "DN09 TLSA fails", BROKEN, BROKEN, BROKEN },
  [H_TLSA_OPEN] = { "TLSA overdue", BROKEN, BROKEN, BROKEN },
  [H_BOGUS] = { "bogus address", BROKEN, BROKEN, BROKEN },
  [H_TIMEOUT] = { "timeout", UNKNOWN, UNKNOWN, STS },
  [H_REFUSED] = { "T10 refused", UNKNOWN, UNKNOWN, STS },
  [H_TEMPORARY] = { "T02 temporary", UNKNOWN, UNKNOWN, STS },
  [H_OPEN] = { "overdue", UNKNOWN, UNKNOWN, STS },
  [H_PRIVATE] = { "private address", UNKNOWN, UNKNOWN, UNKNOWN },
  [H_NO_ADDRESS] = { "no address", UNKNOWN, UNKNOWN, UNKNOWN },
  [H_ADDRESS_FAILED] = { "address fails", UNKNOWN, UNKNOWN, UNKNOWN },
};

static void
test_one_host (void)
{
  for (Kind kind = 0; kind < H_ALL; kind++)
    {
      g_autoptr (LlVerdict) secure = fold (&kind, 1, STS_NONE, TRUE, LL_NETWORK_OPEN);
      g_autoptr (LlVerdict) insecure = fold (&kind, 1, STS_NONE, FALSE, LL_NETWORK_OPEN);
      g_autoptr (LlVerdict) enforced = fold (&kind, 1, STS_NAMES_ALL, FALSE, LL_NETWORK_OPEN);
      g_autofree char *sentence = ll_verdict_sentence (secure);

      g_test_message ("%s: %s", table[kind].name, sentence);
      g_assert_cmpint (secure->evidence, ==, table[kind].secure);
      g_assert_cmpint (insecure->evidence, ==, table[kind].insecure);
      g_assert_cmpint (enforced->evidence, ==, table[kind].enforced);
    }
}

/* SA19: who takes no mail breaks no promise, whatever his policy says. */
static void
test_null_mx_enforced (void)
{
  LlMxFacts mx = { .finding = LL_ABSENT, .nomail = TRUE, .proven = TRUE };
  g_auto (GStrv) patterns = g_strsplit ("mx0.example.lab", " ", -1);
  LlStsFacts sts = { .mode = LL_STS_ENFORCE, .patterns = patterns };
  LlVerdictInput input
      = { .domain = DOMAIN, .mx = &mx, .sts = &sts, .network = LL_NETWORK_OPEN, .probing = TRUE };
  g_autoptr (LlVerdict) verdict = ll_verdict_fold (&input);

  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_NOMAIL);
  g_assert_cmpint (verdict->code, ==, LL_CODE_NULL_MX);
  g_assert_true (verdict->settled);
}

/* -- two hosts ------------------------------------------------------------------------ */

static gboolean
is_broken_alone (Kind kind)
{
  return table[kind].insecure == BROKEN;
}

static gboolean
is_seen (Kind kind)
{
  return kind <= H_DANE_WEAK_ONLY || kind == H_UNUSABLE || kind == H_UNUSABLE_PLAIN;
}

/* Nothing is known of the domain by it: it is not counted, or says nothing. */
static gboolean
lacks_dane (Kind kind)
{
  return kind != H_DANE && kind != H_DANE_UNSEEN && kind != H_PRIVATE && kind != H_NO_ADDRESS
         && kind != H_ADDRESS_FAILED;
}

static gboolean
is_dane (Kind kind)
{
  return kind == H_DANE || kind == H_DANE_UNSEEN;
}

static void
check_pair (Kind a, Kind b, Sts policy, gboolean secure)
{
  const Kind kinds[] = { a, b };
  g_autoptr (LlVerdict) verdict = fold (kinds, 2, policy, secure, LL_NETWORK_OPEN);
  g_autoptr (LlVerdict) swapped = NULL;
  const Kind turned[] = { b, a };
  LlEvidence got = verdict->evidence;

  /* promise 7: what failed is never outweighed by another host */
  if (is_broken_alone (a) || is_broken_alone (b))
    g_assert_cmpint (got, ==, BROKEN);
  /* the weakest of those seen */
  if (a == H_PLAIN || b == H_PLAIN)
    g_assert_true (got == PLAIN || got == BROKEN);
  if ((a == H_WEAK || b == H_WEAK) && got != BROKEN)
    g_assert_cmpint (got, <=, WEAK);
  if ((a == H_OPP || b == H_OPP) && got != BROKEN)
    g_assert_cmpint (got, <=, OPP);
  /* a claim for the whole domain is not made for a part of it */
  if (got == DANE)
    g_assert_true (secure && !lacks_dane (a) && !lacks_dane (b));
  if (got == STS)
    g_assert_true (policy == STS_NAMES_ALL || policy == STS_NAMES_FIRST);
  /* unknown only if nobody was seen */
  if (is_seen (a) || is_seen (b))
    g_assert_cmpint (got, !=, UNKNOWN);
  /* a host that is left out by the policy never makes it worse for who honours it */
  if (policy != STS_NAMES_NONE && got != BROKEN && got != UNKNOWN
      && verdict->evidence_if_sts != UNKNOWN)
    g_assert_cmpint (verdict->evidence_if_sts, >=, got);
  if (policy == STS_NAMES_NONE)
    g_assert_cmpint (got, ==, secure && is_dane (a) && is_dane (b) ? DANE : BROKEN);
  g_assert_cmpuint (verdict->seen, <=, verdict->total);
  if (got == BROKEN || got == UNKNOWN)
    g_assert_false (verdict->settled);
  if (policy != STS_NAMES_FIRST)
    {
      swapped = fold (turned, 2, policy, secure, LL_NETWORK_OPEN);
      g_assert_cmpint (swapped->evidence, ==, got);
      g_assert_cmpint (swapped->evidence_if_sts, ==, verdict->evidence_if_sts);
    }
}

static void
test_two_hosts (void)
{
  for (Kind a = 0; a < H_ALL; a++)
    for (Kind b = 0; b < H_ALL; b++)
      for (Sts policy = 0; policy < STS_ALL; policy++)
        for (guint secure = 0; secure < 2; secure++)
          check_pair (a, b, policy, secure);
}

static const struct
{
  const char *name;
  Kind kinds[2];
  Sts policy;
  gboolean secure;
  LlEvidence evidence, if_sts;
  guint seen, total;
} pairs[] = {
  { "both dane", { H_DANE, H_DANE }, STS_NONE, TRUE, DANE, DANE, 2, 2 },
  { "dane, backup without", { H_DANE, H_PKIX }, STS_NONE, TRUE, PKIX, PKIX, 2, 2 },
  { "dane, unseen backup without", { H_DANE, H_TIMEOUT }, STS_NONE, TRUE, OPP, OPP, 1, 2 },
  { "dane, unseen backup with", { H_DANE, H_DANE_UNSEEN }, STS_NONE, TRUE, DANE, DANE, 1, 2 },
  { "dane, dead name", { H_DANE, H_NO_ADDRESS }, STS_NONE, TRUE, DANE, DANE, 1, 1 },
  { "pkix, one not reached", { H_PKIX, H_TIMEOUT }, STS_NONE, FALSE, PKIX, PKIX, 1, 2 },
  { "pkix, one plain", { H_PKIX, H_PLAIN }, STS_NONE, FALSE, PLAIN, PLAIN, 2, 2 },
  { "one plain, excluded", { H_PKIX, H_PLAIN }, STS_NAMES_FIRST, FALSE, PLAIN, STS, 2, 2 },
  { "one plain, named", { H_PKIX, H_PLAIN }, STS_NAMES_ALL, FALSE, BROKEN, BROKEN, 2, 2 },
  { "SA09 none named", { H_PKIX, H_PKIX }, STS_NAMES_NONE, FALSE, BROKEN, BROKEN, 2, 2 },
  { "excluded not reached", { H_PKIX, H_TIMEOUT }, STS_NAMES_FIRST, FALSE, PKIX, STS, 1, 2 },
  { "named not reached", { H_PKIX, H_TIMEOUT }, STS_NAMES_ALL, FALSE, STS, STS, 1, 2 },
  { "dane and sts", { H_DANE, H_PKIX }, STS_NAMES_ALL, TRUE, STS, STS, 2, 2 },
  { "SA13 dane beats sts", { H_DANE, H_DANE }, STS_NAMES_ALL, TRUE, DANE, DANE, 2, 2 },
  { "SA13 weak dane", { H_DANE, H_DANE_WEAK }, STS_NAMES_ALL, TRUE, WEAK, WEAK, 2, 2 },
};

static void
test_pairs (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (LlVerdict) verdict
          = fold (pairs[i].kinds, 2, pairs[i].policy, pairs[i].secure, LL_NETWORK_OPEN);

      g_test_message ("%s", pairs[i].name);
      g_assert_cmpint (verdict->evidence, ==, pairs[i].evidence);
      g_assert_cmpint (verdict->evidence_if_sts, ==, pairs[i].if_sts);
      g_assert_cmpuint (verdict->seen, ==, pairs[i].seen);
      g_assert_cmpuint (verdict->total, ==, pairs[i].total);
    }
}

/* -- networks ------------------------------------------------------------------------------ */

/* A network that puts itself in between proves nothing against a server; only what it cannot forge
 * is believed. A blocked port is never "no TLS". */
static void
test_networks (void)
{
  static const LlNetworkState liars[]
      = { LL_NETWORK_REDIRECTED, LL_NETWORK_STRIPPED, LL_NETWORK_PORTAL };
  const Kind timeout = H_TIMEOUT;
  g_autoptr (LlVerdict) blocked = fold (&timeout, 1, STS_NONE, FALSE, LL_NETWORK_BLOCKED);

  for (guint i = 0; i < G_N_ELEMENTS (liars); i++)
    for (Kind kind = 0; kind < H_ALL; kind++)
      {
        g_autoptr (LlVerdict) verdict = fold (&kind, 1, STS_NONE, TRUE, liars[i]);

        if (kind == H_PLAIN || kind == H_WEAK || kind == H_OPP)
          g_assert_true (verdict->evidence == UNKNOWN || kind == H_WEAK);
        if (kind == H_PKIX)
          g_assert_cmpint (verdict->evidence, ==, PKIX);
        if (kind == H_DANE)
          g_assert_cmpint (verdict->evidence, ==, DANE);
        if (kind == H_DANE_PLAIN)
          {
            g_assert_cmpint (verdict->evidence, ==, DANE);
            g_assert_cmpint (verdict->source, ==, LL_SOURCE_PUBLISHED);
          }
        /* DNS is another matter */
        if (kind == H_BOGUS || kind == H_TLSA_FAILED)
          g_assert_cmpint (verdict->evidence, ==, BROKEN);
      }
  g_assert_cmpint (blocked->evidence, ==, UNKNOWN);
  g_assert_cmpint (blocked->why, ==, LL_WHY_PORT25);
  g_assert_cmpint (blocked->code, ==, LL_CODE_UNKNOWN_PORT25_BLOCKED);
}

/* -- the domain's own DNS -------------------------------------------------------------------- */

static const struct
{
  const char *name;
  LlMxFacts mx;
  gboolean silent;
  LlNetworkState network;
  LlEvidence evidence;
  LlWhy why;
  gboolean settled;
} dns[] = {
  { "DN12 bogus", { .finding = LL_BOGUS }, FALSE, LL_NETWORK_OPEN, BROKEN, LL_WHY_NONE, FALSE },
  { "N09 fails", { .finding = LL_UNKNOWN }, FALSE, LL_NETWORK_OPEN, BROKEN, LL_WHY_NONE, FALSE },
  { "DN14 network strips DNSSEC",
    { .finding = LL_UNKNOWN, .network = TRUE },
    FALSE,
    LL_NETWORK_OPEN,
    UNKNOWN,
    LL_WHY_DNS,
    FALSE },
  { "no answers",
    { .finding = LL_UNKNOWN },
    TRUE,
    LL_NETWORK_UNTESTED,
    UNKNOWN,
    LL_WHY_OFFLINE,
    FALSE },
  { "DN15 portal",
    { .finding = LL_UNKNOWN },
    FALSE,
    LL_NETWORK_PORTAL,
    UNKNOWN,
    LL_WHY_OFFLINE,
    FALSE },
  { "N08 proven",
    { .finding = LL_ABSENT, .nxdomain = TRUE, .proven = TRUE },
    FALSE,
    LL_NETWORK_OPEN,
    LL_EVIDENCE_NOMAIL,
    LL_WHY_NONE,
    TRUE },
  { "N08 not proven",
    { .finding = LL_ABSENT, .nxdomain = TRUE },
    FALSE,
    LL_NETWORK_OPEN,
    LL_EVIDENCE_NOMAIL,
    LL_WHY_NONE,
    FALSE },
  { "null MX",
    { .finding = LL_ABSENT, .nomail = TRUE },
    FALSE,
    LL_NETWORK_OPEN,
    LL_EVIDENCE_NOMAIL,
    LL_WHY_NONE,
    TRUE },
  { "N14 no address",
    { .finding = LL_FOUND, .unaddressed = TRUE },
    FALSE,
    LL_NETWORK_OPEN,
    LL_EVIDENCE_NOMAIL,
    LL_WHY_NONE,
    FALSE },
};

static void
test_dns (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (dns); i++)
    {
      LlStsFacts sts = { .mode = LL_STS_ENFORCE };
      LlVerdictInput input = { .domain = DOMAIN,
                               .mx = &dns[i].mx,
                               .hosts = none,
                               .sts = &sts,
                               .network = dns[i].network,
                               .dns_silent = dns[i].silent,
                               .probing = TRUE };
      g_autoptr (LlVerdict) verdict = ll_verdict_fold (&input);

      g_test_message ("%s", dns[i].name);
      g_assert_cmpint (verdict->evidence, ==, dns[i].evidence);
      g_assert_cmpint (verdict->why, ==, dns[i].why);
      g_assert_cmpint (verdict->settled, ==, dns[i].settled);
    }
}

/* -- deadlines ------------------------------------------------------------------------------- */

static void
test_overdue (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  LlVerdictInput input = { .domain = DOMAIN, .hosts = none, .probing = TRUE };
  g_autoptr (LlVerdict) nothing = ll_verdict_fold (&input);
  const Kind open[] = { H_PKIX, H_TLSA_OPEN };
  g_autoptr (LlVerdict) failed = fold (open, 2, STS_NONE, TRUE, LL_NETWORK_OPEN);

  g_assert_cmpint (nothing->evidence, ==, UNKNOWN);
  g_assert_cmpint (nothing->why, ==, LL_WHY_OVERDUE);
  g_assert_cmpint (failed->evidence, ==, BROKEN);
}

static void
test_plain_settles (void)
{
  for (guint confirmed = 0; confirmed < 2; confirmed++)
    {
      g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) host_free);
      LlMxFacts mx = { .finding = LL_FOUND };
      LlStsFacts sts = { .mode = LL_STS_NONE };
      LlVerdictInput input = { .domain = DOMAIN,
                               .mx = &mx,
                               .hosts = hosts,
                               .sts = &sts,
                               .network = LL_NETWORK_OPEN,
                               .probing = TRUE,
                               .plain_confirmed = confirmed };
      g_autoptr (LlVerdict) verdict = NULL;

      g_ptr_array_add (hosts, host_new ("mx.example.lab", H_PLAIN));
      verdict = ll_verdict_fold (&input);
      g_assert_cmpint (verdict->evidence, ==, PLAIN);
      g_assert_cmpint (verdict->settled, ==, confirmed);
    }
}

/* T22: the weakest of the addresses of one host. */
static void
test_families (void)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) host_free);
  LlMxFacts mx = { .finding = LL_FOUND };
  LlStsFacts sts = { .mode = LL_STS_NONE };
  LlVerdictInput input = { .domain = DOMAIN,
                           .mx = &mx,
                           .hosts = hosts,
                           .sts = &sts,
                           .network = LL_NETWORK_OPEN,
                           .probing = TRUE };
  Host *host = host_new ("mx.example.lab", H_PKIX);
  g_autoptr (LlVerdict) refused = NULL;
  g_autoptr (LlVerdict) plain = NULL;

  g_ptr_array_add (hosts, host);
  see (host, LL_SIGHT_UNWELCOME, FALSE);
  refused = ll_verdict_fold (&input);
  g_assert_cmpint (refused->evidence, ==, PKIX);
  see (host, LL_SIGHT_PLAIN, FALSE);
  plain = ll_verdict_fold (&input);
  g_assert_cmpint (plain->evidence, ==, PLAIN);
}

/* A server whose authority is published (2 1 1), for a domain that is an alias of hosting.lab. */
static LlEvidence
fold_authority (const char *names, const EVP_MD *digest, gboolean secure)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) host_free);
  Certificate authority
      = certificate_make (&(CertificateWish){ .name = "A", .authority = TRUE }, NULL);
  Certificate own
      = certificate_make (&(CertificateWish){ .names = names, .digest = digest }, &authority);
  LlMxFacts mx = { .finding = LL_FOUND, .secure = secure, .canonical = (char *) "hosting.lab" };
  LlStsFacts sts = { .mode = LL_STS_NONE };
  LlVerdictInput input = { .domain = DOMAIN,
                           .mx = &mx,
                           .hosts = hosts,
                           .sts = &sts,
                           .network = LL_NETWORK_OPEN,
                           .probing = TRUE };
  STACK_OF (X509) *stack = sk_X509_new_null ();
  Host *host = host_new ("mx.example.lab", H_DANE_UNSEEN);
  g_autoptr (LlVerdict) verdict = NULL;
  LlSight *sight;

  sk_X509_push (stack, own.certificate);
  sk_X509_push (stack, authority.certificate);
  g_ptr_array_set_size (host->facts->tlsa, 0);
  g_ptr_array_add (host->facts->tlsa, certificate_tlsa (authority.certificate, 2, 1, 1));
  see (host, LL_SIGHT_TLS, FALSE);
  sight = g_ptr_array_index (host->sights, 0);
  ll_chain_unref (sight->chain);
  sight->chain = ll_chain_new_from (stack);
  g_ptr_array_add (hosts, host);
  verdict = ll_verdict_fold (&input);
  sk_X509_free (stack);
  certificate_clear (&own);
  certificate_clear (&authority);
  g_test_message ("%s: %s", names, verdict->detail);
  return verdict->evidence;
}

/* What vouches may be too weak, and the names are those of RFC 7672 3.2.2. */
static void
test_authority (void)
{
  g_assert_cmpint (fold_authority ("DNS:mx.example.lab", EVP_sha256 (), TRUE), ==, DANE);
  g_assert_cmpint (fold_authority ("DNS:mx.example.lab", EVP_sha1 (), TRUE), ==, WEAK);
  g_assert_cmpint (fold_authority ("DNS:hosting.lab", EVP_sha256 (), TRUE), ==, DANE);
  g_assert_cmpint (fold_authority ("DNS:hosting.lab", EVP_sha256 (), FALSE), ==, BROKEN);
  g_assert_cmpint (fold_authority ("DNS:else.lab", EVP_sha256 (), TRUE), ==, BROKEN);
}

int
main (int argc, char **argv)
{
  STACK_OF (X509) *stack = sk_X509_new_null ();
  int result;

  g_test_init (&argc, &argv, NULL);
  leaf = certificate_make (&(CertificateWish){ .names = "DNS:mx.example.lab" }, NULL);
  sk_X509_push (stack, leaf.certificate);
  chain = ll_chain_new_from (stack);
  sk_X509_free (stack);
  g_test_add_func ("/assess/verdict/one-host", test_one_host);
  g_test_add_func ("/assess/verdict/SA19-null-mx-enforced", test_null_mx_enforced);
  g_test_add_func ("/assess/verdict/promise-7-all-pairs", test_two_hosts);
  g_test_add_func ("/assess/verdict/pairs", test_pairs);
  g_test_add_func ("/assess/verdict/networks", test_networks);
  g_test_add_func ("/assess/verdict/DN12-DN15-N08-N14-dns", test_dns);
  g_test_add_func ("/assess/verdict/promise-7-overdue", test_overdue);
  g_test_add_func ("/assess/verdict/plain-settles", test_plain_settles);
  g_test_add_func ("/assess/verdict/T22-families", test_families);
  g_test_add_func ("/assess/verdict/DANE-TA", test_authority);
  result = g_test_run ();
  ll_chain_unref (chain);
  certificate_clear (&leaf);
  return result;
}
