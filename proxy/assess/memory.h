/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/database.h"

G_BEGIN_DECLS

/*
 * What the checks remember over restarts: MTA-STS policies and how domains were
 * seen before. A database of its own, which the ledger's retention never touches.
 * Each row is written in one transaction, so a crash leaves the old one or the new.
 *
 * Thread-safe: every function of sts-cache and history takes the lock.
 */

typedef struct
{
  GMutex lock;
  sqlite3 *database; /* (owned) */
} LlMemory;

/* In @folder, or in memory alone when NULL (tests, `check` without a daemon). */
LlMemory *ll_memory_new (const char *folder, GError **error);
void ll_memory_free (LlMemory *memory);

/* Time as the memory sees it: two clocks, because people and viruses set one of them back. A
 * boot id tells whether two readings of the second can be compared. */
typedef struct
{
  gint64 wall;
  gint64 boot;
  char boot_id[40];
} LlMoment;

LlMoment ll_moment_now (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlMemory, ll_memory_free)

G_END_DECLS
