/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/leaf-bar.h"

#include "api/intl.h"
#include "gui/letters.h"

/* What comes at once fills it. */
#define LEAF LL_LETTERS_AT_ONCE

struct _LlLeafBar
{
  AdwBin parent_instance;

  GtkButton *newer;
  GtkLabel *where;
  GtkButton *older;

  GtkSliceListModel *leaf;
};

G_DEFINE_FINAL_TYPE (LlLeafBar, ll_leaf_bar, ADW_TYPE_BIN)

static guint turning_signal;

static void
show (LlLeafBar *self)
{
  guint all = g_list_model_get_n_items (gtk_slice_list_model_get_model (self->leaf));
  guint first = gtk_slice_list_model_get_offset (self->leaf);
  guint last = MIN (first + LEAF, all);
  /* Translators: which of how many letters are shown: "201–400 of 3001" */
  g_autofree char *words = g_strdup_printf (_ ("%u–%u of %u"), first + 1, last, all);

  gtk_widget_set_visible (GTK_WIDGET (self), all > LEAF);
  gtk_label_set_text (self->where, words);
  gtk_widget_set_sensitive (GTK_WIDGET (self->newer), first > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->older), last < all);
}

static void
turn_to (LlLeafBar *self, guint first)
{
  g_signal_emit (self, turning_signal, 0);
  gtk_slice_list_model_set_offset (self->leaf, first);
  show (self);
}

/* A list that has become shorter than where we are begins anew. */
static void
changed_cb (LlLeafBar *self)
{
  guint all = g_list_model_get_n_items (gtk_slice_list_model_get_model (self->leaf));

  if (gtk_slice_list_model_get_offset (self->leaf) >= MAX (all, 1))
    turn_to (self, 0);
  else
    show (self);
}

/* The way back is always open. The keyboard is on the button that stays: on a row it would be
 * scrolled to while the row goes. */
static void
leaf (LlLeafBar *self, guint first, gboolean more, GtkButton *pressed, GtkButton *back)
{
  gtk_widget_set_sensitive (GTK_WIDGET (back), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (more ? pressed : back));
  turn_to (self, first);
}

static void
newer_cb (LlLeafBar *self)
{
  guint now = gtk_slice_list_model_get_offset (self->leaf);
  guint first = now > LEAF ? now - LEAF : 0;

  leaf (self, first, first > 0, self->newer, self->older);
}

static void
older_cb (LlLeafBar *self)
{
  guint all = g_list_model_get_n_items (gtk_slice_list_model_get_model (self->leaf));
  guint first = gtk_slice_list_model_get_offset (self->leaf) + LEAF;

  leaf (self, first, first + LEAF < all, self->older, self->newer);
}

GListModel *
ll_leaf_bar_open (LlLeafBar *self, GListModel *all)
{
  g_clear_object (&self->leaf);
  self->leaf = gtk_slice_list_model_new (g_object_ref (all), 0, LEAF);
  g_signal_connect_object (all, "items-changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  show (self);
  return G_LIST_MODEL (self->leaf);
}

static void
dispose (GObject *object)
{
  g_clear_object (&LL_LEAF_BAR (object)->leaf);
  G_OBJECT_CLASS (ll_leaf_bar_parent_class)->dispose (object);
}

static void
ll_leaf_bar_class_init (LlLeafBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  turning_signal = g_signal_new ("turning", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/leaf-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LlLeafBar, newer);
  gtk_widget_class_bind_template_child (widget_class, LlLeafBar, where);
  gtk_widget_class_bind_template_child (widget_class, LlLeafBar, older);
  gtk_widget_class_bind_template_callback (widget_class, newer_cb);
  gtk_widget_class_bind_template_callback (widget_class, older_cb);
}

static void
ll_leaf_bar_init (LlLeafBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
