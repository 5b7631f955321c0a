/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/finding.h"
#include "assess/memory.h"
#include "net/https.h"

G_BEGIN_DECLS

/*
 * What MTA-STS says about a domain: its record, the cached policy where it still
 * holds, else one fetch. Always for the recipient's own domain, never for where an
 * alias leads, and never for a parent (RFC 8461 3.4, 8.2).
 */

typedef struct
{
  LlResolver *resolver; /* (not owned) */
  LlHttps *https;       /* (not owned) */
  LlMemory *memory;     /* (not owned) */
} LlStsSources;

/* Blocks until @deadline at most. @out is overwritten. Returns the TTL of the record in seconds:
 * for how long the answer can be kept. */
guint32 ll_sts_find (const LlStsSources *sources,
                     const char *domain,
                     LlDeadline deadline,
                     GCancellable *cancellable,
                     LlStsFacts *out);

/* The daily look: fetches whatever the record says, keeps the old policy on failure. */
void ll_sts_refresh (const LlStsSources *sources,
                     const char *domain,
                     LlDeadline deadline,
                     GCancellable *cancellable);

G_END_DECLS
