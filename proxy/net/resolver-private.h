/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/ladder.h"

G_BEGIN_DECLS

/*
 * What the callers' side of the resolver (resolver.c) and its thread
 * (resolver-thread.c) share. Included by these two alone.
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
  guint path; /* serial of the path that was asked; 0: none */
  int id;
  guint tries;
  LlAnswer *again; /* what the second path said, until its self-test is done */
} LlFlight;

LlFlight *ll_flight_ref (LlFlight *flight);
void ll_flight_unref (LlFlight *flight);

struct _LlResolver
{
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
};

gpointer ll_resolver_thread (gpointer data);

G_END_DECLS
