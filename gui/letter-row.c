/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/letter-row.h"

#include "api/text.h"
#include "gui/look.h"

struct _LlLetterRow
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *recipients;
  GtkLabel *time;
  GtkLabel *subject;
  GtkLabel *state;
  GtkLabel *reason;

  LlLetter *letter;
  gulong changed;
};

G_DEFINE_FINAL_TYPE (LlLetterRow, ll_letter_row, ADW_TYPE_BIN)

/* The list's own row is what a screen reader comes to. */
static void
speak (LlLetterRow *self, const char *words)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  const char *subject = ll_letter_get_subject (self->letter);
  g_autofree char *spoken = g_strjoin (": ", ll_letter_get_recipients (self->letter), words,
                                       *subject != '\0' ? subject : NULL, NULL);

  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                    -1);
}

/* Three lines in every case, so that a list of both kinds stands still while it is leafed through:
 * below a subject, the reason goes on behind the state. */
static void
show_words (LlLetterRow *self, const char *subject, const char *state, const char *reason)
{
  gboolean together = *subject != '\0' && *reason != '\0';
  g_autofree char *both = together ? g_strdup_printf ("%s · %s", state, reason) : g_strdup (state);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoAttribute *plain = pango_attr_weight_new (PANGO_WEIGHT_NORMAL);

  plain->start_index = (guint) strlen (state);
  pango_attr_list_insert (attributes, plain);
  gtk_label_set_text (self->subject, subject);
  gtk_widget_set_visible (GTK_WIDGET (self->subject), *subject != '\0');
  gtk_label_set_text (self->state, both);
  gtk_label_set_attributes (self->state, together ? attributes : NULL);
  gtk_label_set_text (self->reason, reason);
  gtk_widget_set_visible (GTK_WIDGET (self->reason), *subject == '\0');
}

/* Of a letter that is asked for, for the blink of an eye. */
static void
show_nothing (LlLetterRow *self)
{
  gtk_image_clear (self->icon);
  gtk_label_set_text (self->recipients, "…");
  gtk_label_set_text (self->time, "");
  show_words (self, "", "", "");
}

static void
show_letter (LlLetterRow *self)
{
  LlState state = ll_letter_get_state (self->letter);
  const char *methods = ll_letter_get_methods (self->letter);
  g_autofree char *time = ll_letter_dup_time (self->letter);
  g_autofree char *words = *methods != '\0'
                               ? g_strdup_printf ("%s · %s", ll_text_state (state), methods)
                               : g_strdup (ll_text_state (state));

  ll_look_show (self->icon, ll_look_state_icon (state), ll_look_state_style (state));
  gtk_label_set_text (self->recipients, ll_letter_get_recipients (self->letter));
  gtk_label_set_text (self->time, time);
  show_words (self, ll_letter_get_subject (self->letter), words,
              ll_letter_get_reason (self->letter));
  speak (self, words);
}

static void
show (LlLetterRow *self)
{
  if (ll_letter_is_read (self->letter))
    show_letter (self);
  else
    show_nothing (self);
}

void
ll_letter_row_bind (LlLetterRow *self, LlLetter *letter)
{
  if (self->letter != NULL)
    g_clear_signal_handler (&self->changed, self->letter);
  g_set_object (&self->letter, letter);
  if (letter == NULL)
    return;
  self->changed = g_signal_connect_swapped (letter, "changed", G_CALLBACK (show), self);
  show (self);
}

static void
dispose (GObject *object)
{
  ll_letter_row_bind (LL_LETTER_ROW (object), NULL);
  G_OBJECT_CLASS (ll_letter_row_parent_class)->dispose (object);
}

static void
ll_letter_row_class_init (LlLetterRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/letter-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LlLetterRow, icon);
  gtk_widget_class_bind_template_child (widget_class, LlLetterRow, recipients);
  gtk_widget_class_bind_template_child (widget_class, LlLetterRow, time);
  gtk_widget_class_bind_template_child (widget_class, LlLetterRow, subject);
  gtk_widget_class_bind_template_child (widget_class, LlLetterRow, state);
  gtk_widget_class_bind_template_child (widget_class, LlLetterRow, reason);
}

static void
ll_letter_row_init (LlLetterRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ll_letter_row_new (void)
{
  return g_object_new (LL_TYPE_LETTER_ROW, NULL);
}
