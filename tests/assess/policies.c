/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The fold under MTA-STS: what a sender who follows policies may claim, modes that bind nobody,
 * and where a letter under REQUIRETLS could be delivered. */

#include "assess/verdict.h"

#include "hosts.h"

static LlVerdict *
fold_in_mode (const Kind *kinds, guint n, LlStsMode mode, LlCode code, gboolean secure)
{
  g_auto (GStrv) patterns = g_strsplit ("*.example.lab", " ", -1);
  LlStsFacts sts = { .mode = mode, .code = code, .patterns = patterns };

  return fold_under (kinds, n, &sts, secure, LL_NETWORK_OPEN);
}

/* SA10, SA11: a policy in testing, or "none", makes nothing better and nothing worse. */
static void
test_testing (void)
{
  static const LlStsMode modes[] = { LL_STS_TESTING, LL_STS_MODE_NONE, LL_STS_FETCH_ERROR };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    for (Kind kind = 0; kind < H_ALL; kind++)
      for (guint secure = 0; secure < 2; secure++)
        {
          g_autoptr (LlVerdict) with = fold_in_mode (&kind, 1, modes[i], LL_CODE_NONE, secure != 0);
          g_autoptr (LlVerdict) without = fold (&kind, 1, STS_NONE, secure != 0, LL_NETWORK_OPEN);

          g_assert_cmpint (with->evidence, ==, without->evidence);
          g_assert_cmpint (with->evidence_if_sts, ==, without->evidence_if_sts);
          g_assert_cmpint (with->sts.mode, ==, modes[i]);
        }
}

/* What is claimed for a sender who follows the policy rests on the servers that it names, not on
 * those that he leaves out. */
static const struct
{
  const char *name;
  Kind kinds[2]; /* named, not named */
  LlEvidence evidence, if_sts;
  LlSource source, source_if_sts;
  LlCode code, code_if_sts;
} halves[] = {
  { "named not seen, other plain",
    { H_TIMEOUT, H_PLAIN },
    LL_EVIDENCE_PLAIN,
    LL_EVIDENCE_STS,
    LL_SOURCE_SEEN,
    LL_SOURCE_PUBLISHED,
    LL_CODE_STARTTLS_NOT_SUPPORTED,
    LL_CODE_NONE },
  { "named seen, other plain",
    { H_PKIX, H_PLAIN },
    LL_EVIDENCE_PLAIN,
    LL_EVIDENCE_STS,
    LL_SOURCE_SEEN,
    LL_SOURCE_SEEN,
    LL_CODE_STARTTLS_NOT_SUPPORTED,
    LL_CODE_NONE },
  { "nobody seen",
    { H_TIMEOUT, H_TIMEOUT },
    LL_EVIDENCE_UNKNOWN,
    LL_EVIDENCE_STS,
    LL_SOURCE_NONE,
    LL_SOURCE_PUBLISHED,
    LL_CODE_UNKNOWN_TEMP,
    LL_CODE_NONE },
  { "named fails, other good",
    { H_OPP, H_PKIX },
    LL_EVIDENCE_BROKEN,
    LL_EVIDENCE_BROKEN,
    LL_SOURCE_SEEN,
    LL_SOURCE_SEEN,
    LL_CODE_CERTIFICATE_NOT_TRUSTED,
    LL_CODE_CERTIFICATE_NOT_TRUSTED },
};

static void
test_halves (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      g_autoptr (LlVerdict) verdict
          = fold (halves[i].kinds, 2, STS_NAMES_FIRST, FALSE, LL_NETWORK_OPEN);

      g_test_message ("%s", halves[i].name);
      g_assert_cmpint (verdict->evidence, ==, halves[i].evidence);
      g_assert_cmpint (verdict->evidence_if_sts, ==, halves[i].if_sts);
      g_assert_cmpint (verdict->source, ==, halves[i].source);
      g_assert_cmpint (verdict->source_if_sts, ==, halves[i].source_if_sts);
      g_assert_cmpint (verdict->code, ==, halves[i].code);
      g_assert_cmpint (verdict->code_if_sts, ==, halves[i].code_if_sts);
    }
}

/* Whether there is a policy is signed, and the signature fails (promise 7): only keys that match
 * need none. A look-up that merely fails hides nothing that RFC 8461 5.1 would apply. */
static void
test_bogus_record (void)
{
  for (Kind kind = 0; kind < H_ALL; kind++)
    {
      g_autoptr (LlVerdict) bogus
          = fold_in_mode (&kind, 1, LL_STS_UNKNOWN, LL_CODE_DNSSEC_INVALID, TRUE);
      g_autoptr (LlVerdict) failed = fold_in_mode (&kind, 1, LL_STS_UNKNOWN, LL_CODE_NONE, TRUE);
      g_autoptr (LlVerdict) none = fold (&kind, 1, STS_NONE, TRUE, LL_NETWORK_OPEN);
      gboolean dane = kind == H_DANE || kind == H_DANE_UNSEEN;

      g_assert_cmpint (bogus->evidence, ==, dane ? LL_EVIDENCE_DANE : LL_EVIDENCE_BROKEN);
      g_assert_cmpint (bogus->evidence_if_sts, ==, bogus->evidence);
      g_assert_true (dane || !bogus->settled);
      g_assert_cmpint (failed->evidence, ==, none->evidence);
    }
}

/* SA13: DANE is as good where a policy does not name the server; who follows policies is bound. */
static void
test_dane_beside_policy (void)
{
  const Kind kind = H_DANE;
  g_autoptr (LlVerdict) secure = fold (&kind, 1, STS_NAMES_NONE, TRUE, LL_NETWORK_OPEN);
  g_autoptr (LlVerdict) half = fold (&kind, 1, STS_NAMES_NONE, FALSE, LL_NETWORK_OPEN);

  g_assert_cmpint (secure->evidence, ==, LL_EVIDENCE_DANE);
  g_assert_cmpint (secure->evidence_if_sts, ==, LL_EVIDENCE_BROKEN);
  g_assert_cmpint (half->evidence, ==, LL_EVIDENCE_BROKEN);
}

/* RFC 8689 4.2.1; DC31. All of them offer REQUIRETLS. */
static const struct
{
  const char *name;
  Kind kind;
  gboolean secure, insecure, named;
} requiring[] = {
  { "dane", H_DANE, TRUE, FALSE, TRUE },
  { "valid certificate", H_PKIX, TRUE, FALSE, TRUE },
  { "no valid certificate", H_OPP, FALSE, FALSE, FALSE },
  { "weak", H_WEAK, FALSE, FALSE, FALSE },
  { "dane, weak", H_DANE_WEAK, FALSE, FALSE, FALSE },
  { "DC31 only unusable records", H_UNUSABLE, FALSE, FALSE, FALSE },
  { "mismatch", H_DANE_MISMATCH, FALSE, FALSE, FALSE },
  { "not seen", H_TIMEOUT, FALSE, FALSE, FALSE },
};

static void
test_requiretls (void)
{
  const Kind both[] = { H_PKIX, H_TIMEOUT };
  g_autoptr (LlVerdict) one_of_two = fold (both, 2, STS_NONE, TRUE, LL_NETWORK_OPEN);

  g_assert_false (one_of_two->requiretls_everywhere);
  for (guint i = 0; i < G_N_ELEMENTS (requiring); i++)
    {
      Kind kind = requiring[i].kind;
      g_autoptr (LlVerdict) secure = fold (&kind, 1, STS_NONE, TRUE, LL_NETWORK_OPEN);
      g_autoptr (LlVerdict) insecure = fold (&kind, 1, STS_NONE, FALSE, LL_NETWORK_OPEN);
      g_autoptr (LlVerdict) named = fold (&kind, 1, STS_NAMES_ALL, FALSE, LL_NETWORK_OPEN);

      g_test_message ("%s", requiring[i].name);
      g_assert_cmpint (secure->requiretls_everywhere, ==, requiring[i].secure);
      g_assert_cmpint (insecure->requiretls_everywhere, ==, requiring[i].insecure);
      g_assert_cmpint (named->requiretls_everywhere, ==, requiring[i].named);
    }
}

/* Whom a failure rests on is remembered (assess/failure): all of them. */
static void
test_culprits (void)
{
  const Kind kinds[] = { H_DANE_MISMATCH, H_DANE, H_BOGUS };
  g_autoptr (LlVerdict) servers = fold (kinds, 3, STS_NONE, TRUE, LL_NETWORK_OPEN);
  g_autoptr (LlVerdict) policy = fold (kinds + 1, 1, STS_NAMES_NONE, FALSE, LL_NETWORK_OPEN);

  g_assert_cmpstr (servers->culprit, ==, "mx0.example.lab mx2.example.lab");
  g_assert_cmpstr (policy->culprit, ==, LL_CULPRIT_POLICY);
}

/* Promise 8: what nobody looked up is not claimed to be as good as the rest. */
static void
test_beyond (void)
{
  static const struct
  {
    Kind kind;
    Sts policy;
    LlEvidence evidence, if_sts;
  } some[] = {
    { H_DANE, STS_NONE, LL_EVIDENCE_OPP, LL_EVIDENCE_OPP },
    { H_DANE_UNSEEN, STS_NONE, LL_EVIDENCE_UNKNOWN, LL_EVIDENCE_UNKNOWN },
    { H_PKIX, STS_NONE, LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX },
    { H_PLAIN, STS_NONE, LL_EVIDENCE_PLAIN, LL_EVIDENCE_PLAIN },
    { H_DANE_MISMATCH, STS_NONE, LL_EVIDENCE_BROKEN, LL_EVIDENCE_BROKEN },
    { H_PKIX, STS_NAMES_ALL, LL_EVIDENCE_PKIX, LL_EVIDENCE_STS },
  };

  mx_beyond = 7;
  for (guint i = 0; i < G_N_ELEMENTS (some); i++)
    {
      g_autoptr (LlVerdict) verdict
          = fold (&some[i].kind, 1, some[i].policy, TRUE, LL_NETWORK_OPEN);

      g_assert_cmpint (verdict->evidence, ==, some[i].evidence);
      g_assert_cmpint (verdict->evidence_if_sts, ==, some[i].if_sts);
      g_assert_cmpuint (verdict->total, ==, 8);
      g_assert_false (verdict->requiretls_everywhere);
    }
  mx_beyond = 0;
}

/* T04, T07: whatever it is worth, that somebody meddles is said. */
static void
test_tampered (void)
{
  static const Kind kinds[] = { H_PLAIN, H_TEMPORARY };

  for (guint tampered = 0; tampered < 2; tampered++)
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
      {
        g_autoptr (LlVerdict) verdict = NULL;
        g_autofree char *sentence = NULL;

        sights_tampered = tampered != 0;
        verdict = fold (&kinds[i], 1, STS_NONE, TRUE, LL_NETWORK_OPEN);
        sentence = ll_verdict_sentence (verdict);
        g_assert_cmpint (verdict->tampered, ==, sights_tampered);
        g_assert_cmpint (strstr (sentence, "somebody on the way") != NULL, ==, sights_tampered);
      }
  sights_tampered = FALSE;
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
  g_test_add_func ("/assess/policies/SA10-SA11-testing", test_testing);
  g_test_add_func ("/assess/policies/who-follows-them", test_halves);
  g_test_add_func ("/assess/policies/promise-7-bogus-record", test_bogus_record);
  g_test_add_func ("/assess/policies/SA13-dane", test_dane_beside_policy);
  g_test_add_func ("/assess/policies/DC31-requiretls", test_requiretls);
  g_test_add_func ("/assess/policies/promise-8-beyond", test_beyond);
  g_test_add_func ("/assess/policies/T04-T07-tampered", test_tampered);
  g_test_add_func ("/assess/policies/promise-7-culprits", test_culprits);
  result = g_test_run ();
  ll_chain_unref (chain);
  certificate_clear (&leaf);
  return result;
}
