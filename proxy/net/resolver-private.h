/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/ladder.h"

G_BEGIN_DECLS

/*
 * What the resolver (resolver.c), one life of it under the same settings (resolver-run.c) and that
 * one's thread (resolver-thread.c) share. Included by these alone.
 */

/* Questions under way; a letter to 1000 domains asks for a few thousand, in turns. */
#define LL_FLIGHTS_MAX 2048

/* A question under way. */
typedef struct
{
  gint ref_count;
  char *key;
  char *name;
  guint16 type;
  gboolean plain; /* without validation */
  GCond answered; /* its own: an answer wakes those who asked for it, and nobody else */
  /* under the lock */
  guint waiters;
  gboolean abandoned;
  LlAnswer *answer;      /* NULL until it is there */
  LlAnswer *provisional; /* bogus at the first try */
  /* the thread's own */
  guint path;        /* serial of the path that was asked; 0: none */
  guint prepared;    /* serial of the path that is to be asked, */
  LlDeadline ask_at; /* and when */
  int id;
  guint tries;
  LlAnswer *again; /* what the second path said, until its self-test is done */
} LlFlight;

LlFlight *ll_flight_ref (LlFlight *flight);
void ll_flight_unref (LlFlight *flight);

/* The thread and the questions under one set of settings: what is asked while it is in force is
 * answered by it, whatever comes after (ll_resolver_follow). Goes when nobody asks it any more. */
typedef struct
{
  gint ref_count;
  GMutex lock;
  GThread *thread; /* started with the first question */
  int wake;        /* eventfd */
  char *zone;
  gboolean allow_private;
  /* under the lock */
  GHashTable *flights; /* key -> LlFlight, until answered */
  GQueue incoming;     /* of LlFlight, for the thread */
  gboolean renew;
  gboolean quit;
  LlDnsState state;
  char *detail;
  gboolean captive;
  /* the thread's own */
  LlLadder ladder;
  GPtrArray *grounded; /* of LlFlight: taken from incoming, not answered */
  gint64 last_good;    /* monotonic: when something was answered */
} LlResolverRun;

/* Takes @anchor. */
LlResolverRun *ll_resolver_run_new (const LlResolverOptions *options, LlAnchor *anchor);
LlResolverRun *ll_resolver_run_ref (LlResolverRun *run);
void ll_resolver_run_unref (LlResolverRun *run); /* not on its own thread */

/* All at once, without validation if @plain; returns when all are answered, or at @deadline. */
void ll_resolver_run_query (LlResolverRun *run,
                            LlQuery *queries,
                            gsize n,
                            gboolean plain,
                            LlDeadline deadline,
                            GCancellable *cancellable);

void ll_resolver_run_renew (LlResolverRun *run);
LlDnsState ll_resolver_run_state (LlResolverRun *run, char **detail);

gpointer ll_resolver_thread (gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlResolverRun, ll_resolver_run_unref)

G_END_DECLS
