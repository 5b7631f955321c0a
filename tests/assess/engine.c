/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real engine in the practice world, on a network that hides nothing. */

#include "assess/assess.h"

#include "assess/history.h"
#include "config/account.h"
#include "world.h"

/* -- time, and the network's price, are the test's --------------------------------------- */

static int later = 0; /* seconds that both clocks are ahead; atomic, as is the next */
static int is_metered = FALSE;

gint64 __real_ll_clock_now (void);
gint64 __real_ll_clock_boot (void);
gint64 __wrap_ll_clock_now (void);
gint64 __wrap_ll_clock_boot (void);
gboolean __wrap_ll_network_spares (LlNetwork *network);

gint64
__wrap_ll_clock_now (void)
{
  return __real_ll_clock_now () + g_atomic_int_get (&later);
}

gint64
__wrap_ll_clock_boot (void)
{
  return __real_ll_clock_boot () + g_atomic_int_get (&later);
}

gboolean
__wrap_ll_network_spares (LlNetwork *network)
{
  return g_atomic_int_get (&is_metered);
}

/* -- tests -------------------------------------------------------------------------------- */

static void
test_expected (void)
{
  JsonObject *expected
      = json_object_get_object_member (json_node_get_object (json_parser_get_root (world.ready)),
                                       "expected");
  g_autoptr (GList) domains = json_object_get_members (expected);

  for (GList *at = domains; at != NULL; at = at->next)
    ll_assess_start (world.assess, at->data);
  for (GList *at = domains; at != NULL; at = at->next)
    {
      g_autoptr (LlVerdict) verdict = look (at->data);

      g_assert_cmpstr (ll_evidence_name (verdict->evidence), ==,
                       json_object_get_string_member (expected, at->data));
    }
}

static const struct
{
  const char *domain;
  LlEvidence evidence;
  LlEvidence if_sts;
  LlSource source;
  LlCode code;
  guint seen, total;
} cases[] = {
  { "partly.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 2 },
  { "backup.lab", LL_EVIDENCE_PLAIN, LL_EVIDENCE_PLAIN, LL_SOURCE_SEEN,
    LL_CODE_STARTTLS_NOT_SUPPORTED, 2, 2 },
  { "mixed.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 2, 2 },
  { "nameless.lab", LL_EVIDENCE_NOMAIL, LL_EVIDENCE_NOMAIL, LL_SOURCE_PUBLISHED,
    LL_CODE_NO_SUCH_DOMAIN, 0, 0 },
  { "unnamed.lab", LL_EVIDENCE_BROKEN, LL_EVIDENCE_BROKEN, LL_SOURCE_PUBLISHED,
    LL_CODE_VALIDATION_FAILURE, 1, 1 },
  { "excluded.lab", LL_EVIDENCE_PLAIN, LL_EVIDENCE_STS, LL_SOURCE_SEEN,
    LL_CODE_STARTTLS_NOT_SUPPORTED, 2, 2 },
  { "both.lab", LL_EVIDENCE_DANE, LL_EVIDENCE_DANE, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "unfetched.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "disowned.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "deaddane.lab", LL_EVIDENCE_DANE, LL_EVIDENCE_DANE, LL_SOURCE_PUBLISHED, LL_CODE_NONE, 0, 1 },
  { "alias.lab", LL_EVIDENCE_DANE, LL_EVIDENCE_DANE, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  /* ST13: record and policy host are aliases */
  { "delegated.lab", LL_EVIDENCE_STS, LL_EVIDENCE_STS, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "sts.aliases.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "dane.aliases.lab", LL_EVIDENCE_DANE, LL_EVIDENCE_DANE, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "lame.lab", LL_EVIDENCE_BROKEN, LL_EVIDENCE_BROKEN, LL_SOURCE_PUBLISHED, LL_CODE_DNSSEC_INVALID,
    1, 2 },
  { "dual.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "sni.lab", LL_EVIDENCE_DANE, LL_EVIDENCE_DANE, LL_SOURCE_SEEN, LL_CODE_NONE, 5, 7 },
  { "no.such.lab", LL_EVIDENCE_NOMAIL, LL_EVIDENCE_NOMAIL, LL_SOURCE_PUBLISHED,
    LL_CODE_NO_SUCH_DOMAIN, 0, 0 },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ll_assess_start (world.assess, cases[i].domain);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlVerdict) verdict = look (cases[i].domain);

      g_assert_cmpint (verdict->evidence, ==, cases[i].evidence);
      g_assert_cmpint (ll_verdict_evidence_for (verdict, LL_HONOURS_STS), ==, cases[i].if_sts);
      g_assert_cmpint (ll_verdict_evidence_for (verdict, 0), ==, cases[i].evidence);
      g_assert_cmpint (verdict->source, ==, cases[i].source);
      g_assert_cmpint (verdict->code, ==, cases[i].code);
      g_assert_cmpuint (verdict->seen, ==, cases[i].seen);
      g_assert_cmpuint (verdict->total, ==, cases[i].total);
    }
}

/* A cached verdict is the same value, not another look. */
static void
test_cached (void)
{
  g_autoptr (LlVerdict) first = look ("dane.lab");
  g_autoptr (LlVerdict) second = look ("DANE.lab.");

  g_assert_true (first == second);
}

/* N24: a hundred domains behind one server are one connection; T31: nothing but EHLO, STARTTLS,
 * EHLO, QUIT was ever said. */
static void
test_shared (void)
{
  g_autofree char *before = world_tell ("connections");
  g_autofree char *after = NULL;
  g_autofree char *commands = NULL;
  gint64 began = g_get_monotonic_time ();

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *domain = g_strdup_printf ("d%u.hosted.lab", i);

      ll_assess_start (world.assess, domain);
    }
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *domain = g_strdup_printf ("d%u.hosted.lab", i);
      gboolean done;
      g_autoptr (LlVerdict) verdict
          = ll_assess_wait (world.assess, domain, ll_deadline_in (ENOUGH), NULL, &done);

      g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_DANE);
    }
  g_test_message ("a hundred cold: %" G_GINT64_FORMAT " us", g_get_monotonic_time () - began);
  began = g_get_monotonic_time ();
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *domain = g_strdup_printf ("d%u.hosted.lab", i);
      gboolean done;
      g_autoptr (LlVerdict) verdict
          = ll_assess_wait (world.assess, domain, ll_deadline_in (ENOUGH), NULL, &done);

      g_assert_true (done);
    }
  g_test_message ("a hundred warm: %" G_GINT64_FORMAT " us", g_get_monotonic_time () - began);
  after = world_tell ("connections");
  commands = world_tell ("commands");
  g_assert_cmpint (atoi (after) - atoi (before), <=, 1);
  g_assert_cmpstr (commands, ==, "0");
}

/* T25: two names, one address: one connection, plus one for a name that the certificate is not
 * for, in case the server chooses by name. */
static void
test_twins (void)
{
  g_autoptr (LlVerdict) verdict = look ("twins.lab");

  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_OPP);
  g_assert_cmpuint (verdict->seen, ==, 2);
}

/* T26: the addresses of one server in one network are visited one after the other. */
static void
test_one_at_a_time (void)
{
  g_autoptr (LlVerdict) verdict = look ("crowd.lab");
  g_autofree char *most = world_tell ("crowd");

  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_PKIX);
  g_assert_cmpstr (most, ==, "1");
}

static void
progress_cb (LlVerdict *partial, gpointer data)
{
  guint *calls = data;

  g_assert_nonnull (partial->detail);
  (*calls)++;
}

static void
test_check (void)
{
  guint calls = 0;
  g_autoptr (LlVerdict) verdict = ll_assess_check (world.assess, "sts.lab", ll_deadline_in (ENOUGH),
                                                   NULL, progress_cb, &calls);
  g_autoptr (GVariant) json = g_variant_ref_sink (ll_verdict_to_variant (verdict));
  g_autoptr (GVariant) hosts = g_variant_lookup_value (json, "hosts", NULL);
  g_autoptr (GVariant) sts = g_variant_lookup_value (json, "mta_sts", NULL);
  g_autofree char *text = g_variant_print (json, FALSE);
  const char *word;

  g_test_message ("%s", text);
  g_assert_cmpuint (calls, >=, 2);
  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_STS);
  g_assert_true (g_variant_lookup (json, "evidence", "&s", &word));
  g_assert_cmpstr (word, ==, "sts");
  g_assert_true (g_variant_lookup (sts, "mode", "&s", &word));
  g_assert_cmpstr (word, ==, "enforce");
  g_assert_cmpuint (g_variant_n_children (hosts), ==, 1);
}

/* probe = never: DNS and HTTPS only, and no connection to any mail server. */
static void
test_never (void)
{
  static const struct
  {
    const char *domain;
    LlEvidence evidence;
  } published[] = {
    { "dane.lab", LL_EVIDENCE_DANE },    { "sts.lab", LL_EVIDENCE_STS },
    { "half.lab", LL_EVIDENCE_HALF },    { "plain.lab", LL_EVIDENCE_UNKNOWN },
    { "bogus.lab", LL_EVIDENCE_BROKEN }, { "null.lab", LL_EVIDENCE_NOMAIL },
  };
  g_autofree char *before = world_tell ("connections");
  g_autofree char *after = NULL;
  LlAssess *kept = world.assess;

  world.assess = engine_new (NULL, world.network, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (published); i++)
    {
      g_autoptr (LlVerdict) verdict = look (published[i].domain);

      g_assert_cmpint (verdict->evidence, ==, published[i].evidence);
      g_assert_cmpuint (verdict->seen, ==, 0);
      g_assert_cmpint (verdict->code, !=, LL_CODE_UNKNOWN_PORT25_BLOCKED);
    }
  ll_assess_free (world.assess);
  world.assess = kept;
  after = world_tell ("connections");
  g_assert_cmpstr (before, ==, after);
}

/* Nobody has to wait: the answer at once is "overdue", and the look goes on. */
static void
test_overdue (void)
{
  LlAssess *kept = world.assess;
  g_autoptr (LlVerdict) early = NULL;
  g_autoptr (LlVerdict) late = NULL;
  gboolean done = TRUE;

  world.assess = engine_new (NULL, world.network, TRUE);
  early = ll_assess_wait (world.assess, "valid.lab", ll_deadline_in (0), NULL, &done);
  if (!done)
    {
      g_assert_cmpint (early->evidence, ==, LL_EVIDENCE_UNKNOWN);
      g_assert_cmpint (early->why, ==, LL_WHY_OVERDUE);
      g_assert_false (early->settled);
    }
  late = look ("valid.lab");
  g_assert_cmpint (late->evidence, ==, LL_EVIDENCE_PKIX);
  ll_assess_free (world.assess);
  world.assess = kept;
}

/* A domain that gave up DANE with proof: told once, by the whole verdict too. */
static void
test_told_once (void)
{
  gint64 now = ll_clock_now ();
  LlHistory history = { .first = now, .dane = { 3, now } };
  LlMemory *memory;

  ll_assess_free (world.assess);
  memory = ll_memory_new (world.folder, world.folder, NULL);
  ll_history_save (memory, "valid.lab", &history);
  ll_memory_free (memory);
  world.assess = engine_new (world.folder, world.network, TRUE);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (LlVerdict) verdict
          = ll_assess_check (world.assess, "valid.lab", ll_deadline_in (ENOUGH), NULL, NULL, NULL);

      g_assert_false (verdict->suspected_downgrade);
      g_assert_cmpint (verdict->legitimate_change, ==, i == 0);
      g_assert_cmpint (verdict->was != NULL, ==, i == 0);
    }
}

/* K01: the same id is not fetched again, over restarts too. SH28: a failed fetch is not repeated at
 * once, whatever the engine forgot meanwhile. SA15: the policy of a parent is nobody's. */
static void
test_fetches (void)
{
  g_autoptr (LlVerdict) fetched = look ("sts.lab");
  g_autofree char *before = world_tell ("fetched sts.lab");
  g_autofree char *good = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *child = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (LlVerdict) sts = look ("sts.lab");
      g_autoptr (LlVerdict) without = look ("missing.lab");
      g_autoptr (LlVerdict) below = look ("mx.sts.lab");

      g_assert_cmpint (sts->sts.mode, ==, LL_STS_ENFORCE);
      g_assert_false (sts->sts.cached);
      g_assert_cmpint (without->sts.mode, ==, LL_STS_FETCH_ERROR);
      g_assert_cmpint (without->sts.code, ==, LL_CODE_STS_POLICY_FETCH_ERROR);
      g_assert_cmpint (without->evidence, ==, LL_EVIDENCE_PKIX);
      g_assert_cmpint (below->sts.mode, ==, LL_STS_NONE);
      ll_assess_free (world.assess);
      world.assess = engine_new (world.folder, world.network, TRUE);
    }
  good = world_tell ("fetched sts.lab");
  missing = world_tell ("fetched missing.lab");
  child = world_tell ("fetched mx.sts.lab");
  g_assert_cmpstr (good, ==, before);
  g_assert_cmpstr (missing, ==, "1");
  g_assert_cmpstr (child, ==, "0");
}

/* K04, K13: the policy outlives the program and its web server. */
static void
test_restart (void)
{
  g_autofree char *stopped = NULL;
  g_autoptr (LlVerdict) verdict = NULL;

  ll_assess_free (world.assess);
  stopped = world_tell ("stop policies");
  world.assess = engine_new (world.folder, world.network, TRUE);
  verdict = look ("sts.lab");
  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_STS);
  g_assert_cmpint (ll_assess_refresh (world.assess, NULL), >, 0);
}

static void
test_literal (void)
{
  g_autoptr (LlVerdict) verdict = look ("[127.0.1.1]");
  g_autoptr (LlVerdict) six = look ("[IPv6:::1]");
  const LlHostFacts *host = six->hosts->pdata[0];

  g_assert_cmpstr (host->name, ==, "::1");
  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_OPP);
  g_assert_cmpint (verdict->sts.mode, ==, LL_STS_NONE);
}

static void
test_internal (void)
{
  g_autoptr (LlVerdict) verdict = NULL;
  g_autoptr (LlVerdict) single = NULL;

  verdict = look ("office.corp");
  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_UNKNOWN);
  g_assert_cmpint (verdict->why, ==, LL_WHY_INTERNAL);
  single = look ("printer");
  g_assert_cmpint (single->why, ==, LL_WHY_INTERNAL);
}

/* On a metered network a look counts for an hour instead of ten minutes. */
static void
test_spared (void)
{
  g_autofree char *before = NULL;
  g_autofree char *spared = NULL;
  g_autofree char *looked = NULL;

  ll_verdict_unref (look ("d0.hosted.lab"));
  before = world_tell ("connections");
  g_atomic_int_set (&later, 20 * 60);
  g_atomic_int_set (&is_metered, TRUE);
  ll_verdict_unref (look ("d0.hosted.lab"));
  spared = world_tell ("connections");
  g_assert_cmpstr (spared, ==, before);
  g_atomic_int_set (&later, 40 * 60);
  g_atomic_int_set (&is_metered, FALSE);
  ll_verdict_unref (look ("d0.hosted.lab"));
  looked = world_tell ("connections");
  g_assert_cmpint (atoi (looked), ==, atoi (before) + 1);
}

int
main (int argc, char **argv)
{
  int result;

  be_alone (argc, argv);
  g_test_init (&argc, &argv, NULL);
  start_world ();
  start_engine ();
  g_test_add_func ("/assess/engine/expected", test_expected);
  g_test_add_func ("/assess/engine/cases", test_cases);
  g_test_add_func ("/assess/engine/cached", test_cached);
  g_test_add_func ("/assess/engine/N24-T31-shared", test_shared);
  g_test_add_func ("/assess/engine/T25-twins", test_twins);
  g_test_add_func ("/assess/engine/T26-one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/assess/engine/check", test_check);
  g_test_add_func ("/assess/engine/never", test_never);
  g_test_add_func ("/assess/engine/overdue", test_overdue);
  g_test_add_func ("/assess/engine/SA16-literal", test_literal);
  g_test_add_func ("/assess/engine/internal", test_internal);
  g_test_add_func ("/assess/engine/told-once", test_told_once);
  g_test_add_func ("/assess/engine/K01-SH28-SA15-fetches", test_fetches);
  g_test_add_func ("/assess/engine/K04-K13-restart", test_restart);
  g_test_add_func ("/assess/engine/spared", test_spared);
  result = g_test_run ();
  stop_engine ();
  stop_world ();
  return result;
}
