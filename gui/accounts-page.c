/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/accounts-page.h"

#include "api/read.h"
#include "gui/account-row.h"
#include "gui/list.h"

struct _LlAccountsPage
{
  AdwBin parent_instance;

  GtkListBox *list;

  LlDaemon *daemon;
};

G_DEFINE_FINAL_TYPE (LlAccountsPage, ll_accounts_page, ADW_TYPE_BIN)

static GtkWidget *
row_new (GVariant *account, gpointer data)
{
  return ll_account_row_new (((LlAccountsPage *) data)->daemon, account);
}

static void
accounts_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlAccountsPage) self = data;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, NULL);
  g_autoptr (GVariant) accounts = NULL;

  if (reply == NULL)
    return; /* the window says that nobody answers */
  accounts = g_variant_get_child_value (reply, 0);
  ll_list_fill (self->list, accounts, row_new, self);
}

static void
ask (GtkWidget *page)
{
  ll_daemon_call (LL_ACCOUNTS_PAGE (page)->daemon, "ListAccounts", NULL, NULL, accounts_cb,
                  g_object_ref (page));
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
  gtk_widget_class_bind_template_child (widget_class, LlAccountsPage, list);
}

static void
ll_accounts_page_init (LlAccountsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ll_accounts_page_new (LlDaemon *daemon)
{
  LlAccountsPage *self = g_object_new (LL_TYPE_ACCOUNTS_PAGE, NULL);

  self->daemon = g_object_ref (daemon);
  ll_list_keep_fresh (GTK_WIDGET (self), daemon, ask);
  return GTK_WIDGET (self);
}
