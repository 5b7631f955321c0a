/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/permission-page.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/toast.h"

struct _LlPermissionPage
{
  AdwBin parent_instance;

  AdwStatusPage *status;
  GtkLabel *code;
  GtkButton *open;

  char *url;
};

G_DEFINE_FINAL_TYPE (LlPermissionPage, ll_permission_page, ADW_TYPE_BIN)

/* The address comes from a server: only what a browser is for is handed to one. */
void
ll_permission_page_open (LlPermissionPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (g_str_has_prefix (self->url, "https://"))
    gtk_show_uri (GTK_WINDOW (root), self->url, GDK_CURRENT_TIME);
}

static void
copy_cb (LlPermissionPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->url);
  ll_toast (GTK_WIDGET (self), _ ("Copied"));
}

void
ll_permission_page_show (LlPermissionPage *self, GVariant *step)
{
  const char *code = ll_read_text (step, "code");
  gboolean elsewhere = *code != '\0';
  g_autofree char *text = NULL;

  g_free (self->url);
  self->url = g_strdup (ll_read_text (step, "url"));
  text = elsewhere
             ? g_markup_printf_escaped (_ ("On any device, open\n%s\nand type this code there. "
                                           "When you are done, it goes on here by itself."),
                                        self->url)
             : g_strdup (_ ("Your browser shows your provider's page. When you are done there, "
                            "it goes on here by itself."));
  adw_status_page_set_title (self->status,
                             elsewhere ? _ ("Sign in with a code") : _ ("Sign in in your browser"));
  adw_status_page_set_description (self->status, text);
  gtk_label_set_text (self->code, code);
  gtk_widget_set_visible (GTK_WIDGET (self->code), elsewhere);
  gtk_button_set_label (self->open,
                        elsewhere ? _ ("Open it here") : _ ("It did not open: try again"));
}

/* -- class ------------------------------------------------------------------------------------ */

static void
finalize (GObject *object)
{
  g_free (LL_PERMISSION_PAGE (object)->url);
  G_OBJECT_CLASS (ll_permission_page_parent_class)->finalize (object);
}

static void
ll_permission_page_class_init (LlPermissionPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/permission-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlPermissionPage, status);
  gtk_widget_class_bind_template_child (widget_class, LlPermissionPage, code);
  gtk_widget_class_bind_template_child (widget_class, LlPermissionPage, open);
  gtk_widget_class_bind_template_callback_full (widget_class, "open_cb",
                                                G_CALLBACK (ll_permission_page_open));
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
ll_permission_page_init (LlPermissionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
