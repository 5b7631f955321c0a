/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/unbound.h"

G_BEGIN_DECLS

/*
 * One way to the DNS together with what its self-test showed: a network that strips
 * DNSSEC makes every name bogus, unsigned ones too, so nothing that a path says about
 * a name is believed before it has validated the keys of the anchor's own zone.
 *
 * A path without an anchor validates nothing; its test asks for a name that cannot
 * exist, to tell a captive portal and a stripping resolver from silence.
 *
 * Belongs to the resolver's thread.
 */

/* One answer that a path gave: to a question with @data, or to its self-test (data NULL). */
typedef struct _LlPath LlPath;
typedef struct
{
  LlPath *path;     /* (not owned) */
  LlAnswer *answer; /* (owned) */
  gpointer data;    /* (not owned) */
} LlPathEvent;

struct _LlPath
{
  guint serial; /* never used twice, so that nobody takes a new path for one that is gone */
  LlUnboundWay way;
  LlUnbound *unbound; /* (owned) */
  GQueue *events;     /* (not owned) of LlPathEvent, appended to */
  LlDnsState state;   /* UNTESTED while the test is under way */
  gboolean plain;     /* no anchor */
  gboolean speaks;    /* plain: something answers */
  gboolean lies;      /* plain: it answers for what cannot exist */
  char *detail;
  gint64 started;    /* monotonic, microseconds */
  LlDeadline until;  /* the test counts as unanswered then */
  GHashTable *chain; /* zone -> when its keys were asked for ahead, gint64 monotonic */
};

/* @retries: as of ll_unbound_new. NULL when no context can be made. The test is under way when it
 * returns. */
LlPath *ll_path_new (LlUnboundWay way,
                     const char *const *servers,
                     const LlAnchor *anchor,
                     gboolean plain,
                     guint retries,
                     GQueue *events);

/* Also drops its events. */
void ll_path_free (LlPath *path);

/* Asks for what the validation of the answer will ask for, DS and DNSKEY of the zones above: one
 * after the other they would cost a round trip each. Returns when the question itself should be
 * asked, now or in a moment. */
LlDeadline ll_path_prepare (LlPath *path, const char *name, guint16 type);

/* Takes in the answer to the self-test. */
void ll_path_tested (LlPath *path, const LlAnswer *answer);

/* Ends a test whose time is over. Returns whether it is settled. */
gboolean ll_path_settled (LlPath *path);

void ll_path_event_free (LlPathEvent *event);

/* -- pure -------------------------------------------------------------------- */

/* What the answer to "anchor's zone DNSKEY" says about the way it came. *detail: a sentence,
 * (transfer full), NULL when it validates. */
LlDnsState ll_path_judge (const LlAnswer *answer, char **detail);

/* The ways to try, in order, for these servers. @configured: named by the user, so nobody else
 * is asked. (transfer full) of LlUnboundWay */
GArray *ll_path_ladder (const char *const *servers, gboolean configured);

G_END_DECLS
