/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sights.h"

#include "base/clock.h"
#include "base/limits.h"

#include <string.h>

/* Greet delays of half a minute exist; nobody waits that long, but what comes is kept. */
#define LOOK_DEADLINE 25000
#define KEPT_MAX 4096

typedef struct
{
  LlSightReady ready;
  gpointer data;
} Waiter;

/* One look at one address with one name. */
typedef struct
{
  LlSights *sights; /* (owned) */
  char *key;
  char *address;
  char *sni;
  char *gate;
  GArray *waiters; /* of Waiter; under the lock */
  LlSight *early;  /* under the lock */
  GCancellable *cancellable;
} Look;

struct _LlSights
{
  gint ref_count;
  LlProbe *probe; /* (owned) */
  LlNetwork *network;
  GThreadPool *pool;
  GMutex lock;
  GHashTable *kept;          /* key -> LlSight */
  GHashTable *looks;         /* key -> Look, under way or queued */
  GHashTable *gates;         /* gate -> GQueue of Look that wait; present while one is at work */
  GCancellable *cancellable; /* of all that is under way; replaced by renew */
  gboolean stopped;
};

void
ll_job_push (GThreadPool *pool, void (*run) (gpointer data), gpointer data)
{
  LlJob *job = g_new (LlJob, 1);

  job->run = run;
  job->data = data;
  g_thread_pool_push (pool, job, NULL);
}

void
ll_job_run (gpointer data, gpointer unused)
{
  g_autofree LlJob *job = data;

  job->run (job->data);
}

LlSights *
ll_sights_new (LlProbe *probe, LlNetwork *network, GThreadPool *pool)
{
  LlSights *sights = g_new0 (LlSights, 1);

  sights->ref_count = 1;
  g_mutex_init (&sights->lock);
  sights->probe = probe;
  sights->network = network;
  sights->pool = pool;
  sights->kept
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) ll_sight_unref);
  sights->looks = g_hash_table_new (g_str_hash, g_str_equal);
  sights->gates
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_queue_free);
  sights->cancellable = g_cancellable_new ();
  return sights;
}

void
ll_sights_unref (LlSights *sights)
{
  if (sights == NULL || !g_atomic_int_dec_and_test (&sights->ref_count))
    return;
  g_hash_table_unref (sights->kept);
  g_hash_table_unref (sights->looks);
  g_hash_table_unref (sights->gates);
  g_object_unref (sights->cancellable);
  ll_probe_free (sights->probe);
  g_mutex_clear (&sights->lock);
  g_free (sights);
}

static void
look_free (Look *look)
{
  g_free (look->key);
  g_free (look->address);
  g_free (look->sni);
  g_free (look->gate);
  g_array_unref (look->waiters);
  g_clear_pointer (&look->early, ll_sight_unref);
  g_object_unref (look->cancellable);
  ll_sights_unref (look->sights);
  g_free (look);
}

/* Some providers take as few as two connections a minute from one address: the addresses of one
 * server that lie in one network are looked at one after the other (T26). */
static char *
gate_of (const char *address, const char *sni)
{
  const char *end = strchr (address, ':') != NULL ? NULL : strrchr (address, '.');
  gsize length;

  if (end == NULL) /* the first three groups of an IPv6 address */
    for (guint i = 0; i < 3; i++)
      {
        const char *colon = strchr (end != NULL ? end + 1 : address, ':');

        if (colon == NULL)
          break;
        end = colon;
      }
  length = end != NULL ? (gsize) (end - address) : strlen (address);
  return g_strdup_printf ("%.*s|%s", (int) length, address, sni);
}

static gboolean
is_good (LlSights *sights, const LlSight *sight)
{
  gint64 age = ll_clock_now () - sight->time;
  gint64 kept = LL_SIGHT_KEPT_SECONDS;

  if (!ll_sight_is_conclusive (sight))
    kept = LL_SIGHT_FRUITLESS_SECONDS;
  else if (ll_network_spares (sights->network))
    kept = LL_SIGHT_SPARED_SECONDS;

  return age >= 0 && age < kept;
}

static gboolean
is_over_cb (gpointer key, gpointer value, gpointer data)
{
  return !is_good (data, value);
}

static void
report (LlSights *sights, const LlSight *sight)
{
  gboolean blocked = ll_network_state (sights->network) == LL_NETWORK_BLOCKED;

  if (sight->kind == LL_SIGHT_PLAIN)
    ll_network_report (sights->network, sight->address, LL_CONTACT_STRIPPED, FALSE);
  else if (sight->kind == LL_SIGHT_TLS && !sight->trust.valid)
    ll_network_report (sights->network, sight->address, LL_CONTACT_FOREIGN, FALSE);
  else if (sight->greeted)
    ll_network_report (sights->network, sight->address, LL_CONTACT_GREETED, FALSE);
  else if (sight->kind == LL_SIGHT_TIMEOUT)
    ll_network_report (sights->network, sight->address, LL_CONTACT_TIMEOUT, FALSE);
  else if (sight->kind == LL_SIGHT_UNREACHABLE)
    ll_network_report (sights->network, sight->address, LL_CONTACT_REFUSED, FALSE);
  /* the one that settled it: nobody else needs to wait for a port that is closed */
  if (!blocked && ll_network_state (sights->network) == LL_NETWORK_BLOCKED)
    ll_sights_renew (sights);
}

static void
call_all (GArray *waiters, LlSight *sight, gboolean final)
{
  for (guint i = 0; i < waiters->len; i++)
    {
      Waiter *waiter = &g_array_index (waiters, Waiter, i);

      waiter->ready (sight, final, waiter->data);
    }
}

static void look_job (gpointer data);

/* Under the lock: the next one behind the same gate, or the gate goes. */
static void
leave_gate (LlSights *sights, const Look *look)
{
  GQueue *waiting = g_hash_table_lookup (sights->gates, look->gate);
  Look *next = waiting != NULL ? g_queue_pop_head (waiting) : NULL;

  if (next != NULL)
    ll_job_push (sights->pool, look_job, next);
  else
    g_hash_table_remove (sights->gates, look->gate);
}

static void
ready_early (Look *look, LlSight *sight)
{
  g_autoptr (GArray) waiters = NULL;

  report (look->sights, sight);
  g_mutex_lock (&look->sights->lock);
  look->early = ll_sight_ref (sight);
  waiters = g_array_copy (look->waiters);
  g_mutex_unlock (&look->sights->lock);
  call_all (waiters, sight, FALSE);
}

/* Under the lock. */
static void
keep (LlSights *sights, const char *key, LlSight *sight)
{
  if (g_hash_table_size (sights->kept) >= KEPT_MAX)
    g_hash_table_foreach_remove (sights->kept, is_over_cb, sights);
  if (g_hash_table_size (sights->kept) >= KEPT_MAX)
    g_hash_table_remove_all (sights->kept);
  g_hash_table_insert (sights->kept, g_strdup (key), ll_sight_ref (sight));
}

static void
ready_cb (LlSight *sight, gboolean final, gpointer data)
{
  Look *look = data;
  LlSights *sights = look->sights;
  gboolean cancelled = g_cancellable_is_cancelled (look->cancellable);

  if (!final)
    {
      ready_early (look, sight);
      return;
    }
  if (!cancelled)
    report (sights, sight);
  g_mutex_lock (&sights->lock);
  /* from here on nobody else joins */
  if (g_hash_table_lookup (sights->looks, look->key) == look)
    g_hash_table_remove (sights->looks, look->key);
  if (!cancelled || ll_sight_is_conclusive (sight))
    keep (sights, look->key, sight);
  g_mutex_unlock (&sights->lock);
  call_all (look->waiters, sight, TRUE);
}

static void
look_job (gpointer data)
{
  Look *look = data;
  LlSights *sights = look->sights;

  ll_probe_look (sights->probe, look->address, look->sni, ll_deadline_in (LOOK_DEADLINE),
                 look->cancellable, ready_cb, look);
  g_mutex_lock (&sights->lock);
  leave_gate (sights, look);
  g_mutex_unlock (&sights->lock);
  look_free (look);
}

/* Under the lock. */
static void
begin (LlSights *sights, const char *key, const char *address, const char *sni, Waiter waiter)
{
  Look *look = g_new0 (Look, 1);
  GQueue *waiting;

  g_atomic_int_inc (&sights->ref_count);
  look->sights = sights;
  look->key = g_strdup (key);
  look->address = g_strdup (address);
  look->sni = g_strdup (sni);
  look->gate = gate_of (address, sni);
  look->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  look->cancellable = g_object_ref (sights->cancellable);
  g_array_append_val (look->waiters, waiter);
  g_hash_table_insert (sights->looks, look->key, look);
  waiting = g_hash_table_lookup (sights->gates, look->gate);
  if (waiting != NULL)
    {
      g_queue_push_tail (waiting, look);
      return;
    }
  g_hash_table_insert (sights->gates, g_strdup (look->gate), g_queue_new ());
  ll_job_push (sights->pool, look_job, look);
}

void
ll_sights_request (LlSights *sights,
                   const char *address,
                   const char *sni,
                   gboolean fresh,
                   LlSightReady ready,
                   gpointer data)
{
  g_autofree char *key = g_strconcat (address, "|", sni, NULL);
  g_autoptr (LlSight) now = NULL;
  gboolean final = FALSE;
  Waiter waiter = { ready, data };
  Look *look;

  g_mutex_lock (&sights->lock);
  look = g_hash_table_lookup (sights->looks, key);
  now = fresh ? NULL : g_hash_table_lookup (sights->kept, key);
  if (sights->stopped)
    {
      now = ll_sight_new (address, sni);
      final = TRUE;
    }
  else if (now != NULL && is_good (sights, now))
    {
      ll_sight_ref (now);
      final = TRUE;
    }
  else if (look != NULL)
    {
      g_array_append_val (look->waiters, waiter);
      now = look->early != NULL ? ll_sight_ref (look->early) : NULL;
    }
  else
    {
      now = NULL;
      begin (sights, key, address, sni, waiter);
    }
  g_mutex_unlock (&sights->lock);
  if (now != NULL)
    ready (now, final, data);
}

static gboolean
is_fruitless_cb (gpointer key, gpointer value, gpointer data)
{
  return !ll_sight_is_conclusive (value);
}

static void
cancel_all (LlSights *sights, gboolean stop)
{
  g_autoptr (GCancellable) old = NULL;

  g_mutex_lock (&sights->lock);
  old = sights->cancellable;
  sights->cancellable = g_cancellable_new ();
  sights->stopped = sights->stopped || stop;
  g_hash_table_foreach_remove (sights->kept, is_fruitless_cb, NULL);
  /* who asks from now on gets a look of its own */
  g_hash_table_remove_all (sights->looks);
  g_mutex_unlock (&sights->lock);
  g_cancellable_cancel (old);
}

void
ll_sights_renew (LlSights *sights)
{
  cancel_all (sights, FALSE);
}

void
ll_sights_stop (LlSights *sights)
{
  cancel_all (sights, TRUE);
}
