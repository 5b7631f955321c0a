/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/notices.h"

#include "api/decide.h"
#include "api/intl.h"
#include "api/names.h"
#include "api/read.h"
#include "api/sentence.h"
#include "api/text.h"
#include "tray/notification.h"

struct _LlNotices
{
  GDBusConnection *bus;
  LlDaemon *daemon;
  GHashTable *told; /* letter id -> Told */
  guint action;
  guint closed;
  gboolean locked; /* the screen is */
  LlNoticesOpen open;
  gpointer data;
};

/* What stands on the screen about a letter. */
typedef struct
{
  guint number;     /* of the notification; 0: not known yet, or gone */
  char *text;       /* what it says, to say nothing twice */
  GVariant *letter; /* as it was looked at last */
  gboolean over;    /* the letter was sent: gone from the screen, it is forgotten */
} Told;

static void
told_free (gpointer data)
{
  Told *told = data;

  g_free (told->text);
  g_clear_pointer (&told->letter, g_variant_unref);
  g_free (told);
}

/* -- what to say ------------------------------------------------------------------------ */

/* Whether a person wants to hear of it; the summary is for people. */
static const char *
summary_of (LlNotices *notices, LlState state)
{
  switch (state)
    {
    case LL_STATE_SENT:
      return ll_read_flag (ll_daemon_get_state (notices->daemon), "sent_told")
                 ? _ ("A letter was sent")
                 : NULL;
    case LL_STATE_HELD:
      return _ ("A letter waits for your decision");
    case LL_STATE_UNCERTAIN:
      return _ ("It is not known whether a letter was taken");
    case LL_STATE_FAILED:
    case LL_STATE_BOUNCED:
    case LL_STATE_REFUSED:
      return _ ("A letter could not be sent");
    case LL_STATE_DROPPED: /* by a rule or by hand: who did it knows */
    case LL_STATE_EXPIRED:
    case LL_STATE_CHECKING:
    case LL_STATE_WAITING:
    case LL_STATE_QUEUED:
    case LL_STATE_SENDING:
    case LL_STATE_OPENED:
    case LL_STATE_REPLIED:
    case LL_STATE_RETRACTED:
      break;
    }
  return NULL;
}

/* Who the letter's state comes from, and why it is so with the first of them. (transfer full) */
static char *
body_of (GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  g_autoptr (GVariant) first = NULL;
  g_autofree char *who = NULL;
  g_autofree char *reason = NULL;
  guint others = 0;

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      if (!g_str_equal (ll_read_text (recipient, "state"), ll_read_text (letter, "state")))
        continue;
      if (first == NULL)
        first = g_steal_pointer (&recipient);
      else
        others++;
    }
  if (first == NULL)
    return g_strdup ("");
  who = ll_text_people (ll_read_text (first, "address"), others);
  reason = ll_sentence_read (first, "reason");
  return g_strdup_printf ("%s\n%s", who, reason);
}

static GVariant *
actions_of (LlNotices *notices, GVariant *letter, LlState state)
{
  GVariantBuilder actions = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));

  if (!notices->locked)
    {
      g_variant_builder_add (&actions, "s", "default");
      g_variant_builder_add (&actions, "s", _ ("Show"));
    }
  for (guint i = 0; !notices->locked && state == LL_STATE_HELD && i < LL_N_DECISIONS; i++)
    if (ll_decide_settles (letter, (LlDecide) i))
      {
        g_variant_builder_add (&actions, "s", ll_decide_name ((LlDecide) i));
        g_variant_builder_add (&actions, "s", ll_decide_label ((LlDecide) i));
      }
  return g_variant_builder_end (&actions);
}

/* -- saying it ----------------------------------------------------------------------------- */

typedef struct
{
  LlNotices *notices;
  char *id;
} Asked;

static void tell_again (LlNotices *notices, const Told *told);

static void
notified_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  guint number = ll_notification_show_finish (source, result, NULL);
  Told *told = g_hash_table_lookup (asked->notices->told, asked->id);

  if (number != 0 && told != NULL)
    {
      told->number = number;
      tell_again (asked->notices, told); /* the screen may be locked since */
    }
  g_free (asked->id);
  g_free (asked);
}

static void
say (LlNotices *notices, GVariant *letter, LlState state, const char *summary)
{
  const char *id = ll_read_text (letter, "id");
  g_autofree char *body = notices->locked ? g_strdup ("") : body_of (letter);
  g_autofree char *text = g_strconcat (summary, "\n", body, NULL);
  Told *told = g_hash_table_lookup (notices->told, id);
  LlNotification notification = {
    .summary = summary,
    .body = body,
    .urgent = state == LL_STATE_HELD || state == LL_STATE_UNCERTAIN,
  };
  Asked *asked;

  if (told == NULL)
    {
      told = g_new0 (Told, 1);
      g_hash_table_insert (notices->told, g_strdup (id), told);
    }
  g_clear_pointer (&told->letter, g_variant_unref);
  told->letter = g_variant_ref (letter);
  if (g_strcmp0 (told->text, text) == 0)
    return;
  g_free (told->text);
  told->text = g_steal_pointer (&text);
  told->over = state == LL_STATE_SENT;
  asked = g_new0 (Asked, 1);
  asked->notices = notices;
  asked->id = g_strdup (id);
  notification.replaces = told->number;
  notification.actions = actions_of (notices, letter, state);
  ll_notification_show (notices->bus, &notification, NULL, notified_cb, asked);
}

static void
take_back (LlNotices *notices, const char *id)
{
  const Told *told = g_hash_table_lookup (notices->told, id);

  if (told == NULL)
    return;
  ll_notification_close (notices->bus, told->number);
  g_hash_table_remove (notices->told, id);
}

void
ll_notices_look (LlNotices *notices, GVariant *letter)
{
  LlState state;
  const char *summary;

  if (!ll_state_from_name (ll_read_text (letter, "state"), &state))
    return;
  summary = summary_of (notices, state);
  if (summary != NULL)
    say (notices, letter, state, summary);
  else
    take_back (notices, ll_read_text (letter, "id"));
}

/* What stands on the screen; what was closed was read. */
static void
tell_again (LlNotices *notices, const Told *told)
{
  g_autoptr (GVariant) letter = g_variant_ref (told->letter);

  if (told->number != 0)
    ll_notices_look (notices, letter);
}

void
ll_notices_lock (LlNotices *notices, gboolean locked)
{
  g_autoptr (GList) all = g_hash_table_get_values (notices->told);

  notices->locked = locked;
  for (const GList *one = all; one != NULL; one = one->next)
    tell_again (notices, one->data);
}

void
ll_notices_forget (LlNotices *notices)
{
  GHashTableIter iter;
  gpointer told;

  g_hash_table_iter_init (&iter, notices->told);
  while (g_hash_table_iter_next (&iter, NULL, &told))
    if (((Told *) told)->over)
      g_hash_table_iter_remove (&iter);
    else
      ((Told *) told)->number = 0;
}

/* -- what comes back ------------------------------------------------------------------------ */

static const char *
letter_of (LlNotices *notices, guint number)
{
  GHashTableIter iter;
  gpointer id;
  gpointer told;

  g_hash_table_iter_init (&iter, notices->told);
  while (number != 0 && g_hash_table_iter_next (&iter, &id, &told))
    if (((Told *) told)->number == number)
      return id;
  return NULL;
}

/* What did not work is said where it was asked for. */
static void
decided_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  if (reply == NULL)
    ll_notification_complain (((LlNotices *) data)->bus, error);
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
  LlNotices *notices = data;
  const char *action;
  const char *id;
  guint number;
  LlDecide decide;

  g_variant_get (parameters, "(u&s)", &number, &action);
  id = letter_of (notices, number);
  if (id == NULL)
    return;
  if (ll_decide_from_name (action, &decide))
    ll_decide_do (notices->daemon, id, NULL, decide, decided_cb, notices);
  else
    notices->open (id, notices->data);
}

static void
closed_cb (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters,
           gpointer data)
{
  LlNotices *notices = data;
  const char *id;
  guint number;
  Told *told;

  g_variant_get_child (parameters, 0, "u", &number);
  id = letter_of (notices, number);
  told = id != NULL ? g_hash_table_lookup (notices->told, id) : NULL;
  if (told != NULL && told->over)
    g_hash_table_remove (notices->told, id);
  else if (told != NULL)
    told->number = 0;
}

LlNotices *
ll_notices_new (GDBusConnection *bus, LlDaemon *daemon, LlNoticesOpen open, gpointer data)
{
  LlNotices *notices = g_new0 (LlNotices, 1);

  notices->bus = g_object_ref (bus);
  notices->daemon = g_object_ref (daemon);
  notices->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, told_free);
  notices->open = open;
  notices->data = data;
  notices->action
      = g_dbus_connection_signal_subscribe (bus, LL_NOTIFICATION_NAME, LL_NOTIFICATION_NAME,
                                            "ActionInvoked", LL_NOTIFICATION_PATH, NULL,
                                            G_DBUS_SIGNAL_FLAGS_NONE, action_cb, notices, NULL);
  notices->closed
      = g_dbus_connection_signal_subscribe (bus, LL_NOTIFICATION_NAME, LL_NOTIFICATION_NAME,
                                            "NotificationClosed", LL_NOTIFICATION_PATH, NULL,
                                            G_DBUS_SIGNAL_FLAGS_NONE, closed_cb, notices, NULL);
  return notices;
}

void
ll_notices_free (LlNotices *notices)
{
  if (notices == NULL)
    return;
  g_dbus_connection_signal_unsubscribe (notices->bus, notices->action);
  g_dbus_connection_signal_unsubscribe (notices->bus, notices->closed);
  g_hash_table_unref (notices->told);
  g_object_unref (notices->daemon);
  g_object_unref (notices->bus);
  g_free (notices);
}
