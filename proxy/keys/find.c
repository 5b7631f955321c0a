/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/find.h"

#include "base/limits.h"

/* Memory for those who write to many; the oldest go. */
#define ENTRIES_MAX 1000

/* Seconds. */
#define FRESH 60

typedef struct
{
  gint ref_count;
  char *address;
  GPtrArray *found;    /* of LlKey */
  GPtrArray *troubles; /* of char * */
  guint open;          /* sources that did not answer yet */
  gint64 when;         /* seconds since boot, of its beginning */
  LlDeadline deadline;
} Search;

typedef struct
{
  const LlKeyFinder *finder;
  Search *search;
} Job;

struct _LlKeys
{
  GArray *finders; /* of LlKeyFinder */
  GThreadPool *pool;
  GCancellable *ended;
  GMutex lock;
  GCond answered;
  GHashTable *searches; /* address -> Search */
};

static void
search_unref (Search *search)
{
  if (!g_atomic_int_dec_and_test (&search->ref_count))
    return;
  g_free (search->address);
  g_ptr_array_unref (search->found);
  g_ptr_array_unref (search->troubles);
  g_free (search);
}

static Search *
search_new (const LlKeys *keys, const char *address)
{
  Search *search = g_new0 (Search, 1);

  search->ref_count = 1;
  search->address = g_strdup (address);
  search->found = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  search->troubles = g_ptr_array_new_with_free_func (g_free);
  search->open = keys->finders->len;
  search->when = ll_clock_boot ();
  search->deadline = ll_deadline_in (LL_KEYS_BUDGET);
  return search;
}

/* -- one source at work ----------------------------------------------------------------------- */

static void
run (gpointer item, gpointer data)
{
  g_autofree Job *job = item;
  LlKeys *keys = data;
  Search *search = job->search;
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autofree char *trouble = job->finder->find (job->finder->data, search->address,
                                                search->deadline, keys->ended, found);

  g_mutex_lock (&keys->lock);
  g_ptr_array_extend_and_steal (search->found, g_steal_pointer (&found));
  if (trouble != NULL)
    g_ptr_array_add (search->troubles,
                     g_strdup_printf ("%s: %s", ll_key_source_name (job->finder->source), trouble));
  search->open--;
  g_cond_broadcast (&keys->answered);
  g_mutex_unlock (&keys->lock);
  search_unref (search);
}

/* -- the engine ---------------------------------------------------------------------------------
 */

LlKeys *
ll_keys_new (const LlKeyFinder *finders, guint n)
{
  LlKeys *keys = g_new0 (LlKeys, 1);

  keys->finders = g_array_new (FALSE, FALSE, sizeof (LlKeyFinder));
  g_array_append_vals (keys->finders, finders, n);
  keys->pool = g_thread_pool_new (run, keys, LL_KEYS_THREADS, FALSE, NULL);
  keys->ended = g_cancellable_new ();
  keys->searches
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) search_unref);
  g_mutex_init (&keys->lock);
  g_cond_init (&keys->answered);
  return keys;
}

void
ll_keys_free (LlKeys *keys)
{
  if (keys == NULL)
    return;
  g_cancellable_cancel (keys->ended);
  g_thread_pool_free (keys->pool, FALSE, TRUE);
  g_hash_table_unref (keys->searches);
  g_array_unref (keys->finders);
  g_object_unref (keys->ended);
  g_cond_clear (&keys->answered);
  g_mutex_clear (&keys->lock);
  g_free (keys);
}

static gboolean
is_old_cb (gpointer key, gpointer value, gpointer data)
{
  const Search *search = value;

  return search->when + FRESH < ll_clock_boot ();
}

/* With the lock: the search for @address, begun if need be. (transfer none) */
static Search *
search_for (LlKeys *keys, const char *address)
{
  Search *search = g_hash_table_lookup (keys->searches, address);

  if (search != NULL && !is_old_cb (NULL, search, NULL))
    return search;
  if (g_hash_table_size (keys->searches) >= ENTRIES_MAX)
    g_hash_table_foreach_remove (keys->searches, is_old_cb, NULL);
  search = search_new (keys, address);
  g_hash_table_replace (keys->searches, search->address, search);
  for (guint i = 0; i < keys->finders->len; i++)
    {
      Job *job = g_new (Job, 1);

      g_atomic_int_inc (&search->ref_count);
      *job = (Job){ &g_array_index (keys->finders, LlKeyFinder, i), search };
      g_thread_pool_push (keys->pool, job, NULL);
    }
  return search;
}

void
ll_keys_start (LlKeys *keys, const char *address)
{
  g_mutex_lock (&keys->lock);
  search_for (keys, address);
  g_mutex_unlock (&keys->lock);
}

LlKeyring *
ll_keys_wait (LlKeys *keys, const char *address, LlDeadline deadline)
{
  LlKeyring *keyring = g_new0 (LlKeyring, 1);
  gboolean in_time = TRUE;
  Search *search;

  keyring->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  g_mutex_lock (&keys->lock);
  search = search_for (keys, address);
  g_atomic_int_inc (&search->ref_count);
  while (search->open > 0 && in_time)
    in_time = g_cond_wait_until (&keys->answered, &keys->lock,
                                 ll_deadline_earlier (deadline, search->deadline));
  for (guint i = 0; i < search->found->len; i++)
    g_ptr_array_add (keyring->keys, ll_key_ref (g_ptr_array_index (search->found, i)));
  keyring->troubles = g_new0 (char *, search->troubles->len + 1);
  for (guint i = 0; i < search->troubles->len; i++)
    keyring->troubles[i] = g_strdup (g_ptr_array_index (search->troubles, i));
  keyring->done = search->open == 0;
  g_mutex_unlock (&keys->lock);
  search_unref (search);
  return keyring;
}

void
ll_keyring_free (LlKeyring *keyring)
{
  if (keyring == NULL)
    return;
  g_ptr_array_unref (keyring->keys);
  g_strfreev (keyring->troubles);
  g_free (keyring);
}

void
ll_keys_renew (LlKeys *keys)
{
  g_mutex_lock (&keys->lock);
  g_hash_table_remove_all (keys->searches);
  g_mutex_unlock (&keys->lock);
}
