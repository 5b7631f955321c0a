/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/pool.h"

#include "api/intl.h"
#include "base/limits.h"
#include "deliver/result.h"

#include <string.h>

#define WARM_THREADS 4

/* All connections to one target as one user. */
typedef struct
{
  GQueue idle; /* of LlWarm, the last used first */
  guint used;  /* connections out or being dialed */
  guint dialing;
  GCond changed;
  guint waiting; /* for a change */
} Lane;

struct _LlPool
{
  LlDialer *dialer; /* (not owned) */
  GMutex lock;
  GHashTable *lanes; /* key -> Lane */
  GThreadPool *threads;
  GCancellable *ended;
  guint generation; /* grows with each drop: older connections are not kept */
  GSource *timer;   /* while something is idle */
};

typedef struct
{
  LlWarm warm;
  guint generation;
} Entry;

static void
warm_free (LlWarm *warm)
{
  ll_dialed_free (warm->dialed);
  ll_secret_free (warm->password);
  g_free (warm->lane);
  g_free (warm);
}

/* QUIT may wait a second for its answer: not in anybody's way. */
static gpointer
farewell_thread (gpointer data)
{
  LlWarm *warm = data;

  ll_client_quit (g_steal_pointer (&warm->dialed->client), NULL);
  warm_free (warm);
  return NULL;
}

static void
say_farewell (LlWarm *warm)
{
  g_thread_unref (g_thread_new ("farewell", farewell_thread, warm));
}

static void
lane_free (gpointer data)
{
  Lane *lane = data;

  g_queue_clear_full (&lane->idle, (GDestroyNotify) warm_free);
  g_cond_clear (&lane->changed);
  g_free (lane);
}

/* -- with the lock held ------------------------------------------------------- */

static Lane *
lane_of (LlPool *pool, const char *key)
{
  Lane *lane = g_hash_table_lookup (pool->lanes, key);

  if (lane == NULL)
    {
      lane = g_new0 (Lane, 1);
      g_queue_init (&lane->idle);
      g_cond_init (&lane->changed);
      g_hash_table_insert (pool->lanes, g_strdup (key), lane);
    }
  return lane;
}

static gboolean idle_cb (gpointer data);

/* One timer for all, only while something is idle. Without a main loop it simply never comes. */
static void
arm_timer (LlPool *pool)
{
  if (pool->timer != NULL)
    return;
  pool->timer = g_timeout_source_new_seconds (LL_UPSTREAM_IDLE_SECONDS);
  g_source_set_callback (pool->timer, idle_cb, pool, NULL);
  g_source_attach (pool->timer, NULL);
}

/* Lanes stay: somebody may be waiting on one, and they are as many as accounts. */
static gboolean
collect_idle (LlPool *pool, gint64 older_than, GQueue *closed)
{
  GHashTableIter iter;
  gpointer value;
  gboolean left = FALSE;

  g_hash_table_iter_init (&iter, pool->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Lane *lane = value;

      while (!g_queue_is_empty (&lane->idle)
             && ((LlWarm *) g_queue_peek_tail (&lane->idle))->idle_since <= older_than)
        g_queue_push_tail (closed, g_queue_pop_tail (&lane->idle));
      left = left || !g_queue_is_empty (&lane->idle);
    }
  return left;
}

static gboolean
idle_cb (gpointer data)
{
  LlPool *pool = data;
  GQueue closed = G_QUEUE_INIT;
  LlWarm *warm;
  gboolean left;

  g_mutex_lock (&pool->lock);
  left = collect_idle (pool, ll_clock_boot () - LL_UPSTREAM_IDLE_SECONDS, &closed);
  if (!left)
    g_clear_pointer (&pool->timer, g_source_unref);
  g_mutex_unlock (&pool->lock);
  while ((warm = g_queue_pop_head (&closed)) != NULL)
    say_farewell (warm);
  return left ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Whether the password that @dial brings is the one that @warm was signed in with. */
static gboolean
fits (const LlWarm *warm, const LlDial *dial)
{
  if (dial->client_password == NULL)
    return TRUE;
  return warm->password != NULL
         && ll_secret_equal (warm->password, ll_secret_peek (dial->client_password),
                             ll_secret_length (dial->client_password));
}

/* The first idle one that is still good. What the provider closed meanwhile is thrown away. */
static LlWarm *
take_idle (Lane *lane, const LlDial *dial, GQueue *closed)
{
  for (GList *link = lane->idle.head; link != NULL;)
    {
      GList *next = link->next;
      LlWarm *warm = link->data;

      if (ll_client_has_input (warm->dialed->client))
        {
          g_queue_delete_link (&lane->idle, link);
          g_queue_push_tail (closed, warm);
        }
      else if (fits (warm, dial))
        {
          g_queue_delete_link (&lane->idle, link);
          return warm;
        }
      link = next;
    }
  return NULL;
}

/* Another login's old password, say: room must be made. */
static void
make_room (Lane *lane, GQueue *closed)
{
  if (lane->used + g_queue_get_length (&lane->idle) >= LL_UPSTREAM_CONNECTIONS_MAX
      && !g_queue_is_empty (&lane->idle))
    g_queue_push_tail (closed, g_queue_pop_tail (&lane->idle));
}

/* -- taking and giving ----------------------------------------------------------- */

LlPool *
ll_pool_new (LlDialer *dialer)
{
  LlPool *pool = g_new0 (LlPool, 1);

  pool->dialer = dialer;
  g_mutex_init (&pool->lock);
  pool->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lane_free);
  pool->ended = g_cancellable_new ();
  return pool;
}

void
ll_pool_free (LlPool *pool)
{
  if (pool == NULL)
    return;
  g_cancellable_cancel (pool->ended);
  if (pool->threads != NULL)
    g_thread_pool_free (pool->threads, FALSE, TRUE);
  if (pool->timer != NULL)
    {
      g_source_destroy (pool->timer);
      g_source_unref (pool->timer);
    }
  g_hash_table_unref (pool->lanes);
  g_object_unref (pool->ended);
  g_mutex_clear (&pool->lock);
  g_free (pool);
}

static char *
lane_key (const LlDial *dial)
{
  return g_strdup_printf ("%s\n%s", dial->target->key,
                          dial->client_login != NULL ? dial->client_login : "");
}

/* FALSE: too late. */
static gboolean
wait_for_change (LlPool *pool, Lane *lane, LlDeadline deadline)
{
  gboolean in_time = TRUE;

  lane->waiting++;
  if (deadline == LL_DEADLINE_NEVER)
    g_cond_wait (&lane->changed, &pool->lock);
  else
    in_time = g_cond_wait_until (&lane->changed, &pool->lock, deadline);
  lane->waiting--;
  return in_time;
}

/* A place is free: it does for one. */
static void
tell_one (Lane *lane)
{
  if (lane->waiting > 0)
    g_cond_signal (&lane->changed);
}

static void
tell_all (Lane *lane)
{
  if (lane->waiting > 0)
    g_cond_broadcast (&lane->changed);
}

/* Until a connection is idle (returned), or a place is free (NULL). FALSE: too late. */
static gboolean
wait_for_place (
    LlPool *pool, Lane *lane, const LlDial *dial, gboolean fresh, LlWarm **warm, GQueue *closed)
{
  for (;;)
    {
      *warm = fresh ? NULL : take_idle (lane, dial, closed);
      if (*warm != NULL)
        return TRUE;
      if (lane->used < LL_UPSTREAM_CONNECTIONS_MAX && (fresh || lane->dialing == 0))
        return TRUE;
      if (g_cancellable_is_cancelled (dial->cancellable)
          || !wait_for_change (pool, lane, dial->deadline))
        {
          tell_one (lane); /* what this one was woken for */
          return FALSE;
        }
    }
}

/* @generation: of the time when its place was taken, for the network may change while it dials. */
static LlWarm *
dial_new (LlPool *pool, const LlDial *dial, char *key, guint generation, LlResult **problem)
{
  LlDialed *dialed = ll_dial (pool->dialer, dial, NULL, problem);
  Entry *entry;

  if (dialed == NULL)
    {
      g_free (key);
      return NULL;
    }
  entry = g_new0 (Entry, 1);
  entry->warm.dialed = dialed;
  entry->warm.lane = key;
  entry->generation = generation;
  if (dial->client_password != NULL)
    entry->warm.password = ll_secret_copy (dial->client_password);
  return &entry->warm;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  LlPool *pool = data;
  GHashTableIter iter;
  gpointer lane;

  g_mutex_lock (&pool->lock);
  g_hash_table_iter_init (&iter, pool->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &lane))
    tell_all (lane);
  g_mutex_unlock (&pool->lock);
}

LlWarm *
ll_pool_take (LlPool *pool, const LlDial *dial, gboolean fresh, LlResult **problem)
{
  char *key = lane_key (dial);
  GQueue closed = G_QUEUE_INIT;
  LlWarm *warm = NULL;
  guint generation;
  gulong handler
      = dial->cancellable != NULL
            ? g_cancellable_connect (dial->cancellable, G_CALLBACK (cancelled_cb), pool, NULL)
            : 0;
  gboolean place;

  *problem = NULL;
  g_mutex_lock (&pool->lock);
  Lane *lane = lane_of (pool, key);
  place = wait_for_place (pool, lane, dial, fresh, &warm, &closed);
  if (place)
    {
      make_room (lane, &closed);
      lane->used++;
    }
  generation = pool->generation;
  g_mutex_unlock (&pool->lock);
  g_cancellable_disconnect (dial->cancellable, handler);
  g_queue_clear_full (&closed, (GDestroyNotify) warm_free);

  if (warm != NULL)
    {
      warm->reused = TRUE;
      g_free (key);
      return warm;
    }
  if (!place)
    {
      gboolean cancelled = g_cancellable_is_cancelled (dial->cancellable);

      *problem = ll_result_new (cancelled ? LL_OUTCOME_CANCELLED : LL_OUTCOME_NO_CONNECTION,
                                N_ ("%s: all connections are busy"), dial->target->host);
      g_free (key);
      return NULL;
    }
  warm = dial_new (pool, dial, g_strdup (key), generation, problem);
  if (warm == NULL)
    {
      g_mutex_lock (&pool->lock);
      lane->used--;
      tell_one (lane);
      g_mutex_unlock (&pool->lock);
    }
  g_free (key);
  return warm;
}

void
ll_pool_give (LlPool *pool, LlWarm *warm, gboolean usable)
{
  Entry *entry = (Entry *) warm;
  gboolean kept = FALSE;

  g_mutex_lock (&pool->lock);
  Lane *lane = lane_of (pool, warm->lane);
  lane->used--;
  if (usable && entry->generation == pool->generation)
    {
      warm->idle_since = ll_clock_boot ();
      g_queue_push_head (&lane->idle, warm);
      arm_timer (pool);
      kept = TRUE;
    }
  tell_one (lane);
  g_mutex_unlock (&pool->lock);
  if (kept)
    return;
  if (usable)
    say_farewell (warm);
  else
    warm_free (warm);
}

void
ll_pool_drop (LlPool *pool)
{
  GQueue closed = G_QUEUE_INIT;

  g_mutex_lock (&pool->lock);
  pool->generation++;
  collect_idle (pool, G_MAXINT64, &closed);
  g_mutex_unlock (&pool->lock);
  /* no farewell: after a change of network nobody would hear it */
  g_queue_clear_full (&closed, (GDestroyNotify) warm_free);
}

/* -- in the background --------------------------------------------------------------- */

static void
warm_thread (gpointer pushed, gpointer data)
{
  g_autoptr (LlTarget) target = pushed;
  LlPool *pool = data;
  LlDial dial = {
    .target = target,
    .deadline = ll_deadline_in (LL_UPSTREAM_WARM),
    .cancellable = pool->ended,
  };
  g_autofree char *key = lane_key (&dial);
  LlResult *problem = NULL;
  LlWarm *warm;
  Lane *lane;
  guint generation;

  g_mutex_lock (&pool->lock);
  generation = pool->generation;
  g_mutex_unlock (&pool->lock);
  warm = dial_new (pool, &dial, g_strdup (key), generation, &problem);

  g_mutex_lock (&pool->lock);
  lane = lane_of (pool, key);
  lane->dialing--;
  g_mutex_unlock (&pool->lock);
  if (warm != NULL)
    {
      warm->reused = TRUE; /* it may have waited for long */
      ll_pool_give (pool, warm, TRUE);
    }
  /* else whoever needs it dials again and hears the reason himself */
  ll_result_free (problem);
  g_mutex_lock (&pool->lock);
  lane->used -= warm == NULL ? 1 : 0;
  tell_all (lane); /* as many as there were waited for this one */
  g_mutex_unlock (&pool->lock);
}

void
ll_pool_warm (LlPool *pool, LlTarget *target)
{
  LlDial dial = { .target = target };
  g_autofree char *key = lane_key (&dial);

  g_mutex_lock (&pool->lock);
  Lane *lane = lane_of (pool, key);
  if (!g_queue_is_empty (&lane->idle) || lane->used > 0)
    {
      g_mutex_unlock (&pool->lock);
      ll_target_free (target);
      return;
    }
  lane->used++;
  lane->dialing++;
  if (pool->threads == NULL)
    pool->threads = g_thread_pool_new (warm_thread, pool, WARM_THREADS, FALSE, NULL);
  g_thread_pool_push (pool->threads, target, NULL);
  g_mutex_unlock (&pool->lock);
}
