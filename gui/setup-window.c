/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/setup-window.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/mail-program-page.h"
#include "gui/open-way-page.h"
#include "gui/permission-page.h"
#include "gui/presets.h"
#include "gui/program-page.h"
#include "gui/provider-page.h"
#include "gui/setup-end-page.h"
#include "gui/trial.h"
#include "gui/typed.h"

#include <string.h>

struct _LlSetupWindow
{
  AdwWindow parent_instance;

  GtkStack *stack;
  GtkWidget *back;
  GtkWidget *foot;
  GtkWidget *cancel;
  GtkWidget *next;
  GtkSpinner *spinner;
  GtkLabel *trouble;
  LlMailProgramPage *program_plan;
  GtkEditable *address;
  LlProviderPage *provider;
  LlPermissionPage *permission;
  LlOpenWayPage *open_way;
  LlProgramPage *program;
  LlSetupEndPage *end;

  LlDaemon *daemon;
  GCancellable *cancellable; /* of what is under way and can be ended; else NULL */
  LlTrial *trial;            /* of the account that was added; NULL: none */
  const char *mail_program;  /* static: "Thunderbird"; NULL: one that is set up by hand */
  GPtrArray *accounts; /* of GVariant: all that were added, the one that was tried among them */
};

G_DEFINE_FINAL_TYPE (LlSetupWindow, ll_setup_window, ADW_TYPE_WINDOW)

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
  gboolean changes_nothing = g_str_equal (step, "address") || g_str_equal (step, "account")
                             || g_str_equal (step, "mail-program");

  gtk_stack_set_visible_child_name (self->stack, step);
  gtk_widget_set_visible (self->back, changes_nothing);
  gtk_widget_set_visible (self->foot, !is_start);
  gtk_widget_set_visible (self->next, !g_str_equal (step, "permission"));
  gtk_label_set_text (self->trouble, "");
  gtk_button_set_label (GTK_BUTTON (self->next), is_end ? _ ("Done") : _ ("Next"));
}

static void
set_busy (LlSetupWindow *self, gboolean busy)
{
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_sensitive (self->next, !busy);
  gtk_widget_set_sensitive (self->back, !busy); /* the answer comes to this step */
  if (busy)
    gtk_label_set_text (self->trouble, "");
}

static void
complain (LlSetupWindow *self, const GError *error)
{
  set_busy (self, FALSE);
  gtk_label_set_text (self->trouble, error->message);
}

/* Says it at the foot while it goes on; it can be ended. */
static void
begin (LlSetupWindow *self, const char *what)
{
  set_busy (self, TRUE);
  gtk_label_set_text (self->trouble, what);
  gtk_widget_set_visible (self->cancel, TRUE);
  self->cancellable = g_cancellable_new ();
}

/* FALSE: it was ended, or has failed, which is said. */
static gboolean
has_come (LlSetupWindow *self, const GError *error)
{
  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (self->cancel, FALSE);
  set_busy (self, FALSE);
  gtk_label_set_text (self->trouble, "");
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    complain (self, error);
  return error == NULL;
}

static void
cancel_cb (LlSetupWindow *self)
{
  g_cancellable_cancel (self->cancellable);
}

static void
back_cb (LlSetupWindow *self)
{
  go_to (self, is_at (self, "account") ? "address" : "start");
  gtk_editable_set_position (self->address, -1);
}

/* -- what happens where the way is open -------------------------------------------------------- */

/* @trial: taken. */
static void
show_open_way (LlSetupWindow *self, LlTrial *trial)
{
  ll_trial_free (self->trial);
  self->trial = trial;
  ll_open_way_page_show (self->open_way, trial);
  go_to (self, "open-way");
}

/* -- the end ----------------------------------------------------------------------------------- */

static void
show_end (LlSetupWindow *self)
{
  LlSetupChoice choice = self->trial == NULL                            ? LL_SETUP_CHOSE_NOTHING
                         : ll_open_way_page_is_careful (self->open_way) ? LL_SETUP_CHOSE_CAREFUL
                                                                        : LL_SETUP_CHOSE_EVERYDAY;

  ll_setup_end_page_show (self->end, self->mail_program, choice);
  go_to (self, "end");
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!ll_presets_choose_finish (result, &error))
    {
      complain (self, error);
      return;
    }
  set_busy (self, FALSE);
  if (self->mail_program != NULL)
    show_end (self);
  else
    {
      ll_program_page_show (self->program, self->daemon, self->trial->account);
      go_to (self, "program");
    }
}

static void
choose (LlSetupWindow *self)
{
  set_busy (self, TRUE);
  ll_presets_choose (self->daemon, self->accounts,
                     ll_open_way_page_is_careful (self->open_way) ? "careful" : "everyday",
                     chosen_cb, g_object_ref (self));
}

/* -- the account ---------------------------------------------------------------------- */

/* Of the mail program's account: it is there already, and stays. */
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
  show_open_way (self, trial);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;
  LlTrial *trial = ll_trial_finish (result, &error);

  go_to (self, "account");
  if (!has_come (self, error))
    return;
  g_ptr_array_set_size (self->accounts, 0);
  g_ptr_array_add (self->accounts, g_variant_ref (trial->account));
  ll_provider_page_forget_secret (self->provider);
  show_open_way (self, trial);
}

static void
add_account (LlSetupWindow *self)
{
  g_autoptr (GError) error = NULL;
  GVariant *settings = ll_provider_page_settings (self->provider, &error);

  if (settings == NULL)
    {
      complain (self, error);
      return;
    }
  begin (self, _ ("Trying it at your provider …"));
  ll_trial_start (self->daemon, settings, ll_provider_page_secret (self->provider),
                  ll_provider_page_wants_device (self->provider), self->cancellable, added_cb,
                  g_object_ref (self));
}

static void
show_permission (LlSetupWindow *self, GVariant *step)
{
  ll_permission_page_show (self->permission, step);
  go_to (self, "permission");
  gtk_widget_set_visible (self->cancel, TRUE);
  gtk_label_set_text (self->trouble, _ ("Waiting for you …"));
}

/* Somebody else's sign-in may be told of, too. */
static void
permission_cb (LlSetupWindow *self, GVariant *step)
{
  if (self->cancellable != NULL && self->mail_program == NULL && !is_at (self, "address"))
    show_permission (self, step);
}

/* -- its provider --------------------------------------------------------------------- */

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) found = NULL;

  if (!has_come (self, error))
    return;
  found = g_variant_get_child_value (reply, 0);
  ll_provider_page_show (self->provider, ll_read_text (found, "address"), found);
  go_to (self, "account");
  ll_provider_page_begin (self->provider);
}

static void
find_provider (LlSetupWindow *self)
{
  g_autofree char *address = ll_typed (self->address);
  const char *at = strrchr (address, '@');
  g_autofree char *text = g_strdup_printf (_ ("Looking up what %s says about its mail servers …"),
                                           at != NULL ? at + 1 : address);

  begin (self, text);
  ll_daemon_call (self->daemon, "FindProvider", g_variant_new ("(s)", address), self->cancellable,
                  found_cb, g_object_ref (self));
}

/* -- a mail program that is set up ------------------------------------------------------------ */

/* Accounts that were there before keep what was chosen for them. */
static void
mail_program_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) made = ll_mail_program_setup_finish (result, &error);

  go_to (self, "mail-program");
  if (!has_come (self, error))
    return;
  ll_mail_program_page_forget_secrets (self->program_plan);
  if (made->len == 0)
    {
      show_end (self);
      return;
    }
  set_busy (self, TRUE);
  g_ptr_array_unref (self->accounts);
  self->accounts = g_steal_pointer (&made);
  ll_trial_of (self->daemon, g_ptr_array_index (self->accounts, 0), tried_cb, g_object_ref (self));
}

/* Once the user has signed in, its files are written: that is not to be broken off. */
static void
mail_program_step (GVariant *step, gpointer data)
{
  LlSetupWindow *self = data;

  if (*ll_read_text (step, "url") != '\0')
    {
      show_permission (self, step);
      ll_permission_page_open (self->permission);
      return;
    }
  gtk_widget_set_visible (self->cancel, FALSE);
  gtk_label_set_text (self->trouble, "");
}

static void
set_mail_program_up (LlSetupWindow *self)
{
  begin (self, "");
  gtk_widget_set_visible (self->cancel, FALSE);
  ll_mail_program_setup (ll_mail_program_page_wishes (self->program_plan), self->daemon,
                         self->cancellable, mail_program_step, mail_program_done_cb,
                         g_object_ref (self));
}

static void
planned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlSetupWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *plan = ll_mail_program_plan_finish (result, &error);
  const char *missing;

  set_busy (self, FALSE);
  ll_mail_program_page_show (self->program_plan, plan, plan == NULL ? error->message : NULL);
  missing = ll_mail_program_page_missing (self->program_plan);
  if (plan == NULL)
    gtk_label_set_text (self->trouble, missing != NULL ? missing : error->message);
}

static void
plan (LlSetupWindow *self)
{
  g_autoptr (LlMailProgramWishes) wishes = ll_mail_program_page_wishes (self->program_plan);

  set_busy (self, TRUE);
  ll_mail_program_plan (wishes, planned_cb, g_object_ref (self));
}

/* The button has the program's name. */
static void
mail_program_cb (GtkWidget *button, LlSetupWindow *self)
{
  self->mail_program = g_intern_string (gtk_widget_get_name (button));
  go_to (self, "mail-program");
  ll_mail_program_page_begin (self->program_plan, self->mail_program);
  plan (self);
}

static void
by_hand_cb (LlSetupWindow *self)
{
  self->mail_program = NULL;
  go_to (self, "address");
  gtk_widget_grab_focus (GTK_WIDGET (self->address));
}

static void
next_cb (LlSetupWindow *self)
{
  if (gtk_spinner_get_spinning (self->spinner))
    return;
  if (is_at (self, "mail-program") && !ll_mail_program_page_is_planned (self->program_plan))
    plan (self);
  else if (is_at (self, "mail-program"))
    set_mail_program_up (self);
  else if (is_at (self, "address"))
    find_provider (self);
  else if (is_at (self, "account"))
    add_account (self);
  else if (is_at (self, "open-way"))
    choose (self);
  else if (is_at (self, "program"))
    show_end (self);
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* Nobody waits for it any more. */
static gboolean
close_cb (LlSetupWindow *self)
{
  g_cancellable_cancel (self->cancellable);
  return GDK_EVENT_PROPAGATE;
}

/* -- class ---------------------------------------------------------------------------- */

/* Not before: what is under way when the window is closed needs them. */
static void
finalize (GObject *object)
{
  LlSetupWindow *self = LL_SETUP_WINDOW (object);

  g_clear_object (&self->daemon);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->trial, ll_trial_free);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  G_OBJECT_CLASS (ll_setup_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, back);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, foot);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, cancel);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, next);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, trouble);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, program_plan);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, address);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, provider);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, permission);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, open_way);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, program);
  gtk_widget_class_bind_template_child (widget_class, LlSetupWindow, end);
}

static void
ll_setup_window_class_init (LlSetupWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  g_type_ensure (LL_TYPE_MAIL_PROGRAM_PAGE);
  g_type_ensure (LL_TYPE_OPEN_WAY_PAGE);
  g_type_ensure (LL_TYPE_PERMISSION_PAGE);
  g_type_ensure (LL_TYPE_PROGRAM_PAGE);
  g_type_ensure (LL_TYPE_PROVIDER_PAGE);
  g_type_ensure (LL_TYPE_SETUP_END_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/setup-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, mail_program_cb);
  gtk_widget_class_bind_template_callback (widget_class, by_hand_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ll_setup_window_init (LlSetupWindow *self)
{
  self->accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
ll_setup_window_new (GtkWindow *parent, LlDaemon *daemon)
{
  LlSetupWindow *self = g_object_new (LL_TYPE_SETUP_WINDOW, "transient-for", parent, NULL);

  self->daemon = g_object_ref (daemon);
  g_signal_connect_object (daemon, "sign-in-progress", G_CALLBACK (permission_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WINDOW (self);
}
