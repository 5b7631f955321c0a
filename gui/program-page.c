/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/program-page.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/list.h"
#include "gui/toast.h"
#include "gui/value-row.h"

#include <string.h>

struct _LlProgramPage
{
  AdwBin parent_instance;

  GtkListBox *values;

  LlDaemon *daemon;
};

G_DEFINE_FINAL_TYPE (LlProgramPage, ll_program_page, ADW_TYPE_BIN)

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
add (LlProgramPage *self, const char *what, const char *value)
{
  gtk_list_box_append (self->values, ll_value_row_new (what, value));
}

void
ll_program_page_show (LlProgramPage *self, LlDaemon *daemon, GVariant *account)
{
  g_autofree char *port = port_of (account);

  g_set_object (&self->daemon, daemon);
  ll_list_fill (self->values, NULL, NULL, NULL);
  add (self, _ ("Server"), "localhost");
  add (self, _ ("Port, with SSL/TLS"), port);
  add (self, _ ("User name"), ll_read_text (account, "username"));
  add (self, _ ("Password"), ll_read_text (account, "password"));
}

/* -- the certificate -------------------------------------------------------------------------- */

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
  g_autoptr (LlProgramPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *chooser;

  if (window == NULL)
    return; /* closed meanwhile */
  if (reply == NULL)
    {
      ll_toast (GTK_WIDGET (self), error->message);
      return;
    }
  chooser = gtk_file_chooser_native_new (_ ("Save the certificate"), GTK_WINDOW (window),
                                         GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "letterlock-ca.pem");
  g_signal_connect (chooser, "response", G_CALLBACK (saved_cb), g_steal_pointer (&reply));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
save_cb (LlProgramPage *self)
{
  ll_daemon_call (self->daemon, "GetAuthority", NULL, NULL, authority_cb, g_object_ref (self));
}

/* -- class ------------------------------------------------------------------------------------ */

static void
dispose (GObject *object)
{
  g_clear_object (&LL_PROGRAM_PAGE (object)->daemon);
  G_OBJECT_CLASS (ll_program_page_parent_class)->dispose (object);
}

static void
ll_program_page_class_init (LlProgramPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/program-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlProgramPage, values);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
ll_program_page_init (LlProgramPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
