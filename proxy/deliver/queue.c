/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/queue.h"

#include "base/clock.h"
#include "base/limits.h"
#include "deliver/pace.h"

#include <string.h>

/* One letter. Times are of ll_clock_boot, which no change of the wall clock moves. */
typedef struct
{
  char *id;
  char *account;
  gint64 due;
  gboolean waiting; /* has a time; FALSE while only its step is running */
  gboolean running;
  gboolean in_line; /* waiting for its account, not for itself */
  gboolean called;  /* running, and out of the line: it goes before those that just came */
} Entry;

typedef struct
{
  guint running;
  guint called; /* of these: out of the line, and did not take their turn yet */
  LlPace *pace;
} Lane;

struct _LlQueue
{
  LlQueueStep step;
  gpointer data;
  GMutex lock;
  GCond changed;       /* the timer sleeps for too long */
  gint64 wake_up;      /* when it will look again */
  GHashTable *entries; /* id -> Entry */
  GHashTable *lanes;   /* account -> Lane */
  GThreadPool *pool;
  GThread *timer;
  guint threads;
  guint running;
  gboolean ended;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->id);
  g_free (entry->account);
  g_free (entry);
}

static void
lane_free (gpointer data)
{
  Lane *lane = data;

  ll_pace_free (lane->pace);
  g_free (lane);
}

/* All static functions below are called with the lock held. */

static Lane *
lane_of (LlQueue *queue, const char *account)
{
  Lane *lane = g_hash_table_lookup (queue->lanes, account);

  if (lane == NULL)
    {
      lane = g_new0 (Lane, 1);
      lane->pace = ll_pace_new ();
      g_hash_table_insert (queue->lanes, g_strdup (account), lane);
    }
  return lane;
}

static gint64
due_of (LlQueue *queue, const Entry *entry)
{
  gint64 ready = entry->in_line ? ll_pace_ready (lane_of (queue, entry->account)->pace) : 0;

  return MAX (entry->due, ready);
}

/* Out of a line comes one at a time: whether the next may, only its step knows. */
static gboolean
may_begin (LlQueue *queue, const Entry *entry)
{
  const Lane *lane = lane_of (queue, entry->account);

  return entry->waiting && !entry->running && lane->running < LL_QUEUE_STEPS_MAX
         && !(entry->in_line && lane->called > 0);
}

static gboolean
is_before (const Entry *a, gint64 a_due, const Entry *b, gint64 b_due)
{
  if (a_due != b_due)
    return a_due < b_due;
  if (a->due != b->due) /* in line: who came first */
    return a->due < b->due;
  return strcmp (a->id, b->id) < 0;
}

/* The one to run next, or NULL; *@due says when, also in the future. */
static Entry *
earliest (LlQueue *queue, gint64 *due)
{
  GHashTableIter iter;
  gpointer value;
  Entry *best = NULL;

  g_hash_table_iter_init (&iter, queue->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (!may_begin (queue, entry))
        continue;
      gint64 when = due_of (queue, entry);
      if (best == NULL || is_before (entry, when, best, *due))
        {
          best = entry;
          *due = when;
        }
    }
  return best;
}

static void
begin (LlQueue *queue, Entry *entry)
{
  Lane *lane = lane_of (queue, entry->account);

  entry->waiting = FALSE;
  entry->running = TRUE;
  entry->called = entry->in_line;
  entry->in_line = FALSE;
  lane->running++;
  lane->called += entry->called ? 1 : 0;
  queue->running++;
  g_thread_pool_push (queue->pool, entry, NULL);
}

static void
end_call (LlQueue *queue, Entry *entry)
{
  if (entry->called)
    lane_of (queue, entry->account)->called--;
  entry->called = FALSE;
}

/* Begins what is due, here and now. Returns when the next one is, G_MAXINT64: never by itself. */
static gint64
begin_due (LlQueue *queue)
{
  while (!queue->ended && queue->running < queue->threads)
    {
      gint64 due = G_MAXINT64;
      Entry *entry = earliest (queue, &due);

      if (entry == NULL || due > ll_clock_boot ())
        return due;
      begin (queue, entry);
    }
  return G_MAXINT64;
}

/* After every change. */
static void
look_again (LlQueue *queue)
{
  if (begin_due (queue) < queue->wake_up)
    g_cond_signal (&queue->changed);
}

/* Monotonic, for waiting. */
static gint64
moment_of (gint64 due)
{
  return g_get_monotonic_time () + (due - ll_clock_boot ()) * G_TIME_SPAN_SECOND;
}

static gpointer
timer_thread (gpointer data)
{
  LlQueue *queue = data;

  g_mutex_lock (&queue->lock);
  while (!queue->ended)
    {
      gint64 due = begin_due (queue);

      queue->wake_up = due;
      if (due == G_MAXINT64)
        g_cond_wait (&queue->changed, &queue->lock);
      else
        g_cond_wait_until (&queue->changed, &queue->lock, moment_of (due));
    }
  g_mutex_unlock (&queue->lock);
  return NULL;
}

static void
step_thread (gpointer pushed, gpointer data)
{
  LlQueue *queue = data;
  Entry *entry = pushed;

  /* the entry cannot go away while it runs, and nobody changes id and account */
  queue->step (entry->id, entry->account, queue->data);

  g_mutex_lock (&queue->lock);
  end_call (queue, entry);
  entry->running = FALSE;
  queue->running--;
  lane_of (queue, entry->account)->running--;
  if (!entry->waiting)
    g_hash_table_remove (queue->entries, entry->id);
  look_again (queue);
  g_mutex_unlock (&queue->lock);
}

LlQueue *
ll_queue_new (LlQueueStep step, gpointer data, guint threads)
{
  LlQueue *queue = g_new0 (LlQueue, 1);

  queue->step = step;
  queue->data = data;
  queue->threads = threads;
  g_mutex_init (&queue->lock);
  g_cond_init (&queue->changed);
  queue->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  queue->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lane_free);
  queue->pool = g_thread_pool_new (step_thread, queue, (int) threads, FALSE, NULL);
  queue->timer = g_thread_new ("queue", timer_thread, queue);
  return queue;
}

void
ll_queue_free (LlQueue *queue)
{
  if (queue == NULL)
    return;
  g_mutex_lock (&queue->lock);
  queue->ended = TRUE;
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->lock);
  g_thread_join (queue->timer);
  g_thread_pool_free (queue->pool, FALSE, TRUE);
  g_hash_table_unref (queue->entries);
  g_hash_table_unref (queue->lanes);
  g_cond_clear (&queue->changed);
  g_mutex_clear (&queue->lock);
  g_free (queue);
}

static void
add (LlQueue *queue, const char *id, const char *account, gint64 due, gboolean in_line)
{
  Entry *entry = g_hash_table_lookup (queue->entries, id);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->id = g_strdup (id);
      entry->account = g_strdup (account);
      g_hash_table_insert (queue->entries, entry->id, entry);
    }
  entry->due = entry->waiting ? MIN (entry->due, due) : due;
  entry->waiting = TRUE;
  entry->in_line = in_line;
  look_again (queue);
}

void
ll_queue_add (LlQueue *queue, const char *id, const char *account, gint64 when)
{
  gint64 wait = when > 0 ? MAX (0, when - ll_clock_now ()) : 0;

  g_mutex_lock (&queue->lock);
  add (queue, id, account, ll_clock_boot () + wait, FALSE);
  g_mutex_unlock (&queue->lock);
}

void
ll_queue_add_in_line (LlQueue *queue, const char *id, const char *account)
{
  g_mutex_lock (&queue->lock);
  add (queue, id, account, ll_clock_boot (), TRUE);
  g_mutex_unlock (&queue->lock);
}

/* Whether others wait in line for this account. */
static gboolean
has_line (LlQueue *queue, const char *account)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, queue->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Entry *entry = value;

      if (entry->waiting && entry->in_line && strcmp (entry->account, account) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
ll_queue_take_turn (LlQueue *queue, const char *id, const char *account, guint rate, guint n)
{
  gint64 now = ll_clock_boot ();

  g_mutex_lock (&queue->lock);
  Entry *entry = g_hash_table_lookup (queue->entries, id);
  gboolean first = (entry != NULL && entry->called) || !has_line (queue, account);
  gboolean taken = first && ll_pace_take (lane_of (queue, account)->pace, rate, n, now);
  if (entry != NULL)
    end_call (queue, entry);
  look_again (queue);
  g_mutex_unlock (&queue->lock);
  return taken;
}

void
ll_queue_kick (LlQueue *queue, const char *account)
{
  GHashTableIter iter;
  gpointer value;
  gint64 now = ll_clock_boot ();

  g_mutex_lock (&queue->lock);
  g_hash_table_iter_init (&iter, queue->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (account != NULL && strcmp (entry->account, account) != 0)
        continue;
      entry->due = MIN (entry->due, now);
      ll_pace_hurry (lane_of (queue, entry->account)->pace);
    }
  look_again (queue);
  g_mutex_unlock (&queue->lock);
}

void
ll_queue_slow (LlQueue *queue, const char *account)
{
  g_mutex_lock (&queue->lock);
  ll_pace_slow (lane_of (queue, account)->pace, ll_clock_boot ());
  g_mutex_unlock (&queue->lock);
}

void
ll_queue_unslow (LlQueue *queue, const char *account)
{
  g_mutex_lock (&queue->lock);
  ll_pace_unslow (lane_of (queue, account)->pace);
  look_again (queue);
  g_mutex_unlock (&queue->lock);
}
