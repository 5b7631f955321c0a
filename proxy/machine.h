/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What the machine is about to do, as logind says it on the system bus (org.freedesktop.login1).
 * While letters are not sent yet, sleep and shutdown are asked to wait for a moment (a delay
 * inhibitor), so that one on its way is not cut off in the middle. Without logind nothing of this
 * happens, and nothing is missing.
 *
 * On the main thread, but for ll_machine_look. No function blocks.
 */

typedef struct
{
  /* Letters that are not sent yet; *moving: one of them is on its way now. */
  guint (*unsent) (gpointer data, gboolean *moving);
  /* It is about to go to sleep or to be shut down, or is not any more. */
  void (*leaving) (gpointer data);
  /* It was asleep: no timer ran, no connection lives, the network may be another. */
  void (*woke) (gpointer data);
} LlMachineTable;

typedef struct _LlMachine LlMachine;

LlMachine *ll_machine_new (const LlMachineTable *table, gpointer data);
void ll_machine_free (LlMachine *machine);

/* A letter changed; from any thread. */
void ll_machine_look (LlMachine *machine);

/* "sleep", "shutdown", or NULL: it stays. (transfer none) */
const char *ll_machine_leaving (LlMachine *machine);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlMachine, ll_machine_free)

G_END_DECLS
