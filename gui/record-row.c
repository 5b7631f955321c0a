/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/record-row.h"

#include "api/intl.h"
#include "api/read.h"
#include "api/sentence.h"
#include "api/words.h"
#include "gui/fact-row.h"
#include "gui/look.h"

typedef struct
{
  GtkImage *icon;
  GPtrArray *children; /* the rows below, not owned */
} LlRecordRowPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (LlRecordRow, ll_record_row, ADW_TYPE_EXPANDER_ROW)

static LlRecordRowPrivate *
private_of (LlRecordRow *self)
{
  return ll_record_row_get_instance_private (self);
}

void
ll_record_row_look (LlRecordRow *self, const char *icon, const char *style)
{
  ll_look_show (private_of (self)->icon, icon, style);
}

void
ll_record_row_set_title (LlRecordRow *self, const char *title)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
}

void
ll_record_row_set_subtitle (LlRecordRow *self, const char *subtitle)
{
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), subtitle);
}

void
ll_record_row_add_child (LlRecordRow *self, GtkWidget *child)
{
  g_ptr_array_add (private_of (self)->children, child);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), child);
}

void
ll_record_row_add (LlRecordRow *self, const char *what, const char *so)
{
  if (*so != '\0')
    ll_record_row_add_child (self, ll_fact_row_new (what, so));
}

void
ll_record_row_add_with_icon (
    LlRecordRow *self, const char *what, const char *so, const char *icon, const char *style)
{
  ll_record_row_add_child (self, ll_fact_row_new_with_icon (what, so, icon, style));
}

void
ll_record_row_add_facts (LlRecordRow *self, GVariant *dict, const LlFact *facts, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *so
          = ll_sentence (ll_words_of (facts[i].key, ll_read_text (dict, facts[i].key)));

      ll_record_row_add (self, _ (facts[i].label), so);
    }
}

void
ll_record_row_clear (LlRecordRow *self)
{
  GPtrArray *children = private_of (self)->children;

  for (guint i = 0; i < children->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), g_ptr_array_index (children, i));
  g_ptr_array_set_size (children, 0);
}

static void
finalize (GObject *object)
{
  g_ptr_array_unref (private_of (LL_RECORD_ROW (object))->children);
  G_OBJECT_CLASS (ll_record_row_parent_class)->finalize (object);
}

static void
ll_record_row_class_init (LlRecordRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
ll_record_row_init (LlRecordRow *self)
{
  LlRecordRowPrivate *private = private_of (self);

  private->children = g_ptr_array_new ();
  private->icon = GTK_IMAGE (gtk_image_new ());
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_expander_row_add_prefix (ADW_EXPANDER_ROW (self), GTK_WIDGET (private->icon));
}
