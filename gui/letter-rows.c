/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/letter-rows.h"

#include "api/read.h"

/* That nobody looks at any more: ten pages, there at once for who comes back. */
#define KEPT_MAX 1000

struct _LlLetterRows
{
  GHashTable *held; /* id -> LlLetter (not owned), for as long as somebody holds it */
  GQueue kept;      /* of LlLetter, the last that came first */
};

LlLetterRows *
ll_letter_rows_new (void)
{
  LlLetterRows *self = g_new0 (LlLetterRows, 1);

  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->kept);
  return self;
}

static gboolean
is_it (gpointer id, gpointer row, gpointer gone)
{
  return row == gone;
}

static void
gone_cb (gpointer data, GObject *gone)
{
  g_hash_table_foreach_remove (((LlLetterRows *) data)->held, is_it, gone);
}

void
ll_letter_rows_clear (LlLetterRows *self)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->held);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_object_weak_unref (row, gone_cb, self);
  g_hash_table_remove_all (self->held);
  g_queue_clear_full (&self->kept, g_object_unref);
}

void
ll_letter_rows_free (LlLetterRows *self)
{
  ll_letter_rows_clear (self);
  g_hash_table_unref (self->held);
  g_free (self);
}

LlLetter *
ll_letter_rows_find (LlLetterRows *self, const char *id)
{
  return g_hash_table_lookup (self->held, id);
}

LlLetter *
ll_letter_rows_get (LlLetterRows *self, const char *id)
{
  LlLetter *row = ll_letter_rows_find (self, id);

  if (row != NULL)
    return g_object_ref (row);
  row = ll_letter_new (id);
  g_object_weak_ref (G_OBJECT (row), gone_cb, self);
  g_hash_table_insert (self->held, g_strdup (id), row);
  return row;
}

void
ll_letter_rows_take (LlLetterRows *self, GVariant *letter)
{
  g_autoptr (LlLetter) row = ll_letter_rows_get (self, ll_read_text (letter, "id"));
  gboolean was_read = ll_letter_is_read (row);

  ll_letter_update (row, letter);
  if (was_read)
    return;
  g_queue_push_head (&self->kept, g_steal_pointer (&row));
  if (g_queue_get_length (&self->kept) > KEPT_MAX)
    g_object_unref (g_queue_pop_tail (&self->kept));
}
