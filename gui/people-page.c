/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/people-page.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/key-row.h"
#include "gui/list.h"
#include "gui/toast.h"
#include "gui/typed.h"

struct _LlPeoplePage
{
  AdwBin parent_instance;

  AdwEntryRow *entry;
  GtkSpinner *spinner;
  GtkListBox *list;

  LlDaemon *daemon;
  char *address; /* whose keys are shown */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (LlPeoplePage, ll_people_page, ADW_TYPE_BIN)

static GtkWidget *
row_new (GVariant *key, gpointer data)
{
  LlPeoplePage *self = data;

  return ll_key_row_new (self->daemon, self->address, key);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlPeoplePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GVariant) keys = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_spinner_stop (self->spinner);
  if (reply == NULL)
    {
      ll_toast (GTK_WIDGET (self), error->message);
      return;
    }
  found = g_variant_get_child_value (reply, 0);
  keys = g_variant_is_of_type (found, G_VARIANT_TYPE_VARDICT) ? ll_read_list (found, "keys")
                                                              : g_variant_ref (found);
  ll_list_fill (self->list, keys, row_new, self);
}

static GCancellable *
begin (LlPeoplePage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  return self->cancellable;
}

static void
look_cb (LlPeoplePage *self)
{
  g_free (self->address);
  self->address = ll_typed (GTK_EDITABLE (self->entry));
  if (*self->address == '\0')
    return;
  gtk_spinner_start (self->spinner);
  ll_daemon_call (self->daemon, "FindKeys", g_variant_new ("(su)", self->address, 0), begin (self),
                  found_cb, g_object_ref (self));
}

/* A word about a key changes what the others are good for. */
static void
decided_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LlPeoplePage *self = LL_PEOPLE_PAGE (widget);

  ll_daemon_call (self->daemon, "ListKeys", g_variant_new ("(s)", self->address), begin (self),
                  found_cb, g_object_ref (self));
}

static void
dispose (GObject *object)
{
  LlPeoplePage *self = LL_PEOPLE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->daemon);
  g_clear_pointer (&self->address, g_free);
  G_OBJECT_CLASS (ll_people_page_parent_class)->dispose (object);
}

static void
ll_people_page_class_init (LlPeoplePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/people-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlPeoplePage, entry);
  gtk_widget_class_bind_template_child (widget_class, LlPeoplePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, LlPeoplePage, list);
  gtk_widget_class_bind_template_callback (widget_class, look_cb);
  gtk_widget_class_install_action (widget_class, "people.decided", NULL, decided_cb);
}

static void
ll_people_page_init (LlPeoplePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ll_people_page_new (LlDaemon *daemon)
{
  LlPeoplePage *self = g_object_new (LL_TYPE_PEOPLE_PAGE, NULL);

  self->daemon = g_object_ref (daemon);
  return GTK_WIDGET (self);
}
