/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The list knows the ids of all letters from the start, eight octets each: how many there are, and
 * any of them at once. What a row shows is asked for when somebody looks at it, with those around
 * it.
 */

#include "gui/letters.h"

#include "api/read.h"
#include "gui/letter-rows.h"

/* Rows that are looked at and have not come yet; a list view looks at 200. */
#define WANTED_MAX 512
/* Changes come in bursts while letters leave; one look for all of them. */
#define GATHER_MS 150

struct _LlLetters
{
  GObject parent_instance;

  LlDaemon *daemon;
  GArray *ids; /* of guint64, newest first */
  LlLetterRows *rows;
  GArray *wanted;  /* of guint64; the last is asked for first */
  gboolean asking; /* a page is on its way */
  guint64 asked;   /* whose it is; 0: the first, before there are ids */
  guint ask;       /* idle source */
  char *text;
  char **states;
  GCancellable *cancellable; /* of this filter's calls */
  gboolean loading;          /* the ids are on their way */
  gboolean outdated;         /* they are, and there are newer ones */
  GHashTable *changed;       /* ids told since the last look */
  guint gather;
};

enum
{
  PROP_LOADING = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LlLetters,
                               ll_letters,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void ask_ids (LlLetters *self);
static void ask_page (LlLetters *self);

static void
set_loading (LlLetters *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

/* -- ids -------------------------------------------------------------------------------------- */

static guint64
id_at (LlLetters *self, guint position)
{
  return g_array_index (self->ids, guint64, position);
}

/* FALSE: it is none of them. */
static gboolean
find (LlLetters *self, guint64 number, guint *position)
{
  for (guint i = 0; i < self->ids->len; i++)
    if (id_at (self, i) == number)
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

static LlLetter *
row_of (LlLetters *self, guint64 number)
{
  char text[LL_LETTER_ID_SIZE];

  return ll_letter_rows_find (self->rows, ll_letter_id_text (number, text));
}

static void
forget (LlLetters *self, guint64 number)
{
  guint position;

  if (!find (self, number, &position))
    return;
  g_array_remove_index (self->ids, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* -- pages ------------------------------------------------------------------------------------ */

static GVariant *
make_query (LlLetters *self, const char *before)
{
  g_auto (GVariantDict) query;

  g_variant_dict_init (&query, NULL);
  g_variant_dict_insert (&query, "limit", "u", LL_LETTERS_AT_ONCE);
  if (self->text != NULL && *self->text != '\0')
    g_variant_dict_insert (&query, "address", "s", self->text);
  if (self->states != NULL)
    g_variant_dict_insert (&query, "states", "^as", self->states);
  if (before != NULL)
    g_variant_dict_insert (&query, "before", "s", before);
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&query));
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlLetters) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) letters = NULL;
  LlLetter *row;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->asking = FALSE;
  if (reply == NULL)
    return;
  letters = g_variant_get_child_value (reply, 0);
  for (gsize i = 0; i < g_variant_n_children (letters); i++)
    {
      g_autoptr (GVariant) letter = g_variant_get_child_value (letters, i);

      ll_letter_rows_take (self->rows, letter);
    }
  row = row_of (self, self->asked);
  if (row != NULL && !ll_letter_is_read (row))
    forget (self, self->asked); /* it is not in the ledger any more, or belongs here no more */
  ask_page (self);
}

/* NULL: the first. */
static void
ask_page_after (LlLetters *self, const char *before)
{
  self->asking = TRUE;
  ll_daemon_call (self->daemon, "ListLetters", make_query (self, before), self->cancellable,
                  page_cb, g_object_ref (self));
}

/* The one with the row that was looked at last and is not here. */
static void
ask_page (LlLetters *self)
{
  while (!self->asking && self->wanted->len > 0)
    {
      guint64 number = g_array_index (self->wanted, guint64, self->wanted->len - 1);
      LlLetter *row = row_of (self, number);
      char before[LL_LETTER_ID_SIZE];
      guint position;

      g_array_set_size (self->wanted, self->wanted->len - 1);
      if (row == NULL || ll_letter_is_read (row) || !find (self, number, &position))
        continue;
      self->asked = number;
      position -= position % LL_LETTERS_AT_ONCE;
      ask_page_after (self,
                      position > 0 ? ll_letter_id_text (id_at (self, position - 1), before) : NULL);
    }
}

static gboolean
ask_cb (gpointer data)
{
  LlLetters *self = data;

  self->ask = 0;
  ask_page (self);
  return G_SOURCE_REMOVE;
}

static void
want (LlLetters *self, guint64 number)
{
  if (self->wanted->len == WANTED_MAX)
    g_array_remove_index (self->wanted, 0);
  g_array_append_val (self->wanted, number);
  /* not from here: the view is in the middle of its work */
  if (self->ask == 0)
    self->ask = g_idle_add (ask_cb, self);
}

/* -- the list model --------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return LL_TYPE_LETTER;
}

static guint
get_n_items (GListModel *model)
{
  return LL_LETTERS (model)->ids->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  LlLetters *self = LL_LETTERS (model);
  char text[LL_LETTER_ID_SIZE];
  LlLetter *row;

  if (position >= self->ids->len)
    return NULL;
  row = ll_letter_rows_get (self->rows, ll_letter_id_text (id_at (self, position), text));
  if (!ll_letter_is_read (row))
    want (self, id_at (self, position));
  return row;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* -- all of them ------------------------------------------------------------------------------ */

/* What the lists have in common, above and below, stays as it is in the view. */
static void
replace_ids (LlLetters *self, const guint64 *ids, guint n)
{
  guint before = self->ids->len;
  guint shorter = MIN (before, n);
  guint above = 0;
  guint below = 0;

  while (above < shorter && id_at (self, above) == ids[above])
    above++;
  while (below < shorter - above && id_at (self, before - 1 - below) == ids[n - 1 - below])
    below++;
  g_array_set_size (self->ids, 0);
  if (n > 0)
    g_array_append_vals (self->ids, ids, n);
  if (before != n || above < n)
    g_list_model_items_changed (G_LIST_MODEL (self), above, before - above - below,
                                n - above - below);
}

static void
ids_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlLetters) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply != NULL)
    {
      g_autoptr (GVariant) numbers = g_variant_get_child_value (reply, 0);
      gsize n = 0;
      const guint64 *ids = g_variant_get_fixed_array (numbers, &n, sizeof *ids);

      replace_ids (self, ids, (guint) n);
    }
  set_loading (self, FALSE);
  if (self->outdated)
    ask_ids (self);
}

static void
ask_ids (LlLetters *self)
{
  self->outdated = self->loading;
  if (self->loading)
    return;
  set_loading (self, TRUE);
  ll_daemon_call (self->daemon, "ListLetterIds", make_query (self, NULL), self->cancellable, ids_cb,
                  g_object_ref (self));
}

/* What is seen first is not asked for only when it is known how many there are. */
static void
begin (LlLetters *self)
{
  self->asked = 0;
  ask_page_after (self, NULL);
  ask_ids (self);
}

static void
start_anew (LlLetters *self)
{
  g_cancellable_cancel (self->cancellable);
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->gather, g_source_remove);
  g_hash_table_remove_all (self->changed);
  g_array_set_size (self->wanted, 0);
  self->asking = FALSE;
  replace_ids (self, NULL, 0);
  ll_letter_rows_clear (self->rows);
  set_loading (self, FALSE);
  if (ll_daemon_is_connected (self->daemon))
    begin (self);
}

void
ll_letters_set_filter (LlLetters *self, const char *text, const char *const *states)
{
  g_free (self->text);
  self->text = g_strdup (text);
  g_strfreev (self->states);
  self->states = g_strdupv ((char **) states);
  start_anew (self);
}

gboolean
ll_letters_is_loading (LlLetters *self)
{
  return self->loading;
}

/* -- what changes meanwhile ------------------------------------------------------------------- */

static gboolean
belongs (LlLetters *self, LlLetter *row)
{
  return self->states == NULL
         || g_strv_contains ((const char *const *) self->states,
                             ll_state_name (ll_letter_get_state (row)));
}

static void
one_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlLetters) self = data;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, NULL);
  g_autoptr (GVariant) letter = NULL;
  LlLetter *row;

  if (reply == NULL)
    return;
  letter = g_variant_get_child_value (reply, 0);
  row = ll_letter_rows_find (self->rows, ll_read_text (letter, "id"));
  if (row == NULL)
    return;
  ll_letter_update (row, letter);
  if (!belongs (self, row))
    forget (self, ll_letter_id_number (ll_letter_get_id (row)));
}

static gboolean
gather_cb (gpointer data)
{
  LlLetters *self = data;
  GHashTableIter iter;
  gpointer id;
  guint position;
  gboolean any_new = FALSE;

  self->gather = 0;
  g_hash_table_iter_init (&iter, self->changed);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!find (self, ll_letter_id_number (id), &position))
      any_new = TRUE; /* also where a page had it already */
    else if (ll_letter_rows_find (self->rows, id) != NULL)
      ll_daemon_call (self->daemon, "GetLetter", g_variant_new ("(s)", (const char *) id),
                      self->cancellable, one_cb, g_object_ref (self));
  g_hash_table_remove_all (self->changed);
  if (any_new)
    ask_ids (self);
  return G_SOURCE_REMOVE;
}

static void
letters_changed_cb (LlDaemon *daemon, const char *const *ids, LlLetters *self)
{
  for (guint i = 0; ids[i] != NULL; i++)
    g_hash_table_add (self->changed, g_strdup (ids[i]));
  if (self->gather == 0)
    self->gather = g_timeout_add (GATHER_MS, gather_cb, self);
}

static void
connected_cb (LlDaemon *daemon, GParamSpec *spec, LlLetters *self)
{
  if (ll_daemon_is_connected (daemon))
    start_anew (self);
}

/* -- class ------------------------------------------------------------------------------------ */

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_LOADING)
    g_value_set_boolean (value, LL_LETTERS (object)->loading);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
dispose (GObject *object)
{
  LlLetters *self = LL_LETTERS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->gather, g_source_remove);
  g_clear_handle_id (&self->ask, g_source_remove);
  g_clear_object (&self->daemon);
  G_OBJECT_CLASS (ll_letters_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  LlLetters *self = LL_LETTERS (object);

  g_hash_table_unref (self->changed);
  ll_letter_rows_free (self->rows);
  g_array_unref (self->ids);
  g_array_unref (self->wanted);
  g_strfreev (self->states);
  g_free (self->text);
  G_OBJECT_CLASS (ll_letters_parent_class)->finalize (object);
}

static void
ll_letters_class_init (LlLettersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ll_letters_init (LlLetters *self)
{
  self->ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->rows = ll_letter_rows_new ();
  self->wanted = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
}

LlLetters *
ll_letters_new (LlDaemon *daemon)
{
  LlLetters *self = g_object_new (LL_TYPE_LETTERS, NULL);

  self->daemon = g_object_ref (daemon);
  g_signal_connect_object (daemon, "letters-changed", G_CALLBACK (letters_changed_cb), self, 0);
  g_signal_connect_object (daemon, "notify::connected", G_CALLBACK (connected_cb), self, 0);
  g_signal_connect_object (daemon, "letters-outdated", G_CALLBACK (start_anew), self,
                           G_CONNECT_SWAPPED);
  if (ll_daemon_is_connected (daemon))
    begin (self);
  return self;
}
