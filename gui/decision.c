/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/decision.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/toast.h"

static const char *
style_of (LlDecide decide)
{
  switch (decide)
    {
    case LL_DECIDE_PGP:
    case LL_DECIDE_SMIME:
    case LL_DECIDE_ESCROW:
    case LL_DECIDE_TRY:
      return "suggested-action";
    case LL_DECIDE_ANYWAY:
      return "destructive-action";
    case LL_DECIDE_CHECK:
    case LL_DECIDE_REPEAT:
    case LL_DECIDE_DROP:
    case LL_N_DECISIONS:
      break;
    }
  return NULL;
}

/* -- a row of buttons ---------------------------------------------------------------------- */

typedef struct
{
  LlDecisionDo callback;
  gpointer data;
  GDestroyNotify free;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  if (row->free != NULL)
    row->free (row->data);
  g_free (row);
}

static LlDecide
decide_of (GtkWidget *button)
{
  return (LlDecide) GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "decide"));
}

static void
do_it (GtkWidget *button)
{
  GtkWidget *box = gtk_widget_get_ancestor (button, GTK_TYPE_FLOW_BOX);
  Row *row = g_object_get_data (G_OBJECT (box), "row");

  row->callback (decide_of (button), button, row->data);
}

static void
answered_cb (AdwMessageDialog *dialog, const char *response, GtkWidget *button)
{
  if (g_str_equal (response, "yes"))
    do_it (button);
}

static void
ask_first (GtkWidget *button, const char *question)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (button));
  const char *label = gtk_button_get_label (GTK_BUTTON (button));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, label, question));

  adw_message_dialog_add_responses (dialog, "no", _ ("_Back"), "yes", label, NULL);
  adw_message_dialog_set_response_appearance (dialog, "yes", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "no");
  adw_message_dialog_set_close_response (dialog, "no");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), button, 0);
  /* what it asks about has changed */
  g_signal_connect_object (button, "destroy", G_CALLBACK (gtk_window_destroy), dialog,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
clicked_cb (GtkWidget *button, gpointer data)
{
  const char *question = ll_decide_question (decide_of (button));

  if (question != NULL)
    ask_first (button, question);
  else
    do_it (button);
}

static void
add_button (GtkFlowBox *box, LlDecide decide)
{
  GtkWidget *button = gtk_button_new_with_label (ll_decide_label (decide));
  const char *style = style_of (decide);

  if (style != NULL)
    gtk_widget_add_css_class (button, style);
  g_object_set_data (G_OBJECT (button), "decide", GUINT_TO_POINTER (decide));
  g_signal_connect (button, "clicked", G_CALLBACK (clicked_cb), NULL);
  gtk_flow_box_append (box, button);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE); /* the button itself is */
}

GtkWidget *
ll_decision_box_new (guint offered, LlDecisionDo callback, gpointer data, GDestroyNotify free)
{
  GtkFlowBox *box = GTK_FLOW_BOX (gtk_flow_box_new ());
  Row *row = g_new0 (Row, 1);

  row->callback = callback;
  row->data = data;
  row->free = free;
  g_object_set_data_full (G_OBJECT (box), "row", row, row_free);
  gtk_flow_box_set_selection_mode (box, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (box, 5);
  gtk_flow_box_set_column_spacing (box, 6);
  gtk_flow_box_set_row_spacing (box, 6);
  for (LlDecide decide = 0; decide < LL_N_DECISIONS; decide++)
    if ((offered & (1u << decide)) != 0)
      add_button (box, decide);
  return GTK_WIDGET (box);
}

void
ll_decision_box_take_keyboard (GtkWidget *box, GtkWidget *before)
{
  GtkRoot *window = gtk_widget_get_root (before);
  GtkWidget *focus = window != NULL ? gtk_root_get_focus (window) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, before))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *button = gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child));

      if (decide_of (button) == decide_of (focus))
        gtk_widget_grab_focus (button);
    }
}

/* -- about one letter ------------------------------------------------------------------------ */

typedef struct
{
  LlDaemon *daemon;
  GVariant *letter;
  char *address; /* NULL: all */
} About;

static void
about_free (gpointer data)
{
  About *about = data;

  g_object_unref (about->daemon);
  g_variant_unref (about->letter);
  g_free (about->address);
  g_free (about);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) button = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  gtk_widget_set_sensitive (button, TRUE);
  if (reply == NULL)
    ll_toast (button, error->message);
}

static void
decide_cb (LlDecide decide, GtkWidget *button, gpointer data)
{
  About *about = data;
  g_auto (GStrv) recipients = ll_decide_recipients (about->letter, about->address, decide);

  gtk_widget_set_sensitive (button, FALSE);
  ll_decide_do (about->daemon, ll_read_text (about->letter, "id"), (const char *const *) recipients,
                decide, done_cb, g_object_ref (button));
}

GtkWidget *
ll_decision_buttons_new (LlDaemon *daemon, GVariant *letter, const char *address)
{
  guint offered = 0;
  About *about;

  for (LlDecide decide = 0; decide < LL_N_DECISIONS; decide++)
    {
      g_auto (GStrv) recipients = ll_decide_recipients (letter, address, decide);

      if (recipients[0] != NULL)
        offered |= 1u << decide;
    }
  if (offered == 0)
    return NULL;
  about = g_new0 (About, 1);
  about->daemon = g_object_ref (daemon);
  about->letter = g_variant_ref (letter);
  about->address = g_strdup (address);
  return ll_decision_box_new (offered, decide_cb, about, about_free);
}
