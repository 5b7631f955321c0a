/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/letter-page.h"

#include "api/intl.h"
#include "api/sentence.h"
#include "api/text.h"
#include "api/read.h"
#include "gui/decision.h"
#include "gui/fact-row.h"
#include "gui/headline.h"
#include "gui/letter.h"
#include "gui/list.h"
#include "gui/look.h"
#include "gui/recipient-row.h"

struct _LlLetterPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  AdwStatusPage *problem;
  LlHeadline *headline;
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
add_fact (LlLetterPage *self, const char *what, const char *so)
{
  if (*so != '\0')
    gtk_list_box_append (self->about, ll_fact_row_new (what, so));
}

static void
show_about (LlLetterPage *self, GVariant *letter)
{
  g_autofree char *time = ll_time_for_people (ll_read_text (letter, "time"));
  g_autofree char *subject = ll_subject_for_people (letter);

  ll_list_fill (self->about, NULL, NULL, NULL);
  add_fact (self, _ ("Subject"), subject);
  add_fact (self, _ ("Taken"), time);
  add_fact (self, _ ("From"), ll_read_text (letter, "from"));
  add_fact (self, _ ("Account"), ll_read_text (letter, "account"));
  add_fact (self, _ ("Number"), ll_read_text (letter, "id"));
}

static GtkWidget *
event_row_new (GVariant *event, gpointer data)
{
  g_autofree char *time = ll_time_for_people (ll_read_text (event, "time"));
  g_autofree char *what
      = g_strdup_printf ("%s · %s", time, ll_text_event (ll_read_text (event, "event")));
  g_autofree char *text = ll_sentence_read (event, "text");

  return ll_fact_row_new (what, text);
}

static GtkWidget *
recipient_row_new (GVariant *recipient, gpointer data)
{
  return ll_recipient_row_new (recipient);
}

/* The sentence of the recipient that the letter's state comes from. (transfer full) */
static char *
reason_of (GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      if (g_str_equal (ll_read_text (recipient, "state"), ll_read_text (letter, "state")))
        return ll_sentence_read (recipient, "reason");
    }
  return g_strdup ("");
}

static void
show_actions (LlLetterPage *self, GVariant *letter)
{
  GtkWidget *buttons = ll_decision_buttons_new (self->daemon, letter, NULL);
  GtkWidget *before = gtk_widget_get_first_child (GTK_WIDGET (self->actions));

  if (before != NULL)
    gtk_box_remove (self->actions, before);
  if (buttons != NULL)
    gtk_box_append (self->actions, buttons);
  gtk_widget_set_visible (GTK_WIDGET (self->actions), buttons != NULL);
}

static void
show (LlLetterPage *self, GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  g_autoptr (GVariant) events = ll_read_list (letter, "events");
  g_autofree char *reason = reason_of (letter);
  LlState state = LL_STATE_CHECKING;

  (void) ll_state_from_name (ll_read_text (letter, "state"), &state);
  ll_headline_show (self->headline, ll_look_state_icon (state), ll_look_state_style (state),
                    ll_text_state (state), reason);
  show_actions (self, letter);
  ll_list_fill (self->recipients, recipients, recipient_row_new, NULL);
  show_about (self, letter);
  ll_list_fill (self->timeline, events, event_row_new, NULL);
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
      g_autofree char *escaped = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (self->problem, escaped);
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

static void
letters_outdated_cb (LlLetterPage *self)
{
  if (self->id != NULL)
    ask (self);
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
  g_type_ensure (LL_TYPE_HEADLINE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/letter-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, stack);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, problem);
  gtk_widget_class_bind_template_child (widget_class, LlLetterPage, headline);
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

GtkWidget *
ll_letter_page_new (LlDaemon *daemon)
{
  LlLetterPage *self = g_object_new (LL_TYPE_LETTER_PAGE, NULL);

  self->daemon = g_object_ref (daemon);
  g_signal_connect_object (daemon, "letters-changed", G_CALLBACK (letters_changed_cb), self, 0);
  g_signal_connect_object (daemon, "letters-outdated", G_CALLBACK (letters_outdated_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
