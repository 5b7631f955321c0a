/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/held-row.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/decision.h"
#include "gui/letter.h"
#include "gui/look.h"

struct _LlHeldRow
{
  LlRecordRow parent_instance;

  char *id;
  char *address;
  char *subject; /* of the letter, "" where none is kept */
  guint offered; /* bits of LlDecide */
};

G_DEFINE_FINAL_TYPE (LlHeldRow, ll_held_row, LL_TYPE_RECORD_ROW)

static GtkWidget *
below_new (GtkWidget *child)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_widget_set_margin_top (child, 8);
  gtk_widget_set_margin_bottom (child, 8);
  gtk_widget_set_margin_start (child, 12);
  gtk_widget_set_margin_end (child, 12);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), child);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE); /* what is in it is */
  return row;
}

static GtkWidget *
open_button_new (GVariant *letter)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Show the letter"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.letter");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", ll_read_text (letter, "id"));
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  return button;
}

/* A time has no direction of its own, and must not take that of the subject below it. */
static char *
which_letter (GVariant *letter)
{
  const char *mark = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL ? "\u200f" : "\u200e";
  g_autofree char *time = ll_time_for_people (ll_read_text (letter, "time"));
  g_autofree char *subject = ll_subject_for_people (letter);

  return *subject != '\0' ? g_strconcat (mark, time, "\n", subject, NULL) : g_steal_pointer (&time);
}

gboolean
ll_held_row_is_of (LlHeldRow *self, GVariant *letter, GVariant *recipient)
{
  return g_str_equal (self->id, ll_read_text (letter, "id"))
         && g_str_equal (self->address, ll_read_text (recipient, "address"))
         && g_str_equal (self->subject, ll_read_text (letter, "subject"))
         && self->offered == ll_decide_offered (recipient);
}

/* -- class ----------------------------------------------------------------------------------- */

static void
finalize (GObject *object)
{
  LlHeldRow *self = LL_HELD_ROW (object);

  g_free (self->id);
  g_free (self->address);
  g_free (self->subject);
  G_OBJECT_CLASS (ll_held_row_parent_class)->finalize (object);
}

static void
ll_held_row_class_init (LlHeldRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
ll_held_row_init (LlHeldRow *self)
{
}

GtkWidget *
ll_held_row_new (LlDaemon *daemon, GVariant *letter, GVariant *recipient)
{
  LlHeldRow *self = g_object_new (LL_TYPE_HELD_ROW, NULL);
  LlRecordRow *row = LL_RECORD_ROW (self);
  g_autofree char *which = which_letter (letter);
  LlState state = LL_STATE_HELD;
  GtkWidget *buttons;

  self->id = g_strdup (ll_read_text (letter, "id"));
  self->address = g_strdup (ll_read_text (recipient, "address"));
  self->subject = g_strdup (ll_read_text (letter, "subject"));
  self->offered = ll_decide_offered (recipient);
  buttons = ll_decision_buttons_new (daemon, letter, self->address);
  (void) ll_state_from_name (ll_read_text (recipient, "state"), &state);
  ll_record_row_set_title (row, self->address);
  ll_record_row_set_subtitle (row, which);
  ll_record_row_look (row, ll_look_state_icon (state), ll_look_state_style (state));
  ll_record_row_add (row, _ ("From"), ll_read_text (letter, "from"));
  if (buttons != NULL)
    ll_record_row_add_child (row, below_new (buttons));
  ll_record_row_add_child (row, below_new (open_button_new (letter)));
  return GTK_WIDGET (self);
}
