/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/assess.h"
#include "assess/sights.h"
#include "assess/sts-fetch.h"
#include "assess/verdict.h"

G_BEGIN_DECLS

/*
 * One look at one domain, from the first DNS question to the verdict: MX and
 * MTA-STS at once; then, per host, its addresses and TLSA records beside each
 * other. Each step is a call of the pool that waits for no other; whoever ends the
 * last one makes the verdict.
 */

/* What a look needs, from its begin to its end: [network] may change meanwhile. Immutable. */
struct _LlLookParts
{
  gint ref_count;
  LlResolver *resolver; /* (owned) pinned */
  LlHttps *https;       /* (owned) pinned */
  LlSights *sights;     /* (owned) */
  LlProbe *probe;       /* (of sights) */
  gulong ending;        /* handler of cancellable */
  GCancellable *cancellable;
  LlStsSources sts;
  LlNetwork *network; /* (not owned) this and what follows outlives all looks */
  LlMemory *memory;
  GThreadPool *pool;
  gint *doubting; /* atomic: one look at a time doubts the network */
  guint16 mx_port;
  gboolean allow_private;
  gboolean probing;
};

LlLookParts *ll_look_parts_ref (LlLookParts *parts);

typedef struct _LlLook LlLook;

/* @last FALSE: all is known but whether REQUIRETLS is offered; another call follows. Called from
 * the thread that ended the step, before the waiters wake: @keep is for how many seconds the
 * verdict may be used again. */
typedef void (*LlLookFinished) (
    LlLook *look, LlVerdict *verdict, gint64 keep, gboolean last, gpointer data);

/* @fresh: past what other looks saw. @plain_before: 30 s ago or more no STARTTLS was offered.
 * (transfer full) */
LlLook *ll_look_new (LlLookParts *parts,
                     const char *domain,
                     gboolean fresh,
                     gboolean plain_before,
                     guint generation);
LlLook *ll_look_ref (LlLook *look);
void ll_look_unref (LlLook *look);

const char *ll_look_domain (const LlLook *look);
guint ll_look_generation (const LlLook *look);

void ll_look_set_progress (LlLook *look, LlAssessProgress progress, gpointer data);

/* Begins; returns at once. */
void ll_look_start (LlLook *look, LlLookFinished finished, gpointer data);

/* The verdict, or what is known by @deadline (*done FALSE). @whole: waits for the last question
 * (REQUIRETLS) as well. (transfer full) */
LlVerdict *ll_look_wait (
    LlLook *look, gboolean whole, LlDeadline deadline, GCancellable *cancellable, gboolean *done);

/* The caller of progress is gone: returns when no call is under way, and none follows. */
void ll_look_clear_progress (LlLook *look);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLook, ll_look_unref)

G_END_DECLS
