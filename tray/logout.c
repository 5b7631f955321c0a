/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/logout.h"

#include "api/status.h"

#define NAME "org.gnome.SessionManager"
#define PATH "/org/gnome/SessionManager"
#define AT_LOGOUT 1u

/* Most letters are gone before that (milliseconds): of them nobody is told. */
#define SETTLE 2000

struct _LlLogout
{
  GDBusConnection *bus;
  GCancellable *ended;
  gulong unsent;
  gulong said; /* what the session was told */
  gboolean asking;
  guint cookie; /* 0: it was told nothing */
  guint timer;
};

static void
withdraw (LlLogout *logout)
{
  if (logout->cookie != 0)
    g_dbus_connection_call (logout->bus, NAME, PATH, NAME, "Uninhibit",
                            g_variant_new ("(u)", logout->cookie), NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  logout->cookie = 0;
}

static void
said_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LlLogout *logout = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  logout->asking = FALSE;
  if (reply == NULL)
    return;
  /* the new words first, then the old ones away: nobody slips out in between */
  withdraw (logout);
  g_variant_get (reply, "(u)", &logout->cookie);
  ll_logout_look (logout, logout->unsent);
}

static void
say (LlLogout *logout)
{
  g_autofree char *why = ll_status_unsent_words (logout->unsent);

  logout->asking = TRUE;
  logout->said = logout->unsent;
  g_dbus_connection_call (logout->bus, NAME, PATH, NAME, "Inhibit",
                          g_variant_new ("(susu)", "org.letterlock.Letterlock", 0u, why, AT_LOGOUT),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          logout->ended, said_cb, logout);
}

static gboolean
settled_cb (gpointer data)
{
  LlLogout *logout = data;

  logout->timer = 0;
  if (logout->unsent > 0 && !logout->asking)
    say (logout);
  return G_SOURCE_REMOVE;
}

void
ll_logout_look (LlLogout *logout, gulong unsent)
{
  logout->unsent = unsent;
  if (unsent == 0)
    {
      g_clear_handle_id (&logout->timer, g_source_remove);
      withdraw (logout);
      logout->said = 0;
    }
  else if (unsent != logout->said && !logout->asking && logout->timer == 0)
    logout->timer = g_timeout_add (SETTLE, settled_cb, logout);
}

gboolean
ll_logout_is_told (LlLogout *logout)
{
  return logout->cookie != 0;
}

LlLogout *
ll_logout_new (GDBusConnection *bus)
{
  LlLogout *logout = g_new0 (LlLogout, 1);

  logout->bus = g_object_ref (bus);
  logout->ended = g_cancellable_new ();
  return logout;
}

/* The session forgets who left its bus. */
void
ll_logout_free (LlLogout *logout)
{
  if (logout == NULL)
    return;
  g_cancellable_cancel (logout->ended);
  g_clear_handle_id (&logout->timer, g_source_remove);
  g_object_unref (logout->ended);
  g_object_unref (logout->bus);
  g_free (logout);
}
