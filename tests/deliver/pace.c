/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/pace.h"

#define NOW 100000

/* However they are spread, no minute sees more than the rate. */
static void
test_any_minute (void)
{
  g_autoptr (LlPace) pace = ll_pace_new ();
  gint64 went[1000];
  guint n = 0;

  for (gint64 now = NOW; now < NOW + 600; now += now % 7 == 0 ? 1 : 3)
    if (ll_pace_take (pace, 5, 1, now))
      went[n++] = now;
  g_assert_cmpuint (n, >, 40);
  for (guint i = 5; i < n; i++)
    g_assert_cmpint (went[i] - went[i - 5], >, 60);
}

static void
test_ready (void)
{
  g_autoptr (LlPace) pace = ll_pace_new ();

  g_assert_cmpint (ll_pace_ready (pace), ==, 0);
  g_assert_true (ll_pace_take (pace, 3, 1, NOW));
  g_assert_cmpint (ll_pace_ready (pace), ==, 0);
  g_assert_false (ll_pace_take (pace, 3, 3, NOW + 10)); /* three copies go together */
  g_assert_cmpint (ll_pace_ready (pace), ==, NOW + 61);
  g_assert_true (ll_pace_take (pace, 3, 2, NOW + 20));
  g_assert_cmpint (ll_pace_ready (pace), ==, NOW + 61);
  g_assert_false (ll_pace_take (pace, 3, 1, NOW + 60));
  g_assert_true (ll_pace_take (pace, 3, 1, NOW + 61));
  g_assert_cmpint (ll_pace_ready (pace), ==, NOW + 81);
  g_assert_false (ll_pace_take (pace, 2, 1, NOW + 80)); /* the rate was lowered */
  g_assert_cmpint (ll_pace_ready (pace), ==, NOW + 81);
  g_assert_true (ll_pace_take (pace, 2, 9, NOW + 200)); /* more copies than the rate: still go */
}

static void
test_no_limit (void)
{
  g_autoptr (LlPace) pace = ll_pace_new ();

  for (guint i = 0; i < 1000; i++)
    g_assert_true (ll_pace_take (pace, 0, 2, NOW));
  g_assert_cmpint (ll_pace_ready (pace), ==, 0);
}

static void
test_throttled (void)
{
  g_autoptr (LlPace) pace = ll_pace_new ();

  ll_pace_slow (pace, NOW);
  ll_pace_slow (pace, NOW + 1); /* two letters that were told at once are one time */
  g_assert_cmpint (ll_pace_ready (pace), ==, NOW + 60);
  g_assert_false (ll_pace_take (pace, 0, 1, NOW + 59));
  g_assert_true (ll_pace_take (pace, 0, 1, NOW + 60));
  ll_pace_slow (pace, NOW + 61);
  g_assert_cmpint (ll_pace_ready (pace), ==, NOW + 61 + 300);
  ll_pace_hurry (pace);
  g_assert_true (ll_pace_take (pace, 0, 1, NOW + 62));
  ll_pace_slow (pace, NOW + 63);
  g_assert_cmpint (ll_pace_ready (pace), ==, NOW + 63 + 900);
  ll_pace_unslow (pace);
  ll_pace_slow (pace, NOW + 64);
  g_assert_cmpint (ll_pace_ready (pace), ==, NOW + 64 + 60);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/pace/any-minute", test_any_minute);
  g_test_add_func ("/deliver/pace/ready", test_ready);
  g_test_add_func ("/deliver/pace/no-limit", test_no_limit);
  g_test_add_func ("/deliver/pace/throttled", test_throttled);
  return g_test_run ();
}
