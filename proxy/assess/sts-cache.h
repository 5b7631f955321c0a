/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/memory.h"
#include "assess/sts-policy.h"

G_BEGIN_DECLS

/*
 * The MTA-STS policies that were fetched, over restarts. A policy lives max_age
 * from its last fetch, by the wall clock and by the time since boot, whichever
 * says that it is older: nobody extends it by setting a clock back.
 *
 * A vanished record, a failed fetch, a changed id do not remove it (RFC 8461 3.3,
 * 5.1): only its own end or a new policy does.
 */

typedef struct
{
  char *id;
  LlStsMode mode;
  GStrv patterns;
  gint64 fetched; /* wall seconds */
  gint64 expires;
} LlStsEntry;

/* NULL: none, or over. Counts as a use. (transfer full) */
LlStsEntry *ll_sts_cache_get (LlMemory *memory, const char *domain, const LlMoment *now);
void ll_sts_entry_free (LlStsEntry *entry);

/* A fetch that succeeded. max_age 0 is used once and not kept. */
void ll_sts_cache_put (LlMemory *memory,
                       const char *domain,
                       const char *id,
                       const LlStsPolicy *policy,
                       const LlMoment *now);

/* A fetch that failed, and whether the next one for this id has to wait
 * (LL_STS_FETCH_BACKOFF_SECONDS); then *code and *detail (transfer full) say why the last one
 * did. */
void ll_sts_cache_failed (LlMemory *memory,
                          const char *domain,
                          const char *id,
                          LlCode code,
                          const char *detail,
                          const LlMoment *now);
gboolean ll_sts_cache_may_fetch (LlMemory *memory,
                                 const char *domain,
                                 const char *id,
                                 const LlMoment *now,
                                 LlCode *code,
                                 char **detail);

/* One fetch for however many ask for one domain: waits until nobody else fetches its policy.
 * FALSE: @deadline came first. Who entered leaves. */
gboolean ll_sts_cache_enter (LlMemory *memory, const char *domain, LlDeadline deadline);
void ll_sts_cache_leave (LlMemory *memory, const char *domain);

/* Domains whose policy wants its daily look; those that nobody used for half a year are
 * forgotten. *next: when the next one is due, wall seconds, 0: nothing is cached.
 * (transfer full) */
GStrv ll_sts_cache_due (LlMemory *memory, const LlMoment *now, gint64 *next);
/* The daily look was made, with whatever result. */
void ll_sts_cache_checked (LlMemory *memory, const char *domain, const LlMoment *now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlStsEntry, ll_sts_entry_free)

G_END_DECLS
