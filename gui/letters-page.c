/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/letters-page.h"

#include "gui/leaf-bar.h"
#include "gui/letter-page.h"
#include "gui/letter-row.h"
#include "gui/letters.h"

struct _LlLettersPage
{
  AdwBin parent_instance;

  AdwLeaflet *leaflet;
  GtkSearchEntry *search;
  GtkDropDown *filter;
  GtkStack *stack;
  GtkScrolledWindow *scrolled;
  GtkListView *list;
  LlLeafBar *leaf_bar;
  AdwStatusPage *empty;

  LlDaemon *daemon;
  LlLetters *letters;   /* NULL until there is a daemon */
  LlLetterPage *letter; /* (not owned) NULL until one is opened */
};

G_DEFINE_FINAL_TYPE (LlLettersPage, ll_letters_page, ADW_TYPE_BIN)

/* As the entries of the drop-down in letters-page.ui. */
enum
{
  FILTER_ALL,
  FILTER_FOR_YOU,
  FILTER_UNDERWAY,
  FILTER_SENT,
  FILTER_NOT_SENT,
  N_FILTERS
};
static const char *const filters[N_FILTERS][8] = {
  [FILTER_FOR_YOU] = { "held", "uncertain" },
  [FILTER_UNDERWAY] = { "checking", "waiting", "queued", "sending" },
  [FILTER_SENT] = { "sent", "opened", "replied" },
  [FILTER_NOT_SENT] = { "refused", "dropped", "bounced", "failed", "expired", "retracted" },
};

static void
show_what_there_is (LlLettersPage *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->letters)) > 0;
  gboolean asked = *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0'
                   || gtk_drop_down_get_selected (self->filter) != FILTER_ALL;

  gtk_stack_set_visible_child_name (self->stack, any                                     ? "list"
                                                 : ll_letters_is_loading (self->letters) ? "loading"
                                                 : asked                                 ? "nothing"
                                                                                         : "empty");
}

static void
filter_cb (LlLettersPage *self)
{
  guint chosen = gtk_drop_down_get_selected (self->filter);

  if (self->letters == NULL || chosen >= N_FILTERS)
    return;
  ll_letters_set_filter (self->letters, gtk_editable_get_text (GTK_EDITABLE (self->search)),
                         chosen == FILTER_ALL ? NULL : filters[chosen]);
  show_what_there_is (self);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, ll_letter_row_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  ll_letter_row_bind (LL_LETTER_ROW (gtk_list_item_get_child (item)),
                      gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  ll_letter_row_bind (LL_LETTER_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
activate_cb (GtkListView *list, guint position, LlLettersPage *self)
{
  g_autoptr (LlLetter) letter
      = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (list)), position);

  if (letter != NULL)
    ll_letters_page_open (self, ll_letter_get_id (letter));
}

static void
turning_cb (LlLettersPage *self)
{
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
}

static void
back_cb (LlLettersPage *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

void
ll_letters_page_open (LlLettersPage *self, const char *id)
{
  if (self->letter == NULL)
    {
      self->letter = LL_LETTER_PAGE (ll_letter_page_new (self->daemon));
      g_signal_connect_swapped (self->letter, "back", G_CALLBACK (back_cb), self);
      adw_leaflet_append (self->leaflet, GTK_WIDGET (self->letter));
    }
  ll_letter_page_open (self->letter, id);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->letter));
}

static void
dispose (GObject *object)
{
  LlLettersPage *self = LL_LETTERS_PAGE (object);

  g_clear_object (&self->letters);
  g_clear_object (&self->daemon);
  G_OBJECT_CLASS (ll_letters_page_parent_class)->dispose (object);
}

static void
ll_letters_page_class_init (LlLettersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  g_type_ensure (LL_TYPE_LEAF_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/letters-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlLettersPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, LlLettersPage, search);
  gtk_widget_class_bind_template_child (widget_class, LlLettersPage, filter);
  gtk_widget_class_bind_template_child (widget_class, LlLettersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, LlLettersPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, LlLettersPage, list);
  gtk_widget_class_bind_template_child (widget_class, LlLettersPage, leaf_bar);
  gtk_widget_class_bind_template_child (widget_class, LlLettersPage, empty);
  gtk_widget_class_bind_template_callback (widget_class, filter_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, turning_cb);
}

static void
ll_letters_page_init (LlLettersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ll_letters_page_new (LlDaemon *daemon)
{
  LlLettersPage *self = g_object_new (LL_TYPE_LETTERS_PAGE, NULL);
  g_autoptr (GtkNoSelection) selection = NULL;
  GListModel *leaf;

  self->daemon = g_object_ref (daemon);
  self->letters = ll_letters_new (daemon);
  leaf = ll_leaf_bar_open (self->leaf_bar, G_LIST_MODEL (self->letters));
  selection = gtk_no_selection_new (g_object_ref (leaf));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (self->letters, "items-changed", G_CALLBACK (show_what_there_is), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->letters, "notify::loading", G_CALLBACK (show_what_there_is), self,
                           G_CONNECT_SWAPPED);
  show_what_there_is (self);
  return GTK_WIDGET (self);
}
