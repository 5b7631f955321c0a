/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/reason.h"

#include "support/golden.h"

#include <string.h>

#define WHEN 1795365060 /* 2026-11-22 16:31 UTC */

static GString *all;

static void
say (const char *label, const LlReason *reason)
{
  static const char *const great[] = { "ecure", "guarantee", "will be encrypted", "padlock" };
  g_autofree char *text = ll_reason (reason);

  g_assert_true (g_str_has_prefix (text, "clinic.example: "));
  g_assert_true (text[strlen (text) - 1] != '.');
  for (guint i = 0; i < G_N_ELEMENTS (great); i++)
    g_assert_null (strstr (text, great[i]));
  g_string_append_printf (all, "%s\n  %s\n", label, text);
}

static LlReason
base (void)
{
  return (LlReason){ .domain = "clinic.example",
                     .provider = "smtp.b.example",
                     .kind = LL_DECISION_SEND,
                     .method = LL_METHOD_TLS,
                     .source = LL_SOURCE_SEEN,
                     .when = WHEN,
                     .seen = 2,
                     .total = 3,
                     .listed = "Big Mail",
                     .list_of = "2026-11-01",
                     .was = "dane until 2026-11-02",
                     .honours = "2026-11-01",
                     .declared = WHEN - 86400 };
}

/* Which confidence a bound comes with; FALSE: the combination cannot occur. */
static gboolean
occurs (LlEvidence evidence, LlSource source, LlBound bound, LlConfidence confidence)
{
  gboolean ordered = ll_evidence_is_ordered (evidence);

  gboolean looked = source == LL_SOURCE_SEEN || source == LL_SOURCE_PORTAL;

  if (evidence == LL_EVIDENCE_UNKNOWN && source != LL_SOURCE_SEEN)
    return FALSE;
  if (!looked && (evidence == LL_EVIDENCE_PLAIN || evidence == LL_EVIDENCE_WEAK))
    return FALSE; /* nobody publishes or lists that */
  if (bound == LL_BOUND_DIRECT && (source != LL_SOURCE_SEEN || evidence < LL_EVIDENCE_STS))
    return FALSE;
  switch (bound)
    {
    case LL_BOUND_NOBODY:
      return confidence == (ordered ? LL_CONFIDENCE_OBSERVED : LL_CONFIDENCE_NONE);
    case LL_BOUND_HONOURS:
      return confidence == LL_CONFIDENCE_LIKELY && ordered && evidence >= LL_EVIDENCE_STS;
    case LL_BOUND_INTERNAL:
    case LL_BOUND_DIRECT:
      return confidence == LL_CONFIDENCE_ASSURED;
    case LL_BOUND_DECLARED:
    case LL_BOUND_REQUIRETLS:
    case LL_BOUND_CONTENT:
      return confidence >= LL_CONFIDENCE_LIKELY;
    }
  g_return_val_if_reached (FALSE);
}

static void
say_combination (LlEvidence evidence, LlSource source, LlBound bound, LlConfidence confidence)
{
  LlReason reason = base ();
  const char *sure = ll_confidence_name (confidence);
  g_autofree char *label
      = g_strdup_printf ("%s %s %s %s", ll_evidence_name (evidence), ll_source_name (source),
                         ll_bound_name (bound), sure != NULL ? sure : "-");

  if (!occurs (evidence, source, bound, confidence))
    return;
  reason.evidence = evidence;
  reason.source = source;
  reason.bound = bound;
  reason.confidence = confidence;
  if (bound == LL_BOUND_CONTENT)
    reason.fits = confidence == LL_CONFIDENCE_ASSURED ? LL_FITS_ACCEPTED : LL_FITS_UNKNOWN;
  say (label, &reason);
}

static void
say_sent (void)
{
  for (guint e = LL_EVIDENCE_PLAIN; e <= LL_EVIDENCE_UNKNOWN; e++)
    for (guint s = LL_SOURCE_SEEN; s <= LL_SOURCE_PORTAL; s++)
      for (guint b = LL_BOUND_NOBODY; b <= LL_BOUND_CONTENT; b++)
        for (guint c = LL_CONFIDENCE_NONE; c <= LL_CONFIDENCE_ASSURED; c++)
          if (ll_evidence_is_ordered (e) || e == LL_EVIDENCE_UNKNOWN)
            say_combination (e, s, b, c);
}

/* All that is not simply sent: why, and what is done instead. */
static const struct
{
  LlDecisionKind kind;
  LlMethod method;
  LlCause cause;
  LlLockState lock;
  LlEvidence evidence;
  LlMinimum minimum;
  LlWhy why;
  LlCode code;
} others[] = {
  { LL_DECISION_REFUSE, 0, LL_CAUSE_NOMAIL, LL_LOCK_UNASKED, LL_EVIDENCE_NOMAIL, 0, 0,
    LL_CODE_NULL_MX },
  { LL_DECISION_REFUSE, 0, LL_CAUSE_NOMAIL, LL_LOCK_UNASKED, LL_EVIDENCE_NOMAIL, 0, 0,
    LL_CODE_NO_SUCH_DOMAIN },
  { LL_DECISION_LATER, 0, LL_CAUSE_ABSENT, LL_LOCK_UNASKED, LL_EVIDENCE_NOMAIL, 0, 0,
    LL_CODE_NO_SUCH_DOMAIN },
  { LL_DECISION_REFUSE, 0, LL_CAUSE_ABSENT, LL_LOCK_UNASKED, LL_EVIDENCE_NOMAIL, 0, 0,
    LL_CODE_NO_SUCH_DOMAIN },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_DNSSEC_INVALID },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_TLSA_INVALID },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_DANE_REQUIRED },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_STARTTLS_NOT_SUPPORTED },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_CERTIFICATE_HOST_MISMATCH },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_CERTIFICATE_EXPIRED },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_CERTIFICATE_NOT_TRUSTED },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_STS_POLICY_INVALID },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_WEAK_PROTOCOL },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_WEAK_CIPHER },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_WEAK_KEY },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_VALIDATION_FAILURE },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_UNKNOWN_TEMP },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0, 0, LL_CODE_NONE },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BROKEN, LL_LOCK_NONE, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_TLSA_INVALID },
  { LL_DECISION_LOCK, LL_METHOD_PGP, LL_CAUSE_BROKEN, LL_LOCK_USED, LL_EVIDENCE_BROKEN, 0, 0,
    LL_CODE_TLSA_INVALID },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_OVERRIDDEN, LL_LOCK_UNASKED, LL_EVIDENCE_BROKEN, 0,
    0, LL_CODE_TLSA_INVALID },
  { LL_DECISION_HOLD, 0, LL_CAUSE_DOWNGRADE, LL_LOCK_UNASKED, LL_EVIDENCE_PLAIN, 0, 0,
    LL_CODE_DOWNGRADE_SUSPECTED },
  { LL_DECISION_LOCK, LL_METHOD_SMIME, LL_CAUSE_BELOW, LL_LOCK_USED, LL_EVIDENCE_PLAIN, 0, 0, 0 },
  { LL_DECISION_LOCK, LL_METHOD_ESCROW, LL_CAUSE_BELOW, LL_LOCK_USED, LL_EVIDENCE_WEAK, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BELOW, LL_LOCK_NONE, LL_EVIDENCE_PLAIN, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BELOW, LL_LOCK_KIND, LL_EVIDENCE_PLAIN, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BELOW, LL_LOCK_NONE, LL_EVIDENCE_OPP, LL_MINIMUM_VERIFIED, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BELOW, LL_LOCK_NONE, LL_EVIDENCE_PKIX, LL_MINIMUM_POLICY, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BELOW, LL_LOCK_NONE, LL_EVIDENCE_DANE, LL_MINIMUM_ASSURED, 0, 0 },
  { LL_DECISION_REFUSE, 0, LL_CAUSE_BELOW, LL_LOCK_UNASKED, LL_EVIDENCE_PLAIN, 0, 0, 0 },
  { LL_DECISION_REFUSE, 0, LL_CAUSE_BELOW, LL_LOCK_UNASKED, LL_EVIDENCE_HALF, LL_MINIMUM_POLICY, 0,
    0 },
  { LL_DECISION_DROP, 0, LL_CAUSE_BELOW, LL_LOCK_UNASKED, LL_EVIDENCE_WEAK, 0, 0, 0 },
  { LL_DECISION_LATER, 0, LL_CAUSE_UNKNOWN, LL_LOCK_UNASKED, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_PORT25,
    0 },
  { LL_DECISION_DROP, 0, LL_CAUSE_UNKNOWN, LL_LOCK_UNASKED, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_PORT25,
    0 },
  { LL_DECISION_LATER, 0, LL_CAUSE_LOOKING, LL_LOCK_UNASKED, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_OVERDUE,
    0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_UNKNOWN, LL_LOCK_UNASKED, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_REFUSED,
    0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_UNKNOWN, LL_LOCK_NONE, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_DNS, 0 },
  { LL_DECISION_LOCK, LL_METHOD_PGP, LL_CAUSE_UNKNOWN, LL_LOCK_USED, LL_EVIDENCE_UNKNOWN, 0,
    LL_WHY_INTERCEPTED, 0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_UNKNOWN, 0, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_NONE, 0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_UNKNOWN, 0, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_PORT25,
    0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_UNKNOWN, 0, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_INTERNAL,
    0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_UNKNOWN, 0, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_DNS, 0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_UNKNOWN, 0, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_OFFLINE,
    0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_UNKNOWN, 0, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_REFUSED,
    0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_UNKNOWN, 0, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_TEMPORARY,
    0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_UNKNOWN, 0, LL_EVIDENCE_UNKNOWN, 0,
    LL_WHY_INTERCEPTED, 0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_UNKNOWN, 0, LL_EVIDENCE_UNKNOWN, 0, LL_WHY_OVERDUE,
    0 },
  { LL_DECISION_SEND, LL_METHOD_OPEN, LL_CAUSE_RELEASED, 0, LL_EVIDENCE_PLAIN, 0, 0, 0 },
  { LL_DECISION_LOCK, LL_METHOD_PGP, LL_CAUSE_RELEASED, LL_LOCK_USED, LL_EVIDENCE_PLAIN, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_RELEASED, LL_LOCK_NONE, LL_EVIDENCE_PLAIN, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_HOLD, LL_LOCK_UNASKED, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_HEADER, LL_LOCK_UNASKED, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_CONTRADICTION, LL_LOCK_UNASKED, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_REPLY, LL_LOCK_UNASKED, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_TLS_NO, LL_LOCK_UNASKED, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_REFUSE, 0, LL_CAUSE_REQUIRETLS, LL_LOCK_UNASKED, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_LOCK, LL_METHOD_PGP, LL_CAUSE_ASKED, LL_LOCK_USED, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_ASKED, LL_LOCK_NONE, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_ASKED, LL_LOCK_KIND, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_ASKED, LL_LOCK_MISFIT, LL_EVIDENCE_DANE, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_BELOW, LL_LOCK_MISFIT, LL_EVIDENCE_PLAIN, 0, 0, 0 },
  { LL_DECISION_HOLD, 0, LL_CAUSE_MISFIT, LL_LOCK_UNASKED, LL_EVIDENCE_DANE, 0, 0, 0 },
};

static void
say_others (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      LlReason reason = base ();
      const char *code = ll_code_name (others[i].code), *why = ll_why_name (others[i].why);
      g_autofree char *label = g_strdup_printf ("%s %s %s %s", ll_decision_name (others[i].kind),
                                                ll_evidence_name (others[i].evidence),
                                                code != NULL ? code : "-", why != NULL ? why : "-");

      reason.kind = others[i].kind;
      reason.method = others[i].method;
      reason.cause = others[i].cause;
      reason.lock = others[i].lock;
      reason.evidence = others[i].evidence;
      reason.minimum = others[i].minimum;
      reason.why = others[i].why;
      reason.code = others[i].code;
      reason.header = "strict\r\n est";
      say (label, &reason);
    }
}

/* N14: the domain is there, its servers are not. */
static void
say_unaddressed (void)
{
  LlReason reason = base ();

  reason.kind = LL_DECISION_REFUSE;
  reason.cause = LL_CAUSE_NOMAIL;
  reason.evidence = LL_EVIDENCE_NOMAIL;
  reason.code = LL_CODE_NO_SUCH_DOMAIN;
  reason.unaddressed = TRUE;
  say ("refuse nomail no-such-domain unaddressed", &reason);
  reason.kind = LL_DECISION_LATER;
  reason.cause = LL_CAUSE_ABSENT;
  say ("hold nomail no-such-domain unaddressed, not proven", &reason);
}

/* The mail program locked it itself: for whom, as far as that is known. */
static void
say_sealed (void)
{
  LlReason reason = base ();

  reason.evidence = LL_EVIDENCE_PLAIN;
  reason.method = LL_METHOD_OPEN;
  reason.cause = LL_CAUSE_SEALED;
  reason.bound = LL_BOUND_CONTENT;
  reason.confidence = LL_CONFIDENCE_LIKELY;
  reason.fits = LL_FITS_KEY;
  say ("send plain, locked for a key of this recipient", &reason);
  reason.cause = LL_CAUSE_WAY;
  reason.bound = LL_BOUND_NOBODY;
  reason.confidence = LL_CONFIDENCE_OBSERVED;
  reason.fits = LL_FITS_OTHERS;
  say ("send plain, locked for others", &reason);
}

/* What is never locked by itself, and why; and a pickup link that cannot be made. */
static void
say_kinds (void)
{
  LlReason reason = base ();

  reason.kind = LL_DECISION_HOLD;
  reason.evidence = LL_EVIDENCE_PLAIN;
  reason.cause = LL_CAUSE_BELOW;
  reason.lock = LL_LOCK_KIND;
  for (guint kind = LL_KIND_ORDINARY; kind <= LL_KIND_SETUP; kind++)
    {
      g_autofree char *label = g_strdup_printf ("hold plain, kind %u", kind);

      reason.letter = kind;
      say (label, &reason);
    }
  reason.letter = LL_KIND_ORDINARY;
  reason.lock = LL_LOCK_PICKUP;
  say ("hold plain, pickup", &reason);
  reason.cause = LL_CAUSE_ASKED;
  say ("hold plain, pickup asked for", &reason);
  reason = base ();
  reason.evidence = LL_EVIDENCE_DANE;
  reason.letter = LL_KIND_LIST;
  say ("send dane, a list", &reason);
}

/* Who the provider is, what the user said of it, and an override that does not count. */
static void
say_circumstances (void)
{
  LlReason reason = base ();

  reason.evidence = LL_EVIDENCE_DANE;
  reason.confidence = LL_CONFIDENCE_OBSERVED;
  reason.stated = TRUE;
  say ("send dane, the provider does not follow it as stated", &reason);
  reason.stated = FALSE;
  reason.same_provider = TRUE;
  say ("U10 N26 send dane, the same provider", &reason);
  reason.same_provider = FALSE;
  reason.tampered = TRUE;
  say ("T04 T07 send dane, tampered", &reason);
  reason.tampered = FALSE;
  reason.kind = LL_DECISION_HOLD;
  reason.cause = LL_CAUSE_BROKEN;
  reason.lock = LL_LOCK_UNASKED;
  reason.evidence = LL_EVIDENCE_BROKEN;
  reason.code = LL_CODE_TLSA_INVALID;
  reason.void_override = TRUE;
  say ("hold broken, overridden in vain", &reason);
}

static void
test_golden (void)
{
  all = g_string_new (NULL);
  say_sent ();
  say_others ();
  say_unaddressed ();
  say_sealed ();
  say_kinds ();
  say_circumstances ();
  golden_check ("policy/reasons.golden", all->str);
  g_string_free (all, TRUE);
}

/* What an SMTP client shows of a refusal: evidence and outcome within 120 characters. */
static void
test_first_120 (void)
{
  g_autofree char *label = g_strnfill (60, 'a');
  g_autofree char *domain = g_strdup_printf ("%s.%s.example", label, label);

  for (guint evidence = LL_EVIDENCE_PLAIN; evidence <= LL_EVIDENCE_DANE; evidence++)
    {
      LlReason reason = base ();
      g_autofree char *text = NULL;

      reason.domain = evidence % 2 == 0 ? "bank.example" : domain;
      reason.kind = LL_DECISION_REFUSE;
      reason.cause = LL_CAUSE_BELOW;
      reason.evidence = evidence;
      reason.minimum = LL_MINIMUM_ASSURED;
      text = ll_reason (&reason);
      g_test_message ("%s", text);
      g_assert_nonnull (g_strstr_len (text, evidence % 2 == 0 ? 120 : 160, "; not sent"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reason/golden", test_golden);
  g_test_add_func ("/reason/first-120", test_first_120);
  return g_test_run ();
}
