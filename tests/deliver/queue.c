/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/queue.h"

#include "base/clock.h"
#include "base/limits.h"

#include <string.h>

/* What the steps did; every wait is for an event of this. */
typedef struct
{
  LlQueue *queue;
  GMutex lock;
  GCond changed;
  GString *order;
  gboolean gate; /* steps wait until it is open */
  guint inside;
  guint most;
  guint again; /* the step adds its own id that many times */
} Recorder;

static void
step_cb (const char *id, const char *account, gpointer data)
{
  Recorder *recorder = data;
  gboolean again;

  g_mutex_lock (&recorder->lock);
  recorder->inside++;
  recorder->most = MAX (recorder->most, recorder->inside);
  g_cond_broadcast (&recorder->changed);
  while (!recorder->gate)
    g_cond_wait (&recorder->changed, &recorder->lock);
  g_string_append_printf (recorder->order, "%s ", id);
  recorder->inside--;
  again = recorder->again > 0;
  if (again)
    recorder->again--;
  g_cond_broadcast (&recorder->changed);
  g_mutex_unlock (&recorder->lock);
  if (again)
    ll_queue_add (recorder->queue, id, account, 0);
}

static void
recorder_begin (Recorder *recorder, guint threads)
{
  memset (recorder, 0, sizeof *recorder);
  g_mutex_init (&recorder->lock);
  g_cond_init (&recorder->changed);
  recorder->order = g_string_new (NULL);
  recorder->gate = TRUE;
  recorder->queue = ll_queue_new (step_cb, recorder, threads);
}

static void
recorder_end (Recorder *recorder)
{
  ll_queue_free (recorder->queue);
  g_string_free (recorder->order, TRUE);
  g_cond_clear (&recorder->changed);
  g_mutex_clear (&recorder->lock);
}

static void
wait_inside (Recorder *recorder, guint count)
{
  g_mutex_lock (&recorder->lock);
  while (recorder->inside < count)
    g_cond_wait (&recorder->changed, &recorder->lock);
  g_mutex_unlock (&recorder->lock);
}

static void
open_gate (Recorder *recorder)
{
  g_mutex_lock (&recorder->lock);
  recorder->gate = TRUE;
  g_cond_broadcast (&recorder->changed);
  g_mutex_unlock (&recorder->lock);
}

static void
test_order (void)
{
  Recorder recorder;
  gint64 now = ll_clock_now ();

  recorder_begin (&recorder, 1);
  ll_queue_pause (recorder.queue);
  g_assert_true (ll_queue_is_paused (recorder.queue));
  ll_queue_add (recorder.queue, "later", "a", now + 3600);
  ll_queue_add (recorder.queue, "b", "a", 0);
  ll_queue_add (recorder.queue, "a", "a", 0);
  g_assert_cmpuint (ll_queue_length (recorder.queue), ==, 3);
  ll_queue_resume (recorder.queue);
  ll_queue_drain (recorder.queue);
  g_assert_cmpstr (recorder.order->str, ==, "a b ");
  g_assert_cmpuint (ll_queue_length (recorder.queue), ==, 1);

  ll_queue_kick (recorder.queue, "other");
  ll_queue_drain (recorder.queue);
  g_assert_cmpstr (recorder.order->str, ==, "a b ");
  ll_queue_kick (recorder.queue, "a");
  ll_queue_drain (recorder.queue);
  g_assert_cmpstr (recorder.order->str, ==, "a b later ");
  recorder_end (&recorder);
}

static void
test_earlier_time_wins (void)
{
  Recorder recorder;
  gint64 now = ll_clock_now ();

  recorder_begin (&recorder, 1);
  ll_queue_add (recorder.queue, "x", "a", now + 100);
  ll_queue_add (recorder.queue, "x", "a", now + 7200);
  g_autoptr (GPtrArray) items = ll_queue_list (recorder.queue);
  g_assert_cmpuint (items->len, ==, 1);
  LlQueueItem *item = g_ptr_array_index (items, 0);
  g_assert_cmpint (item->when, <=, now + 101);
  g_assert_cmpint (item->when, >=, now + 99);
  g_assert_true (ll_queue_kick_one (recorder.queue, "x"));
  g_assert_false (ll_queue_kick_one (recorder.queue, "y"));
  ll_queue_drain (recorder.queue);
  g_assert_cmpstr (recorder.order->str, ==, "x ");
  recorder_end (&recorder);
}

static void
test_one_step_per_id (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 4);
  recorder.gate = FALSE;
  ll_queue_add (recorder.queue, "x", "a", 0);
  wait_inside (&recorder, 1);
  ll_queue_add (recorder.queue, "x", "a", 0); /* while it runs: once more after it */
  ll_queue_add (recorder.queue, "x", "a", 0);
  open_gate (&recorder);
  ll_queue_drain (recorder.queue);
  g_assert_cmpstr (recorder.order->str, ==, "x x ");
  g_assert_cmpuint (recorder.most, ==, 1);
  recorder_end (&recorder);
}

static void
test_again_from_the_step (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 2);
  recorder.again = 2;
  ll_queue_add (recorder.queue, "x", "a", 0);
  ll_queue_drain (recorder.queue);
  g_assert_cmpstr (recorder.order->str, ==, "x x x ");
  g_assert_cmpuint (ll_queue_length (recorder.queue), ==, 0);
  recorder_end (&recorder);
}

static void
test_lanes (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 12);
  recorder.gate = FALSE;
  for (guint i = 0; i < 11; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      ll_queue_add (recorder.queue, id, "one", 0);
    }
  wait_inside (&recorder, LL_QUEUE_STEPS_MAX);
  ll_queue_add (recorder.queue, "z", "two", 0); /* one account does not hold up the other */
  wait_inside (&recorder, LL_QUEUE_STEPS_MAX + 1);
  open_gate (&recorder);
  ll_queue_drain (recorder.queue);
  g_assert_cmpuint (recorder.most, ==, LL_QUEUE_STEPS_MAX + 1);
  recorder_end (&recorder);
}

static void
test_slow (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 2);
  ll_queue_slow (recorder.queue, "a");
  ll_queue_slow (recorder.queue, "a");
  ll_queue_add (recorder.queue, "x", "a", 0);
  ll_queue_add (recorder.queue, "y", "b", 0);
  ll_queue_drain (recorder.queue);
  g_assert_cmpstr (recorder.order->str, ==, "y ");
  g_autoptr (GPtrArray) items = ll_queue_list (recorder.queue);
  LlQueueItem *item = g_ptr_array_index (items, 0);
  g_assert_true (item->slowed);
  /* two letters that were told at once are one time: a minute, not five */
  g_assert_cmpint (item->when, <=, ll_clock_now () + 61);
  ll_queue_unslow (recorder.queue, "a");
  ll_queue_drain (recorder.queue);
  g_assert_cmpstr (recorder.order->str, ==, "y x ");
  recorder_end (&recorder);
}

static void
test_remove (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 1);
  recorder.gate = FALSE;
  ll_queue_add (recorder.queue, "x", "a", 0);
  wait_inside (&recorder, 1);
  ll_queue_add (recorder.queue, "x", "a", 0);
  ll_queue_add (recorder.queue, "y", "a", 0);
  ll_queue_remove (recorder.queue, "x");
  ll_queue_remove (recorder.queue, "y");
  ll_queue_remove (recorder.queue, "z");
  open_gate (&recorder);
  ll_queue_drain (recorder.queue);
  g_assert_cmpstr (recorder.order->str, ==, "x ");
  recorder_end (&recorder);
}

/* free() waits for what runs and begins nothing more. */
static gpointer
free_thread (gpointer data)
{
  Recorder *recorder = data;

  ll_queue_free (recorder->queue);
  return NULL;
}

static void
test_shutdown (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 1);
  recorder.gate = FALSE;
  ll_queue_add (recorder.queue, "x", "a", 0);
  wait_inside (&recorder, 1);
  ll_queue_add (recorder.queue, "y", "a", ll_clock_now () + 3600);
  GThread *thread = g_thread_new ("free", free_thread, &recorder);
  open_gate (&recorder);
  g_thread_join (thread);
  g_assert_cmpstr (recorder.order->str, ==, "x ");
  recorder.queue = NULL;
  recorder_end (&recorder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/queue/order", test_order);
  g_test_add_func ("/deliver/queue/earlier-time-wins", test_earlier_time_wins);
  g_test_add_func ("/deliver/queue/one-step-per-id", test_one_step_per_id);
  g_test_add_func ("/deliver/queue/again-from-the-step", test_again_from_the_step);
  g_test_add_func ("/deliver/queue/lanes", test_lanes);
  g_test_add_func ("/deliver/queue/slow", test_slow);
  g_test_add_func ("/deliver/queue/remove", test_remove);
  g_test_add_func ("/deliver/queue/shutdown", test_shutdown);
  return g_test_run ();
}
