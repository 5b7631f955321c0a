/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/decision.h"

#include "api/intl.h"
#include "api/text.h"
#include "api/read.h"
#include "gui/toast.h"

/* One button: what it asks the daemon for. */
typedef struct
{
  LlDaemon *daemon;
  GtkWidget *button;
  char *id;
  const char *call;   /* Release, Drop or Retry */
  const char *method; /* of Release; NULL: as it is decided anew */
  const char *asked;  /* a question before; NULL: none */
} Choice;

static void
choice_free (gpointer data, GClosure *closure)
{
  Choice *choice = data;

  g_object_unref (choice->daemon);
  g_free (choice->id);
  g_free (choice);
}

/* -- doing it ---------------------------------------------------------------------------- */

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
do_it (Choice *choice)
{
  g_auto (GVariantDict) options;

  gtk_widget_set_sensitive (choice->button, FALSE);
  g_variant_dict_init (&options, NULL);
  if (choice->method != NULL)
    g_variant_dict_insert (&options, "method", "s", choice->method);
  ll_daemon_call (choice->daemon, choice->call,
                  g_str_equal (choice->call, "Retry")
                      ? g_variant_new ("(s)", choice->id)
                      : g_variant_new ("(s@a{sv})", choice->id, g_variant_dict_end (&options)),
                  NULL, done_cb, g_object_ref (choice->button));
}

static void
answered_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  GtkWidget *button = data;
  Choice *choice = g_object_get_data (G_OBJECT (button), "choice");

  if (g_str_equal (response, "yes"))
    do_it (choice);
}

static void
ask_first (Choice *choice)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (choice->button));
  GtkWidget *dialog
      = adw_message_dialog_new (window, gtk_button_get_label (GTK_BUTTON (choice->button)),
                                choice->asked);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "no", _ ("_Back"), "yes",
                                    gtk_button_get_label (GTK_BUTTON (choice->button)), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "yes",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "no");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "no");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), choice->button, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
clicked_cb (GtkButton *button, Choice *choice)
{
  if (choice->asked != NULL)
    ask_first (choice);
  else
    do_it (choice);
}

/* -- what there is to choose ------------------------------------------------------------- */

typedef struct
{
  LlDaemon *daemon;
  const char *id;
  GtkWidget *box;
} Row;

static void
add_button (Row *row,
            const char *label,
            const char *style,
            const char *call,
            const char *method,
            const char *asked)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  Choice *choice = g_new0 (Choice, 1);

  choice->daemon = g_object_ref (row->daemon);
  choice->button = button;
  choice->id = g_strdup (row->id);
  choice->call = call;
  choice->method = method;
  choice->asked = asked;
  if (style != NULL)
    gtk_widget_add_css_class (button, style);
  g_object_set_data (G_OBJECT (button), "choice", choice); /* lives as long as the handler */
  g_signal_connect_data (button, "clicked", G_CALLBACK (clicked_cb), choice, choice_free, 0);
  gtk_flow_box_append (GTK_FLOW_BOX (row->box), button);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE); /* the button itself is */
}

/* What all held recipients' decisions offer together. */
typedef struct
{
  gboolean held;
  gboolean uncertain;
  gboolean later; /* waits or is queued: can be tried now */
  gboolean pgp;
  gboolean smime;
  gboolean open;
} Offers;

static void
read_offers (GVariant *recipient, Offers *offers)
{
  g_autofree const char **words = ll_read_words (recipient, "offers");
  const char *state = ll_read_text (recipient, "state");

  offers->uncertain |= g_str_equal (state, "uncertain");
  offers->later |= g_str_equal (state, "waiting") || g_str_equal (state, "queued");
  if (!g_str_equal (state, "held"))
    return;
  offers->held = TRUE;
  offers->pgp |= g_strv_contains (words, "pgp");
  offers->smime |= g_strv_contains (words, "smime");
  offers->open |= ll_read_flag (recipient, "may_send_anyway");
}

static void
add_buttons (Row *row, const Offers *offers)
{
  if (offers->pgp)
    add_button (row, _ ("Lock with PGP"), "suggested-action", "Release", "pgp", NULL);
  if (offers->smime)
    add_button (row, _ ("Lock with S/MIME"), "suggested-action", "Release", "smime", NULL);
  if (offers->held)
    add_button (row, _ ("Check again"), NULL, "Release", NULL, NULL);
  if (offers->uncertain)
    add_button (row, _ ("Send again"), NULL, "Retry", NULL,
                _ ("Your provider may have taken this letter already. If it did, your recipients "
                   "get it twice."));
  else if (offers->later)
    add_button (row, _ ("Try now"), "suggested-action", "Retry", NULL, NULL);
  if (offers->open)
    add_button (row, _ ("Send anyway"), "destructive-action", "Release", "open",
                _ ("On its way this letter may be read by others: nothing protects it there."));
  if (offers->held || offers->later)
    add_button (row, _ ("Don't send"), NULL, "Drop", NULL,
                _ ("The letter is given up. It stays in the list, as not sent."));
}

GtkWidget *
ll_decision_buttons_new (LlDaemon *daemon, GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  Offers offers = { FALSE };
  Row row = { .daemon = daemon, .id = ll_read_text (letter, "id") };

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      read_offers (recipient, &offers);
    }
  if (!offers.held && !offers.uncertain && !offers.later)
    return NULL;
  row.box = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (row.box), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (row.box), 5);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (row.box), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (row.box), 6);
  add_buttons (&row, &offers);
  return g_object_ref_sink (row.box);
}
