/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/letter-page.h"

#include "api/intl.h"
#include "api/text.h"
#include "gui/decision.h"
#include "api/read.h"
#include "gui/fact-row.h"
#include "gui/letter.h"
#include "gui/look.h"
#include "gui/recipient-row.h"

struct _LlLetterPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  AdwStatusPage *problem;
  GtkImage *icon;
  GtkLabel *heading;
  GtkLabel *reason;
  GtkBox *actions;
  GtkListBox *about;
  GtkListBox *recipients;
  GtkListBox *timeline;
  GtkScrolledWindow *scroll;

  LlDaemon *daemon;
  char *id; /* of what is shown, NULL for none */
  GCancellable *cancellable;
};

static guint back_signal;

G_DEFINE_FINAL_TYPE (LlLetterPage, ll_letter_page, ADW_TYPE_BIN)

static void
empty (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    if (GTK_IS_LIST_BOX (box))
      gtk_list_box_remove (GTK_LIST_BOX (box), child);
    else
      gtk_box_remove (GTK_BOX (box), child);
}

static void
add_fact (LlLetterPage *self, const char *what, const char *so)
{
  if (*so != '\0')
    gtk_list_box_append (self->about, ll_fact_row_new (what, so));
}

static void
show_about (LlLetterPage *self, GVariant *letter)
{
  g_autofree char *time = ll_time_for_people (ll_read_text (letter, "time"));

  empty (GTK_WIDGET (self->about));
  add_fact (self, _ ("Taken"), time);
  add_fact (self, _ ("From"), ll_read_text (letter, "from"));
  add_fact (self, _ ("Account"), ll_read_text (letter, "account"));
  add_fact (self, _ ("Number"), ll_read_text (letter, "id"));
}

static void
show_timeline (LlLetterPage *self, GVariant *letter)
{
  g_autoptr (GVariant) events = ll_read_list (letter, "events");

  empty (GTK_WIDGET (self->timeline));
  for (gsize i = 0; i < g_variant_n_children (events); i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (events, i);
      g_autofree char *time = ll_time_for_people (ll_read_text (event, "time"));
      const char *text = ll_read_text (event, "text");
      g_autofree char *what = g_strdup_printf ("%s · %s", time, ll_read_text (event, "event"));

      gtk_list_box_append (self->timeline, ll_fact_row_new (what, text));
    }
}

/* The sentence under the heading: of the recipient that the state comes from. */
static const char *
show_recipients (LlLetterPage *self, GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  const char *state = ll_read_text (letter, "state");
  const char *reason = "";

  empty (GTK_WIDGET (self->recipients));
  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      gtk_list_box_append (self->recipients, ll_recipient_row_new (recipient));
      if (*reason == '\0' && g_str_equal (ll_read_text (recipient, "state"), state))
        reason = ll_read_text (recipient, "reason");
    }
  return reason; /* in the letter's own bytes */
}

static void
show_actions (LlLetterPage *self, GVariant *letter)
{
  g_autoptr (GtkWidget) buttons = NULL;

  empty (GTK_WIDGET (self->actions));
  buttons = ll_decision_buttons_new (self->daemon, letter);
  gtk_widget_set_visible (GTK_WIDGET (self->actions), buttons != NULL);
  if (buttons != NULL)
    gtk_box_append (self->actions, g_steal_pointer (&buttons));
}

static void
show (LlLetterPage *self, GVariant *letter)
{
  LlState state = LL_STATE_CHECKING;
  g_autofree char *heading = NULL;

  (void) ll_state_from_name (ll_read_text (letter, "state"), &state);
  heading = ll_read_as_heading (ll_text_state (state));
  ll_look_show (self->icon, ll_look_state_icon (state), ll_look_state_style (state));
  gtk_label_set_text (self->heading, heading);
  gtk_label_set_text (self->reason, show_recipients (self, letter));
  show_actions (self, letter);
  show_about (self, letter);
  show_timeline (self, letter);
  gtk_stack_set_visible_child_name (self->stack, "letter");
}

static void
letter_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlLetterPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) letter = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      adw_status_page_set_description (self->problem, error->message);
      gtk_stack_set_visible_child_name (self->stack, "problem");
      return;
    }
  letter = g_variant_get_child_value (reply, 0);
  g_free (self->id);
  self->id = g_strdup (ll_read_text (letter, "id"));
  show (self, letter);
}

static void
ask (LlLetterPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  ll_daemon_call (self->daemon, "GetLetter", g_variant_new ("(s)", self->id), self->cancellable,
                  letter_cb, g_object_ref (self));
}

void
ll_letter_page_open (LlLetterPage *self, const char *id)
{
  g_free (self->id);
  self->id = g_strdup (id);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroll), 0);
  ask (self);
}

static void
letters_changed_cb (LlDaemon *daemon, const char *const *ids, LlLetterPage *self)
{
  if (self->id != NULL && g_strv_contains (ids, self->id))
    ask (self);
}

void
ll_letter_page_set_daemon (LlLetterPage *self, LlDaemon *daemon)
{
  self->daemon = g_object_ref (daemon);
  g_signal_connect_object (daemon, "letters-changed", G_CALLBACK (letters_changed_cb), self, 0);
}

static void
back_cb (LlLetterPage *self)
{
  g_signal_emit (self, back_signal, 0);
}

static void
dispose (GObject *object)
{
  LlLetterPage *self = LL_LETTER_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->daemon);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (ll_letter_page_parent_class)->dispose (object);
}

static void
ll_letter_page_class_init (LlLetterPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  back_signal = g_signal_new ("back", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/letter-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, stack);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, problem);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, icon);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, heading);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, reason);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, actions);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, about);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, recipients);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, scroll);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
}

static void
ll_letter_page_init (LlLetterPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
