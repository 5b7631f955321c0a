/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/letters.h"

#include "api/read.h"
#include "gui/letter.h"

/* A page is a few screens: small enough to come at once. */
#define PAGE 100
/* So near the end the next page is asked for. */
#define AHEAD 50
/* Changes come in bursts while letters leave; one look for all of them. */
#define GATHER_MS 150

struct _LlLetters
{
  GObject parent_instance;

  LlDaemon *daemon;
  GPtrArray *rows;   /* of LlLetter, newest first */
  GHashTable *by_id; /* id -> LlLetter, both in rows */
  char *text;
  char **states;
  char *next;                /* the "before" of the next page; NULL: all is here */
  GCancellable *cancellable; /* of this filter's calls */
  gboolean loading;
  guint ahead;         /* idle source that asks for the next page */
  GHashTable *changed; /* ids told since the last look */
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

static void ask_page (LlLetters *self);

static void
set_loading (LlLetters *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

/* -- the list model ------------------------------------------------------------------------ */

static GType
get_item_type (GListModel *model)
{
  return LL_TYPE_LETTER;
}

static guint
get_n_items (GListModel *model)
{
  return LL_LETTERS (model)->rows->len;
}

static gboolean
ahead_cb (gpointer data)
{
  LlLetters *self = data;

  self->ahead = 0;
  if (self->next != NULL && !self->loading)
    ask_page (self);
  return G_SOURCE_REMOVE;
}

static gpointer
get_item (GListModel *model, guint position)
{
  LlLetters *self = LL_LETTERS (model);

  if (position >= self->rows->len)
    return NULL;
  /* not from here: the view is in the middle of its work */
  if (position + AHEAD >= self->rows->len && self->next != NULL && self->ahead == 0)
    self->ahead = g_idle_add (ahead_cb, self);
  return g_object_ref (g_ptr_array_index (self->rows, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* -- pages ----------------------------------------------------------------------------------- */

static GVariant *
make_query (LlLetters *self, const char *before)
{
  g_auto (GVariantDict) query;

  g_variant_dict_init (&query, NULL);
  g_variant_dict_insert (&query, "limit", "u", PAGE);
  if (self->text != NULL && *self->text != '\0')
    g_variant_dict_insert (&query, "address", "s", self->text);
  if (self->states != NULL)
    g_variant_dict_insert (&query, "states", "^as", self->states);
  if (before != NULL)
    g_variant_dict_insert (&query, "before", "s", before);
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&query));
}

/* Puts @letter, which is new here, at @position, without saying so. */
static void
insert (LlLetters *self, guint position, GVariant *letter)
{
  LlLetter *row = ll_letter_new (letter);

  g_ptr_array_insert (self->rows, (int) position, row);
  g_hash_table_insert (self->by_id, (gpointer) ll_letter_get_id (row), row);
}

static LlLetter *
known (LlLetters *self, GVariant *letter)
{
  return g_hash_table_lookup (self->by_id, ll_read_text (letter, "id"));
}

/* Reads ListLetters' answer; NULL (and @next NULL) if it failed. */
static GVariant *
read_page (GObject *source, GAsyncResult *result, char **next, gboolean *cancelled)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  GVariant *letters = NULL;

  *next = NULL;
  *cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (reply != NULL)
    g_variant_get (reply, "(@aa{sv}s)", &letters, next);
  if (*next != NULL && **next == '\0')
    g_clear_pointer (next, g_free);
  return letters;
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlLetters) self = data;
  g_autofree char *next = NULL;
  gboolean cancelled;
  g_autoptr (GVariant) letters = read_page (source, result, &next, &cancelled);
  guint before = self->rows->len;

  if (cancelled)
    return;
  set_loading (self, FALSE);
  g_free (self->next);
  self->next = g_steal_pointer (&next);
  for (gsize i = 0; letters != NULL && i < g_variant_n_children (letters); i++)
    {
      g_autoptr (GVariant) letter = g_variant_get_child_value (letters, i);

      if (known (self, letter) == NULL)
        insert (self, self->rows->len, letter);
    }
  if (self->rows->len > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->rows->len - before);
}

static void
ask_page (LlLetters *self)
{
  set_loading (self, TRUE);
  ll_daemon_call (self->daemon, "ListLetters", make_query (self, self->next), self->cancellable,
                  page_cb, g_object_ref (self));
}

static void
start_anew (LlLetters *self)
{
  guint before = self->rows->len;

  g_cancellable_cancel (self->cancellable);
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->gather, g_source_remove);
  g_hash_table_remove_all (self->changed);
  g_clear_pointer (&self->next, g_free);
  g_hash_table_remove_all (self->by_id);
  g_ptr_array_set_size (self->rows, 0);
  if (before > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, 0);
  if (ll_daemon_is_connected (self->daemon))
    ask_page (self);
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

static void
forget (LlLetters *self, LlLetter *row)
{
  guint position;

  if (!g_ptr_array_find (self->rows, row, &position))
    return;
  g_hash_table_remove (self->by_id, ll_letter_get_id (row));
  g_ptr_array_remove_index (self->rows, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

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
  row = known (self, letter);
  if (row == NULL)
    return;
  ll_letter_update (row, letter);
  if (!belongs (self, row))
    forget (self, row);
}

/* The newest page again: what is new stands above the first that we know. */
static void
newest_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlLetters) self = data;
  g_autofree char *next = NULL;
  gboolean cancelled;
  g_autoptr (GVariant) letters = read_page (source, result, &next, &cancelled);
  guint added = 0;

  if (letters == NULL)
    return;
  for (gsize i = 0; i < g_variant_n_children (letters); i++)
    {
      g_autoptr (GVariant) letter = g_variant_get_child_value (letters, i);

      if (known (self, letter) != NULL)
        break;
      insert (self, added++, letter);
    }
  if (added == PAGE) /* more came than a page shows: there may be a gap */
    {
      g_hash_table_remove_all (self->by_id);
      g_ptr_array_remove_range (self->rows, 0, added);
      start_anew (self);
    }
  else if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, added);
}

static gboolean
gather_cb (gpointer data)
{
  LlLetters *self = data;
  GHashTableIter iter;
  gpointer id;
  gboolean any_new = FALSE;

  self->gather = 0;
  g_hash_table_iter_init (&iter, self->changed);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (g_hash_table_contains (self->by_id, id))
      ll_daemon_call (self->daemon, "GetLetter", g_variant_new ("(s)", (const char *) id),
                      self->cancellable, one_cb, g_object_ref (self));
    else
      any_new = TRUE;
  g_hash_table_remove_all (self->changed);
  if (any_new)
    ll_daemon_call (self->daemon, "ListLetters", make_query (self, NULL), self->cancellable,
                    newest_cb, g_object_ref (self));
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

/* -- class ----------------------------------------------------------------------------------- */

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
  g_clear_handle_id (&self->ahead, g_source_remove);
  g_clear_object (&self->daemon);
  G_OBJECT_CLASS (ll_letters_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  LlLetters *self = LL_LETTERS (object);

  g_hash_table_unref (self->changed);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->rows);
  g_strfreev (self->states);
  g_free (self->text);
  g_free (self->next);
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
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
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
  if (ll_daemon_is_connected (daemon))
    ask_page (self);
  return self;
}
