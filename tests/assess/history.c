/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/history.h"

#include <string.h>

#define DAY (24 * 60 * 60)
#define NOW 1790000000

/* How the domain was seen before: n times, the last time so many days ago. */
typedef struct
{
  guint count, days;
} Before;

static const struct
{
  const char *name;
  Before dane, sts, starttls;
  LlHistoryNow now;
  LlChange change;
  const char *was; /* its begin */
} cases[] = {
  { "first contact",
    { 0 },
    { 0 },
    { 0 },
    { .evidence = LL_EVIDENCE_PLAIN, .source = LL_SOURCE_SEEN, .plain = TRUE },
    LL_CHANGE_NONE,
    NULL },
  { "still DANE",
    { 3, 1 },
    { 0 },
    { 3, 1 },
    { .evidence = LL_EVIDENCE_DANE,
      .source = LL_SOURCE_SEEN,
      .dane = TRUE,
      .starttls = TRUE,
      .dns_valid = TRUE },
    LL_CHANGE_NONE,
    NULL },
  { "TLSA proven gone",
    { 3, 1 },
    { 0 },
    { 3, 1 },
    { .evidence = LL_EVIDENCE_PKIX, .source = LL_SOURCE_SEEN, .starttls = TRUE, .dns_valid = TRUE },
    LL_CHANGE_LEGITIMATE,
    "dane until" },
  { "K10 DS proven gone",
    { 1, 1 },
    { 0 },
    { 1, 1 },
    { .evidence = LL_EVIDENCE_OPP, .source = LL_SOURCE_SEEN, .starttls = TRUE, .dns_valid = TRUE },
    LL_CHANGE_LEGITIMATE,
    "dane until" },
  { "K10 gone without proof",
    { 1, 1 },
    { 0 },
    { 1, 1 },
    { .evidence = LL_EVIDENCE_PKIX, .source = LL_SOURCE_SEEN, .starttls = TRUE },
    LL_CHANGE_SUSPECTED,
    "dane until" },
  { "DANE of years ago",
    { 1, 720 },
    { 0 },
    { 0 },
    { .evidence = LL_EVIDENCE_PKIX, .source = LL_SOURCE_SEEN, .starttls = TRUE },
    LL_CHANGE_NONE,
    NULL },
  { "no network says nothing",
    { 3, 1 },
    { 3, 1 },
    { 0 },
    { .evidence = LL_EVIDENCE_UNKNOWN, .why = LL_WHY_OFFLINE },
    LL_CHANGE_NONE,
    NULL },
  { "a network's DNS says nothing",
    { 3, 1 },
    { 3, 1 },
    { 0 },
    { .evidence = LL_EVIDENCE_UNKNOWN, .why = LL_WHY_DNS },
    LL_CHANGE_NONE,
    NULL },
  { "a host that DNS did not answer for says nothing",
    { 3, 1 },
    { 0 },
    { 0 },
    { .evidence = LL_EVIDENCE_OPP,
      .source = LL_SOURCE_SEEN,
      .starttls = TRUE,
      .partial = TRUE,
      .dns_valid = TRUE },
    LL_CHANGE_NONE,
    NULL },
  { "TLSA proven gone behind a blocked port",
    { 3, 1 },
    { 0 },
    { 3, 1 },
    { .evidence = LL_EVIDENCE_UNKNOWN, .why = LL_WHY_PORT25, .dns_valid = TRUE },
    LL_CHANGE_LEGITIMATE,
    "dane until" },
  { "K05 over behind a blocked port",
    { 0 },
    { 2, 30 },
    { 0 },
    { .evidence = LL_EVIDENCE_UNKNOWN,
      .why = LL_WHY_PORT25,
      .sts = LL_STS_FETCH_ERROR,
      .dns_valid = TRUE },
    LL_CHANGE_SUSPECTED,
    "sts until" },
  { "K05 over, its servers are listed",
    { 0 },
    { 2, 30 },
    { 0 },
    { .evidence = LL_EVIDENCE_OPP,
      .source = LL_SOURCE_LISTED,
      .why = LL_WHY_PORT25,
      .sts = LL_STS_FETCH_ERROR,
      .dns_valid = TRUE },
    LL_CHANGE_SUSPECTED,
    "sts until" },
  { "broken is told as broken",
    { 3, 1 },
    { 0 },
    { 0 },
    { .evidence = LL_EVIDENCE_BROKEN, .source = LL_SOURCE_SEEN },
    LL_CHANGE_NONE,
    NULL },
  { "K08 enforce to testing",
    { 0 },
    { 2, 1 },
    { 0 },
    { .evidence = LL_EVIDENCE_PKIX, .source = LL_SOURCE_SEEN, .sts = LL_STS_TESTING },
    LL_CHANGE_LEGITIMATE,
    "sts until" },
  { "K08 enforce to none",
    { 0 },
    { 2, 1 },
    { 0 },
    { .evidence = LL_EVIDENCE_PKIX, .source = LL_SOURCE_SEEN, .sts = LL_STS_MODE_NONE },
    LL_CHANGE_LEGITIMATE,
    "sts until" },
  { "over, and no record",
    { 0 },
    { 2, 30 },
    { 0 },
    { .evidence = LL_EVIDENCE_PKIX, .source = LL_SOURCE_SEEN, .sts = LL_STS_NONE },
    LL_CHANGE_LEGITIMATE,
    "sts until" },
  { "K05 over, and not to be fetched",
    { 0 },
    { 2, 30 },
    { 0 },
    { .evidence = LL_EVIDENCE_PKIX, .source = LL_SOURCE_SEEN, .sts = LL_STS_FETCH_ERROR },
    LL_CHANGE_SUSPECTED,
    "sts until" },
  { "K05 record not to be had",
    { 0 },
    { 2, 30 },
    { 0 },
    { .evidence = LL_EVIDENCE_PKIX, .source = LL_SOURCE_SEEN, .sts = LL_STS_UNKNOWN },
    LL_CHANGE_SUSPECTED,
    "sts until" },
  { "behind an HTTPS proxy",
    { 0 },
    { 2, 30 },
    { 0 },
    { .evidence = LL_EVIDENCE_PKIX,
      .source = LL_SOURCE_SEEN,
      .sts = LL_STS_UNKNOWN,
      .intercepted = TRUE },
    LL_CHANGE_NONE,
    NULL },
  { "K11 STARTTLS gone",
    { 0 },
    { 0 },
    { 5, 1 },
    { .evidence = LL_EVIDENCE_PLAIN,
      .source = LL_SOURCE_SEEN,
      .plain = TRUE,
      .network = LL_NETWORK_OPEN },
    LL_CHANGE_SUSPECTED,
    "encrypted until" },
  { "STARTTLS gone, network strips",
    { 0 },
    { 0 },
    { 5, 1 },
    { .evidence = LL_EVIDENCE_UNKNOWN, .plain = TRUE, .network = LL_NETWORK_STRIPPED },
    LL_CHANGE_NONE,
    NULL },
  { "seen once is no habit",
    { 0 },
    { 0 },
    { 1, 1 },
    { .evidence = LL_EVIDENCE_PLAIN,
      .source = LL_SOURCE_SEEN,
      .plain = TRUE,
      .network = LL_NETWORK_OPEN },
    LL_CHANGE_NONE,
    NULL },
  { "a habit of two years ago",
    { 0 },
    { 0 },
    { 5, 720 },
    { .evidence = LL_EVIDENCE_PLAIN,
      .source = LL_SOURCE_SEEN,
      .plain = TRUE,
      .network = LL_NETWORK_OPEN },
    LL_CHANGE_NONE,
    NULL },
};

static LlSightings
before (Before b)
{
  return (LlSightings){ b.count, NOW - (gint64) b.days * DAY };
}

static void
test_compare (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LlHistory past = { .dane = before (cases[i].dane),
                         .sts = before (cases[i].sts),
                         .starttls = before (cases[i].starttls) };
      LlHistoryNow now = cases[i].now;
      g_autofree char *was = NULL;

      past.first = past.dane.count + past.sts.count + past.starttls.count > 0 ? 1 : 0;
      now.time = NOW;
      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (ll_history_compare (&past, &now, &was), ==, cases[i].change);
      if (cases[i].was == NULL)
        g_assert_null (was);
      else
        g_assert_true (g_str_has_prefix (was, cases[i].was));
    }
}

/* Legitimate changes are told once; suspected ones until somebody accepts them. */
static void
test_learn (void)
{
  LlHistory history = { 0 };
  LlHistoryNow dane = { .time = NOW,
                        .evidence = LL_EVIDENCE_DANE,
                        .source = LL_SOURCE_SEEN,
                        .dane = TRUE,
                        .dns_valid = TRUE,
                        .starttls = TRUE };
  LlHistoryNow without = { .time = NOW + DAY,
                           .evidence = LL_EVIDENCE_PKIX,
                           .source = LL_SOURCE_SEEN,
                           .dns_valid = TRUE,
                           .starttls = TRUE };
  LlHistoryNow plain = { .time = NOW + 2 * DAY,
                         .evidence = LL_EVIDENCE_PLAIN,
                         .source = LL_SOURCE_SEEN,
                         .dns_valid = TRUE,
                         .plain = TRUE,
                         .network = LL_NETWORK_OPEN };
  g_autofree char *was = NULL;
  g_autofree char *still = NULL;

  ll_history_learn (&history, &dane, LL_CHANGE_NONE);
  g_assert_cmpint (history.best, ==, LL_EVIDENCE_DANE);
  g_assert_cmpint (ll_history_compare (&history, &without, &was), ==, LL_CHANGE_LEGITIMATE);
  ll_history_learn (&history, &without, LL_CHANGE_LEGITIMATE);
  g_assert_cmpint (ll_history_compare (&history, &without, &was), ==, LL_CHANGE_NONE);
  g_assert_cmpint (history.best, ==, LL_EVIDENCE_PKIX);
  g_clear_pointer (&was, g_free);
  g_assert_cmpint (ll_history_compare (&history, &plain, &was), ==, LL_CHANGE_SUSPECTED);
  ll_history_learn (&history, &plain, LL_CHANGE_SUSPECTED);
  g_assert_cmpint (ll_history_compare (&history, &plain, &still), ==, LL_CHANGE_SUSPECTED);
}

static void
test_counts_stay_small (void)
{
  LlHistory history = { 0 };

  for (guint i = 0; i < 1000; i++)
    {
      LlHistoryNow now = {
        .time = NOW + i, .evidence = LL_EVIDENCE_OPP, .source = LL_SOURCE_SEEN, .starttls = TRUE
      };

      ll_history_learn (&history, &now, LL_CHANGE_NONE);
    }
  g_assert_cmpuint (history.starttls.count, ==, LL_HISTORY_COUNT_MAX);
}

static void
test_disk (void)
{
  g_autoptr (LlMemory) memory = ll_memory_new (NULL, NULL, NULL);
  LlHistory written = { .first = 1,
                        .best = LL_EVIDENCE_STS,
                        .best_time = 2,
                        .last = LL_EVIDENCE_OPP,
                        .last_time = 3,
                        .dane = { 4, 5 },
                        .sts = { 6, 7 },
                        .starttls = { 8, 9 } };
  LlHistory read;

  ll_history_load (memory, "a.example", &read);
  g_assert_cmpint (read.first, ==, 0);
  ll_history_save (memory, "a.example", &written);
  ll_history_load (memory, "a.example", &read);
  g_assert_cmpint (read.first, ==, 1);
  g_assert_cmpint (read.best, ==, LL_EVIDENCE_STS);
  g_assert_cmpint (read.best_time, ==, 2);
  g_assert_cmpint (read.last, ==, LL_EVIDENCE_OPP);
  g_assert_cmpint (read.last_time, ==, 3);
  g_assert_cmpuint (read.dane.count, ==, 4);
  g_assert_cmpint (read.dane.last, ==, 5);
  g_assert_cmpuint (read.sts.count, ==, 6);
  g_assert_cmpint (read.sts.last, ==, 7);
  g_assert_cmpuint (read.starttls.count, ==, 8);
  g_assert_cmpint (read.starttls.last, ==, 9);
  ll_history_forget (memory, "a.example");
  ll_history_load (memory, "a.example", &read);
  g_assert_cmpint (read.first, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assess/history/K05-K08-K10-K11", test_compare);
  g_test_add_func ("/assess/history/told-once", test_learn);
  g_test_add_func ("/assess/history/counts", test_counts_stay_small);
  g_test_add_func ("/assess/history/disk", test_disk);
  return g_test_run ();
}
