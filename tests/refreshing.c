/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "refreshing.h"

/* Linked with timers that are over at once, and with a network and policies of its own in front. */

static struct
{
  guint seconds; /* of the last timer, 0: none since */
  gboolean metered;
  int refreshed; /* times; atomic */
  gint64 next;
} world;

guint __wrap_g_timeout_add_seconds (guint seconds, GSourceFunc function, gpointer data);
gboolean __wrap_ll_network_spares (LlNetwork *network);
gint64 __wrap_ll_assess_refresh (LlAssess *assess, GCancellable *cancellable);
gint64 __wrap_ll_clock_now (void);

guint
__wrap_g_timeout_add_seconds (guint seconds, GSourceFunc function, gpointer data)
{
  g_assert_cmpuint (world.seconds, ==, 0);
  world.seconds = seconds;
  return g_timeout_add (0, function, data);
}

gboolean
__wrap_ll_network_spares (LlNetwork *network)
{
  return world.metered;
}

gint64
__wrap_ll_assess_refresh (LlAssess *assess, GCancellable *cancellable)
{
  g_atomic_int_inc (&world.refreshed);
  return world.next;
}

gint64
__wrap_ll_clock_now (void)
{
  return 1000000;
}

/* The timer that was set was one of @seconds; then it is over. */
static void
expire (guint seconds)
{
  g_assert_cmpuint (world.seconds, ==, seconds);
  world.seconds = 0;
  g_main_context_iteration (NULL, TRUE);
}

static void
test_metered (void)
{
  g_autoptr (LlRefreshing) refreshing = NULL;

  world.metered = TRUE;
  refreshing = ll_refreshing_new (NULL, NULL);
  expire (60);
  expire (3600);
  g_assert_cmpint (g_atomic_int_get (&world.refreshed), ==, 0);
  world.metered = FALSE;
  world.next = 1000000 + 5000;
  expire (3600);
  g_main_context_iteration (NULL, TRUE); /* it was asked */
  g_assert_cmpint (g_atomic_int_get (&world.refreshed), ==, 1);
  world.next = 0; /* nothing is kept any more */
  expire (5000);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_atomic_int_get (&world.refreshed), ==, 2);
  g_assert_cmpuint (world.seconds, ==, 0);
}

/* Ended while it asks: waited for, and nothing of it comes later. */
static void
test_ended (void)
{
  g_autoptr (LlRefreshing) refreshing = NULL;

  world.seconds = 0;
  world.next = 1000000 + 5000;
  refreshing = ll_refreshing_new (NULL, NULL);
  expire (60);
  g_clear_pointer (&refreshing, ll_refreshing_free);
  g_assert_cmpint (g_atomic_int_get (&world.refreshed), ==, 3);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/refreshing/metered", test_metered);
  g_test_add_func ("/refreshing/ended", test_ended);
  return g_test_run ();
}
