/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What must hold for every combination of what is known and what is asked (promises 7, 8). */

#include "fixture.h"

enum
{
  BINDINGS = 9
};

#define ALL_LOCKS (1u << LL_METHOD_PGP | 1u << LL_METHOD_SMIME | 1u << LL_METHOD_ESCROW)

static LlAccount *account; /* of the fixture's configuration, changed in place */
static gboolean sealed;

static void
set_binding (Fixture *f, guint binding)
{
  static char *none[] = { NULL };
  static char *own[] = { (char *) "clinic.example", NULL };

  f->input.honours = binding == 1 ? LL_HONOURS_STS | LL_HONOURS_DANE : 0;
  f->input.requiretls_offered = f->verdict.requiretls_everywhere
      = binding == 2 || binding == 3 || binding == 7;
  f->input.requiretls_measured = binding == 3;
  f->input.requiretls_broken = binding == 7;
  account->declared = binding == 4 || binding == 5 || binding == 8;
  f->input.declared_broken = binding == 8;
  account->declared_when = FIXTURE_NOW - 1;
  f->input.declared_measured = binding == 5;
  account->internal = binding == 6 ? own : none;
}

static gboolean
reaches (const LlDecision *d)
{
  gboolean listed = d->source == LL_SOURCE_LISTED;

  switch (d->minimum)
    {
    case LL_MINIMUM_ENCRYPTED:
      return ll_evidence_is_ordered (d->evidence) && d->evidence >= LL_EVIDENCE_OPP;
    case LL_MINIMUM_VERIFIED:
      return ll_evidence_is_ordered (d->evidence) && d->evidence >= LL_EVIDENCE_PKIX && !listed;
    case LL_MINIMUM_POLICY:
      return !listed && (d->evidence == LL_EVIDENCE_STS || d->evidence == LL_EVIDENCE_DANE);
    case LL_MINIMUM_ASSURED:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

static void
check_send (const Fixture *f, const LlDecision *d)
{
  gboolean by_person = f->input.release == LL_RELEASE_SEND;

  g_assert_true (d->method == LL_METHOD_TLS || d->method == LL_METHOD_OPEN);
  g_assert_true (d->evidence != LL_EVIDENCE_NOMAIL);
  if (d->evidence == LL_EVIDENCE_BROKEN && !sealed)
    g_assert_true (d->overridden && d->mode != LL_MODE_EXCLUSIVE);
  if (f->verdict.suspected_downgrade && !sealed && !by_person)
    g_assert_true (d->overridden);
  if (d->mode == LL_MODE_EXCLUSIVE)
    g_assert_true (d->confidence == LL_CONFIDENCE_ASSURED || reaches (d));
  if (d->mode == LL_MODE_ENCRYPT)
    g_assert_true (sealed || by_person);
  if (d->mode == LL_MODE_FORCED && !sealed && !by_person)
    g_assert_true (d->confidence == LL_CONFIDENCE_ASSURED || reaches (d)
                   || (d->evidence == LL_EVIDENCE_UNKNOWN && d->unknown == LL_UNKNOWN_SEND)
                   || (d->overridden && d->minimum == LL_MINIMUM_ENCRYPTED));
  if (d->method == LL_METHOD_OPEN)
    g_assert_true (!ll_evidence_is_ordered (d->evidence) || d->evidence < LL_EVIDENCE_OPP);
}

static void
check_lock (const Fixture *f, const LlDecision *d)
{
  g_assert_true ((f->input.locks & (1u << d->method)) != 0);
  g_assert_cmpint (f->facts.kind, ==, LL_KIND_ORDINARY);
  g_assert_cmpint (d->bound, ==, LL_BOUND_CONTENT);
  g_assert_true (d->mode != LL_MODE_EXCLUSIVE);
  g_assert_true (d->mode != LL_MODE_OPPORTUNISTIC || f->input.release > LL_RELEASE_SEND);
  if (d->evidence == LL_EVIDENCE_BROKEN && d->method == LL_METHOD_ESCROW)
    g_assert_cmpint (f->input.release, ==, LL_RELEASE_ESCROW);
}

/* Promise 8: the great words are for what is assured. */
static void
check_words (const LlDecision *d)
{
  static const char *const great[] = { "ecure", "guarantee", "will be encrypted", "padlock" };
  gsize length = strlen (d->reason);

  g_assert_cmpuint (length, >, 20);
  g_assert_true (d->reason[length - 1] != '.');
  g_assert_null (strpbrk (d->reason, "\r\n"));
  for (guint i = 0; i < G_N_ELEMENTS (great); i++)
    g_assert_null (strstr (d->reason, great[i]));
}

static void
check_confidence (const Fixture *f, const LlDecision *d)
{
  if (d->confidence == LL_CONFIDENCE_ASSURED)
    g_assert_true (d->bound == LL_BOUND_INTERNAL
                   || (d->bound == LL_BOUND_REQUIRETLS && f->input.requiretls_measured)
                   || (d->bound == LL_BOUND_DECLARED && f->input.declared_measured));
  /* what was seen to be broken binds nobody */
  g_assert_false (d->bound == LL_BOUND_REQUIRETLS && f->input.requiretls_broken);
  g_assert_false (d->bound == LL_BOUND_DECLARED && f->input.declared_broken);
  if (d->bound == LL_BOUND_NOBODY)
    g_assert_true (d->confidence <= LL_CONFIDENCE_OBSERVED);
  if (d->bound == LL_BOUND_HONOURS)
    g_assert_cmpint (d->confidence, ==, LL_CONFIDENCE_LIKELY);
}

static void
check_one (Fixture *f)
{
  g_autoptr (LlDecision) d = ll_policy_decide (&f->input);

  check_words (d);
  check_confidence (f, d);
  if (d->evidence == LL_EVIDENCE_NOMAIL)
    g_assert_cmpint (d->kind, ==, LL_DECISION_REFUSE);
  if (d->kind == LL_DECISION_SEND)
    check_send (f, d);
  else
    g_assert_false (d->requiretls);
  if (f->input.fits == LL_FITS_OTHERS)
    g_assert_true (d->bound != LL_BOUND_CONTENT && d->kind != LL_DECISION_LOCK);
  if (d->kind == LL_DECISION_LOCK)
    check_lock (f, d);
  else if (d->kind != LL_DECISION_SEND)
    g_assert_cmpint (d->method, ==, LL_METHOD_NONE);
  g_assert_cmpint (d->smtp_code != NULL, ==, d->kind == LL_DECISION_REFUSE);
  if (d->kind == LL_DECISION_DROP)
    g_assert_cmpint (d->mode, ==, LL_MODE_EXCLUSIVE);
  if (d->may_send_anyway && d->evidence == LL_EVIDENCE_BROKEN && !sealed)
    g_assert_true (d->overridden);
  g_assert_cmpuint (d->offers & ~f->input.locks, ==, 0);
}

static void
each_person (Fixture *f)
{
  static const guint locks[] = { 0, ALL_LOCKS };
  static const gint64 ages[] = { 0, 5 * 3600 };

  for (guint release = LL_RELEASE_NONE; release <= LL_RELEASE_ESCROW;
       release += release == LL_RELEASE_PGP ? 2 : 1)
    for (guint lock = 0; lock < G_N_ELEMENTS (locks); lock++)
      for (guint age = 0; age < G_N_ELEMENTS (ages); age++)
        for (guint bits = 0; bits < 16; bits++)
          {
            if ((bits & 12) == 8)
              continue; /* nobody's, where nothing is locked */
            f->input.release = release;
            f->input.locks = locks[lock];
            f->input.received = ages[age] != 0 ? FIXTURE_NOW - ages[age] : 0;
            f->input.overridden = (bits & 1) != 0;
            f->facts.kind = (bits & 2) != 0 ? LL_KIND_CALENDAR : LL_KIND_ORDINARY;
            sealed = (bits & 4) != 0;
            f->facts.protection = sealed ? LL_PROTECTION_PGP_MIME : LL_PROTECTION_NONE;
            /* locked for others only is not locked */
            f->input.fits = sealed && (bits & 8) != 0 ? LL_FITS_OTHERS : LL_FITS_UNKNOWN;
            sealed = sealed && f->input.fits != LL_FITS_OTHERS;
            check_one (f);
          }
}

static void
each_demand (Fixture *f)
{
  for (guint mode = LL_MODE_OPPORTUNISTIC; mode <= LL_MODE_ENCRYPT; mode++)
    for (guint minimum = LL_MINIMUM_ENCRYPTED; minimum <= LL_MINIMUM_ASSURED; minimum++)
      for (guint unknown = LL_UNKNOWN_SEND; unknown <= LL_UNKNOWN_HOLD; unknown++)
        {
          account->mode = mode;
          account->minimum = minimum;
          account->unknown = unknown;
          each_person (f);
        }
}

static void
test_everything (void)
{
  Fixture f;

  fixture_init (&f, "");
  account = (LlAccount *) f.input.account;
  g_strfreev (account->internal);
  for (guint evidence = LL_EVIDENCE_PLAIN; evidence <= LL_EVIDENCE_UNKNOWN; evidence++)
    for (guint source = LL_SOURCE_SEEN; source <= LL_SOURCE_LISTED; source += 2)
      for (guint binding = 0; binding < BINDINGS; binding++)
        {
          fixture_evidence (&f, evidence);
          f.verdict.source = source;
          f.verdict.suspected_downgrade = evidence == LL_EVIDENCE_WEAK && source == LL_SOURCE_SEEN;
          set_binding (&f, binding);
          each_demand (&f);
        }
  account->internal = NULL;
  fixture_clear (&f);
}

/* The same input gives the same answer, to the letter. */
static void
test_determinism (void)
{
  Fixture f;

  fixture_init (&f, "");
  for (guint evidence = LL_EVIDENCE_PLAIN; evidence <= LL_EVIDENCE_UNKNOWN; evidence++)
    {
      g_autoptr (LlDecision) first = NULL;
      g_autoptr (LlDecision) second = NULL;
      g_autoptr (LlExtra) a = ll_extra_new ();
      g_autoptr (LlExtra) b = ll_extra_new ();

      fixture_evidence (&f, evidence);
      first = ll_policy_decide (&f.input);
      second = ll_policy_decide (&f.input);
      ll_decision_keep (first, a);
      ll_decision_keep (second, b);
      g_assert_true (g_variant_equal (ll_extra_variant (a), ll_extra_variant (b)));
    }
  fixture_clear (&f);
}

/* How far a decision lets a letter out: the higher, the less. */
static guint
strictness (const LlDecision *d)
{
  switch (d->kind)
    {
    case LL_DECISION_SEND:
      return d->method == LL_METHOD_OPEN ? 0 : 1;
    case LL_DECISION_LOCK:
      return 2;
    case LL_DECISION_HOLD:
    case LL_DECISION_LATER:
    case LL_DECISION_REFUSE:
    case LL_DECISION_DROP:
      return 3;
    }
  g_return_val_if_reached (0);
}

/* No tag and no header lets a letter go where it would not go without. */
static void
test_letter_only_strengthens (void)
{
  static const char *const words[] = { "encrypt", "tls", "pickup", "hold", "weak" };
  static const char *const headers[]
      = { "opportunistic", "forced", "exclusive", "encrypt", "bogus", "tls", "hold", "pickup" };
  Fixture f;
  char *tags[] = { NULL, NULL };

  fixture_init (&f, "[rule 1]\ntag=weak\nmode=opportunistic\nminimum=encrypted\nunknown=send\n");
  account = (LlAccount *) f.input.account;
  for (guint i = 0; i < 10 * 4 * 4 * 3 * 2; i++)
    {
      g_autoptr (LlDecision) without = NULL;
      guint n = i;

      fixture_evidence (&f, n % 10), n /= 10;
      account->mode = n % 4, n /= 4;
      account->minimum = n % 4, n /= 4;
      account->unknown = n % 3, n /= 3;
      f.input.locks = n % 2 != 0 ? ALL_LOCKS : 0;
      f.facts.tags = NULL;
      f.facts.mode = NULL;
      without = ll_policy_decide (&f.input);
      for (guint j = 0; j < G_N_ELEMENTS (words) + G_N_ELEMENTS (headers); j++)
        {
          g_autoptr (LlDecision) with = NULL;

          f.facts.mode
              = j >= G_N_ELEMENTS (words) ? (char *) headers[j - G_N_ELEMENTS (words)] : NULL;
          tags[0] = j < G_N_ELEMENTS (words) ? (char *) words[j] : NULL;
          f.facts.tags = tags;
          with = ll_policy_decide (&f.input);
          g_assert_cmpuint (strictness (with), >=,
                            without->kind == LL_DECISION_LOCK ? 2
                            : strictness (without) == 3       ? 2
                                                              : strictness (without));
          if (strictness (without) == 3 && strictness (with) == 2)
            g_assert_cmpint (with->mode, ==, LL_MODE_ENCRYPT); /* was held, and is locked now */
        }
    }
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/everything", test_everything);
  g_test_add_func ("/policy/determinism", test_determinism);
  g_test_add_func ("/policy/letter-only-strengthens", test_letter_only_strengthens);
  return g_test_run ();
}
