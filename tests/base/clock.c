/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/clock.h"

static void
test_dates (void)
{
  g_autofree char *text = ll_clock_format (1795365060);
  gint64 when = 0;

  g_assert_cmpstr (text, ==, "2026-11-22T16:31:00Z");
  g_assert_true (ll_clock_parse (text, &when));
  g_assert_cmpint (when, ==, 1795365060);
  g_assert_true (ll_clock_parse ("2026-11-22", &when));
  g_assert_cmpint (when, ==, 1795305600);
  g_assert_false (ll_clock_parse ("yesterday", &when));
  g_assert_false (ll_clock_parse ("2026-13-99", &when));
  g_assert_null (ll_clock_format (0));
}

static void
test_deadlines (void)
{
  LlDeadline soon = ll_deadline_in (60 * 1000);

  g_assert_cmpint (ll_deadline_left (soon), >, 0);
  g_assert_cmpint (ll_deadline_left (soon), <=, 60 * 1000);
  g_assert_cmpint (ll_deadline_left (ll_deadline_in (-5)), ==, 0);
  g_assert_cmpint (ll_deadline_left (LL_DEADLINE_NEVER), ==, G_MAXINT);
  g_assert_true (ll_deadline_earlier (soon, LL_DEADLINE_NEVER) == soon);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/dates", test_dates);
  g_test_add_func ("/clock/deadlines", test_deadlines);
  return g_test_run ();
}
