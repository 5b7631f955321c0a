/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/farewell.h"

#include "api/intl.h"
#include "api/status.h"
#include "tray/notification.h"
#include "tray/xsmp.h"

#define STAY "stay"
#define LEAVE "leave"

/* Seconds; "a minute" in the question. Who left his seat must not find his session still there. */
#define PATIENCE 60

struct _LlFarewell
{
  GDBusConnection *bus;
  LlLogout *logout;
  LlXsmp *xsmp;
  void (*end) (gpointer data);
  gpointer data;
  gulong unsent;
  GCancellable *asked; /* NULL: nothing is */
  guint number;        /* of the notification; 0: not known yet, or gone */
  guint patience;
  guint signals[2];
};

static void
take_back (gpointer data)
{
  LlFarewell *farewell = data;

  if (farewell->asked == NULL)
    return;
  g_clear_handle_id (&farewell->patience, g_source_remove);
  g_cancellable_cancel (farewell->asked);
  g_clear_object (&farewell->asked);
  ll_notification_close (farewell->bus, farewell->number);
  farewell->number = 0;
}

static void
settle (LlFarewell *farewell, gboolean stay)
{
  take_back (farewell);
  ll_xsmp_answer (farewell->xsmp, stay);
}

static gboolean
patience_cb (gpointer data)
{
  LlFarewell *farewell = data;

  farewell->patience = 0;
  settle (farewell, FALSE);
  return G_SOURCE_REMOVE;
}

static void
shown_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LlFarewell *farewell = data;
  g_autoptr (GError) error = NULL;
  guint number = ll_notification_show_finish (source, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  farewell->number = number;
  if (error != NULL)
    settle (farewell, FALSE);
}

/* -- what the session asks ------------------------------------------------------------------ */

static gboolean
minds (gpointer data)
{
  LlFarewell *farewell = data;

  return farewell->unsent > 0 && !ll_logout_is_told (farewell->logout);
}

static void
ask (gpointer data)
{
  LlFarewell *farewell = data;
  const char *actions[] = { LEAVE, _ ("Log out"), STAY, _ ("Stay"), NULL };
  g_autofree char *count = ll_status_unsent_words (farewell->unsent);
  const LlNotification question = {
    .summary = count,
    .body
    = _ ("They wait until you log in again. Without an answer your session ends in a minute."),
    .actions = g_variant_new_strv (actions, -1),
    .urgent = TRUE,
  };

  farewell->asked = g_cancellable_new ();
  farewell->patience = g_timeout_add_seconds (PATIENCE, patience_cb, farewell);
  ll_notification_show (farewell->bus, &question, farewell->asked, shown_cb, farewell);
}

static void
end (gpointer data)
{
  LlFarewell *farewell = data;

  farewell->end (farewell->data);
}

void
ll_farewell_look (LlFarewell *farewell, gulong unsent)
{
  if (farewell == NULL)
    return;
  farewell->unsent = unsent;
  if (unsent == 0 && farewell->asked != NULL)
    settle (farewell, FALSE);
}

void
ll_farewell_forget (LlFarewell *farewell)
{
  if (farewell != NULL)
    farewell->number = 0;
}

/* -- what the user says --------------------------------------------------------------------- */

/* Who closes it has read it. */
static void
signal_cb (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters,
           gpointer data)
{
  LlFarewell *farewell = data;
  guint number = 0;
  const char *action = LEAVE;

  if (g_str_equal (signal, "ActionInvoked"))
    g_variant_get (parameters, "(u&s)", &number, &action);
  else
    g_variant_get (parameters, "(uu)", &number, NULL);
  if (number != 0 && number == farewell->number)
    settle (farewell, g_str_equal (action, STAY));
}

static guint
listen (LlFarewell *farewell, const char *signal)
{
  return g_dbus_connection_signal_subscribe (farewell->bus, LL_NOTIFICATION_NAME,
                                             LL_NOTIFICATION_NAME, signal, LL_NOTIFICATION_PATH,
                                             NULL, G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, farewell,
                                             NULL);
}

LlFarewell *
ll_farewell_new (GDBusConnection *bus,
                 LlLogout *logout,
                 void (*end_cb) (gpointer data),
                 gpointer data)
{
  static const LlXsmpTable table
      = { .minds = minds, .ask = ask, .withdraw = take_back, .end = end };
  LlFarewell *farewell = g_new0 (LlFarewell, 1);

  farewell->xsmp = ll_xsmp_new (&table, farewell);
  if (farewell->xsmp == NULL)
    {
      g_free (farewell);
      return NULL;
    }
  farewell->bus = g_object_ref (bus);
  farewell->logout = logout;
  farewell->end = end_cb;
  farewell->data = data;
  farewell->signals[0] = listen (farewell, "ActionInvoked");
  farewell->signals[1] = listen (farewell, "NotificationClosed");
  return farewell;
}

void
ll_farewell_free (LlFarewell *farewell)
{
  if (farewell == NULL)
    return;
  ll_xsmp_free (farewell->xsmp);
  take_back (farewell);
  for (guint i = 0; i < G_N_ELEMENTS (farewell->signals); i++)
    g_dbus_connection_signal_unsubscribe (farewell->bus, farewell->signals[i]);
  g_object_unref (farewell->bus);
  g_free (farewell);
}
