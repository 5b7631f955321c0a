/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Design 4.4, line by line; then what bends it: bounds, patience, people. */

#include "fixture.h"

/* -- the table: one row per finding, one column per mode --------------------------------- */

typedef struct
{
  const char *name;
  LlEvidence evidence;
  LlSource source;
  gboolean downgrade;
  gboolean assured;
  const char *minimum;
  const char *unknown;
  /* letters: fixture_letter () */
  const char *without_locks; /* opportunistic forced exclusive encrypt */
  const char *with_locks;
} Row;

static const Row rows[] = {
  { "nomail", LL_EVIDENCE_NOMAIL, LL_SOURCE_SEEN, 0, 0, "encrypted", "send", "rrrr", "rrrr" },
  { "nomail, own domain", LL_EVIDENCE_NOMAIL, LL_SOURCE_SEEN, 0, 1, "encrypted", "send", "rrrr",
    "rrrr" },
  { "broken", LL_EVIDENCE_BROKEN, LL_SOURCE_SEEN, 0, 0, "encrypted", "send", "hhhh", "hhhL" },
  { "broken, own domain", LL_EVIDENCE_BROKEN, LL_SOURCE_SEEN, 0, 1, "encrypted", "send", "hhhh",
    "hhhL" },
  { "downgrade", LL_EVIDENCE_OPP, LL_SOURCE_SEEN, 1, 0, "encrypted", "send", "hhhh", "hhhL" },
  { "downgrade, own domain", LL_EVIDENCE_OPP, LL_SOURCE_SEEN, 1, 1, "encrypted", "send", "hhhh",
    "hhhL" },
  { "assured", LL_EVIDENCE_PLAIN, LL_SOURCE_SEEN, 0, 1, "assured", "lock", "sssh", "sssL" },
  { "assured, unknown", LL_EVIDENCE_UNKNOWN, LL_SOURCE_SEEN, 0, 1, "assured", "lock", "sssh",
    "sssL" },
  { "dane, policy", LL_EVIDENCE_DANE, LL_SOURCE_SEEN, 0, 0, "policy", "lock", "sssh", "sssL" },
  { "sts, policy", LL_EVIDENCE_STS, LL_SOURCE_PUBLISHED, 0, 0, "policy", "lock", "sssh", "sssL" },
  { "half, policy", LL_EVIDENCE_HALF, LL_SOURCE_SEEN, 0, 0, "policy", "lock", "shrh", "sLrL" },
  { "half, verified", LL_EVIDENCE_HALF, LL_SOURCE_SEEN, 0, 0, "verified", "lock", "sssh", "sssL" },
  { "pkix, verified", LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, 0, 0, "verified", "lock", "sssh", "sssL" },
  { "opp, verified", LL_EVIDENCE_OPP, LL_SOURCE_SEEN, 0, 0, "verified", "lock", "shrh", "sLrL" },
  { "opp, encrypted", LL_EVIDENCE_OPP, LL_SOURCE_SEEN, 0, 0, "encrypted", "send", "sssh", "sssL" },
  { "dane, assured", LL_EVIDENCE_DANE, LL_SOURCE_SEEN, 0, 0, "assured", "lock", "shrh", "sLrL" },
  { "listed, encrypted", LL_EVIDENCE_OPP, LL_SOURCE_LISTED, 0, 0, "encrypted", "send", "sssh",
    "sssL" },
  { "listed, verified", LL_EVIDENCE_PKIX, LL_SOURCE_LISTED, 0, 0, "verified", "send", "shrh",
    "sLrL" },
  { "listed, policy", LL_EVIDENCE_DANE, LL_SOURCE_LISTED, 0, 0, "policy", "send", "shrh", "sLrL" },
  { "weak", LL_EVIDENCE_WEAK, LL_SOURCE_SEEN, 0, 0, "encrypted", "send", "ohrh", "oLrL" },
  { "plain", LL_EVIDENCE_PLAIN, LL_SOURCE_SEEN, 0, 0, "encrypted", "send", "ohrh", "oLrL" },
  { "unknown, send", LL_EVIDENCE_UNKNOWN, LL_SOURCE_SEEN, 0, 0, "encrypted", "send", "oowh",
    "oowL" },
  { "unknown, lock", LL_EVIDENCE_UNKNOWN, LL_SOURCE_SEEN, 0, 0, "verified", "lock", "ohwh",
    "oLwL" },
  { "unknown, hold", LL_EVIDENCE_UNKNOWN, LL_SOURCE_SEEN, 0, 0, "encrypted", "hold", "ohwh",
    "ohwL" },
};

static void
check_row (const Row *row, LlMode mode, guint locks, char wanted)
{
  g_autofree char *text = g_strdup_printf ("%s[policy]\nmode=%s\nminimum=%s\nunknown=%s\n",
                                           row->assured ? "internal=@clinic.example\n" : "",
                                           ll_mode_name (mode), row->minimum, row->unknown);
  g_autoptr (LlDecision) d = NULL;
  Fixture f;

  fixture_init (&f, text);
  fixture_evidence (&f, row->evidence);
  f.verdict.source = row->source;
  f.verdict.suspected_downgrade = row->downgrade;
  f.input.locks = locks;
  d = ll_policy_decide (&f.input);
  g_test_message ("%s, %s: %c, %s", row->name, ll_mode_name (mode), fixture_letter (d), d->reason);
  g_assert_cmpint (fixture_letter (d), ==, wanted);
  g_assert_cmpint (d->mode, ==, mode);
  fixture_clear (&f);
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint mode = LL_MODE_OPPORTUNISTIC; mode <= LL_MODE_ENCRYPT; mode++)
      {
        check_row (&rows[i], mode, 0, rows[i].without_locks[mode]);
        check_row (&rows[i], mode, FIXTURE_LOCKS, rows[i].with_locks[mode]);
      }
}

/* -- who is bound ----------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  const char *account; /* more keys */
  LlEvidence evidence;
  guint honours;
  gboolean offered, everywhere, measured, declared_measured, sts_too;
  LlBound bound;
  LlConfidence confidence;
  LlMethod method;
} bounds[] = {
  { "nobody", "", LL_EVIDENCE_DANE, 0, 0, 0, 0, 0, 0, LL_BOUND_NOBODY, LL_CONFIDENCE_OBSERVED,
    LL_METHOD_TLS },
  { "honours dane", "", LL_EVIDENCE_DANE, LL_HONOURS_DANE, 0, 0, 0, 0, 0, LL_BOUND_HONOURS,
    LL_CONFIDENCE_LIKELY, LL_METHOD_TLS },
  { "honours sts, has dane", "", LL_EVIDENCE_DANE, LL_HONOURS_STS, 0, 0, 0, 0, 0, LL_BOUND_NOBODY,
    LL_CONFIDENCE_OBSERVED, LL_METHOD_TLS },
  { "honours sts, has both", "", LL_EVIDENCE_DANE, LL_HONOURS_STS, 0, 0, 0, 0, 1, LL_BOUND_HONOURS,
    LL_CONFIDENCE_LIKELY, LL_METHOD_TLS },
  { "honours dane, has sts", "", LL_EVIDENCE_STS, LL_HONOURS_DANE, 0, 0, 0, 0, 0, LL_BOUND_NOBODY,
    LL_CONFIDENCE_OBSERVED, LL_METHOD_TLS },
  { "honours, half", "", LL_EVIDENCE_HALF, LL_HONOURS_STS | LL_HONOURS_DANE, 0, 0, 0, 0, 0,
    LL_BOUND_NOBODY, LL_CONFIDENCE_OBSERVED, LL_METHOD_TLS },
  { "requiretls offered, not everywhere", "", LL_EVIDENCE_OPP, 0, 1, 0, 0, 0, 0, LL_BOUND_NOBODY,
    LL_CONFIDENCE_OBSERVED, LL_METHOD_TLS },
  { "requiretls", "", LL_EVIDENCE_OPP, 0, 1, 1, 0, 0, 0, LL_BOUND_REQUIRETLS, LL_CONFIDENCE_LIKELY,
    LL_METHOD_TLS },
  { "requiretls measured", "", LL_EVIDENCE_OPP, 0, 1, 1, 1, 0, 0, LL_BOUND_REQUIRETLS,
    LL_CONFIDENCE_ASSURED, LL_METHOD_TLS },
  { "declared", "declared=encrypted\ndeclared-when=2026-11-01\n", LL_EVIDENCE_UNKNOWN, 0, 0, 0, 0,
    0, 0, LL_BOUND_DECLARED, LL_CONFIDENCE_LIKELY, LL_METHOD_TLS },
  { "declared for others", "declared=encrypted\ndeclared-when=2026-11-01\ndeclared-domains=x.de\n",
    LL_EVIDENCE_UNKNOWN, 0, 0, 0, 0, 0, 0, LL_BOUND_NOBODY, LL_CONFIDENCE_NONE, LL_METHOD_OPEN },
  { "declared, lapsed", "declared=encrypted\ndeclared-when=2025-11-01\n", LL_EVIDENCE_PKIX, 0, 0, 0,
    0, 0, 0, LL_BOUND_NOBODY, LL_CONFIDENCE_OBSERVED, LL_METHOD_TLS },
  { "declared measured", "declared=encrypted\ndeclared-when=2026-11-01\n", LL_EVIDENCE_PLAIN, 0, 0,
    0, 0, 1, 0, LL_BOUND_DECLARED, LL_CONFIDENCE_ASSURED, LL_METHOD_TLS },
  { "internal", "internal=clinic.example\n", LL_EVIDENCE_PLAIN, 0, 0, 0, 0, 0, 0, LL_BOUND_INTERNAL,
    LL_CONFIDENCE_ASSURED, LL_METHOD_TLS },
  { "internal, other domain", "internal=b.example\n", LL_EVIDENCE_PLAIN, 0, 0, 0, 0, 0, 0,
    LL_BOUND_NOBODY, LL_CONFIDENCE_OBSERVED, LL_METHOD_OPEN },
};

static void
test_bounds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      g_autofree char *text = g_strconcat (bounds[i].account, "preset=everyday\n", NULL);
      g_autoptr (LlDecision) d = NULL;
      Fixture f;

      fixture_init (&f, text);
      fixture_evidence (&f, bounds[i].evidence);
      f.input.honours = bounds[i].honours;
      f.input.requiretls_offered = bounds[i].offered;
      f.input.requiretls_measured = bounds[i].measured;
      f.input.declared_measured = bounds[i].declared_measured;
      f.verdict.requiretls_everywhere = bounds[i].everywhere;
      f.verdict.sts.mode = bounds[i].sts_too ? LL_STS_ENFORCE : LL_STS_NONE;
      d = ll_policy_decide (&f.input);
      g_test_message ("%s: %s", bounds[i].name, d->reason);
      g_assert_cmpint (d->bound, ==, bounds[i].bound);
      g_assert_cmpint (d->confidence, ==, bounds[i].confidence);
      g_assert_cmpint (d->method, ==, bounds[i].method);
      g_assert_cmpint (d->requiretls, ==, bounds[i].bound == LL_BOUND_REQUIRETLS);
      fixture_clear (&f);
    }
}

/* A host that an enforced MTA-STS policy excludes counts only for those who ignore policies. */
static void
test_excluded_hosts (void)
{
  Fixture f;
  g_autoptr (LlDecision) ignores = NULL;
  g_autoptr (LlDecision) honours = NULL;

  fixture_init (&f, "minimum=policy\n");
  f.verdict.evidence = LL_EVIDENCE_PLAIN;
  f.verdict.code = LL_CODE_STARTTLS_NOT_SUPPORTED;
  f.verdict.evidence_if_sts = LL_EVIDENCE_STS;
  f.verdict.source_if_sts = LL_SOURCE_PUBLISHED;
  ignores = ll_policy_decide (&f.input);
  f.input.honours = LL_HONOURS_STS;
  honours = ll_policy_decide (&f.input);
  g_assert_cmpint (ignores->kind, ==, LL_DECISION_HOLD);
  g_assert_cmpint (honours->kind, ==, LL_DECISION_SEND);
  g_assert_cmpint (honours->bound, ==, LL_BOUND_HONOURS);
  /* promise 8: the server that they use was not seen */
  g_assert_cmpint (honours->source, ==, LL_SOURCE_PUBLISHED);
  g_assert_cmpint (honours->code, ==, LL_CODE_NONE);
  g_assert_null (strstr (honours->reason, "showed"));
  fixture_clear (&f);
}

static void
test_requiretls (void)
{
  Fixture f;
  g_autoptr (LlDecision) asked = NULL;
  g_autoptr (LlDecision) rule = NULL;
  g_autoptr (LlDecision) refused = NULL;
  g_autoptr (LlDecision) unoffered = NULL;
  g_autoptr (LlDecision) unseen = NULL;
  g_autoptr (LlDecision) without = NULL;
  g_autoptr (LlDecision) bounce = NULL;

  fixture_init (&f, "[rule 1]\nto=clinic.example\nrequiretls=true\n");
  fixture_evidence (&f, LL_EVIDENCE_PKIX);
  f.input.requiretls_offered = TRUE;
  rule = ll_policy_decide (&f.input);
  g_assert_true (rule->requiretls);
  f.input.requiretls_refused = TRUE;
  refused = ll_policy_decide (&f.input); /* promise 4: decided again without it */
  g_assert_false (refused->requiretls);
  g_assert_nonnull (strstr (refused->reason, "cannot be told to insist"));
  f.input.requiretls_refused = FALSE;
  f.input.requiretls_offered = FALSE; /* its EHLO was not seen: nothing is said of it */
  unseen = ll_policy_decide (&f.input);
  g_assert_null (strstr (unseen->reason, "insist"));
  f.input.offers_known = TRUE;
  without = ll_policy_decide (&f.input);
  g_assert_nonnull (strstr (without->reason, "cannot be told to insist"));
  f.input.requiretls_offered = TRUE;
  g_assert_cmpint (refused->bound, ==, LL_BOUND_NOBODY);
  f.input.requiretls_asked = TRUE;
  f.facts.tls_required_no = TRUE; /* RFC 8689 4.1: ignored beside REQUIRETLS */
  asked = ll_policy_decide (&f.input);
  g_assert_true (asked->requiretls);
  f.input.requiretls_offered = FALSE;
  unoffered = ll_policy_decide (&f.input);
  g_assert_cmpint (unoffered->kind, ==, LL_DECISION_REFUSE);
  g_assert_cmpstr (unoffered->smtp_code, ==, "550 5.7.30");
  f.input.bounce = TRUE; /* A17 */
  f.facts.tls_required_no = FALSE;
  bounce = ll_policy_decide (&f.input);
  g_assert_cmpint (bounce->kind, ==, LL_DECISION_SEND);
  g_assert_false (bounce->requiretls);
  fixture_clear (&f);
}

/* U13: content that is locked already may go over a broken way, except where TLS or nothing is
 * asked for. A person's override does not reach that either, and is told so. */
static void
test_broken_and_sealed (void)
{
  Fixture f;
  g_autoptr (LlDecision) sealed = NULL;
  g_autoptr (LlDecision) exclusive = NULL;
  g_autoptr (LlDecision) overridden = NULL;

  fixture_init (&f, "[rule 1]\nto=clinic.example\nmode=exclusive\n");
  fixture_evidence (&f, LL_EVIDENCE_BROKEN);
  f.facts.protection = LL_PROTECTION_PGP_MIME;
  exclusive = ll_policy_decide (&f.input);
  g_assert_cmpint (exclusive->kind, ==, LL_DECISION_HOLD);
  f.input.overridden = TRUE;
  overridden = ll_policy_decide (&f.input);
  g_assert_cmpint (overridden->kind, ==, LL_DECISION_HOLD);
  g_assert_false (overridden->overridden);
  g_assert_nonnull (strstr (overridden->reason, "your override does not count"));
  f.input.overridden = FALSE;
  f.recipient.domain = f.recipient.address = (char *) "other.example";
  sealed = ll_policy_decide (&f.input);
  g_assert_cmpint (sealed->kind, ==, LL_DECISION_SEND);
  g_assert_cmpint (sealed->bound, ==, LL_BOUND_CONTENT);
  fixture_clear (&f);
}

/* -- patience --------------------------------------------------------------------------------- */

static LlDecisionKind
decide_at (Fixture *f, gint64 age)
{
  g_autoptr (LlDecision) d = NULL;

  f->input.received = age < 0 ? 0 : FIXTURE_NOW - age;
  d = ll_policy_decide (&f->input);
  return d->kind;
}

static void
test_patience (void)
{
  Fixture f;

  fixture_init (&f, "mode=exclusive\n");
  fixture_evidence (&f, LL_EVIDENCE_UNKNOWN);
  g_assert_cmpint (decide_at (&f, -1), ==, LL_DECISION_LATER);
  g_assert_cmpint (decide_at (&f, 4 * 3600 - 1), ==, LL_DECISION_LATER);
  g_assert_cmpint (decide_at (&f, 4 * 3600), ==, LL_DECISION_DROP);
  fixture_evidence (&f, LL_EVIDENCE_PLAIN);
  g_assert_cmpint (decide_at (&f, -1), ==, LL_DECISION_REFUSE);
  g_assert_cmpint (decide_at (&f, 1), ==, LL_DECISION_DROP);
  fixture_evidence (&f, LL_EVIDENCE_NOMAIL);
  f.verdict.nxdomain = TRUE;
  f.verdict.code = LL_CODE_NO_SUCH_DOMAIN;
  g_assert_cmpint (decide_at (&f, -1), ==, LL_DECISION_LATER);
  g_assert_cmpint (decide_at (&f, 599), ==, LL_DECISION_LATER);
  g_assert_cmpint (decide_at (&f, 600), ==, LL_DECISION_REFUSE);
  f.verdict.proven = TRUE;
  g_assert_cmpint (decide_at (&f, -1), ==, LL_DECISION_REFUSE);
  /* N14: the same for servers that DNS denies, with and without proof */
  f.verdict.nxdomain = FALSE;
  g_assert_cmpint (decide_at (&f, -1), ==, LL_DECISION_REFUSE);
  f.verdict.proven = FALSE;
  g_assert_cmpint (decide_at (&f, -1), ==, LL_DECISION_LATER);
  g_assert_cmpint (decide_at (&f, 600), ==, LL_DECISION_REFUSE);
  fixture_clear (&f);
}

static void
test_until (void)
{
  Fixture f;
  g_autoptr (LlDecision) absent = NULL;
  g_autoptr (LlDecision) unknown = NULL;
  g_autoptr (LlDecision) sent = NULL;

  fixture_init (&f, "mode=exclusive\n");
  fixture_evidence (&f, LL_EVIDENCE_UNKNOWN);
  f.input.received = FIXTURE_NOW - 60;
  unknown = ll_policy_decide (&f.input);
  g_assert_cmpint (unknown->until, ==, FIXTURE_NOW - 60 + 4 * 3600);
  fixture_evidence (&f, LL_EVIDENCE_NOMAIL);
  f.verdict.nxdomain = TRUE;
  f.input.received = 0;
  absent = ll_policy_decide (&f.input);
  g_assert_cmpint (absent->until, ==, FIXTURE_NOW + 600);
  fixture_evidence (&f, LL_EVIDENCE_DANE);
  sent = ll_policy_decide (&f.input);
  g_assert_cmpint (sent->until, ==, 0);
  fixture_clear (&f);
}

/* What is still being looked at is unknown for modes that may send, and waits for the others. */
static void
test_overdue (void)
{
  static const struct
  {
    const char *text;
    LlDecisionKind kind;
  } cases[] = {
    { "mode=opportunistic\n", LL_DECISION_SEND },
    { "mode=forced\nunknown=send\n", LL_DECISION_SEND },
    { "mode=forced\nunknown=lock\n", LL_DECISION_LATER },
    { "mode=forced\nunknown=hold\n", LL_DECISION_LATER },
    { "mode=exclusive\n", LL_DECISION_LATER },
    { "mode=encrypt\n", LL_DECISION_LOCK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture f;
      g_autoptr (LlDecision) none = NULL;
      g_autoptr (LlDecision) broken = NULL;

      fixture_init (&f, cases[i].text);
      f.input.locks = FIXTURE_LOCKS;
      f.input.verdict_done = FALSE;
      f.input.verdict = NULL;
      none = ll_policy_decide (&f.input);
      g_assert_cmpint (none->kind, ==, cases[i].kind);
      g_assert_cmpint (none->why, ==, LL_WHY_OVERDUE);
      g_assert_false (none->settled);
      f.input.verdict = &f.verdict; /* promise 7: a failed finding is never overdue */
      fixture_evidence (&f, LL_EVIDENCE_BROKEN);
      broken = ll_policy_decide (&f.input);
      g_assert_cmpint (broken->kind, ==, i < 5 ? LL_DECISION_HOLD : LL_DECISION_LOCK);
      fixture_clear (&f);
    }
}

static void
test_codes (void)
{
  static const struct
  {
    LlEvidence evidence;
    LlCode code;
    gboolean nxdomain, proven;
    const char *smtp;
  } cases[] = {
    { LL_EVIDENCE_NOMAIL, LL_CODE_NULL_MX, FALSE, FALSE, "556 5.1.10" },
    { LL_EVIDENCE_NOMAIL, LL_CODE_NO_SUCH_DOMAIN, TRUE, TRUE, "550 5.1.2" },
    { LL_EVIDENCE_NOMAIL, LL_CODE_NO_SUCH_DOMAIN, FALSE, TRUE, "550 5.4.4" }, /* N14: no address */
    { LL_EVIDENCE_PLAIN, LL_CODE_STARTTLS_NOT_SUPPORTED, FALSE, FALSE, "550 5.7.10" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture f;
      g_autoptr (LlDecision) d = NULL;

      fixture_init (&f, "mode=exclusive\n");
      fixture_evidence (&f, cases[i].evidence);
      f.verdict.code = cases[i].code;
      f.verdict.nxdomain = cases[i].nxdomain;
      f.verdict.proven = cases[i].proven;
      d = ll_policy_decide (&f.input);
      g_assert_cmpint (d->kind, ==, LL_DECISION_REFUSE);
      g_assert_cmpstr (d->smtp_code, ==, cases[i].smtp);
      g_assert_true (d->settled);
      fixture_clear (&f);
    }
}

/* What is offered with a held letter. */
static void
test_offers (void)
{
  static const struct
  {
    const char *text;
    LlEvidence evidence;
    gboolean anyway;
    guint offers;
  } cases[] = {
    { "fallback=\n", LL_EVIDENCE_PLAIN, TRUE, FIXTURE_LOCKS },
    { "", LL_EVIDENCE_BROKEN, FALSE, FIXTURE_LOCKS },
    { "mode=exclusive\n", LL_EVIDENCE_BROKEN, FALSE, 0 },
    { "mode=exclusive\n", LL_EVIDENCE_UNKNOWN, FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlDecision) d = NULL;
      Fixture f;

      fixture_init (&f, cases[i].text);
      fixture_evidence (&f, cases[i].evidence);
      f.input.locks = FIXTURE_LOCKS;
      d = ll_policy_decide (&f.input);
      g_assert_cmpint (d->may_send_anyway, ==, cases[i].anyway);
      g_assert_cmpuint (d->offers, ==, cases[i].offers);
      fixture_clear (&f);
    }
}

static void
test_kept (void)
{
  Fixture f;
  g_autoptr (LlDecision) d = NULL;
  g_autoptr (LlExtra) kept = ll_extra_new ();

  fixture_init (&f, "");
  fixture_evidence (&f, LL_EVIDENCE_UNKNOWN);
  f.verdict.why = LL_WHY_PORT25;
  d = ll_policy_decide (&f.input);
  ll_decision_keep (d, kept);
  g_assert_cmpstr (ll_extra_text (kept, "decision"), ==, "send");
  g_assert_cmpstr (ll_extra_text (kept, "method"), ==, "open");
  g_assert_cmpstr (ll_extra_text (kept, "why"), ==, "port25");
  g_assert_null (ll_extra_text (kept, "confidence"));
  g_assert_cmpuint (ll_extra_number (kept, "rule"), ==, 0);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decide/table", test_table);
  g_test_add_func ("/decide/bounds", test_bounds);
  g_test_add_func ("/decide/excluded-hosts", test_excluded_hosts);
  g_test_add_func ("/decide/requiretls", test_requiretls);
  g_test_add_func ("/decide/U13-broken-and-sealed", test_broken_and_sealed);
  g_test_add_func ("/decide/patience", test_patience);
  g_test_add_func ("/decide/until", test_until);
  g_test_add_func ("/decide/overdue", test_overdue);
  g_test_add_func ("/decide/codes", test_codes);
  g_test_add_func ("/decide/offers", test_offers);
  g_test_add_func ("/decide/kept", test_kept);
  return g_test_run ();
}
