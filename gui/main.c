/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/intl.h"
#include "gui/preferences-window.h"
#include "gui/window.h"

#include <locale.h>

/*
 * letterlock-gui: the window. One process for a session; a second start, or a notification's
 * action, brings the window of the first to the front.
 *
 * Actions for others on the bus: app.letter(s) opens a letter, app.held what waits for a decision.
 */

#define APP_ID "org.letterlock.Letterlock"

static LlDaemon *the_daemon;

static LlWindow *
present (AdwApplication *app)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (app));

  if (the_daemon == NULL)
    the_daemon = ll_daemon_new ();
  if (window == NULL)
    window = ll_window_new (app, the_daemon);
  gtk_window_present (window);
  return LL_WINDOW (window);
}

static void
activate_cb (AdwApplication *app)
{
  (void) present (app);
}

/* -- actions ------------------------------------------------------------------------------- */

static void
letter_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ll_window_open_letter (present (ADW_APPLICATION (data)), g_variant_get_string (parameter, NULL));
}

static void
held_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ll_window_show_page (present (ADW_APPLICATION (data)), "held");
}

static void
pause_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (the_daemon != NULL)
    ll_daemon_call (the_daemon, "Pause", NULL, NULL, NULL, NULL);
}

static void
preferences_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  LlWindow *window = present (ADW_APPLICATION (data));

  gtk_window_present (ll_preferences_window_new (GTK_WINDOW (window), the_daemon));
}

/* Not by the application itself: it would make them ready before the window is painted. */
static void
shortcuts_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/letterlock/help-overlay.ui");
  GtkWindow *shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay"));

  gtk_window_set_transient_for (shortcuts, GTK_WINDOW (present (ADW_APPLICATION (data))));
  gtk_window_present (shortcuts);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (data)),
                         "application-name", "Letterlock", "application-icon", APP_ID, "version",
                         LL_VERSION, "developer-name", _ ("Letterlock contributors"),
                         "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _ ("Locks letters before they leave."), NULL);
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_quit (G_APPLICATION (data));
}

static const GActionEntry actions[] = {
  { "letter", letter_cb, "s", NULL, NULL },
  { "held", held_cb, NULL, NULL, NULL },
  { "pause", pause_cb, NULL, NULL, NULL },
  { "preferences", preferences_cb, NULL, NULL, NULL },
  { "shortcuts", shortcuts_cb, NULL, NULL, NULL },
  { "about", about_cb, NULL, NULL, NULL },
  { "quit", quit_cb, NULL, NULL, NULL },
};

/* -- start ---------------------------------------------------------------------------------- */

static void
startup_cb (GtkApplication *app)
{
  static const char *const quit[] = { "<Control>q", NULL };
  static const char *const preferences[] = { "<Control>comma", NULL };
  static const char *const shortcuts[] = { "<Control>question", NULL };
  static const char *const close[] = { "<Control>w", NULL };
  static const char *const pages[]
      = { "letters", "held", "check", "people", "rules", "accounts", "overview" };
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (style, "/org/letterlock/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_application_set_accels_for_action (app, "app.quit", quit);
  gtk_application_set_accels_for_action (app, "app.preferences", preferences);
  gtk_application_set_accels_for_action (app, "app.shortcuts", shortcuts);
  gtk_application_set_accels_for_action (app, "window.close", close);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *action = g_strdup_printf ("win.page::%s", pages[i]);
      g_autofree char *key = g_strdup_printf ("<Alt>%u", i + 1);

      gtk_application_set_accels_for_action (app, action, (const char *const[]){ key, NULL });
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) app = NULL;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LL_LOCALE_FOLDER);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  app = adw_application_new (APP_ID, G_APPLICATION_DEFAULT_FLAGS);
  g_application_set_option_context_summary (G_APPLICATION (app),
                                            _ ("Shows your letters, and what was done with them."));
  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  g_signal_connect_after (app, "startup", G_CALLBACK (startup_cb), NULL);
  g_signal_connect (app, "activate", G_CALLBACK (activate_cb), NULL);
  status = g_application_run (G_APPLICATION (app), argc, argv);
  g_clear_object (&the_daemon);
  return status;
}
