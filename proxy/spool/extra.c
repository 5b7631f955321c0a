/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/extra.h"

typedef struct
{
  char *key;
  GVariant *value;
  GVariant *entry; /* both, {sv} */
} Entry;

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

void
ll_extra_put (LlExtra *extra, const char *key, GVariant *value)
{
  gint place = place_of (extra, key);
  Entry entry;

  if (value == NULL && place < 0)
    return;
  g_clear_pointer (&extra->whole, g_variant_unref);
  if (place >= 0)
    g_array_remove_index (extra->entries, (guint) place);
  if (value == NULL)
    return;
  entry.key = g_strdup (key);
  entry.value = g_variant_ref_sink (value);
  entry.entry = g_variant_ref_sink (
      g_variant_new_dict_entry (g_variant_new_string (key), g_variant_new_variant (value)));
  g_array_append_val (extra->entries, entry);
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
  GVariant *value;
  const char *key;

  g_variant_iter_init (&iter, all);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    ll_extra_put (extra, key, value);
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
