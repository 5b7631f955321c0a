/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/probe.h"
#include "net/network.h"

G_BEGIN_DECLS

/*
 * Looks at addresses, shared by all domains: one at a time per address however many
 * ask, kept for ten minutes (an hour on a metered network), and polite (the addresses of one server
 * in one network are looked at one after the other).
 *
 * Nobody waits here: results come by callback, from a thread of the pool or at once.
 */

/* A sight counts as "now" that long (facts/assurance.md 2.6); one without a result stands for
 * this network only, and shorter. */
#define LL_SIGHT_KEPT_SECONDS 600
/* ... where every byte costs somebody money, and what was seen says when. */
#define LL_SIGHT_SPARED_SECONDS 3600
#define LL_SIGHT_FRUITLESS_SECONDS 300

typedef struct _LlSights LlSights;

/* @final: FALSE when TLS is up and only REQUIRETLS is still asked for; another call follows. */
typedef void (*LlSightReady) (LlSight *sight, gboolean final, gpointer data);

/* Takes @probe; not owned: @network, @pool (of functions to run: see ll_job_push). Looks that are
 * under way keep it alive. */
LlSights *ll_sights_new (LlProbe *probe, LlNetwork *network, GThreadPool *pool);
void ll_sights_unref (LlSights *sights);

/* What is pushed to the pool: a call. */
typedef struct
{
  void (*run) (gpointer data);
  gpointer data;
} LlJob;

void ll_job_push (GThreadPool *pool, void (*run) (gpointer data), gpointer data);
/* The pool's function. */
void ll_job_run (gpointer job, gpointer unused);

/* @fresh: past what is kept. @ready may be called before this returns. */
void ll_sights_request (LlSights *sights,
                        const char *address,
                        const char *sni,
                        gboolean fresh,
                        LlSightReady ready,
                        gpointer data);

/* The network changed, or is known to be blocked: what is under way ends at once without a
 * result, and what had none is forgotten. */
void ll_sights_renew (LlSights *sights);

/* The end: as renew, and nothing new is begun. */
void ll_sights_stop (LlSights *sights);

G_END_DECLS
