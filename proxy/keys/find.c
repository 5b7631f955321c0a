/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/find.h"

#include "base/limits.h"
#include "keys/smimea.h"

/* Memory for those who write to many; the oldest go. */
#define ENTRIES_MAX 1000

/* Seconds. */
#define FRESH 60

typedef struct
{
  gint ref_count;
  char *address;
  gboolean anew;
  GPtrArray *found;  /* of LlKey */
  LlKeyAnswer *each; /* for each finder */
  guint open;        /* sources that did not answer yet */
  guint n;
  gint64 when; /* seconds since boot, of its beginning */
  LlDeadline deadline;
} Search;

/* A source has threads of its own: one that stalls delays no other. */
typedef struct
{
  LlKeyFinder finder;
  guint index;
  GThreadPool *pool; /* of Search */
  LlKeys *keys;
} Source;

struct _LlKeys
{
  Source *sources;
  guint n;
  LlKeyCheck check; /* or NULL */
  gpointer check_data;
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
  for (guint i = 0; i < search->n; i++)
    g_free (search->each[i].trouble);
  g_free (search->each);
  g_free (search);
}

static Search *
search_new (const LlKeys *keys, const char *address)
{
  Search *search = g_new0 (Search, 1);

  search->ref_count = 1;
  search->address = g_strdup (address);
  search->found = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  search->n = search->open = keys->n;
  search->each = g_new0 (LlKeyAnswer, keys->n);
  for (guint i = 0; i < keys->n; i++)
    search->each[i].source = keys->sources[i].finder.source;
  search->when = ll_clock_boot ();
  search->deadline = ll_deadline_in (LL_KEYS_BUDGET);
  return search;
}

/* -- one source at work ----------------------------------------------------------------------- */

static guint
count_keys (const GPtrArray *found)
{
  guint n = 0;

  for (guint i = 0; i < found->len; i++)
    n += ((const LlKey *) g_ptr_array_index (found, i))->pin == NULL;
  return n;
}

static void
check_all (const LlKeys *keys, const LlKeyQuery *query, GPtrArray *found)
{
  for (guint i = 0; keys->check != NULL && i < found->len; i++)
    {
      LlKey *key = g_ptr_array_index (found, i);

      g_ptr_array_index (found, i) = keys->check (keys->check_data, key, query);
      ll_key_unref (key);
    }
}

static void
run (gpointer item, gpointer data)
{
  Source *source = data;
  LlKeys *keys = source->keys;
  Search *search = item;
  LlKeyAnswer *answer = &search->each[source->index];
  LlKeyQuery query = { search->address, search->anew, search->deadline, keys->ended };
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  char *trouble = source->finder.find (source->finder.data, &query, found);

  check_all (keys, &query, found);

  g_mutex_lock (&keys->lock);
  answer->done = TRUE;
  answer->found = count_keys (found);
  answer->trouble = trouble;
  g_ptr_array_extend_and_steal (search->found, g_steal_pointer (&found));
  search->open--;
  g_cond_broadcast (&keys->answered);
  g_mutex_unlock (&keys->lock);
  search_unref (search);
}

/* -- the engine ------------------------------------------------------------------------------- */

LlKeys *
ll_keys_new (const LlKeyFinder *finders, guint n)
{
  LlKeys *keys = g_new0 (LlKeys, 1);

  keys->n = n;
  keys->sources = g_new0 (Source, n);
  for (guint i = 0; i < n; i++)
    {
      Source *source = &keys->sources[i];

      *source = (Source){ finders[i], i, NULL, keys };
      source->pool = g_thread_pool_new (run, source, LL_KEYS_THREADS, FALSE, NULL);
    }
  keys->ended = g_cancellable_new ();
  keys->searches
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) search_unref);
  g_mutex_init (&keys->lock);
  g_cond_init (&keys->answered);
  return keys;
}

void
ll_keys_set_check (LlKeys *keys, LlKeyCheck check, gpointer data)
{
  keys->check = check;
  keys->check_data = data;
}

void
ll_keys_free (LlKeys *keys)
{
  if (keys == NULL)
    return;
  g_cancellable_cancel (keys->ended);
  for (guint i = 0; i < keys->n; i++)
    g_thread_pool_free (keys->sources[i].pool, FALSE, TRUE);
  g_free (keys->sources);
  g_hash_table_unref (keys->searches);
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

/* With the lock. (transfer none) */
static Search *
begin (LlKeys *keys, const char *address, gboolean anew)
{
  Search *search = search_new (keys, address);

  search->anew = anew;
  if (g_hash_table_size (keys->searches) >= ENTRIES_MAX)
    g_hash_table_foreach_remove (keys->searches, is_old_cb, NULL);
  g_hash_table_replace (keys->searches, search->address, search);
  for (guint i = 0; i < keys->n; i++)
    {
      g_atomic_int_inc (&search->ref_count);
      g_thread_pool_push (keys->sources[i].pool, search, NULL);
    }
  return search;
}

/* With the lock: the search for @address, begun if need be. (transfer none) */
static Search *
search_for (LlKeys *keys, const char *address)
{
  Search *search = g_hash_table_lookup (keys->searches, address);

  return search != NULL && !is_old_cb (NULL, search, NULL) ? search : begin (keys, address, FALSE);
}

void
ll_keys_start (LlKeys *keys, const char *address)
{
  g_mutex_lock (&keys->lock);
  search_for (keys, address);
  g_mutex_unlock (&keys->lock);
}

void
ll_keys_ask_anew (LlKeys *keys, const char *address)
{
  g_mutex_lock (&keys->lock);
  begin (keys, address, TRUE);
  g_mutex_unlock (&keys->lock);
}

/* With the lock. */
static LlKeyring *
ring_of (const Search *search)
{
  LlKeyring *ring = g_new0 (LlKeyring, 1);
  g_autoptr (GStrvBuilder) troubles = g_strv_builder_new ();

  ring->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  for (guint i = 0; i < search->found->len; i++)
    g_ptr_array_add (ring->keys, ll_key_ref (g_ptr_array_index (search->found, i)));
  ll_smimea_confirm (ring->keys, ll_clock_now ());
  ring->answers = g_array_new (FALSE, FALSE, sizeof (LlKeyAnswer));
  for (guint i = 0; i < search->n; i++)
    {
      LlKeyAnswer answer = search->each[i];
      g_autofree char *text = NULL;

      answer.trouble = g_strdup (answer.trouble);
      g_array_append_val (ring->answers, answer);
      if (answer.trouble == NULL)
        continue;
      text = g_strdup_printf ("%s: %s", ll_key_source_name (answer.source), answer.trouble);
      g_strv_builder_add (troubles, text);
    }
  ring->troubles = g_strv_builder_end (troubles);
  ring->done = search->open == 0;
  return ring;
}

/* With the lock, which is given back meanwhile. */
static gboolean
goes_on (LlKeys *keys, const Search *search, LlKeysStep step, gpointer data)
{
  LlKeyring *ring = ring_of (search);
  gboolean more;

  g_mutex_unlock (&keys->lock);
  more = step (ring, data);
  ll_keyring_free (ring);
  g_mutex_lock (&keys->lock);
  return more;
}

LlKeyring *
ll_keys_follow (
    LlKeys *keys, const char *address, LlDeadline deadline, LlKeysStep step, gpointer data)
{
  gboolean more = TRUE;
  guint shown = G_MAXUINT;
  LlKeyring *ring;
  Search *search;

  g_mutex_lock (&keys->lock);
  search = search_for (keys, address);
  g_atomic_int_inc (&search->ref_count);
  while (more && (search->open > 0 || shown != 0))
    {
      if (step != NULL && shown != search->open)
        {
          shown = search->open;
          more = goes_on (keys, search, step, data);
        }
      else
        more = search->open > 0
               && g_cond_wait_until (&keys->answered, &keys->lock,
                                     ll_deadline_earlier (deadline, search->deadline));
    }
  ring = ring_of (search);
  g_mutex_unlock (&keys->lock);
  search_unref (search);
  return ring;
}

LlKeyring *
ll_keys_wait (LlKeys *keys, const char *address, LlDeadline deadline)
{
  return ll_keys_follow (keys, address, deadline, NULL, NULL);
}

void
ll_keyring_free (LlKeyring *keyring)
{
  if (keyring == NULL)
    return;
  g_ptr_array_unref (keyring->keys);
  g_strfreev (keyring->troubles);
  for (guint i = 0; i < keyring->answers->len; i++)
    g_free (g_array_index (keyring->answers, LlKeyAnswer, i).trouble);
  g_array_unref (keyring->answers);
  g_free (keyring);
}

void
ll_keys_renew (LlKeys *keys)
{
  g_mutex_lock (&keys->lock);
  g_hash_table_remove_all (keys->searches);
  g_mutex_unlock (&keys->lock);
}
