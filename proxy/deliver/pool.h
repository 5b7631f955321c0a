/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/dial.h"

G_BEGIN_DECLS

/*
 * Warm connections: at most LL_UPSTREAM_CONNECTIONS_MAX for each target (and, with auth = client,
 * for each of its logins), idle ones closed after LL_UPSTREAM_IDLE_SECONDS. Knows when one may be
 * used again, not what for. Thread-safe.
 */

typedef struct
{
  LlDialed *dialed;
  gboolean reset;  /* the last transaction did not end */
  gboolean reused; /* it has carried a letter, or waited for one */
  /* private */
  char *lane;
  LlSecret *password; /* auth = client: what it was signed in with */
  gint64 idle_since;
} LlWarm;

typedef struct _LlPool LlPool;

LlPool *ll_pool_new (LlDialer *dialer);

/* Waits for dials in the background. */
void ll_pool_free (LlPool *pool);

/* An idle connection, or a new one (@fresh: only that); waits while all are in use. NULL: *problem
 * says why. */
LlWarm *ll_pool_take (LlPool *pool, const LlDial *dial, gboolean fresh, LlResult **problem);

/* @usable: keep it warm; else it is closed. */
void ll_pool_give (LlPool *pool, LlWarm *warm, gboolean usable);

/* Dials in the background when nothing is idle and nothing is dialing. Takes over @target. */
void ll_pool_warm (LlPool *pool, LlTarget *target);

/* Closes what is idle; what is in use is closed when it is given back. */
void ll_pool_drop (LlPool *pool);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlPool, ll_pool_free)

G_END_DECLS
