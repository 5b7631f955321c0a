/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/xsmp.h"

#include <X11/SM/SMlib.h>
#include <glib-unix.h>

#define PROGRAM "letterlock-tray"

/* What the session manager waits for. */
typedef enum
{
  WAITS_NOT,
  WAITS_DONE,   /* that everything is saved, which may be said at once */
  WAITS_TURN,   /* for the other clients' questions; then ours may be asked */
  WAITS_ANSWER, /* for what the user says */
} Waits;

struct _LlXsmp
{
  const LlXsmpTable *table;
  gpointer data;
  SmcConn session;
  IceConn wire;
  guint watch; /* of the wire; 0: it is gone */
  Waits waits;
};

/* -- the wire ------------------------------------------------------------------------------ */

static void
hang_up (LlXsmp *xsmp)
{
  if (xsmp->session == NULL)
    return;
  g_clear_handle_id (&xsmp->watch, g_source_remove);
  SmcCloseConnection (xsmp->session, 0, NULL);
  xsmp->session = NULL;
  if (xsmp->waits == WAITS_ANSWER)
    xsmp->table->withdraw (xsmp->data);
  xsmp->waits = WAITS_NOT;
}

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer data)
{
  LlXsmp *xsmp = data;

  if (IceProcessMessages (xsmp->wire, NULL, NULL) != IceProcessMessagesIOError)
    return xsmp->watch != 0; /* what came may have ended it */
  /* Nobody is there any more to agree with. A session without its manager is over: who stayed would
   * stand in the way of the next one's icon. */
  IceSetShutdownNegotiation (xsmp->wire, False);
  xsmp->watch = 0;
  hang_up (xsmp);
  xsmp->table->end (xsmp->data);
  return G_SOURCE_REMOVE;
}

/* libICE's own handler ends the process. */
static void
broken_cb (IceConn wire)
{
}

/* And so does libSM's. */
static void
error_cb (SmcConn session,
          Bool swap,
          int offending,
          unsigned long sequence,
          int class,
          int severity,
          SmPointer values)
{
  g_warning ("the session manager complains (class %d, about %d)", class, offending);
}

/* -- what the session asks ------------------------------------------------------------------ */

static void
done (LlXsmp *xsmp)
{
  xsmp->waits = WAITS_NOT;
  SmcSaveYourselfDone (xsmp->session, True);
}

static void
interact_cb (SmcConn session, SmPointer data)
{
  LlXsmp *xsmp = data;

  xsmp->waits = WAITS_ANSWER;
  if (xsmp->table->minds (xsmp->data))
    xsmp->table->ask (xsmp->data);
  else
    ll_xsmp_answer (xsmp, FALSE);
}

static void
save_cb (SmcConn session, SmPointer data, int type, Bool ends, int interaction, Bool fast)
{
  LlXsmp *xsmp = data;
  gboolean may_ask = ends && !fast && interaction == SmInteractStyleAny;

  xsmp->waits = WAITS_DONE;
  if (may_ask && xsmp->table->minds (xsmp->data)
      && SmcInteractRequest (session, SmDialogNormal, interact_cb, xsmp))
    xsmp->waits = WAITS_TURN;
  else
    done (xsmp);
}

static void
cancelled_cb (SmcConn session, SmPointer data)
{
  LlXsmp *xsmp = data;

  if (xsmp->waits == WAITS_ANSWER)
    xsmp->table->withdraw (xsmp->data);
  if (xsmp->waits != WAITS_NOT)
    done (xsmp);
}

static void
complete_cb (SmcConn session, SmPointer data)
{
}

static void
die_cb (SmcConn session, SmPointer data)
{
  LlXsmp *xsmp = data;

  hang_up (xsmp);
  xsmp->table->end (xsmp->data);
}

void
ll_xsmp_answer (LlXsmp *xsmp, gboolean stay)
{
  if (xsmp->waits != WAITS_ANSWER)
    return;
  SmcInteractDone (xsmp->session, stay);
  done (xsmp);
}

/* -- joining it ------------------------------------------------------------------------------ */

static SmPropValue
text_value (const char *text)
{
  return (SmPropValue){ .length = (int) strlen (text), .value = (SmPointer) text };
}

/* libSM writes to none of it. */
static SmProp
property (const char *name, const char *type, SmPropValue *value)
{
  return (SmProp){ .name = (char *) name, .type = (char *) type, .num_vals = 1, .vals = value };
}

/* The four that a client has to say (XSMP 11.1), and that the session need not start it again: the
 * desktop's autostart does, for who wants it. */
static void
introduce (LlXsmp *xsmp)
{
  char never = SmRestartNever;
  SmPropValue program = text_value (PROGRAM);
  SmPropValue user = text_value (g_get_user_name ());
  SmPropValue style = { .length = 1, .value = &never };
  SmProp properties[] = {
    property (SmProgram, SmARRAY8, &program),
    property (SmUserID, SmARRAY8, &user),
    property (SmCloneCommand, SmLISTofARRAY8, &program),
    property (SmRestartCommand, SmLISTofARRAY8, &program),
    property (SmRestartStyleHint, SmCARD8, &style),
  };
  SmProp *list[G_N_ELEMENTS (properties)];

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    list[i] = &properties[i];
  SmcSetProperties (xsmp->session, G_N_ELEMENTS (list), list);
}

static SmcConn
join (LlXsmp *xsmp)
{
  SmcCallbacks callbacks = {
    .save_yourself = { save_cb, xsmp },
    .die = { die_cb, xsmp },
    .save_complete = { complete_cb, xsmp },
    .shutdown_cancelled = { cancelled_cb, xsmp },
  };
  char *id = NULL; /* for who wants to be started again */
  char reason[256] = "";
  SmcConn session = SmcOpenConnection (NULL, NULL, SmProtoMajor, SmProtoMinor,
                                       SmcSaveYourselfProcMask | SmcDieProcMask
                                           | SmcSaveCompleteProcMask | SmcShutdownCancelledProcMask,
                                       &callbacks, NULL, &id, sizeof reason, reason);

  free (id);
  if (session == NULL)
    g_message ("the session manager cannot be reached: %s", reason);
  return session;
}

LlXsmp *
ll_xsmp_new (const LlXsmpTable *table, gpointer data)
{
  LlXsmp *xsmp = NULL;

  if (g_getenv ("SESSION_MANAGER") == NULL)
    return NULL;
  IceSetIOErrorHandler (broken_cb);
  SmcSetErrorHandler (error_cb);
  xsmp = g_new0 (LlXsmp, 1);
  xsmp->table = table;
  xsmp->data = data;
  xsmp->session = join (xsmp);
  if (xsmp->session == NULL)
    {
      g_free (xsmp);
      return NULL;
    }
  xsmp->wire = SmcGetIceConnection (xsmp->session);
  xsmp->watch = g_unix_fd_add (IceConnectionNumber (xsmp->wire), G_IO_IN | G_IO_HUP | G_IO_ERR,
                               readable_cb, xsmp);
  introduce (xsmp);
  return xsmp;
}

void
ll_xsmp_free (LlXsmp *xsmp)
{
  if (xsmp == NULL)
    return;
  hang_up (xsmp);
  g_free (xsmp);
}
