/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "machine.h"

#include "base/file.h"

#include <gio/gunixfdlist.h>

#define NAME "org.freedesktop.login1"
#define PATH "/org/freedesktop/login1"
#define INTERFACE "org.freedesktop.login1.Manager"

/* Most letters are gone before that (milliseconds): for them nobody need be asked. */
#define SETTLE 500

/* What letters say within this time (milliseconds) wakes the main thread once. */
#define GATHER 50

/* logind waits for 5 s (InhibitDelayMaxSec): who lets go before is not noted as late. */
#define PATIENCE 4000

struct _LlMachine
{
  const LlMachineTable *table; /* (not owned) */
  gpointer data;
  GCancellable *ended;
  GDBusConnection *bus;
  guint sleep;
  guint shutdown;
  gboolean asked;      /* Inhibit is under way */
  int inhibitor;       /* or -1 */
  const char *leaving; /* NULL: it stays; atomic */
  guint timer;         /* of SETTLE, or of PATIENCE while leaving */
  int looking;         /* a look is on its way to the main thread; atomic */
};

static void
let_go (LlMachine *machine)
{
  g_clear_handle_id (&machine->timer, g_source_remove);
  ll_fd_clear (&machine->inhibitor);
}

/* -- holding it back ------------------------------------------------------------------ */

static void
inhibited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LlMachine *machine = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &list, result,
                                                         &error);
  gboolean moving;
  gint32 handle = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  machine->asked = FALSE;
  if (reply == NULL)
    {
      g_debug ("sleep and shutdown cannot be delayed: %s", error->message);
      return;
    }
  g_variant_get (reply, "(h)", &handle);
  if (list != NULL)
    machine->inhibitor = g_unix_fd_list_get (list, handle, NULL);
  if (machine->leaving == NULL && machine->table->unsent (machine->data, &moving) == 0)
    let_go (machine);
}

/* Without their number, which changes while logind shows these words. */
static void
hold_back (LlMachine *machine)
{
  machine->asked = TRUE;
  g_dbus_connection_call_with_unix_fd_list (machine->bus, NAME, PATH, INTERFACE, "Inhibit",
                                            g_variant_new ("(ssss)", "shutdown:sleep", "Letterlock",
                                                           "Letters are not sent yet", "delay"),
                                            G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                            -1, NULL, machine->ended, inhibited_cb, machine);
}

static gboolean
settled_cb (gpointer data)
{
  LlMachine *machine = data;
  gboolean moving;
  guint unsent = machine->table->unsent (machine->data, &moving);

  machine->timer = 0;
  if (unsent > 0 && machine->inhibitor < 0 && !machine->asked)
    hold_back (machine);
  return G_SOURCE_REMOVE;
}

static gboolean
look_cb (gpointer data)
{
  LlMachine *machine = data;
  gboolean moving;
  guint unsent;

  g_atomic_int_set (&machine->looking, FALSE);
  if (machine->bus == NULL)
    return G_SOURCE_REMOVE;
  unsent = machine->table->unsent (machine->data, &moving);
  if (machine->leaving != NULL ? !moving : unsent == 0)
    let_go (machine);
  else if (machine->leaving == NULL && machine->inhibitor < 0 && machine->timer == 0)
    machine->timer = g_timeout_add (SETTLE, settled_cb, machine);
  return G_SOURCE_REMOVE;
}

void
ll_machine_look (LlMachine *machine)
{
  if (g_atomic_int_compare_and_exchange (&machine->looking, FALSE, TRUE))
    g_timeout_add (ll_machine_leaving (machine) != NULL ? 0 : GATHER, look_cb, machine);
}

/* -- what it says ---------------------------------------------------------------------- */

static gboolean
too_long_cb (gpointer data)
{
  LlMachine *machine = data;

  machine->timer = 0;
  let_go (machine);
  return G_SOURCE_REMOVE;
}

static void
prepare (LlMachine *machine, const char *what, gboolean begins)
{
  g_atomic_pointer_set (&machine->leaving, begins ? what : NULL);
  g_clear_handle_id (&machine->timer, g_source_remove);
  if (begins)
    machine->timer = g_timeout_add (PATIENCE, too_long_cb, machine);
  else if (g_str_equal (what, "sleep"))
    machine->table->woke (machine->data);
  machine->table->leaving (machine->data);
  ll_machine_look (machine);
}

static void
signal_cb (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters,
           gpointer data)
{
  gboolean begins;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  prepare (data, g_str_equal (signal, "PrepareForSleep") ? "sleep" : "shutdown", begins);
}

static guint
subscribe (LlMachine *machine, const char *signal)
{
  return g_dbus_connection_signal_subscribe (machine->bus, NAME, INTERFACE, signal, PATH, NULL,
                                             G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, machine, NULL);
}

/* -- life ---------------------------------------------------------------------------------- */

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LlMachine *machine = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("there is no system bus: %s", error->message);
      return;
    }
  /* that it goes away is no reason to go, too */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  machine->bus = g_steal_pointer (&bus);
  machine->sleep = subscribe (machine, "PrepareForSleep");
  machine->shutdown = subscribe (machine, "PrepareForShutdown");
  ll_machine_look (machine);
}

LlMachine *
ll_machine_new (const LlMachineTable *table, gpointer data)
{
  LlMachine *machine = g_new0 (LlMachine, 1);

  machine->table = table;
  machine->data = data;
  machine->inhibitor = -1;
  machine->ended = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, machine->ended, connected_cb, machine);
  return machine;
}

/* The calls that are under way come back, cancelled, only to a main loop: whoever frees this runs
 * none any more. */
void
ll_machine_free (LlMachine *machine)
{
  if (machine == NULL)
    return;
  g_cancellable_cancel (machine->ended);
  if (machine->bus != NULL)
    {
      g_dbus_connection_signal_unsubscribe (machine->bus, machine->sleep);
      g_dbus_connection_signal_unsubscribe (machine->bus, machine->shutdown);
      g_object_unref (machine->bus);
    }
  let_go (machine);
  while (g_source_remove_by_user_data (machine))
    ;
  g_object_unref (machine->ended);
  g_free (machine);
}

const char *
ll_machine_leaving (LlMachine *machine)
{
  return g_atomic_pointer_get (&machine->leaving);
}
