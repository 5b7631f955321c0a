/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/check-page.h"

#include "api/intl.h"
#include "api/text.h"
#include "api/read.h"
#include "gui/host-row.h"
#include "gui/look.h"

struct _LlCheckPage
{
  AdwBin parent_instance;

  AdwEntryRow *entry;
  GtkSpinner *spinner;
  GtkBox *result;
  GtkImage *icon;
  GtkLabel *verdict;
  GtkLabel *reason;
  GtkListBox *hosts;
  AdwPreferencesGroup *hosts_group;

  LlDaemon *daemon;
  GCancellable *cancellable;
  guint cookie; /* of the check that is shown */
};

G_DEFINE_FINAL_TYPE (LlCheckPage, ll_check_page, ADW_TYPE_BIN)

static void
show_hosts (LlCheckPage *self, GVariant *verdict)
{
  g_autoptr (GVariant) hosts = ll_read_list (verdict, "hosts");
  gsize n = g_variant_n_children (hosts);
  GtkListBoxRow *row;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) host = g_variant_get_child_value (hosts, i);

      row = gtk_list_box_get_row_at_index (self->hosts, (int) i);
      if (row == NULL)
        gtk_list_box_append (self->hosts, ll_host_row_new (host));
      else
        ll_host_row_update (LL_HOST_ROW (row), host);
    }
  while ((row = gtk_list_box_get_row_at_index (self->hosts, (int) n)) != NULL)
    gtk_list_box_remove (self->hosts, GTK_WIDGET (row));
  gtk_widget_set_visible (GTK_WIDGET (self->hosts_group), n > 0);
}

/* @partial: still being looked at. */
static void
show (LlCheckPage *self, GVariant *verdict, gboolean partial)
{
  LlEvidence evidence;

  gtk_widget_set_visible (GTK_WIDGET (self->result), TRUE);
  if (partial || !ll_evidence_from_name (ll_read_text (verdict, "evidence"), &evidence))
    {
      ll_look_show (self->icon, "system-search-symbolic", "dim-label");
      gtk_label_set_text (self->verdict, _ ("Looking …"));
      gtk_label_set_text (self->reason, ll_read_text (verdict, "domain"));
    }
  else
    {
      g_autofree char *heading = ll_read_as_heading (ll_text_evidence (evidence));

      ll_look_show (self->icon, ll_look_evidence_icon (evidence),
                    ll_look_evidence_style (evidence));
      gtk_label_set_text (self->verdict, heading);
      gtk_label_set_text (self->reason, ll_read_text (verdict, "reason"));
    }
  show_hosts (self, verdict);
}

static void
progress_cb (LlDaemon *daemon, guint cookie, GVariant *partial, LlCheckPage *self)
{
  if (cookie == self->cookie && self->cancellable != NULL)
    show (self, partial, TRUE);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlCheckPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) verdict = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  gtk_spinner_stop (self->spinner);
  if (reply != NULL)
    {
      verdict = g_variant_get_child_value (reply, 0);
      show (self, verdict, FALSE);
      return;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->result), TRUE);
  ll_look_show (self->icon, "dialog-warning-symbolic", "warning");
  gtk_label_set_text (self->verdict, _ ("This could not be looked at"));
  gtk_label_set_text (self->reason, error->message);
}

static void
check_cb (LlCheckPage *self)
{
  g_autofree char *target
      = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  if (*target == '\0')
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->cookie++;
  gtk_spinner_start (self->spinner);
  show_hosts (self, NULL);
  show (self, NULL, TRUE);
  gtk_label_set_text (self->reason, target);
  ll_daemon_call (self->daemon, "Check",
                  g_variant_new ("(su@a{sv})", target, self->cookie,
                                 g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
                  self->cancellable, checked_cb, g_object_ref (self));
}

void
ll_check_page_set_daemon (LlCheckPage *self, LlDaemon *daemon)
{
  self->daemon = g_object_ref (daemon);
  g_signal_connect_object (daemon, "check-progress", G_CALLBACK (progress_cb), self, 0);
}

static void
dispose (GObject *object)
{
  LlCheckPage *self = LL_CHECK_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->daemon);
  G_OBJECT_CLASS (ll_check_page_parent_class)->dispose (object);
}

static void
ll_check_page_class_init (LlCheckPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/check-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, entry);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, result);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, icon);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, reason);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, hosts);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, hosts_group);
  gtk_widget_class_bind_template_callback (widget_class, check_cb);
}

static void
ll_check_page_init (LlCheckPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
