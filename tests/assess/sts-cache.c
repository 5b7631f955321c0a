/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sts-cache.h"

#include "assess/history.h"
#include "base/limits.h"

#include <glib/gstdio.h>
#include <string.h>

#define DAY (24 * 60 * 60)
#define START 1790000000
#define BODY "version: STSv1\nmode: enforce\nmx: mx.a.example\nmx: *.b.example\nmax_age: 604800\n"
#define NEW_BODY "version: STSv1\nmode: testing\nmx: mx.c.example\nmax_age: 86400\n"

static LlMoment
at (gint64 wall, gint64 boot, const char *boot_id)
{
  LlMoment moment = { .wall = wall, .boot = boot };

  g_strlcpy (moment.boot_id, boot_id, sizeof moment.boot_id);
  return moment;
}

static void
put (LlMemory *memory, const char *id, const char *body, LlMoment when)
{
  g_autofree char *detail = NULL;
  g_autoptr (LlStsPolicy) policy = ll_sts_policy_parse (body, strlen (body), &detail);

  g_assert_nonnull (policy);
  ll_sts_cache_put (memory, "a.example", id, policy, &when);
}

static LlMemory *
memory_with (const char *body)
{
  LlMemory *memory = ll_memory_new (NULL, NULL, NULL);

  g_assert_nonnull (memory);
  put (memory, "id1", body, at (START, 1000, "one"));
  return memory;
}

/* The id that the cache gives at that time, or NULL. */
static char *
id_at (LlMemory *memory, LlMoment when)
{
  g_autoptr (LlStsEntry) entry = ll_sts_cache_get (memory, "a.example", &when);

  return entry != NULL ? g_strdup (entry->id) : NULL;
}

#define assert_id(memory, when, wanted)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *got = id_at (memory, when);                                                   \
    g_assert_cmpstr (got, ==, wanted);                                                             \
  }                                                                                                \
  G_STMT_END

static void
test_keeps (void)
{
  g_autoptr (LlMemory) memory = memory_with (BODY);
  LlMoment later = at (START + DAY, 1000 + DAY, "one");
  g_autoptr (LlStsEntry) entry = ll_sts_cache_get (memory, "a.example", &later);

  g_assert_nonnull (entry);
  g_assert_cmpint (entry->mode, ==, LL_STS_ENFORCE);
  g_assert_cmpuint (g_strv_length (entry->patterns), ==, 2);
  g_assert_cmpstr (entry->patterns[1], ==, "*.b.example");
  g_assert_cmpint (entry->fetched, ==, START);
  g_assert_cmpint (entry->expires, ==, START + 7 * DAY);
}

/* K02, K08: a new policy replaces the old one whole, and its time begins anew. */
static void
test_replaces (void)
{
  g_autoptr (LlMemory) memory = memory_with (BODY);
  LlMoment later = at (START + 6 * DAY, 1000 + 6 * DAY, "one");
  g_autoptr (LlStsEntry) entry = NULL;

  put (memory, "id2", NEW_BODY, later);
  entry = ll_sts_cache_get (memory, "a.example", &later);
  g_assert_cmpstr (entry->id, ==, "id2");
  g_assert_cmpint (entry->mode, ==, LL_STS_TESTING);
  g_assert_cmpint (entry->expires, ==, later.wall + DAY);
}

static void
test_expires (void)
{
  g_autoptr (LlMemory) memory = memory_with (BODY);

  assert_id (memory, at (START + 7 * DAY - 1, 1000 + 7 * DAY - 1, "one"), "id1");
  assert_id (memory, at (START + 7 * DAY, 1000 + 7 * DAY, "one"), NULL);
  /* K07: two weeks asleep, whichever clock noticed */
  assert_id (memory, at (START + 14 * DAY, 2000, "one"), NULL);
  assert_id (memory, at (START + 60, 1000 + 14 * DAY, "one"), NULL);
}

/* K14: a clock that is set back extends nothing. */
static void
test_clock_back (void)
{
  g_autoptr (LlMemory) memory = memory_with (BODY);

  assert_id (memory, at (START - 365 * DAY, 1000 + DAY, "one"), "id1");
  assert_id (memory, at (START - 365 * DAY, 1000 + 7 * DAY, "one"), NULL);
  /* seen six days later, then set back, then another boot whose own time is short */
  assert_id (memory, at (START + 6 * DAY, 1000 + 6 * DAY, "one"), "id1");
  assert_id (memory, at (START + DAY, 10, "two"), "id1");
  assert_id (memory, at (START + 7 * DAY, 10, "two"), NULL);
  assert_id (memory, at (START, 8 * DAY, "two"), NULL);
}

static void
test_set_back_in_another_boot (void)
{
  g_autoptr (LlMemory) memory = memory_with (BODY);
  LlMoment moment = at (START + 7 * DAY - 60, 10, "two");
  g_autoptr (LlStsEntry) entry = ll_sts_cache_get (memory, "a.example", &moment);
  g_autoptr (LlStsEntry) again = NULL;

  g_assert_nonnull (entry);
  moment = at (START, 20, "three");
  again = ll_sts_cache_get (memory, "a.example", &moment);
  g_assert_nonnull (again);
  /* a minute is left, not a week */
  g_assert_cmpint (again->expires - moment.wall, ==, 60);
}

static void
test_max_age_0 (void)
{
  g_autoptr (LlMemory) memory
      = memory_with ("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 0\n");

  assert_id (memory, at (START, 1000, "one"), NULL);
}

static void
test_back_off (void)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  LlMoment now = at (START, 1000, "one");
  LlCode code = LL_CODE_NONE;
  g_autofree char *detail = NULL;

  g_assert_true (ll_sts_cache_may_fetch (memory, "a.example", "id1", &now, &code, &detail));
  ll_sts_cache_failed (memory, "a.example", "id1", LL_CODE_STS_WEBPKI_INVALID, "why", &now);
  now = at (START + 60, 1060, "one");
  g_assert_false (ll_sts_cache_may_fetch (memory, "a.example", "id1", &now, &code, &detail));
  g_assert_cmpint (code, ==, LL_CODE_STS_WEBPKI_INVALID);
  g_assert_cmpstr (detail, ==, "why");
  /* per id, and per domain */
  g_assert_true (ll_sts_cache_may_fetch (memory, "a.example", "id2", &now, &code, &detail));
  g_assert_true (ll_sts_cache_may_fetch (memory, "b.example", "id1", &now, &code, &detail));
  now = at (START + LL_STS_FETCH_BACKOFF_SECONDS, 1000 + LL_STS_FETCH_BACKOFF_SECONDS, "one");
  g_assert_true (ll_sts_cache_may_fetch (memory, "a.example", "id1", &now, &code, &detail));
}

/* A fetch that succeeded forgets the failure before it. */
static void
test_success_ends_back_off (void)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  LlMoment now = at (START, 1000, "one");
  LlCode code;
  g_autofree char *detail = NULL;

  ll_sts_cache_failed (memory, "a.example", "id1", LL_CODE_STS_POLICY_FETCH_ERROR, NULL, &now);
  put (memory, "id1", BODY, now);
  g_assert_true (ll_sts_cache_may_fetch (memory, "a.example", "id1", &now, &code, &detail));
}

static void
test_restart (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-sts-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "policies.db", NULL);
  LlMemory *memory = ll_memory_new (folder, folder, NULL);

  put (memory, "id1", BODY, at (START, 1000, "one"));
  ll_memory_free (memory);
  memory = ll_memory_new (folder, folder, NULL);
  assert_id (memory, at (START + DAY, 10, "two"), "id1");
  ll_memory_free (memory);
  /* K13: half a file is no policy, and no crash */
  g_assert_true (g_file_set_contents (path, "SQLite format 3\0 and then nothing", -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*was damaged*");
  memory = ll_memory_new (folder, folder, NULL);
  g_test_assert_expected_messages ();
  g_assert_nonnull (memory);
  assert_id (memory, at (START + DAY, 10, "two"), NULL);
  ll_memory_free (memory);
  {
    g_autofree char *quoted = g_shell_quote (folder);
    g_autofree char *command = g_strconcat ("rm -rf ", quoted, NULL);

    g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  }
}

/* Whoever empties the cache loses policies, and no memory of how the domain was; where there can be
 * no cache, policies are kept as long as the program runs. */
static void
test_emptied (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-sts-XXXXXX", NULL);
  g_autofree char *cache = g_build_filename (folder, "cache", NULL);
  g_autofree char *policies = g_build_filename (cache, "policies.db", NULL);
  g_autofree char *state = g_build_filename (folder, "assess.db", NULL);
  LlMemory *memory = ll_memory_new (folder, cache, NULL);
  LlHistory history = { .first = START, .sts = { 3, START } };
  LlHistory again = { 0 };

  put (memory, "id1", BODY, at (START, 1000, "one"));
  ll_history_save (memory, "a.example", &history);
  ll_memory_free (memory);
  g_assert_cmpint (g_unlink (policies), ==, 0);
  memory = ll_memory_new (folder, cache, NULL);
  assert_id (memory, at (START + DAY, 10, "two"), NULL);
  ll_history_load (memory, "a.example", &again);
  g_assert_cmpuint (again.sts.count, ==, 3);
  ll_memory_free (memory);

  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*policies are not kept*");
  memory = ll_memory_new (folder, "/dev/null/cache", NULL);
  g_test_assert_expected_messages ();
  put (memory, "id1", BODY, at (START, 1000, "one"));
  assert_id (memory, at (START + DAY, 10, "two"), "id1");
  ll_memory_free (memory);
  g_unlink (policies);
  g_rmdir (cache);
  g_unlink (state);
  g_rmdir (folder);
}

static void
test_daily (void)
{
  g_autoptr (LlMemory) memory = memory_with (BODY);
  LlMoment now = at (START + 3600, 4600, "one");
  gint64 next;
  g_auto (GStrv) none = ll_sts_cache_due (memory, &now, &next);
  g_auto (GStrv) one = NULL;
  g_auto (GStrv) again = NULL;
  g_auto (GStrv) forgotten = NULL;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpint (next, >, now.wall + 12 * 60 * 60);
  g_assert_cmpint (next, <=, START + 26 * 60 * 60);
  now = at (next, 1000 + DAY, "one");
  one = ll_sts_cache_due (memory, &now, &next);
  g_assert_cmpstr (one[0], ==, "a.example");
  ll_sts_cache_checked (memory, "a.example", &now);
  again = ll_sts_cache_due (memory, &now, &next);
  g_assert_cmpuint (g_strv_length (again), ==, 0);
  /* nobody wrote there for half a year */
  now = at (START + 181 * DAY, 1000 + 181 * DAY, "one");
  forgotten = ll_sts_cache_due (memory, &now, &next);
  g_assert_cmpuint (g_strv_length (forgotten), ==, 0);
  g_assert_cmpint (next, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assess/sts-cache/emptied", test_emptied);
  g_test_add_func ("/assess/sts-cache/K01-keeps", test_keeps);
  g_test_add_func ("/assess/sts-cache/K02-K08-replaces", test_replaces);
  g_test_add_func ("/assess/sts-cache/K05-K07-expires", test_expires);
  g_test_add_func ("/assess/sts-cache/K14-clock-back", test_clock_back);
  g_test_add_func ("/assess/sts-cache/K14-other-boot", test_set_back_in_another_boot);
  g_test_add_func ("/assess/sts-cache/SP10-max-age-0", test_max_age_0);
  g_test_add_func ("/assess/sts-cache/SH28-back-off", test_back_off);
  g_test_add_func ("/assess/sts-cache/success-ends-back-off", test_success_ends_back_off);
  g_test_add_func ("/assess/sts-cache/K13-restart", test_restart);
  g_test_add_func ("/assess/sts-cache/daily", test_daily);
  return g_test_run ();
}
