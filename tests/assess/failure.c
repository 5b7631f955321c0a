/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Promise 7: what failed once is lifted by what was seen whole, and by nothing else. */

#include "assess/failure.h"

#include "base/limits.h"

#define NOW 1790000000
#define HOST "mx.example.lab"

/* What the failure rests on. */
typedef enum
{
  SERVER, /* its certificate */
  KEYS,   /* its TLSA records cannot be had */
  LIST,   /* the MX records are bogus */
  POLICY, /* it names no server, or its record is bogus */
} Kind;

static LlVerdict *
broken (Kind kind)
{
  LlVerdict *verdict = ll_verdict_new ("example.lab");

  verdict->time = NOW;
  verdict->evidence = verdict->evidence_if_sts = LL_EVIDENCE_BROKEN;
  verdict->source = kind == SERVER ? LL_SOURCE_SEEN : LL_SOURCE_PUBLISHED;
  verdict->code = kind == SERVER ? LL_CODE_TLSA_INVALID : LL_CODE_DNSSEC_INVALID;
  verdict->detail = g_strdup ("the words of that day");
  if (kind == POLICY)
    verdict->culprit = g_strdup (LL_CULPRIT_POLICY);
  else if (kind != LIST)
    verdict->culprit = g_strdup ("gone.example.lab " HOST);
  return verdict;
}

/* What a later look finds. */
typedef struct
{
  const char *name;
  const char *host; /* NULL: no list of servers */
  LlFinding addressed;
  gboolean contacted;
  LlDane dane;
  LlWhy why; /* of the host */
  LlStsMode sts;
  LlEvidence evidence;
  gboolean settled;
  /* lifts a failure of: */
  gboolean server, keys, list, policy;
} Later;

static const Later cases[] = {
  { "offline", NULL, 0, 0, 0, 0, LL_STS_UNKNOWN, LL_EVIDENCE_UNKNOWN, 0, 0, 0, 0, 0 },
  { "not reached", HOST, LL_FOUND, 0, LL_DANE_NONE, 0, LL_STS_NONE, LL_EVIDENCE_UNKNOWN, 0, FALSE,
    TRUE, TRUE, TRUE },
  { "not reached, keys published", HOST, LL_FOUND, 0, LL_DANE_PUBLISHED, 0, LL_STS_NONE,
    LL_EVIDENCE_DANE, 0, FALSE, TRUE, TRUE, TRUE },
  { "address not to be had", HOST, LL_UNKNOWN, 0, LL_DANE_NONE, LL_WHY_TEMPORARY, LL_STS_NONE,
    LL_EVIDENCE_UNKNOWN, 0, FALSE, FALSE, TRUE, TRUE },
  { "network's DNS", HOST, LL_FOUND, 0, LL_DANE_UNOBTAINABLE, LL_WHY_DNS, LL_STS_NONE,
    LL_EVIDENCE_UNKNOWN, 0, FALSE, FALSE, TRUE, TRUE },
  { "policy not to be had", HOST, LL_FOUND, TRUE, LL_DANE_NONE, 0, LL_STS_FETCH_ERROR,
    LL_EVIDENCE_PKIX, TRUE, TRUE, TRUE, TRUE, FALSE },
  { "another server", "mx2.example.lab", LL_FOUND, TRUE, LL_DANE_NONE, 0, LL_STS_NONE,
    LL_EVIDENCE_PKIX, TRUE, TRUE, TRUE, TRUE, TRUE },
  { "server gone", HOST, LL_ABSENT, 0, LL_DANE_NONE, 0, LL_STS_NONE, LL_EVIDENCE_UNKNOWN, 0, TRUE,
    TRUE, TRUE, TRUE },
  { "seen whole", HOST, LL_FOUND, TRUE, LL_DANE_MATCH, 0, LL_STS_NONE, LL_EVIDENCE_DANE, TRUE, TRUE,
    TRUE, TRUE, TRUE },
  { "no mail, proven", NULL, 0, 0, 0, 0, LL_STS_NONE, LL_EVIDENCE_NOMAIL, TRUE, TRUE, TRUE, TRUE,
    TRUE },
  { "no such domain, not proven", NULL, 0, 0, 0, 0, LL_STS_NONE, LL_EVIDENCE_NOMAIL, 0, 0, 0, 0,
    0 },
};

static LlVerdict *
later (const Later *found)
{
  LlVerdict *verdict = ll_verdict_new ("example.lab");

  verdict->time = NOW + 600;
  verdict->evidence = verdict->evidence_if_sts = found->evidence;
  verdict->settled = found->settled;
  verdict->sts.mode = found->sts;
  if (found->host != NULL)
    {
      LlHostFacts *host = ll_host_facts_new (found->host, 10);

      host->addressed = found->addressed;
      host->contacted = found->contacted;
      host->dane = found->dane;
      host->why = found->why;
      g_ptr_array_add (verdict->hosts, host);
    }
  return verdict;
}

static void
check (const Later *found, Kind kind, gboolean lifts)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  g_autoptr (LlVerdict) first = broken (kind);
  g_autoptr (LlVerdict) early = later (found);
  g_autoptr (LlVerdict) second = later (found);
  g_autoptr (LlVerdict) third = later (&cases[0]);

  ll_failure_apply (memory, first, TRUE);
  /* a deadline lifts nothing */
  ll_failure_apply (memory, early, FALSE);
  g_assert_cmpint (early->evidence, ==, LL_EVIDENCE_BROKEN);
  ll_failure_apply (memory, second, TRUE);
  g_test_message ("%s, %d: %s", found->name, kind, second->detail);
  g_assert_cmpint (second->evidence, ==, lifts ? found->evidence : LL_EVIDENCE_BROKEN);
  g_assert_cmpint (second->evidence_if_sts, ==, second->evidence);
  if (!lifts)
    {
      g_assert_cmpint (second->code, ==, first->code);
      g_assert_cmpint (second->time, ==, NOW);
      g_assert_cmpint (second->why, ==, LL_WHY_NONE);
      g_assert_false (second->settled);
      g_assert_true (g_str_has_prefix (second->detail, "the words of that day"));
      g_assert_nonnull (strstr (second->detail, "2026-09-21"));
    }
  ll_failure_apply (memory, third, TRUE);
  g_assert_cmpint (third->evidence, ==, lifts ? LL_EVIDENCE_UNKNOWN : LL_EVIDENCE_BROKEN);
}

static void
test_lifts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      check (&cases[i], SERVER, cases[i].server);
      check (&cases[i], KEYS, cases[i].keys);
      check (&cases[i], LIST, cases[i].list);
      check (&cases[i], POLICY, cases[i].policy);
    }
}

static void
test_ends (void)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  g_autoptr (LlVerdict) first = broken (SERVER);
  g_autoptr (LlVerdict) back = later (&cases[0]);
  g_autoptr (LlVerdict) last = later (&cases[0]);
  g_autoptr (LlVerdict) after = later (&cases[0]);

  ll_failure_apply (memory, first, TRUE);
  back->time = NOW - 365 * 24 * 60 * 60; /* a clock that is set back lifts nothing */
  last->time = NOW + LL_FAILURE_REMEMBERED - 1;
  after->time = NOW + LL_FAILURE_REMEMBERED;
  ll_failure_apply (memory, back, TRUE);
  ll_failure_apply (memory, last, TRUE);
  ll_failure_apply (memory, after, TRUE);
  g_assert_cmpint (back->evidence, ==, LL_EVIDENCE_BROKEN);
  g_assert_cmpint (last->evidence, ==, LL_EVIDENCE_BROKEN);
  g_assert_cmpint (after->evidence, ==, LL_EVIDENCE_UNKNOWN);
}

/* N09: no published security failed. And what a person accepted is over. */
static void
test_not_remembered (void)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  g_autoptr (LlVerdict) failed = broken (LIST);
  g_autoptr (LlVerdict) bogus = broken (LIST);
  g_autoptr (LlVerdict) one = later (&cases[0]);
  g_autoptr (LlVerdict) two = later (&cases[0]);

  failed->code = LL_CODE_UNKNOWN_TEMP;
  ll_failure_apply (memory, failed, TRUE);
  ll_failure_apply (memory, one, TRUE);
  g_assert_cmpint (one->evidence, ==, LL_EVIDENCE_UNKNOWN);
  ll_failure_apply (memory, bogus, TRUE);
  ll_failure_forget (memory, "example.lab");
  ll_failure_apply (memory, two, TRUE);
  g_assert_cmpint (two->evidence, ==, LL_EVIDENCE_UNKNOWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assess/failure/promise-7-lifts", test_lifts);
  g_test_add_func ("/assess/failure/ends", test_ends);
  g_test_add_func ("/assess/failure/not-remembered", test_not_remembered);
  return g_test_run ();
}
