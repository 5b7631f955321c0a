/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/retry.h"

#define HOUR 3600

static void
test_next (void)
{
  static const gint64 minutes[] = { 1, 5, 15, 60, 60, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (minutes); i++)
    g_assert_cmpint (ll_retry_next (i + 1, 1000), ==, 1000 + minutes[i] * 60);
  g_assert_cmpint (ll_retry_next (0, 1000), ==, 1060);
  g_assert_cmpint (ll_retry_next (G_MAXUINT, 1000), ==, 1000 + HOUR);
}

static void
test_age (void)
{
  g_assert_false (ll_retry_is_delayed (1000, 1000 + 4 * HOUR - 1));
  g_assert_true (ll_retry_is_delayed (1000, 1000 + 4 * HOUR));
  g_assert_false (ll_retry_is_expired (1000, 1000 + 120 * HOUR - 1, 120 * HOUR));
  g_assert_true (ll_retry_is_expired (1000, 1000 + 120 * HOUR, 120 * HOUR));
  /* the clock was set back: nothing is old */
  g_assert_false (ll_retry_is_delayed (1000, 500));
  g_assert_false (ll_retry_is_expired (1000, 500, 120 * HOUR));
}

static void
test_decide_anew (void)
{
  g_assert_true (ll_retry_decide_anew (0, 1000));
  g_assert_false (ll_retry_decide_anew (1000, 1000));
  g_assert_false (ll_retry_decide_anew (1000, 1599));
  g_assert_true (ll_retry_decide_anew (1000, 1600));
  g_assert_true (ll_retry_decide_anew (1000, 999));
}

static void
test_throttled (void)
{
  g_assert_cmpint (ll_retry_throttled (1, 0), ==, 60);
  g_assert_cmpint (ll_retry_throttled (2, 0), ==, 300);
  g_assert_cmpint (ll_retry_throttled (3, 0), ==, 900);
  g_assert_cmpint (ll_retry_throttled (99, 0), ==, 900);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/retry/next", test_next);
  g_test_add_func ("/deliver/retry/age", test_age);
  g_test_add_func ("/deliver/retry/decide-anew", test_decide_anew);
  g_test_add_func ("/deliver/retry/throttled", test_throttled);
  return g_test_run ();
}
