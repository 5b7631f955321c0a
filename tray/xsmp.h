/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A client of the session in the X Session Management Protocol 1.0 (XSMP), as KDE, Xfce and LXQt
 * speak it, on Wayland, too: it is asked before the session ends, and may ask the user.
 *
 * One a process, since libICE reports errors to the process. Main thread; connecting waits for the
 * session manager, as every program of such a session does.
 */
typedef struct _LlXsmp LlXsmp;

typedef struct
{
  /* Whether there is anything to ask the user before the session ends. */
  gboolean (*minds) (gpointer data);
  /* Ask him now: the session waits for ll_xsmp_answer(). */
  void (*ask) (gpointer data);
  /* The question is void: the session does not end, or ends without an answer. */
  void (*withdraw) (gpointer data);
  /* The session is over, and with it this process. */
  void (*end) (gpointer data);
} LlXsmpTable;

/* NULL: there is no such session. */
LlXsmp *ll_xsmp_new (const LlXsmpTable *table, gpointer data);
void ll_xsmp_free (LlXsmp *xsmp);

/* @stay: the session goes on. Nothing without a question. */
void ll_xsmp_answer (LlXsmp *xsmp, gboolean stay);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlXsmp, ll_xsmp_free)

G_END_DECLS
