/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/account-row.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/fact-row.h"
#include "gui/look.h"

struct _LlAccountRow
{
  AdwExpanderRow parent_instance;

  GtkImage *icon;
  GtkSpinner *spinner;
  GtkButton *test;

  LlDaemon *daemon;
  char *name;
  GPtrArray *steps; /* the rows of the last test, not owned */
};

G_DEFINE_FINAL_TYPE (LlAccountRow, ll_account_row, ADW_TYPE_EXPANDER_ROW)

static const struct
{
  const char *key;
  const char *label;
} facts[] = {
  { "upstream", N_ ("Provider") },
  { "security", N_ ("Encryption") },
  { "auth", N_ ("Sign-in") },
  { "username", N_ ("User name there") },
  { "login", N_ ("User name here") },
  { "preset", N_ ("Preset") },
  { "sign", N_ ("Signs unlocked mail") },
};

static void
clear_steps (LlAccountRow *self)
{
  for (guint i = 0; i < self->steps->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), g_ptr_array_index (self->steps, i));
  g_ptr_array_set_size (self->steps, 0);
}

static void
add_step (LlAccountRow *self, const char *what, const char *so, gboolean ok)
{
  GtkWidget *row
      = ll_fact_row_new_with_icon (what, so,
                                   ok ? "object-select-symbolic" : "dialog-error-symbolic",
                                   ok ? "success" : "error");

  g_ptr_array_add (self->steps, row);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
}

static void
tested_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlAccountRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) answer = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  g_autoptr (GVariant) steps = ll_read_list (answer, "steps");

  gtk_spinner_stop (self->spinner);
  gtk_widget_set_sensitive (GTK_WIDGET (self->test), TRUE);
  clear_steps (self);
  for (gsize i = 0; i < g_variant_n_children (steps); i++)
    {
      g_autoptr (GVariant) step = g_variant_get_child_value (steps, i);

      add_step (self, ll_read_text (step, "step"), ll_read_text (step, "detail"),
                ll_read_flag (step, "ok"));
    }
  add_step (self, _ ("Test"), reply != NULL ? ll_read_text (answer, "reason") : error->message,
            ll_read_flag (answer, "ok"));
}

static void
test_cb (LlAccountRow *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->test), FALSE);
  gtk_spinner_start (self->spinner);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), TRUE);
  ll_daemon_call (self->daemon, "TestAccount",
                  g_variant_new ("(su@a{sv})", self->name, 0,
                                 g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
                  NULL, tested_cb, g_object_ref (self));
}

static void
show (LlAccountRow *self, GVariant *account)
{
  g_autofree const char **addresses = ll_read_words (account, "addresses");
  g_autofree char *joined = g_strjoinv (", ", (char **) addresses);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), self->name);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), joined);
  ll_look_show (self->icon, "mail-unread-symbolic", "dim-label");
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    if (*ll_read_text (account, facts[i].key) != '\0')
      adw_expander_row_add_row (ADW_EXPANDER_ROW (self),
                                ll_fact_row_new (_ (facts[i].label),
                                                 ll_read_text (account, facts[i].key)));
}

static void
finalize (GObject *object)
{
  LlAccountRow *self = LL_ACCOUNT_ROW (object);

  g_clear_object (&self->daemon);
  g_ptr_array_unref (self->steps);
  g_free (self->name);
  G_OBJECT_CLASS (ll_account_row_parent_class)->finalize (object);
}

static void
ll_account_row_class_init (LlAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LlAccountRow, icon);
  gtk_widget_class_bind_template_child (widget_class, LlAccountRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, LlAccountRow, test);
  gtk_widget_class_bind_template_callback (widget_class, test_cb);
}

static void
ll_account_row_init (LlAccountRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  self->steps = g_ptr_array_new ();
}

GtkWidget *
ll_account_row_new (LlDaemon *daemon, GVariant *account)
{
  LlAccountRow *self = g_object_new (LL_TYPE_ACCOUNT_ROW, NULL);

  self->daemon = g_object_ref (daemon);
  self->name = g_strdup (ll_read_text (account, "account"));
  show (self, account);
  return GTK_WIDGET (self);
}
