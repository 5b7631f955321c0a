/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/account-row.h"

#include "api/intl.h"
#include "api/read.h"
#include "api/sentence.h"
#include "api/words.h"

struct _LlAccountRow
{
  LlRecordRow parent_instance;

  GtkSpinner *spinner;
  GtkButton *test;
  GtkButton *sign_in;

  LlDaemon *daemon;
  GVariant *account;
};

G_DEFINE_FINAL_TYPE (LlAccountRow, ll_account_row, LL_TYPE_RECORD_ROW)

static const LlFact facts[] = {
  { "upstream", N_ ("Provider") },
  { "security", N_ ("Encryption") },
  { "auth", N_ ("Sign-in") },
  { "sign_in", N_ ("Permission") },
  { "username", N_ ("User name there") },
  { "login", N_ ("User name here") },
  { "preset", N_ ("Preset") },
  { "sign", N_ ("Signs unlocked mail") },
};

static void
show (LlAccountRow *self)
{
  LlRecordRow *row = LL_RECORD_ROW (self);
  g_autofree const char **addresses = ll_read_words (self->account, "addresses");
  g_autofree char *joined = g_strjoinv (", ", (char **) addresses);

  ll_record_row_set_title (row, ll_read_text (self->account, "account"));
  ll_record_row_set_subtitle (row, joined);
  ll_record_row_look (row, "mail-unread-symbolic", "dim-label");
  gtk_widget_set_visible (GTK_WIDGET (self->sign_in),
                          *ll_read_text (self->account, "sign_in") != '\0');
  ll_record_row_clear (row);
  ll_record_row_add_facts (row, self->account, facts, G_N_ELEMENTS (facts));
}

static void
add_step (LlAccountRow *self, const char *what, const char *so, gboolean ok)
{
  ll_record_row_add_with_icon (LL_RECORD_ROW (self), what, so,
                               ok ? "object-select-symbolic" : "dialog-error-symbolic",
                               ok ? "success" : "error");
}

static void
tested_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlAccountRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) answer = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  g_autoptr (GVariant) steps = ll_read_list (answer, "steps");
  g_autofree char *reason = ll_sentence_read (answer, "reason");

  gtk_spinner_stop (self->spinner);
  gtk_widget_set_sensitive (GTK_WIDGET (self->test), TRUE);
  show (self);
  for (gsize i = 0; i < g_variant_n_children (steps); i++)
    {
      g_autoptr (GVariant) step = g_variant_get_child_value (steps, i);
      g_autofree char *detail = ll_sentence_read (step, "detail");

      add_step (self, ll_words_of ("step", ll_read_text (step, "step")), detail,
                ll_read_flag (step, "ok"));
    }
  add_step (self, _ ("Test"), reply != NULL ? reason : error->message, ll_read_flag (answer, "ok"));
}

static void
test_cb (LlAccountRow *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->test), FALSE);
  gtk_spinner_start (self->spinner);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), TRUE);
  ll_daemon_call (self->daemon, "TestAccount",
                  g_variant_new ("(su@a{sv})", ll_read_text (self->account, "account"), 0,
                                 g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
                  NULL, tested_cb, g_object_ref (self));
}

/* What the answer says of the account is newer. */
static void
take_permission (LlAccountRow *self, GVariant *reply)
{
  g_autoptr (GVariant) answer = g_variant_get_child_value (reply, 0);
  g_auto (GVariantDict) account = G_VARIANT_DICT_INIT (self->account);

  g_variant_dict_insert (&account, "sign_in", "s", ll_read_text (answer, "sign_in"));
  g_variant_unref (self->account);
  self->account = g_variant_ref_sink (g_variant_dict_end (&account));
}

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlAccountRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  gtk_spinner_stop (self->spinner);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sign_in), TRUE);
  if (reply != NULL)
    take_permission (self, reply);
  show (self);
  add_step (self, _ ("Sign in"), reply != NULL ? _ ("Signed in at the provider") : error->message,
            reply != NULL);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), TRUE);
}

static void
sign_in_cb (LlAccountRow *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->sign_in), FALSE);
  gtk_spinner_start (self->spinner);
  ll_daemon_sign_in (self->daemon, ll_read_text (self->account, "account"), FALSE, NULL,
                     signed_in_cb, g_object_ref (self));
}

static void
finalize (GObject *object)
{
  LlAccountRow *self = LL_ACCOUNT_ROW (object);

  g_clear_object (&self->daemon);
  g_variant_unref (self->account);
  G_OBJECT_CLASS (ll_account_row_parent_class)->finalize (object);
}

static void
ll_account_row_class_init (LlAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LlAccountRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, LlAccountRow, test);
  gtk_widget_class_bind_template_child (widget_class, LlAccountRow, sign_in);
  gtk_widget_class_bind_template_callback (widget_class, test_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_in_cb);
}

static void
ll_account_row_init (LlAccountRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ll_account_row_new (LlDaemon *daemon, GVariant *account)
{
  LlAccountRow *self = g_object_new (LL_TYPE_ACCOUNT_ROW, NULL);

  self->daemon = g_object_ref (daemon);
  self->account = g_variant_ref (account);
  show (self);
  return GTK_WIDGET (self);
}
