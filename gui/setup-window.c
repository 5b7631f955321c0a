/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/setup-window.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/fact-row.h"
#include "gui/list.h"
#include "gui/toast.h"
#include "gui/thunderbird.h"
#include "gui/trial.h"
#include "gui/value-row.h"

#include <string.h>

struct _LlSetupWindow
{
  AdwWindow parent_instance;

  GtkStack *stack;
  GtkWidget *back;
  GtkWidget *foot;
  GtkWidget *next;
  GtkSpinner *spinner;
  GtkLabel *trouble;
  GtkLabel *plan;
  GtkEditable *saved_password;
  GtkEditable *address;
  GtkEditable *server;
  AdwComboRow *security;
  GtkEditable *username;
  GtkEditable *password;
  GtkListBox *tried;
  GtkWidget *careful_row;
  GtkCheckButton *careful;
  GtkListBox *values;
  GtkLabel *chosen;

  LlDaemon *daemon;
  LlTrial *trial; /* of the account that was added; NULL: none */
  gboolean with_thunderbird;
  GPtrArray *others; /* of GVariant: more accounts that Thunderbird has; or NULL */
};

G_DEFINE_FINAL_TYPE (LlSetupWindow, ll_setup_window, ADW_TYPE_WINDOW)

/* As the entries of the row in setup-window.ui. */
static const struct
{
  const char *name;
  const char *port;
} securities[] = { { "tls", ":465" }, { "starttls", ":587" } };

/* -- steps --------------------------------------------------------------------------------- */

static gboolean
is_at (LlSetupWindow *self, const char *step)
{
  return g_str_equal (gtk_stack_get_visible_child_name (self->stack), step);
}

static void
go_to (LlSetupWindow *self, const char *step)
{
  gboolean is_start = g_str_equal (step, "start");
  gboolean is_end = g_str_equal (step, "end");
  gboolean changes_nothing = g_str_equal (step, "account") || g_str_equal (step, "thunderbird");

  gtk_stack_set_visible_child_name (self->stack, step);
  gtk_widget_set_visible (self->back, changes_nothing);
  gtk_widget_set_visible (self->foot, !is_start);
  gtk_label_set_text (self->trouble, "");
  gtk_button_set_label (GTK_BUTTON (self->next), is_end ? _ ("Done") : _ ("Next"));
}

static void
set_busy (LlSetupWindow *self, gboolean busy)
{
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_sensitive (self->next, !busy);
  if (busy)
    gtk_label_set_text (self->trouble, "");
}

static void
complain (LlSetupWindow *self, const GError *error)
{
  set_busy (self, FALSE);
  gtk_label_set_text (self->trouble, error->message);
}

static void
back_cb (LlSetupWindow *self)
{
  go_to (self, "start");
}

/* -- what happens where the way is open -------------------------------------------------------- */

static void
add_tried (LlSetupWindow *self, gboolean ok, const char *what, const char *so)
{
  gtk_list_box_append (self->tried, ll_fact_row_new_with_icon (what, so,
                                                               ok ? "object-select-symbolic"
                                                                  : "dialog-information-symbolic",
                                                               ok ? "success" : "dim-label"));
}

static void
show_open_way (LlSetupWindow *self)
{
  gboolean works = ll_read_flag (self->trial->test, "ok");
  gboolean locks = g_str_equal (ll_read_text (self->trial->decision, "decision"), "lock");

  ll_list_fill (self->tried, NULL, NULL, NULL);
  add_tried (self, works,
             works ? _ ("Signing in at your provider works")
                   : _ ("Signing in at your provider does not work yet"),
             ll_read_text (self->trial->test, "reason"));
  add_tried (self, locks,
             locks ? _ ("A letter to yourself would be locked")
                   : _ ("Nothing to lock letters with was found yet"),
             ll_read_text (self->trial->decision, "reason"));
  gtk_check_button_set_active (self->careful, locks);
  gtk_widget_set_sensitive (self->careful_row, locks);
  go_to (self, "open-way");
}

/* -- the mail program ----------------------------------------------------------------- */

/* The first port with TLS from the first byte; "" where there is none. (transfer full) */
static char *
port_of (GVariant *account)
{
  g_autoptr (GVariant) ports = g_variant_lookup_value (account, "tls_ports", G_VARIANT_TYPE ("au"));
  guint port;

  if (ports == NULL || g_variant_n_children (ports) == 0)
    return g_strdup ("");
  g_variant_get_child (ports, 0, "u", &port);
  return g_strdup_printf ("%u", port);
}

static void
show_program (LlSetupWindow *self)
{
  GVariant *account = self->trial->account;
  g_autofree char *port = port_of (account);

  ll_list_fill (self->values, NULL, NULL, NULL);
  gtk_list_box_append (self->values, ll_value_row_new (_ ("Server"), "localhost"));
  gtk_list_box_append (self->values, ll_value_row_new (_ ("Port, with SSL/TLS"), port));
  gtk_list_box_append (self->values,
                       ll_value_row_new (_ ("User name"), ll_read_text (account, "username")));
  gtk_list_box_append (self->values,
                       ll_value_row_new (_ ("Password"), ll_read_text (account, "password")));
  go_to (self, "program");
}

static void
saved_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (GVariant) reply = data;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  const char *text;
  g_autoptr (GError) error = NULL;

  g_variant_get (reply, "(&s)", &text);
  if (response == GTK_RESPONSE_ACCEPT && file != NULL
      && !g_file_replace_contents (file, text, strlen (text), NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                   NULL, &error))
    ll_toast (gtk_window_get_child (gtk_native_dialog_get_transient_for (dialog)), error->message);
  g_object_unref (dialog);
}

static void
authority_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  GtkFileChooserNative *chooser;

  if (reply == NULL)
    {
      complain (self, error);
      return;
    }
  chooser = gtk_file_chooser_native_new (_ ("Save the certificate"), GTK_WINDOW (self),
                                         GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "letterlock-ca.pem");
  g_signal_connect (chooser, "response", G_CALLBACK (saved_cb), g_steal_pointer (&reply));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
save_cb (LlSetupWindow *self)
{
  ll_daemon_call (self->daemon, "GetAuthority", NULL, NULL, authority_cb, g_object_ref (self));
}

/* -- the end ----------------------------------------------------------------------------------- */

static void
show_end (LlSetupWindow *self)
{
  const char *program = self->with_thunderbird
                            ? _ ("Thunderbird sends through Letterlock from its next start on.")
                            : "";
  const char *chosen
      = self->trial == NULL ? ""
        : gtk_check_button_get_active (self->careful)
            ? _ ("Letters whose way is open are locked, or wait for you. That a lock works was "
                 "tried.")
            : _ ("Letters always leave (Everyday). Those whose way was open are marked.");
  g_autofree char *both
      = g_strconcat (program, *program != '\0' && *chosen != '\0' ? " " : "", chosen, NULL);

  gtk_label_set_text (self->chosen, both);
  go_to (self, "end");
}

static void choose_for (LlSetupWindow *self, const char *account);

/* Each of Thunderbird's other accounts gets the same. */
static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) next = NULL;

  if (reply != NULL && self->others != NULL && self->others->len > 0)
    {
      next = g_ptr_array_steal_index (self->others, 0);
      choose_for (self, ll_read_text (next, "name"));
      return;
    }
  set_busy (self, FALSE);
  if (reply == NULL)
    complain (self, error);
  else if (self->with_thunderbird)
    show_end (self);
  else
    show_program (self);
}

static void
choose_for (LlSetupWindow *self, const char *account)
{
  g_auto (GVariantDict) settings = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&settings, "preset", "s",
                         gtk_check_button_get_active (self->careful) ? "careful" : "everyday");
  ll_daemon_call_with_secret (self->daemon, "EditAccount",
                              g_variant_new ("(s@a{sv})", account, g_variant_dict_end (&settings)),
                              NULL, chosen_cb, g_object_ref (self));
}

static void
choose (LlSetupWindow *self)
{
  set_busy (self, TRUE);
  choose_for (self, ll_trial_account (self->trial));
}

/* -- the account ---------------------------------------------------------------------- */

/* What was typed, without the blanks that a paste brings. (transfer full) */
static char *
typed (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

static GVariant *
settings_of (LlSetupWindow *self)
{
  g_autofree char *address = typed (self->address);
  g_autofree char *server = typed (self->server);
  g_autofree char *username = typed (self->username);
  guint security = MIN (adw_combo_row_get_selected (self->security), 1);
  g_autofree char *upstream
      = g_strconcat (server, strchr (server, ':') == NULL ? securities[security].port : NULL, NULL);
  const char *const addresses[] = { address, NULL };
  g_auto (GVariantDict) settings = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&settings, "addresses", "^as", addresses);
  g_variant_dict_insert (&settings, "upstream", "s", upstream);
  g_variant_dict_insert (&settings, "security", "s", securities[security].name);
  g_variant_dict_insert (&settings, "auth", "s", "password");
  if (*username != '\0')
    g_variant_dict_insert (&settings, "username", "s", username);
  return g_variant_dict_end (&settings);
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;
  LlTrial *trial = ll_trial_finish (result, &error);

  set_busy (self, FALSE);
  if (trial == NULL)
    {
      complain (self, error);
      return;
    }
  ll_trial_free (self->trial);
  self->trial = trial;
  gtk_editable_set_text (self->password, "");
  show_open_way (self);
}

static void
try_account (LlSetupWindow *self)
{
  set_busy (self, TRUE);
  ll_trial_start (self->daemon, settings_of (self), gtk_editable_get_text (self->password),
                  tried_cb, g_object_ref (self));
}

/* -- Thunderbird ------------------------------------------------------------------------------- */

/* Accounts that were there before keep what was chosen for them. */
static void
thunderbird_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) made = ll_thunderbird_setup_finish (result, &error);
  g_autoptr (GVariant) first = NULL;

  if (made == NULL)
    {
      complain (self, error);
      return;
    }
  gtk_editable_set_text (self->saved_password, "");
  if (made->len == 0)
    {
      set_busy (self, FALSE);
      show_end (self);
      return;
    }
  first = g_ptr_array_steal_index (made, 0);
  self->others = g_steal_pointer (&made);
  ll_trial_of (self->daemon, first, tried_cb, g_object_ref (self));
}

static void
set_thunderbird_up (LlSetupWindow *self)
{
  const char *password = gtk_editable_get_text (self->saved_password);

  set_busy (self, TRUE);
  ll_thunderbird_setup (self->daemon, *password != '\0' ? password : NULL, thunderbird_done_cb,
                        g_object_ref (self));
}

static void
planned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *plan = ll_thunderbird_plan_finish (result, &error);

  set_busy (self, FALSE);
  gtk_widget_set_sensitive (self->next, plan != NULL);
  if (plan == NULL)
    complain (self, error);
  gtk_label_set_text (self->plan, plan != NULL ? plan : "");
  gtk_widget_set_sensitive (self->next, plan != NULL);
}

static void
thunderbird_cb (LlSetupWindow *self)
{
  self->with_thunderbird = TRUE;
  go_to (self, "thunderbird");
  set_busy (self, TRUE);
  ll_thunderbird_plan (planned_cb, g_object_ref (self));
}

static void
by_hand_cb (LlSetupWindow *self)
{
  self->with_thunderbird = FALSE;
  go_to (self, "account");
  gtk_widget_set_sensitive (self->next, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->address));
}

static void
next_cb (LlSetupWindow *self)
{
  if (gtk_spinner_get_spinning (self->spinner))
    return;
  if (is_at (self, "thunderbird"))
    set_thunderbird_up (self);
  else if (is_at (self, "account"))
    try_account (self);
  else if (is_at (self, "open-way"))
    choose (self);
  else if (is_at (self, "program"))
    show_end (self);
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* -- class ---------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  LlSetupWindow *self = LL_SETUP_WINDOW (object);

  g_clear_object (&self->daemon);
  g_clear_pointer (&self->trial, ll_trial_free);
  g_clear_pointer (&self->others, g_ptr_array_unref);
  G_OBJECT_CLASS (ll_setup_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, back);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, foot);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, next);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, trouble);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, plan);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, saved_password);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, address);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, server);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, security);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, username);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, password);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, tried);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, careful_row);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, careful);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, values);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, chosen);
}

static void
ll_setup_window_class_init (LlSetupWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/setup-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, thunderbird_cb);
  gtk_widget_class_bind_template_callback (widget_class, by_hand_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ll_setup_window_init (LlSetupWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
ll_setup_window_new (GtkWindow *parent, LlDaemon *daemon)
{
  LlSetupWindow *self = g_object_new (LL_TYPE_SETUP_WINDOW, "transient-for", parent, NULL);

  self->daemon = g_object_ref (daemon);
  return GTK_WINDOW (self);
}
