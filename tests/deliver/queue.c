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
  guint done;
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
  recorder->done++;
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

/* Until so many steps were done, all told. */
static void
wait_done (Recorder *recorder, guint count)
{
  g_mutex_lock (&recorder->lock);
  while (recorder->done < count)
    g_cond_wait (&recorder->changed, &recorder->lock);
  g_mutex_unlock (&recorder->lock);
}

static void
close_gate (Recorder *recorder)
{
  g_mutex_lock (&recorder->lock);
  recorder->gate = FALSE;
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

/* A step of another letter that takes the only thread until the gate opens. */
static void
occupy (Recorder *recorder)
{
  close_gate (recorder);
  ll_queue_add (recorder->queue, "first", "z", 0);
  wait_inside (recorder, 1);
}

static void
test_order (void)
{
  Recorder recorder;
  gint64 now = ll_clock_now ();

  recorder_begin (&recorder, 1);
  occupy (&recorder);
  ll_queue_add (recorder.queue, "later", "a", now + 3600);
  ll_queue_add (recorder.queue, "b", "a", 0);
  ll_queue_add (recorder.queue, "a", "a", 0);
  open_gate (&recorder);
  wait_done (&recorder, 3);
  g_assert_cmpstr (recorder.order->str, ==, "first a b ");

  ll_queue_kick (recorder.queue, "other");
  ll_queue_add (recorder.queue, "c", "b", 0);
  wait_done (&recorder, 4);
  ll_queue_kick (recorder.queue, "a");
  wait_done (&recorder, 5);
  g_assert_cmpstr (recorder.order->str, ==, "first a b c later ");
  recorder_end (&recorder);
}

static void
test_earlier_time_wins (void)
{
  Recorder recorder;
  gint64 now = ll_clock_now ();

  recorder_begin (&recorder, 1);
  occupy (&recorder);
  ll_queue_add (recorder.queue, "x", "a", 0);
  ll_queue_add (recorder.queue, "x", "a", now + 7200);
  ll_queue_add (recorder.queue, "y", "a", now + 7200);
  ll_queue_add (recorder.queue, "y", "a", 0);
  open_gate (&recorder);
  wait_done (&recorder, 3);
  g_assert_cmpstr (recorder.order->str, ==, "first x y ");
  recorder_end (&recorder);
}

static void
test_one_step_per_id (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 4);
  close_gate (&recorder);
  ll_queue_add (recorder.queue, "x", "a", 0);
  wait_inside (&recorder, 1);
  ll_queue_add (recorder.queue, "x", "a", 0); /* while it runs: once more after it */
  ll_queue_add (recorder.queue, "x", "a", 0);
  open_gate (&recorder);
  wait_done (&recorder, 2);
  ll_queue_add (recorder.queue, "y", "a", 0);
  wait_done (&recorder, 3);
  g_assert_cmpstr (recorder.order->str, ==, "x x y ");
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
  wait_done (&recorder, 3);
  g_assert_cmpstr (recorder.order->str, ==, "x x x ");
  recorder_end (&recorder);
}

static void
test_lanes (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 12);
  close_gate (&recorder);
  for (guint i = 0; i < 11; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      ll_queue_add (recorder.queue, id, "one", 0);
    }
  wait_inside (&recorder, LL_QUEUE_STEPS_MAX);
  ll_queue_add (recorder.queue, "z", "two", 0); /* one account does not hold up the other */
  wait_inside (&recorder, LL_QUEUE_STEPS_MAX + 1);
  open_gate (&recorder);
  wait_done (&recorder, 12);
  g_assert_cmpuint (recorder.most, ==, LL_QUEUE_STEPS_MAX + 1);
  recorder_end (&recorder);
}

/* With one thread, who is not in line and comes later would else come later. */
static void
test_slow (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 1);
  ll_queue_slow (recorder.queue, "a");
  g_assert_false (ll_queue_take_turn (recorder.queue, "x", "a", 0, 1));
  g_assert_true (ll_queue_take_turn (recorder.queue, "y", "b", 0, 1));
  ll_queue_add_in_line (recorder.queue, "x", "a");
  ll_queue_add (recorder.queue, "y", "a", 0); /* what has to be decided first is not held up */
  wait_done (&recorder, 1);
  g_assert_cmpstr (recorder.order->str, ==, "y ");
  ll_queue_unslow (recorder.queue, "a");
  wait_done (&recorder, 2);

  ll_queue_slow (recorder.queue, "a");
  ll_queue_add_in_line (recorder.queue, "v", "a");
  ll_queue_add (recorder.queue, "w", "b", 0);
  wait_done (&recorder, 3);
  ll_queue_kick (recorder.queue, "a"); /* a person's "now" is heard through it */
  wait_done (&recorder, 4);
  g_assert_cmpstr (recorder.order->str, ==, "y x w v ");
  recorder_end (&recorder);
}

/* Two letters a minute; who waits in line is not overtaken. */
static void
test_line (void)
{
  Recorder recorder;

  recorder_begin (&recorder, 1);
  g_assert_true (ll_queue_take_turn (recorder.queue, "1", "a", 2, 1));
  g_assert_true (ll_queue_take_turn (recorder.queue, "2", "a", 2, 1));
  g_assert_false (ll_queue_take_turn (recorder.queue, "x", "a", 2, 1));
  g_assert_true (ll_queue_take_turn (recorder.queue, "x", "b", 2, 1));
  ll_queue_add_in_line (recorder.queue, "x", "a");
  ll_queue_add (recorder.queue, "y", "b", 0);
  wait_done (&recorder, 1);
  g_assert_cmpstr (recorder.order->str, ==, "y ");
  g_assert_false (ll_queue_take_turn (recorder.queue, "z", "a", 100, 1));
  ll_queue_kick (recorder.queue, NULL);
  wait_done (&recorder, 2);
  g_assert_cmpstr (recorder.order->str, ==, "y x ");
  g_assert_true (ll_queue_take_turn (recorder.queue, "z", "a", 100, 1));
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
  close_gate (&recorder);
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
  g_test_add_func ("/deliver/queue/line", test_line);
  g_test_add_func ("/deliver/queue/shutdown", test_shutdown);
  return g_test_run ();
}
