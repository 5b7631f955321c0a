/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/extra.h"

typedef struct
{
  char *key;
  GVariant *value;
  GVariant *entry; /* both, {sv} */
} Entry;

/* What all letters share. */
typedef struct
{
  const char *key;
  const char *word; /* NULL: a flag */
  gboolean flag;
  GVariant *value;
  GVariant *entry;
} Shared;

static GMutex shared_lock;
static GHashTable *all_shared; /* set of Shared, under the lock; as many as there are words */

/* Some twenty: a walk finds faster than a hash. */
struct _LlExtra
{
  GArray *entries;
  GVariant *whole; /* or NULL: it changed since */
};

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_variant_unref (entry->value);
  g_variant_unref (entry->entry);
}

LlExtra *
ll_extra_new (void)
{
  LlExtra *extra = g_new0 (LlExtra, 1);

  extra->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (extra->entries, entry_clear);
  return extra;
}

void
ll_extra_free (LlExtra *extra)
{
  if (extra == NULL)
    return;
  g_array_unref (extra->entries);
  g_clear_pointer (&extra->whole, g_variant_unref);
  g_free (extra);
}

/* -- changing ---------------------------------------------------------------------------------- */

static gint
place_of (const LlExtra *extra, const char *key)
{
  for (guint i = 0; i < extra->entries->len; i++)
    if (g_str_equal (g_array_index (extra->entries, Entry, i).key, key))
      return (gint) i;
  return -1;
}

static void
take_away (LlExtra *extra, const char *key)
{
  gint place = place_of (extra, key);

  if (place < 0)
    return;
  g_clear_pointer (&extra->whole, g_variant_unref);
  g_array_remove_index (extra->entries, (guint) place);
}

/* @value and @entry: full. It is written several times: as octets from the first time on. */
static void
add (LlExtra *extra, const char *key, GVariant *value, GVariant *entry)
{
  const Entry one = { g_strdup (key), value, entry };

  g_clear_pointer (&extra->whole, g_variant_unref);
  g_array_append_val (extra->entries, one);
  (void) g_variant_get_data (entry);
}

/* (transfer full) */
static GVariant *
entry_of (const char *key, GVariant *value)
{
  return g_variant_ref_sink (
      g_variant_new_dict_entry (g_variant_new_string (key), g_variant_new_variant (value)));
}

void
ll_extra_put (LlExtra *extra, const char *key, GVariant *value)
{
  take_away (extra, key);
  if (value == NULL)
    return;
  g_variant_ref_sink (value);
  add (extra, key, value, entry_of (key, value));
}

static guint
shared_hash (gconstpointer data)
{
  const Shared *shared = data;

  return g_str_hash (shared->key)
         ^ (shared->word != NULL ? g_str_hash (shared->word) : (guint) shared->flag);
}

static gboolean
shared_equal (gconstpointer a, gconstpointer b)
{
  const Shared *one = a;
  const Shared *other = b;

  return one->flag == other->flag && g_str_equal (one->key, other->key)
         && g_strcmp0 (one->word, other->word) == 0;
}

static void
put_shared (LlExtra *extra, Shared wanted)
{
  Shared *shared;

  g_mutex_lock (&shared_lock);
  if (all_shared == NULL)
    all_shared = g_hash_table_new (shared_hash, shared_equal);
  shared = g_hash_table_lookup (all_shared, &wanted);
  if (shared == NULL)
    {
      shared = g_new (Shared, 1);
      *shared = wanted;
      shared->value
          = g_variant_ref_sink (wanted.word != NULL ? g_variant_new_string (wanted.word)
                                                    : g_variant_new_boolean (wanted.flag));
      shared->entry = entry_of (wanted.key, shared->value);
      (void) g_variant_get_data (shared->entry);
      g_hash_table_add (all_shared, shared);
    }
  g_mutex_unlock (&shared_lock);
  take_away (extra, wanted.key);
  add (extra, wanted.key, g_variant_ref (shared->value), g_variant_ref (shared->entry));
}

void
ll_extra_put_word (LlExtra *extra, const char *key, const char *word)
{
  put_shared (extra, (Shared){ .key = key, .word = word });
}

void
ll_extra_put_flag (LlExtra *extra, const char *key, gboolean flag)
{
  put_shared (extra, (Shared){ .key = key, .flag = flag });
}

void
ll_extra_put_text (LlExtra *extra, const char *key, const char *text)
{
  ll_extra_put (extra, key, g_variant_new_string (text));
}

void
ll_extra_put_all (LlExtra *extra, GVariant *dictionary)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (dictionary);
  GVariantIter iter;
  GVariant *entry;

  g_variant_iter_init (&iter, all);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) boxed = g_variant_get_child_value (entry, 1);

      take_away (extra, g_variant_get_string (key, NULL));
      add (extra, g_variant_get_string (key, NULL), g_variant_get_variant (boxed), entry);
    }
}

/* -- asking ------------------------------------------------------------------------------------ */

GVariant *
ll_extra_get (const LlExtra *extra, const char *key, const GVariantType *type)
{
  gint place = place_of (extra, key);
  GVariant *value;

  if (place < 0)
    return NULL;
  value = g_array_index (extra->entries, Entry, (guint) place).value;
  return g_variant_is_of_type (value, type) ? value : NULL;
}

const char *
ll_extra_text (const LlExtra *extra, const char *key)
{
  GVariant *value = ll_extra_get (extra, key, G_VARIANT_TYPE_STRING);

  return value != NULL ? g_variant_get_string (value, NULL) : NULL;
}

gboolean
ll_extra_flag (const LlExtra *extra, const char *key)
{
  GVariant *value = ll_extra_get (extra, key, G_VARIANT_TYPE_BOOLEAN);

  return value != NULL && g_variant_get_boolean (value);
}

guint32
ll_extra_number (const LlExtra *extra, const char *key)
{
  GVariant *value = ll_extra_get (extra, key, G_VARIANT_TYPE_UINT32);

  return value != NULL ? g_variant_get_uint32 (value) : 0;
}

GVariant *
ll_extra_variant (LlExtra *extra)
{
  g_autofree GVariant **entries = NULL;
  guint n = extra->entries->len;

  if (extra->whole != NULL || n == 0)
    return extra->whole;
  entries = g_new (GVariant *, n);
  for (guint i = 0; i < n; i++)
    entries[i] = g_array_index (extra->entries, Entry, i).entry;
  extra->whole = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), entries, n));
  return extra->whole;
}
