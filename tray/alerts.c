/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/alerts.h"

#include "api/bidi.h"
#include "api/intl.h"
#include "api/read.h"
#include "api/status.h"
#include "api/unlock.h"
#include "tray/notification.h"

#define REMEDY "remedy"

typedef enum
{
  KIND_KEYRING,
  KIND_SIGN_IN,
  KIND_LEAVING,
  N_KINDS,
} Kind;

typedef struct
{
  LlAlerts *alerts;
  char *said;      /* what stands there, to say nothing twice; NULL: nothing */
  gboolean asking; /* its number is not known yet */
  guint number;    /* of the notification; 0: not known yet, or gone */
} Alert;

struct _LlAlerts
{
  GDBusConnection *bus;
  LlDaemon *daemon;
  GCancellable *ended;
  guint action;
  gboolean locked; /* the screen is */
  Alert kinds[N_KINDS];
};

/* -- saying it -------------------------------------------------------------------------- */

static void
take_back (Alert *alert)
{
  ll_notification_close (alert->alerts->bus, alert->number);
  alert->number = 0;
  g_clear_pointer (&alert->said, g_free);
}

/* What came meanwhile waited for the number: it replaces, or takes back. */
static void
notified_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Alert *alert = data;
  g_autoptr (GError) error = NULL;
  guint number = ll_notification_show_finish (source, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  alert->number = number;
  alert->asking = FALSE;
  if (alert->said == NULL)
    take_back (alert);
  ll_alerts_look (alert->alerts);
}

/* @label: of the one thing that can be done; NULL: nothing. */
static void
notify (Alert *alert, const char *summary, const char *body, const char *label)
{
  const char *actions[] = { REMEDY, label, NULL };
  const LlNotification notification = {
    .replaces = alert->number,
    .summary = summary,
    .body = body,
    .actions = g_variant_new_strv (actions, label != NULL ? -1 : 0),
  };

  ll_notification_show (alert->alerts->bus, &notification, alert->alerts->ended, notified_cb,
                        alert);
}

static void
say (Alert *alert, const char *summary, const char *body, const char *label)
{
  g_autofree char *text = g_strconcat (summary, "\n", body, NULL);

  if (alert->asking || g_strcmp0 (text, alert->said) == 0)
    return;
  g_free (alert->said);
  alert->said = g_steal_pointer (&text);
  alert->asking = TRUE;
  notify (alert, summary, body, label);
}

/* -- what there is to say ------------------------------------------------------------------ */

static void
tell (Alert *alert, Kind kind, GVariant *state, gulong unsent)
{
  g_autofree char *account = ll_status_sign_in (state);
  g_autofree char *name = ll_bidi_isolate (account != NULL ? account : "");
  g_autofree char *count = ll_status_unsent_words (unsent);
  g_autofree char *body = NULL;

  switch (kind)
    {
    case KIND_KEYRING:
      say (alert, _ ("Your keyring is locked"), count, ll_remedy_label (LL_REMEDY_UNLOCK));
      break;
    case KIND_SIGN_IN:
      body = g_strdup_printf (_ ("Account %s has to sign in at its provider: its letters wait"),
                              name);
      say (alert, _ ("Sign in to send"), body, ll_remedy_label (LL_REMEDY_SIGN_IN));
      break;
    case KIND_LEAVING:
      say (alert, count, _ ("They wait until this computer runs again and has a network."), NULL);
      break;
    case N_KINDS:
      break;
    }
}

/* On a locked screen nobody is named, and nothing offered. */
static gboolean
applies (Kind kind, GVariant *state, gboolean locked)
{
  switch (kind)
    {
    case KIND_KEYRING:
      return !locked && ll_status_remedy (state) == LL_REMEDY_UNLOCK;
    case KIND_SIGN_IN:
      return !locked && ll_status_remedy (state) == LL_REMEDY_SIGN_IN;
    case KIND_LEAVING:
      return *ll_read_text (state, "leaving") != '\0';
    case N_KINDS:
      break;
    }
  return FALSE;
}

void
ll_alerts_look (LlAlerts *alerts)
{
  GVariant *state = ll_daemon_get_state (alerts->daemon);
  gulong unsent = ll_status_unsent (state);

  for (Kind kind = 0; kind < N_KINDS; kind++)
    {
      Alert *alert = &alerts->kinds[kind];

      if (unsent > 0 && applies (kind, state, alerts->locked))
        tell (alert, kind, state, unsent);
      else if (alert->said != NULL)
        take_back (alert);
    }
}

void
ll_alerts_lock (LlAlerts *alerts, gboolean locked)
{
  alerts->locked = locked;
  ll_alerts_look (alerts);
}

void
ll_alerts_forget (LlAlerts *alerts)
{
  for (Kind kind = 0; kind < N_KINDS; kind++)
    alerts->kinds[kind].number = 0;
}

/* -- what comes back ------------------------------------------------------------------------ */

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  if (reply == NULL)
    ll_notification_complain (((LlAlerts *) data)->bus, error);
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!ll_unlock_keyring_finish (result, &error))
    ll_notification_complain (((LlAlerts *) data)->bus, error);
}

static void
action_cb (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters,
           gpointer data)
{
  LlAlerts *alerts = data;
  g_autofree char *account = ll_status_sign_in (ll_daemon_get_state (alerts->daemon));
  const char *action;
  guint number;

  g_variant_get (parameters, "(u&s)", &number, &action);
  if (number == 0 || !g_str_equal (action, REMEDY))
    return;
  if (number == alerts->kinds[KIND_KEYRING].number)
    ll_unlock_keyring (alerts->bus, unlocked_cb, alerts);
  else if (number == alerts->kinds[KIND_SIGN_IN].number && account != NULL)
    ll_daemon_sign_in (alerts->daemon, account, FALSE, NULL, signed_in_cb, alerts);
}

LlAlerts *
ll_alerts_new (GDBusConnection *bus, LlDaemon *daemon)
{
  LlAlerts *alerts = g_new0 (LlAlerts, 1);

  alerts->bus = g_object_ref (bus);
  alerts->daemon = g_object_ref (daemon);
  alerts->ended = g_cancellable_new ();
  for (Kind kind = 0; kind < N_KINDS; kind++)
    alerts->kinds[kind].alerts = alerts;
  alerts->action
      = g_dbus_connection_signal_subscribe (bus, LL_NOTIFICATION_NAME, LL_NOTIFICATION_NAME,
                                            "ActionInvoked", LL_NOTIFICATION_PATH, NULL,
                                            G_DBUS_SIGNAL_FLAGS_NONE, action_cb, alerts, NULL);
  return alerts;
}

void
ll_alerts_free (LlAlerts *alerts)
{
  if (alerts == NULL)
    return;
  g_cancellable_cancel (alerts->ended);
  g_dbus_connection_signal_unsubscribe (alerts->bus, alerts->action);
  for (Kind kind = 0; kind < N_KINDS; kind++)
    g_free (alerts->kinds[kind].said);
  g_object_unref (alerts->ended);
  g_object_unref (alerts->daemon);
  g_object_unref (alerts->bus);
  g_free (alerts);
}
