/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/autostart-row.h"

#include "api/intl.h"
#include "gui/autostart.h"

static const char *
words_of (LlAutostart state)
{
  switch (state)
    {
    case LL_AUTOSTART_ON:
      return _ ("It starts with your session, and tells you of letters that need you");
    case LL_AUTOSTART_OFF:
      return _ ("It does not start with your session: nobody tells you of letters that need you");
    case LL_AUTOSTART_ABSENT:
      break;
    }
  return _ ("Nothing is installed here that your session could start");
}

static void
show (AdwActionRow *row, GtkSwitch *button)
{
  LlAutostart state = ll_autostart_get ();

  gtk_widget_set_sensitive (GTK_WIDGET (row), state != LL_AUTOSTART_ABSENT);
  gtk_switch_set_state (button, state == LL_AUTOSTART_ON);
  gtk_switch_set_active (button, state == LL_AUTOSTART_ON);
  adw_action_row_set_subtitle (row, words_of (state));
}

static gboolean
set_cb (GtkSwitch *button, gboolean on, AdwActionRow *row)
{
  g_autoptr (GError) error = NULL;

  if (on == gtk_switch_get_state (button))
    return GDK_EVENT_STOP;
  ll_autostart_set (on, &error);
  show (row, button);
  if (error != NULL)
    adw_action_row_set_subtitle (row, error->message);
  return GDK_EVENT_STOP;
}

GtkWidget *
ll_autostart_row_new (void)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_switch_new ();
  const char *title = _ ("Show the icon when I log in");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  show (ADW_ACTION_ROW (row), GTK_SWITCH (button));
  g_signal_connect (button, "state-set", G_CALLBACK (set_cb), row);
  return row;
}
