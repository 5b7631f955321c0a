/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/path.h"

G_BEGIN_DECLS

/*
 * Which path to the DNS is used in this network: the network's resolvers, recursion,
 * TCP, TLS, in that order, each given a head start; the first that validates the
 * anchor's keys stays. What worked in a network is tried first there the next time.
 *
 * Belongs to the resolver's thread.
 */

typedef enum
{
  LL_LADDER_IDLE,    /* nothing is known; ll_ladder_begin finds out */
  LL_LADDER_TESTING, /* wait */
  LL_LADDER_READY,   /* current validates */
  LL_LADDER_FAILED,  /* none validates: see state and detail */
} LlLadderPhase;

typedef struct
{
  LlAnchor *anchor; /* (owned) */
  GStrv configured; /* (owned) or NULL: the system's */
  GStrv servers;    /* (owned) what is in use */
  GArray *ways;     /* of LlUnboundWay */
  guint next_way;
  LlDeadline next_start; /* when the next way joins in */
  GPtrArray *testing;    /* (owned) of LlPath */
  LlPath *current;       /* (owned) READY: the one that validates */
  LlPath *plain;         /* (owned) without validation, once one failed */
  LlPath *second;        /* (owned) for second opinions */
  gboolean second_same;  /* no other way answers here: second opinions go the same way */
  GQueue events;         /* of LlPathEvent */
  LlLadderPhase phase;
  LlDnsState state;
  char *detail;
  gboolean captive;
  gint64 tested;      /* monotonic: when the last test ended */
  gint64 stamp;       /* of resolv.conf */
  GHashTable *memory; /* servers -> way that validated */
} LlLadder;

void ll_ladder_init (LlLadder *ladder, LlAnchor *anchor, const char *const *servers);
void ll_ladder_clear (LlLadder *ladder);

/* Forgets all paths; what was learnt about networks stays. */
void ll_ladder_reset (LlLadder *ladder);

/* Starts the tests. */
void ll_ladder_begin (LlLadder *ladder);

/* Moves the tests on. Call after each answer to a test and at ll_ladder_due. */
void ll_ladder_step (LlLadder *ladder);

/* A fresh path with a test of its own, by another way than the current one's if there is one;
 * NULL when none can be made. */
LlPath *ll_ladder_second (LlLadder *ladder);

/* It did not validate: whether there is another to try, which ll_ladder_second then gives. */
gboolean ll_ladder_second_failed (LlLadder *ladder);

/* When something must be looked at though no answer came. */
LlDeadline ll_ladder_due (LlLadder *ladder);

/* Whether the system's list of resolvers changed since the tests. */
gboolean ll_ladder_is_stale (LlLadder *ladder);

/* All paths that may have something to say, (transfer container) of LlPath. */
GPtrArray *ll_ladder_paths (LlLadder *ladder);

G_END_DECLS
