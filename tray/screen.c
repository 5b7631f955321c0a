/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/screen.h"

/* They have one interface under names of their own. */
static const struct
{
  const char *name; /* of the bus, and of the interface */
  const char *path;
} savers[] = {
  { "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver" }, /* KDE */
  { "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver" },
  { "org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver" },
  { "org.mate.ScreenSaver", "/org/mate/ScreenSaver" },
  { "org.xfce.ScreenSaver", "/org/xfce/ScreenSaver" },
};

struct _LlScreen
{
  GDBusConnection *bus;
  GCancellable *ended;
  LlScreenChanged changed;
  gpointer data;
  gboolean locked;
  guint signals[G_N_ELEMENTS (savers)];
};

static void
set_locked (LlScreen *screen, gboolean locked)
{
  if (screen->locked == locked)
    return;
  screen->locked = locked;
  screen->changed (locked, screen->data);
}

static void
changed_cb (GDBusConnection *bus,
            const char *sender,
            const char *path,
            const char *interface,
            const char *signal,
            GVariant *parameters,
            gpointer data)
{
  gboolean locked;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &locked);
  set_locked (data, locked);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  gboolean locked;

  if (reply == NULL)
    return; /* it is not there, or we are not any more */
  g_variant_get (reply, "(b)", &locked);
  if (locked)
    set_locked (data, TRUE);
}

LlScreen *
ll_screen_new (GDBusConnection *bus, LlScreenChanged changed, gpointer data)
{
  LlScreen *screen = g_new0 (LlScreen, 1);

  screen->bus = g_object_ref (bus);
  screen->ended = g_cancellable_new ();
  screen->changed = changed;
  screen->data = data;
  for (guint i = 0; i < G_N_ELEMENTS (savers); i++)
    {
      screen->signals[i]
          = g_dbus_connection_signal_subscribe (bus, savers[i].name, savers[i].name,
                                                "ActiveChanged", NULL, NULL,
                                                G_DBUS_SIGNAL_FLAGS_NONE, changed_cb, screen, NULL);
      g_dbus_connection_call (bus, savers[i].name, savers[i].path, savers[i].name, "GetActive",
                              NULL, G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                              screen->ended, asked_cb, screen);
    }
  return screen;
}

void
ll_screen_free (LlScreen *screen)
{
  if (screen == NULL)
    return;
  g_cancellable_cancel (screen->ended);
  for (guint i = 0; i < G_N_ELEMENTS (savers); i++)
    g_dbus_connection_signal_unsubscribe (screen->bus, screen->signals[i]);
  g_object_unref (screen->ended);
  g_object_unref (screen->bus);
  g_free (screen);
}
