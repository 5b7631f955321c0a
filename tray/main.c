/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/daemon.h"
#include "api/intl.h"
#include "api/read.h"
#include "api/status.h"
#include "tray/alerts.h"
#include "tray/farewell.h"
#include "tray/item.h"
#include "tray/logout.h"
#include "tray/menu.h"
#include "tray/notices.h"
#include "tray/notification.h"
#include "tray/screen.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>

/*
 * letterlock-tray: the icon with its menu, and the notifications. No toolkit: D-Bus alone, so that
 * it stays small. It wakes for nothing but what the daemon or the desktop tells it.
 */

#define NAME "org.letterlock.Tray"
#define WINDOW "org.letterlock.Letterlock"
#define WINDOW_PATH "/org/letterlock/Letterlock"
/* The menu's letters. */
#define HELD_SHOWN 8
#define LAST_SHOWN 5
/* Letters that changed together are looked at together. */
#define GATHER_MS 200

typedef struct
{
  GMainLoop *loop;
  GDBusConnection *bus;
  LlDaemon *daemon;
  LlItem *item;
  LlMenu *menu;
  LlNotices *notices;
  LlAlerts *alerts;
  LlLogout *logout;
  LlFarewell *farewell;
  LlScreen *screen;
  guint shows; /* the watch of who shows notifications */
  GVariant *held;
  GVariant *last;
  guint gather;
} Tray;

/* -- the window ---------------------------------------------------------------------------- */

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_warning ("the window does not open: %s", error->message);
}

/* Started by the bus where it does not run. */
static void
open_window (const char *id, gpointer data)
{
  Tray *tray = data;
  GVariantBuilder parameters = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  GVariantBuilder platform = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (id != NULL)
    g_variant_builder_add (&parameters, "v", g_variant_new_string (id));
  g_dbus_connection_call (tray->bus, WINDOW, WINDOW_PATH, "org.freedesktop.Application",
                          id != NULL ? "ActivateAction" : "Activate",
                          id != NULL
                              ? g_variant_new ("(sava{sv})", "letter", &parameters, &platform)
                              : g_variant_new ("(a{sv})", &platform),
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, opened_cb, NULL);
  if (id == NULL)
    g_variant_builder_clear (&parameters);
}

static void
activate_cb (gpointer data)
{
  open_window (NULL, data);
}

static void
quit_cb (gpointer data)
{
  g_main_loop_quit (((Tray *) data)->loop);
}

/* -- the state in icon and words ------------------------------------------------------------- */

static const char *
icon_of (GVariant *state)
{
  static const char *const states[][2] = {
    { "calm", "letterlock-calm-symbolic" },
    { "attention", "letterlock-attention-symbolic" },
    { "blocked", "letterlock-blocked-symbolic" },
    { "paused", "letterlock-paused-symbolic" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (ll_read_text (state, "state"), states[i][0]))
      return states[i][1];
  return "letterlock-offline-symbolic";
}

static void
show (Tray *tray)
{
  GVariant *state = ll_daemon_get_state (tray->daemon);
  g_autofree char *words = ll_status_words (state);

  ll_item_show (tray->item, icon_of (state),
                g_str_equal (ll_read_text (state, "state"), "attention"), words);
  ll_menu_show (tray->menu, words, tray->held, tray->last);
  ll_alerts_look (tray->alerts);
  ll_logout_look (tray->logout, ll_status_unsent (state));
  ll_farewell_look (tray->farewell, ll_status_unsent (state));
}

/* -- letters --------------------------------------------------------------------------------- */

static GVariant *
take_letters (GObject *source, GAsyncResult *result)
{
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, NULL);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

static void
last_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Tray *tray = data;

  g_clear_pointer (&tray->last, g_variant_unref);
  tray->last = take_letters (source, result);
  show (tray);
}

static void
held_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Tray *tray = data;

  g_clear_pointer (&tray->held, g_variant_unref);
  tray->held = take_letters (source, result);
  for (gsize i = 0; tray->held != NULL && i < g_variant_n_children (tray->held); i++)
    {
      g_autoptr (GVariant) letter = g_variant_get_child_value (tray->held, i);

      ll_notices_look (tray->notices, letter);
    }
  show (tray);
}

static void
ask_letters (Tray *tray)
{
  static const char *const states[] = { "held", "uncertain", NULL };
  GVariantDict last = G_VARIANT_DICT_INIT (NULL);
  GVariantDict held = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&last, "limit", "u", LAST_SHOWN);
  g_variant_dict_insert (&held, "limit", "u", HELD_SHOWN);
  g_variant_dict_insert (&held, "states", "^as", states);
  ll_daemon_call (tray->daemon, "ListLetters",
                  g_variant_new ("(@a{sv})", g_variant_dict_end (&last)), NULL, last_cb, tray);
  ll_daemon_call (tray->daemon, "ListLetters",
                  g_variant_new ("(@a{sv})", g_variant_dict_end (&held)), NULL, held_cb, tray);
}

static gboolean
gather_cb (gpointer data)
{
  Tray *tray = data;

  tray->gather = 0;
  ask_letters (tray);
  return G_SOURCE_REMOVE;
}

static void
letter_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, NULL);
  g_autoptr (GVariant) letter = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (letter != NULL)
    ll_notices_look (((Tray *) data)->notices, letter);
}

static void
letters_changed_cb (LlDaemon *daemon, const char *const *ids, Tray *tray)
{
  for (guint i = 0; ids[i] != NULL; i++)
    ll_daemon_call (daemon, "GetLetter", g_variant_new ("(s)", ids[i]), NULL, letter_cb, tray);
  if (tray->gather == 0)
    tray->gather = g_timeout_add (GATHER_MS, gather_cb, tray);
}

static void
connected_cb (LlDaemon *daemon, GParamSpec *spec, Tray *tray)
{
  g_clear_pointer (&tray->held, g_variant_unref);
  g_clear_pointer (&tray->last, g_variant_unref);
  if (ll_daemon_is_connected (daemon))
    ask_letters (tray);
  else
    show (tray);
}

/* -- the screen ----------------------------------------------------------------------------- */

static void
locked_cb (gboolean locked, gpointer data)
{
  Tray *tray = data;

  ll_notices_lock (tray->notices, locked);
  ll_alerts_lock (tray->alerts, locked);
}

/* The next one counts from 1 again. */
static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer data)
{
  Tray *tray = data;

  ll_notices_forget (tray->notices);
  ll_alerts_forget (tray->alerts);
  ll_farewell_forget (tray->farewell);
}

/* -- start ----------------------------------------------------------------------------------- */

static gboolean
end_cb (gpointer data)
{
  g_main_loop_quit (((Tray *) data)->loop);
  return G_SOURCE_CONTINUE;
}

static void
taken_cb (GDBusConnection *bus, const char *name, gpointer data)
{
  fprintf (stderr, "letterlock-tray: the icon is there already\n");
  g_main_loop_quit (((Tray *) data)->loop);
}

static void
run (Tray *tray)
{
  static const LlMenuTable table = { .open = open_window, .quit = quit_cb };
  guint name = g_bus_own_name_on_connection (tray->bus, NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                             NULL, taken_cb, tray, NULL);

  tray->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, end_cb, tray);
  g_unix_signal_add (SIGINT, end_cb, tray);
  tray->daemon = ll_daemon_new ();
  tray->menu = ll_menu_new (tray->daemon, &table, tray);
  tray->item = ll_item_new (tray->bus, LL_MENU_PATH, activate_cb, tray);
  tray->notices = ll_notices_new (tray->bus, tray->daemon, open_window, tray);
  tray->alerts = ll_alerts_new (tray->bus, tray->daemon);
  tray->logout = ll_logout_new (tray->bus);
  tray->farewell = ll_farewell_new (tray->bus, tray->logout, quit_cb, tray);
  tray->screen = ll_screen_new (tray->bus, locked_cb, tray);
  tray->shows = g_bus_watch_name_on_connection (tray->bus, LL_NOTIFICATION_NAME,
                                                G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, vanished_cb,
                                                tray, NULL);
  g_signal_connect (tray->daemon, "letters-changed", G_CALLBACK (letters_changed_cb), tray);
  g_signal_connect (tray->daemon, "notify::connected", G_CALLBACK (connected_cb), tray);
  g_signal_connect_swapped (tray->daemon, "notify::state", G_CALLBACK (show), tray);
  show (tray);
  g_main_loop_run (tray->loop);
  g_clear_handle_id (&tray->gather, g_source_remove);
  g_signal_handlers_disconnect_by_data (tray->daemon, tray);
  g_bus_unwatch_name (tray->shows);
  ll_screen_free (tray->screen);
  ll_farewell_free (tray->farewell);
  ll_logout_free (tray->logout);
  ll_alerts_free (tray->alerts);
  ll_notices_free (tray->notices);
  ll_item_free (tray->item);
  ll_menu_free (tray->menu);
  g_object_unref (tray->daemon);
  g_clear_pointer (&tray->held, g_variant_unref);
  g_clear_pointer (&tray->last, g_variant_unref);
  g_bus_unown_name (name);
  g_main_loop_unref (tray->loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  Tray tray = { NULL };

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LL_LOCALE_FOLDER);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ ("The icon of Letterlock, its menu and notifications."));
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "letterlock-tray: %s\n", error->message);
      return 2;
    }
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (bus == NULL)
    {
      fprintf (stderr, "letterlock-tray: there is no session bus: %s\n", error->message);
      return 3;
    }
  tray.bus = bus;
  run (&tray);
  return 0;
}
