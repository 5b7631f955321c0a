/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/check-page.h"

#include "api/intl.h"
#include "api/sentence.h"
#include "api/text.h"
#include "api/read.h"
#include "gui/headline.h"
#include "gui/host-row.h"
#include "gui/look.h"
#include "gui/typed.h"

struct _LlCheckPage
{
  AdwBin parent_instance;

  AdwEntryRow *entry;
  GtkSpinner *spinner;
  LlHeadline *headline;
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

static void
say (LlCheckPage *self, const char *icon, const char *style, const char *what, const char *why)
{
  gtk_widget_set_visible (GTK_WIDGET (self->headline), TRUE);
  ll_headline_show (self->headline, icon, style, what, why);
}

static void
say_looking (LlCheckPage *self, const char *at)
{
  say (self, "system-search-symbolic", "dim-label", _ ("Looking …"), at);
}

static void
show (LlCheckPage *self, GVariant *verdict)
{
  g_autofree char *reason = ll_sentence_read (verdict, "reason");
  LlEvidence evidence;

  if (!ll_evidence_from_name (ll_read_text (verdict, "evidence"), &evidence))
    say_looking (self, ll_read_text (verdict, "domain"));
  else
    say (self, ll_look_evidence_icon (evidence), ll_look_evidence_style (evidence),
         ll_text_evidence (evidence), reason);
  show_hosts (self, verdict);
}

static void
progress_cb (LlDaemon *daemon, guint cookie, GVariant *partial, LlCheckPage *self)
{
  if (cookie != self->cookie || self->cancellable == NULL)
    return;
  say_looking (self, ll_read_text (partial, "domain"));
  show_hosts (self, partial);
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
      show (self, verdict);
      return;
    }
  say (self, "dialog-warning-symbolic", "warning", _ ("This could not be looked at"),
       error->message);
}

static void
check_cb (LlCheckPage *self)
{
  g_autofree char *target = ll_typed (GTK_EDITABLE (self->entry));

  if (*target == '\0')
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->cookie++;
  gtk_spinner_start (self->spinner);
  show_hosts (self, NULL);
  say_looking (self, target);
  ll_daemon_call (self->daemon, "Check",
                  g_variant_new ("(su@a{sv})", target, self->cookie,
                                 g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
                  self->cancellable, checked_cb, g_object_ref (self));
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
  g_type_ensure (LL_TYPE_HEADLINE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/check-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, entry);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, headline);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, hosts);
  gtk_widget_class_bind_template_child (widget_class, LlCheckPage, hosts_group);
  gtk_widget_class_bind_template_callback (widget_class, check_cb);
}

static void
ll_check_page_init (LlCheckPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ll_check_page_new (LlDaemon *daemon)
{
  LlCheckPage *self = g_object_new (LL_TYPE_CHECK_PAGE, NULL);

  self->daemon = g_object_ref (daemon);
  g_signal_connect_object (daemon, "check-progress", G_CALLBACK (progress_cb), self, 0);
  return GTK_WIDGET (self);
}
