/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/held-page.h"

#include "api/read.h"
#include "gui/held-group.h"
#include "gui/list.h"

/* The most that the bus gives at once; whoever has more waiting sees the newest. */
#define LETTERS_MAX 1000
/* Changes come in bursts; one look for all of them. */
#define GATHER_MS 150

struct _LlHeldPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  AdwPreferencesPage *groups;

  LlDaemon *daemon;
  GHashTable *by_key; /* key -> LlHeldGroup, not owned: the page has them */
  guint gather;
};

G_DEFINE_FINAL_TYPE (LlHeldPage, ll_held_page, ADW_TYPE_BIN)

/* One kind of letters while an answer is read. */
typedef struct
{
  char *key;
  GVariant *first;
  GPtrArray *letters;
} Kind;

static void
kind_free (gpointer data)
{
  Kind *kind = data;

  g_free (kind->key);
  g_variant_unref (kind->first);
  g_ptr_array_unref (kind->letters);
  g_free (kind);
}

static Kind *
find_kind (GPtrArray *kinds, const char *key)
{
  for (guint i = 0; i < kinds->len; i++)
    if (g_str_equal (((Kind *) g_ptr_array_index (kinds, i))->key, key))
      return g_ptr_array_index (kinds, i);
  return NULL;
}

static Kind *
take_kind (GPtrArray *kinds, const char *key, GVariant *recipient)
{
  Kind *kind = find_kind (kinds, key);

  if (kind != NULL)
    return kind;
  kind = g_new0 (Kind, 1);
  kind->key = g_strdup (key);
  kind->first = g_variant_ref (recipient);
  kind->letters = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_ptr_array_add (kinds, kind);
  return kind;
}

static void
sort_letter (GPtrArray *kinds, GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);
      g_autofree char *key = ll_held_group_key (recipient);
      Kind *kind = key != NULL ? take_kind (kinds, key, recipient) : NULL;

      if (kind != NULL
          && (kind->letters->len == 0
              || g_ptr_array_index (kind->letters, kind->letters->len - 1) != letter))
        g_ptr_array_add (kind->letters, g_variant_ref (letter));
    }
}

static void
show_kind (LlHeldPage *self, const Kind *kind)
{
  GtkWidget *group = g_hash_table_lookup (self->by_key, kind->key);

  if (group == NULL)
    {
      group = ll_held_group_new (self->daemon, kind->first);
      adw_preferences_page_add (self->groups, ADW_PREFERENCES_GROUP (group));
      g_hash_table_insert (self->by_key, g_strdup (kind->key), group);
    }
  ll_held_group_show (LL_HELD_GROUP (group), kind->letters);
}

/* NULL: nothing in the window has the keyboard. */
static GtkWidget *
who_has_keyboard (LlHeldPage *self)
{
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (self));

  return window != NULL ? gtk_root_get_focus (window) : NULL;
}

static gboolean
is_in_page (LlHeldPage *self, GtkWidget *widget)
{
  return widget != NULL && gtk_widget_is_ancestor (widget, GTK_WIDGET (self));
}

static void
remove_others (LlHeldPage *self, GPtrArray *kinds)
{
  GHashTableIter iter;
  gpointer key;
  gpointer group;

  g_hash_table_iter_init (&iter, self->by_key);
  while (g_hash_table_iter_next (&iter, &key, &group))
    if (find_kind (kinds, key) == NULL)
      {
        adw_preferences_page_remove (self->groups, group);
        g_hash_table_iter_remove (&iter);
      }
}

/* The stack hands the keyboard on to what it shows: only what is there can have it. */
static void
show (LlHeldPage *self, GPtrArray *kinds)
{
  GtkWidget *before = who_has_keyboard (self);
  gboolean had_keyboard = before == NULL || is_in_page (self, before);

  for (guint i = 0; i < kinds->len; i++)
    show_kind (self, g_ptr_array_index (kinds, i));
  gtk_stack_set_visible_child_name (self->stack, kinds->len > 0 ? "held" : "nothing");
  remove_others (self, kinds);
  /* it was on what has gone with its letter; else it is left where it is */
  if (had_keyboard && !is_in_page (self, who_has_keyboard (self))
      && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

static void
letters_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlHeldPage) self = data;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, NULL);
  g_autoptr (GVariant) letters = NULL;
  g_autoptr (GPtrArray) kinds = g_ptr_array_new_with_free_func (kind_free);

  if (reply == NULL || self->daemon == NULL)
    return; /* the window says that nobody answers */
  letters = g_variant_get_child_value (reply, 0);
  for (gsize i = 0; i < g_variant_n_children (letters); i++)
    {
      g_autoptr (GVariant) letter = g_variant_get_child_value (letters, i);

      sort_letter (kinds, letter);
    }
  show (self, kinds);
}

static void
ask (GtkWidget *page)
{
  static const char *const states[] = { "held", "uncertain", NULL };
  g_auto (GVariantDict) query = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&query, "states", "^as", states);
  g_variant_dict_insert (&query, "limit", "u", LETTERS_MAX);
  ll_daemon_call (LL_HELD_PAGE (page)->daemon, "ListLetters",
                  g_variant_new ("(@a{sv})", g_variant_dict_end (&query)), NULL, letters_cb,
                  g_object_ref (page));
}

static gboolean
gather_cb (gpointer data)
{
  ((LlHeldPage *) data)->gather = 0;
  ask (data);
  return G_SOURCE_REMOVE;
}

static void
ask_soon (LlHeldPage *self)
{
  if (self->gather == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->gather = g_timeout_add (GATHER_MS, gather_cb, self);
}

static void
letters_changed_cb (LlDaemon *daemon, const char *const *ids, LlHeldPage *self)
{
  ask_soon (self);
}

static void
dispose (GObject *object)
{
  LlHeldPage *self = LL_HELD_PAGE (object);

  g_clear_handle_id (&self->gather, g_source_remove);
  g_clear_object (&self->daemon);
  G_OBJECT_CLASS (ll_held_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_hash_table_unref (LL_HELD_PAGE (object)->by_key);
  G_OBJECT_CLASS (ll_held_page_parent_class)->finalize (object);
}

static void
ll_held_page_class_init (LlHeldPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/held-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlHeldPage, stack);
  gtk_widget_class_bind_template_child (widget_class, LlHeldPage, groups);
}

static void
ll_held_page_init (LlHeldPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

GtkWidget *
ll_held_page_new (LlDaemon *daemon)
{
  LlHeldPage *self = g_object_new (LL_TYPE_HELD_PAGE, NULL);

  self->daemon = g_object_ref (daemon);
  ll_list_keep_fresh (GTK_WIDGET (self), daemon, ask);
  g_signal_connect_object (daemon, "letters-changed", G_CALLBACK (letters_changed_cb), self, 0);
  g_signal_connect_object (daemon, "letters-outdated", G_CALLBACK (ask_soon), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
