/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/accounts-page.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/account-row.h"

struct _LlAccountsPage
{
  AdwBin parent_instance;

  AdwPreferencesGroup *group;
  GtkListBox *list;
  GtkLabel *nothing;

  LlDaemon *daemon;
};

G_DEFINE_FINAL_TYPE (LlAccountsPage, ll_accounts_page, ADW_TYPE_BIN)

static void
accounts_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlAccountsPage) self = data;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, NULL);
  g_autoptr (GVariant) accounts = NULL;
  GtkListBoxRow *row;
  gsize n;

  if (reply == NULL)
    return; /* the window says that nobody answers */
  accounts = g_variant_get_child_value (reply, 0);
  n = g_variant_n_children (accounts);
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) account = g_variant_get_child_value (accounts, i);

      gtk_list_box_append (self->list, ll_account_row_new (self->daemon, account));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), n == 0);
  gtk_label_set_text (self->nothing,
                      _ ("There is no account yet: nothing can be sent through Letterlock."));
}

static void
ask (LlAccountsPage *self)
{
  if (self->daemon != NULL && ll_daemon_is_connected (self->daemon)
      && gtk_widget_get_mapped (GTK_WIDGET (self)))
    ll_daemon_call (self->daemon, "ListAccounts", NULL, NULL, accounts_cb, g_object_ref (self));
}

void
ll_accounts_page_set_daemon (LlAccountsPage *self, LlDaemon *daemon)
{
  self->daemon = g_object_ref (daemon);
  g_signal_connect_object (daemon, "notify::connected", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
}

static void
dispose (GObject *object)
{
  g_clear_object (&LL_ACCOUNTS_PAGE (object)->daemon);
  G_OBJECT_CLASS (ll_accounts_page_parent_class)->dispose (object);
}

static void
ll_accounts_page_class_init (LlAccountsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/accounts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlAccountsPage, group);
  gtk_widget_class_bind_template_child (widget_class, LlAccountsPage, list);
  gtk_widget_class_bind_template_child (widget_class, LlAccountsPage, nothing);
}

static void
ll_accounts_page_init (LlAccountsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* the command line may have changed them meanwhile */
  g_signal_connect (self, "map", G_CALLBACK (ask), NULL);
}
