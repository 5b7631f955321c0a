/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/mail-program-page.h"

#include "api/intl.h"
#include "gui/typed.h"

struct _LlMailProgramPage
{
  AdwBin parent_instance;

  GtkLabel *plan;
  GtkWidget *permission;
  GtkEditable *client_id;
  GtkEditable *client_secret;
  GtkEditable *tenant;
  GtkEditable *password;

  char *name;
  char *planned_for; /* what it depends on; NULL: there is no plan */
};

G_DEFINE_FINAL_TYPE (LlMailProgramPage, ll_mail_program_page, ADW_TYPE_BIN)

enum
{
  CONFIRMED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* What a plan depends on. (transfer full) */
static char *
condition (LlMailProgramPage *self)
{
  g_autofree char *client_id = ll_typed (self->client_id);
  g_autofree char *tenant = ll_typed (self->tenant);

  return g_strjoin ("\n", client_id, tenant, NULL);
}

void
ll_mail_program_page_begin (LlMailProgramPage *self, const char *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
  g_clear_pointer (&self->planned_for, g_free);
  gtk_editable_set_text (self->client_id, "");
  gtk_editable_set_text (self->tenant, "");
  ll_mail_program_page_forget_secrets (self);
  gtk_label_set_text (self->plan, "");
  gtk_widget_set_visible (self->permission, FALSE);
}

void
ll_mail_program_page_show (LlMailProgramPage *self, const char *plan, const char *trouble)
{
  g_free (self->planned_for);
  self->planned_for = plan != NULL ? condition (self) : NULL;
  gtk_label_set_text (self->plan, plan != NULL ? plan : "");
  if (ll_mail_program_wants_client_id (plan != NULL ? plan : trouble))
    gtk_widget_set_visible (self->permission, TRUE);
}

gboolean
ll_mail_program_page_is_planned (LlMailProgramPage *self)
{
  g_autofree char *now = condition (self);

  return g_strcmp0 (self->planned_for, now) == 0;
}

const char *
ll_mail_program_page_missing (LlMailProgramPage *self)
{
  gboolean is_missing = gtk_widget_get_visible (self->permission)
                        && *gtk_editable_get_text (self->client_id) == '\0';

  return is_missing ? _ ("Without a client id your provider lets nobody sign in this way") : NULL;
}

LlMailProgramWishes *
ll_mail_program_page_wishes (LlMailProgramPage *self)
{
  LlMailProgramWishes *wishes = g_new0 (LlMailProgramWishes, 1);

  wishes->name = g_strdup (self->name);
  wishes->client_id = ll_typed (self->client_id);
  wishes->client_secret = g_strdup (gtk_editable_get_text (self->client_secret));
  wishes->tenant = ll_typed (self->tenant);
  wishes->password = g_strdup (gtk_editable_get_text (self->password));
  return wishes;
}

void
ll_mail_program_page_forget_secrets (LlMailProgramPage *self)
{
  gtk_editable_set_text (self->client_secret, "");
  gtk_editable_set_text (self->password, "");
}

static void
confirmed_cb (LlMailProgramPage *self)
{
  g_signal_emit (self, signals[CONFIRMED], 0);
}

/* -- class ------------------------------------------------------------------------------------ */

static void
finalize (GObject *object)
{
  LlMailProgramPage *self = LL_MAIL_PROGRAM_PAGE (object);

  g_free (self->name);
  g_free (self->planned_for);
  G_OBJECT_CLASS (ll_mail_program_page_parent_class)->finalize (object);
}

static void
ll_mail_program_page_class_init (LlMailProgramPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[CONFIRMED] = g_signal_new ("confirmed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/letterlock/mail-program-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlMailProgramPage, plan);
  gtk_widget_class_bind_template_child (widget_class, LlMailProgramPage, permission);
  gtk_widget_class_bind_template_child (widget_class, LlMailProgramPage, client_id);
  gtk_widget_class_bind_template_child (widget_class, LlMailProgramPage, client_secret);
  gtk_widget_class_bind_template_child (widget_class, LlMailProgramPage, tenant);
  gtk_widget_class_bind_template_child (widget_class, LlMailProgramPage, password);
  gtk_widget_class_bind_template_callback (widget_class, confirmed_cb);
}

static void
ll_mail_program_page_init (LlMailProgramPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
