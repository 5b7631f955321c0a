/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/assess.h"

#include "assess/failure.h"
#include "assess/history.h"
#include "assess/look.h"
#include "assess/sts-cache.h"
#include "base/clock.h"
#include "wire/address.h"

/* Look-ups and looks at servers together; all of them wait for somebody else's machine. */
#define THREADS_MAX 256
#define KNOWN_MAX 8192
/* STARTTLS that is missing is believed after a second look, this much later, that nobody waits
 * for (facts/assurance.md 2.5). */
#define PLAIN_AGAIN_SECONDS 30
#define REFRESH_DEADLINE 15000

typedef struct
{
  LlVerdict *verdict;
  gint64 until; /* boot seconds: a clock that is set back keeps nothing alive */
} Known;

struct _LlAssess
{
  LlNetwork *network; /* (not owned) */
  LlMemory *memory;
  GThreadPool *pool;
  GCancellable *cancellable;
  GMutex lock;
  LlLookParts *parts; /* (owned) of the looks that begin now; under the lock, as all that follows */
  GCond idle;
  GHashTable *known; /* domain -> Known */
  GHashTable *looks; /* domain -> LlLook, under way and not yet outdated */
  guint running;     /* looks of any kind */
  guint generation;  /* of the network */
  guint followed;    /* the generation that began with other settings */
  gboolean stopping;
  gint doubting; /* atomic */
};

static void
known_free (Known *known)
{
  ll_verdict_unref (known->verdict);
  g_free (known);
}

/* -- what looks are made with ------------------------------------------------------ */

static void
ending_cb (GCancellable *cancellable, gpointer sights)
{
  ll_sights_stop (sights);
}

LlLookParts *
ll_assess_prepare (LlAssess *assess, const LlAssessOptions *options, GError **error)
{
  LlProbe *probe = ll_probe_new (options->mx_port, options->ehlo, options->ca_file, error);
  LlLookParts *parts;

  if (probe == NULL)
    return NULL;
  parts = g_new0 (LlLookParts, 1);
  parts->ref_count = 1;
  parts->resolver = ll_resolver_pin (options->resolver);
  parts->https = ll_https_pin (options->https);
  parts->probe = probe;
  parts->sights = ll_sights_new (probe, assess->network, assess->pool);
  parts->sts = (LlStsSources){ parts->resolver, parts->https, assess->memory };
  parts->network = assess->network;
  parts->memory = assess->memory;
  parts->pool = assess->pool;
  parts->doubting = &assess->doubting;
  parts->cancellable = g_object_ref (assess->cancellable);
  parts->ending
      = g_cancellable_connect (parts->cancellable, G_CALLBACK (ending_cb), parts->sights, NULL);
  parts->mx_port = options->mx_port;
  parts->allow_private = options->allow_private;
  parts->probing = options->probe;
  return parts;
}

LlLookParts *
ll_look_parts_ref (LlLookParts *parts)
{
  g_atomic_int_inc (&parts->ref_count);
  return parts;
}

void
ll_look_parts_unref (LlLookParts *parts)
{
  if (parts == NULL || !g_atomic_int_dec_and_test (&parts->ref_count))
    return;
  g_cancellable_disconnect (parts->cancellable, parts->ending);
  g_object_unref (parts->cancellable);
  ll_sights_unref (parts->sights);
  ll_https_free (parts->https);
  ll_resolver_free (parts->resolver);
  g_free (parts);
}

void
ll_assess_follow (LlAssess *assess, LlLookParts *parts)
{
  LlLookParts *old;

  g_mutex_lock (&assess->lock);
  old = assess->parts;
  assess->parts = ll_look_parts_ref (parts);
  assess->generation++;
  assess->followed = assess->generation;
  g_hash_table_remove_all (assess->known);
  g_hash_table_remove_all (assess->looks);
  g_mutex_unlock (&assess->lock);
  ll_look_parts_unref (old);
}

/* (transfer full) */
static LlLookParts *
parts_now (LlAssess *assess)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&assess->lock);

  return ll_look_parts_ref (assess->parts);
}

/* -- life ---------------------------------------------------------------------------- */

LlAssess *
ll_assess_new (const LlAssessOptions *options, GError **error)
{
  LlMemory *memory = ll_memory_new (options->state, options->cache, error);
  g_autoptr (LlAssess) assess = NULL;

  if (memory == NULL)
    return NULL;
  assess = g_new0 (LlAssess, 1);
  g_mutex_init (&assess->lock);
  g_cond_init (&assess->idle);
  assess->known
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) known_free);
  assess->looks
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) ll_look_unref);
  assess->network = options->network;
  assess->memory = memory;
  assess->pool = g_thread_pool_new (ll_job_run, NULL, THREADS_MAX, FALSE, NULL);
  assess->cancellable = g_cancellable_new ();
  assess->parts = ll_assess_prepare (assess, options, error);
  return assess->parts != NULL ? g_steal_pointer (&assess) : NULL;
}

void
ll_assess_free (LlAssess *assess)
{
  if (assess == NULL)
    return;
  g_mutex_lock (&assess->lock);
  assess->stopping = TRUE;
  g_mutex_unlock (&assess->lock);
  g_cancellable_cancel (assess->cancellable);
  g_mutex_lock (&assess->lock);
  while (assess->running > 0)
    g_cond_wait (&assess->idle, &assess->lock);
  g_mutex_unlock (&assess->lock);
  g_thread_pool_free (assess->pool, FALSE, TRUE);
  g_hash_table_unref (assess->looks);
  g_hash_table_unref (assess->known);
  ll_look_parts_unref (assess->parts);
  ll_memory_free (assess->memory);
  g_object_unref (assess->cancellable);
  g_mutex_clear (&assess->lock);
  g_cond_clear (&assess->idle);
  g_free (assess);
}

/* One cache key for a domain however it was written: "BÜCHER.example." and its A-label. */
static char *
key_of (const char *domain)
{
  char *key = ll_address_domain_ascii (domain);

  return key != NULL ? key : g_ascii_strdown (domain, -1);
}

/* -- the cache ------------------------------------------------------------------- */

static gboolean
is_over_cb (gpointer key, gpointer value, gpointer data)
{
  return ((Known *) value)->until <= ll_clock_boot ();
}

/* Under the lock. */
static void
remember (LlAssess *assess, const char *domain, LlVerdict *verdict, gint64 keep)
{
  Known *known = g_new (Known, 1);

  if (g_hash_table_size (assess->known) >= KNOWN_MAX)
    g_hash_table_foreach_remove (assess->known, is_over_cb, NULL);
  if (g_hash_table_size (assess->known) >= KNOWN_MAX)
    g_hash_table_remove_all (assess->known);
  known->verdict = ll_verdict_ref (verdict);
  known->until = ll_clock_boot () + keep;
  g_hash_table_insert (assess->known, g_strdup (domain), known);
}

/* Under the lock. (transfer none) */
static LlVerdict *
recall (LlAssess *assess, const char *domain)
{
  Known *known = g_hash_table_lookup (assess->known, domain);

  if (known == NULL || known->until <= ll_clock_boot ())
    return NULL;
  /* a silence that has got its reason since */
  if (known->verdict->evidence == LL_EVIDENCE_UNKNOWN && known->verdict->why == LL_WHY_TEMPORARY
      && ll_network_state (assess->network) == LL_NETWORK_BLOCKED)
    return NULL;
  return known->verdict;
}

/* Under the lock. Whether an earlier look, long enough ago, also found no STARTTLS. */
static gboolean
was_plain_before (LlAssess *assess, const char *domain)
{
  Known *known = g_hash_table_lookup (assess->known, domain);

  return known != NULL && known->verdict->evidence == LL_EVIDENCE_PLAIN
         && known->verdict->source == LL_SOURCE_SEEN
         && ll_clock_now () - known->verdict->time >= PLAIN_AGAIN_SECONDS;
}

/* -- looks ---------------------------------------------------------------------------- */

static void
finished_cb (LlLook *look, LlVerdict *verdict, gint64 keep, gboolean last, gpointer data)
{
  LlAssess *assess = data;
  const char *domain = ll_look_domain (look);

  g_mutex_lock (&assess->lock);
  /* what a network that is gone did not let us see says nothing about this one */
  if (!assess->stopping && ll_look_generation (look) >= assess->followed
      && (ll_look_generation (look) == assess->generation
          || verdict->evidence != LL_EVIDENCE_UNKNOWN))
    remember (assess, domain, verdict, keep);
  if (g_hash_table_lookup (assess->looks, domain) == look)
    g_hash_table_remove (assess->looks, domain);
  assess->running -= last ? 1 : 0;
  g_cond_broadcast (&assess->idle);
  g_mutex_unlock (&assess->lock);
}

/* Under the lock: makes one that is not started yet. (transfer full) */
static LlLook *
new_look (LlAssess *assess, const char *domain, gboolean fresh)
{
  LlLook *look = ll_look_new (assess->parts, domain, fresh, was_plain_before (assess, domain),
                              assess->generation);

  assess->running++;
  g_hash_table_insert (assess->looks, g_strdup (domain), ll_look_ref (look));
  return look;
}

/* The look that is under way, or a new one. NULL when a verdict is cached: *known (transfer full).
 */
static LlLook *
join (LlAssess *assess, const char *domain, LlVerdict **known)
{
  g_autoptr (LlLook) look = NULL;
  LlVerdict *verdict;
  gboolean begin = FALSE;
  gboolean again = FALSE;

  g_mutex_lock (&assess->lock);
  verdict = recall (assess, domain);
  if (verdict != NULL && known != NULL)
    *known = ll_verdict_ref (verdict);
  look = g_hash_table_lookup (assess->looks, domain);
  if (look != NULL)
    ll_look_ref (look);
  /* an unsettled PLAIN is looked at again beside those who use it */
  again = verdict != NULL && !verdict->settled && was_plain_before (assess, domain);
  begin = look == NULL && (verdict == NULL || again) && !assess->stopping;
  if (begin)
    look = new_look (assess, domain, again);
  g_mutex_unlock (&assess->lock);
  if (begin)
    ll_look_start (look, finished_cb, assess);
  return verdict == NULL ? g_steal_pointer (&look) : NULL;
}

void
ll_assess_start (LlAssess *assess, const char *domain)
{
  g_autofree char *key = key_of (domain);
  g_autoptr (LlLook) look = join (assess, key, NULL);
}

LlVerdict *
ll_assess_wait (LlAssess *assess,
                const char *domain,
                LlDeadline deadline,
                GCancellable *cancellable,
                gboolean *done)
{
  g_autofree char *key = key_of (domain);

  for (;;)
    {
      g_autoptr (LlVerdict) verdict = NULL;
      g_autoptr (LlLook) look = join (assess, key, &verdict);
      gboolean outdated;

      *done = TRUE;
      if (verdict != NULL)
        return g_steal_pointer (&verdict);
      if (look == NULL) /* the engine is being taken down */
        {
          *done = FALSE;
          verdict = ll_verdict_new (key);
          verdict->why = LL_WHY_OVERDUE;
          return g_steal_pointer (&verdict);
        }
      verdict = ll_look_wait (look, FALSE, deadline, cancellable, done);
      g_mutex_lock (&assess->lock);
      outdated = ll_look_generation (look) != assess->generation && !assess->stopping;
      g_mutex_unlock (&assess->lock);
      if (!*done || !outdated || verdict->evidence != LL_EVIDENCE_UNKNOWN)
        return g_steal_pointer (&verdict);
    }
}

LlVerdict *
ll_assess_check (LlAssess *assess,
                 const char *domain,
                 LlDeadline deadline,
                 GCancellable *cancellable,
                 LlAssessProgress progress,
                 gpointer data)
{
  g_autofree char *key = key_of (domain);
  g_autoptr (LlLook) look = NULL;
  LlVerdict *verdict;
  gboolean done;

  g_mutex_lock (&assess->lock);
  look = new_look (assess, key, TRUE);
  g_mutex_unlock (&assess->lock);
  ll_look_set_progress (look, progress, data);
  ll_look_start (look, finished_cb, assess);
  verdict = ll_look_wait (look, TRUE, deadline, cancellable, &done);
  ll_look_clear_progress (look);
  return verdict;
}

/* -- changes ------------------------------------------------------------------------------ */

static gboolean
is_of_network_cb (gpointer key, gpointer value, gpointer data)
{
  const LlVerdict *verdict = ((Known *) value)->verdict;

  return verdict->evidence == LL_EVIDENCE_UNKNOWN || verdict->why != LL_WHY_NONE
         || verdict->source == LL_SOURCE_LISTED;
}

void
ll_assess_renew (LlAssess *assess)
{
  g_autoptr (LlLookParts) parts = parts_now (assess);

  g_mutex_lock (&assess->lock);
  assess->generation++;
  g_hash_table_foreach_remove (assess->known, is_of_network_cb, NULL);
  g_hash_table_remove_all (assess->looks);
  g_mutex_unlock (&assess->lock);
  ll_sights_renew (parts->sights);
}

void
ll_assess_accept (LlAssess *assess, const char *domain)
{
  g_autofree char *key = key_of (domain);

  ll_history_forget (assess->memory, key);
  ll_failure_forget (assess->memory, key);
  g_mutex_lock (&assess->lock);
  g_hash_table_remove (assess->known, key);
  g_mutex_unlock (&assess->lock);
}

gint64
ll_assess_refresh (LlAssess *assess, GCancellable *cancellable)
{
  g_autoptr (LlLookParts) parts = parts_now (assess);
  LlMoment now = ll_moment_now ();
  gint64 next;
  g_auto (GStrv) due = ll_sts_cache_due (assess->memory, &now, &next);

  for (guint i = 0; due[i] != NULL && !g_cancellable_is_cancelled (cancellable); i++)
    ll_sts_refresh (&parts->sts, due[i], ll_deadline_in (REFRESH_DEADLINE), cancellable);
  return next;
}
