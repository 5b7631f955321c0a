/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/queue.h"

#include "base/clock.h"
#include "base/limits.h"
#include "deliver/retry.h"

#include <string.h>

/* One letter. Times are of ll_clock_boot, which no change of the wall clock moves. */
typedef struct
{
  char *id;
  char *account;
  gint64 due;
  gboolean waiting; /* has a time; FALSE while only its step is running */
  gboolean running;
} Entry;

typedef struct
{
  guint running;
  guint times; /* throttled in a row */
  gint64 slow_until;
} Lane;

struct _LlQueue
{
  LlQueueStep step;
  gpointer data;
  GMutex lock;
  GCond changed;
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

/* All static functions below are called with the lock held. */

static Lane *
lane_of (LlQueue *queue, const char *account)
{
  Lane *lane = g_hash_table_lookup (queue->lanes, account);

  if (lane == NULL)
    {
      lane = g_new0 (Lane, 1);
      g_hash_table_insert (queue->lanes, g_strdup (account), lane);
    }
  return lane;
}

static gint64
due_of (LlQueue *queue, const Entry *entry)
{
  return MAX (entry->due, lane_of (queue, entry->account)->slow_until);
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

      if (!entry->waiting || entry->running
          || lane_of (queue, entry->account)->running >= LL_QUEUE_STEPS_MAX)
        continue;
      gint64 when = due_of (queue, entry);
      if (best == NULL || when < *due || (when == *due && strcmp (entry->id, best->id) < 0))
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
  entry->waiting = FALSE;
  entry->running = TRUE;
  lane_of (queue, entry->account)->running++;
  queue->running++;
  g_thread_pool_push (queue->pool, entry, NULL);
}

static gpointer
timer_thread (gpointer data)
{
  LlQueue *queue = data;

  g_mutex_lock (&queue->lock);
  while (!queue->ended)
    {
      gint64 due = 0;
      gint64 now = ll_clock_boot ();
      Entry *entry = queue->running < queue->threads ? earliest (queue, &due) : NULL;

      if (entry == NULL)
        g_cond_wait (&queue->changed, &queue->lock);
      else if (due > now)
        g_cond_wait_until (&queue->changed, &queue->lock,
                           g_get_monotonic_time () + (due - now) * G_TIME_SPAN_SECOND);
      else
        begin (queue, entry);
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
  entry->running = FALSE;
  queue->running--;
  lane_of (queue, entry->account)->running--;
  if (!entry->waiting)
    g_hash_table_remove (queue->entries, entry->id);
  g_cond_broadcast (&queue->changed);
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
  queue->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
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

void
ll_queue_add (LlQueue *queue, const char *id, const char *account, gint64 when)
{
  gint64 wait = when > 0 ? MAX (0, when - ll_clock_now ()) : 0;
  gint64 due = ll_clock_boot () + wait;

  g_mutex_lock (&queue->lock);
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
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->lock);
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
      lane_of (queue, entry->account)->slow_until = 0;
    }
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->lock);
}

void
ll_queue_slow (LlQueue *queue, const char *account)
{
  g_mutex_lock (&queue->lock);
  Lane *lane = lane_of (queue, account);
  gint64 now = ll_clock_boot ();
  if (lane->slow_until <= now) /* two letters at once are told the same thing */
    {
      lane->times++;
      lane->slow_until = ll_retry_throttled (lane->times, now);
    }
  g_mutex_unlock (&queue->lock);
}

void
ll_queue_unslow (LlQueue *queue, const char *account)
{
  g_mutex_lock (&queue->lock);
  Lane *lane = lane_of (queue, account);
  lane->times = 0;
  lane->slow_until = 0;
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->lock);
}
