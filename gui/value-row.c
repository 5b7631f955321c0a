/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/value-row.h"

#include "api/intl.h"
#include "gui/toast.h"

static void
copy_cb (GtkWidget *button, const char *value)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), value);
  ll_toast (button, _ ("Copied"));
}

static void
free_cb (gpointer data, GClosure *closure)
{
  g_free (data);
}

GtkWidget *
ll_value_row_new (const char *what, const char *value)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  /* Translators: %s is a word such as "Server" or "Password" */
  g_autofree char *label = g_strdup_printf (_ ("Copy: %s"), what);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), what);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), value);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_data (button, "clicked", G_CALLBACK (copy_cb), g_strdup (value), free_cb, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}
