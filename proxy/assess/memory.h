/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/database.h"

G_BEGIN_DECLS

/*
 * What the checks remember over restarts, in databases of their own, which the
 * ledger's retention never touches: how domains were seen before, and what failed,
 * which nobody can find out again, with the state; MTA-STS policies, which can be
 * fetched again, in the cache. Whoever empties the cache loses no alarm: that a domain had a policy
 * is in the history. Each row is written in one transaction, so a crash leaves the old one or the
 * new.
 *
 * Looks at servers are not kept: they count for ten minutes, and in one network.
 *
 * Thread-safe: every function of sts-cache, history and failure takes the lock.
 */

typedef struct
{
  GMutex lock;
  sqlite3 *history;     /* (owned) */
  sqlite3 *policies;    /* (owned) */
  GHashTable *fetching; /* domains whose policy somebody fetches now; sts-cache's */
  GCond fetched;
} LlMemory;

/* In the folders @state and @cache, or in memory alone when NULL (tests). */
LlMemory *ll_memory_new (const char *state, const char *cache, GError **error);
void ll_memory_free (LlMemory *memory);

/* Whether there is a row. A memory that cannot be read or written remembers nothing: the look alone
 * counts. @statement: NULL: there is none. */
gboolean ll_memory_step (sqlite3_stmt *statement);

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
