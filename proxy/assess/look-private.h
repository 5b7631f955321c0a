/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/conclude.h"
#include "assess/look.h"

G_BEGIN_DECLS

/* What the steps of a look (look.c) and those who ask about it (look-state.c) share. Included by
 * these two alone. */

typedef struct
{
  LlVerdictHost fold; /* sights: owned; both filled when folding */
} Host;

/* A look at one address, asked for with one name; serves every host behind that address. */
typedef struct
{
  char *address;
  char *sni;
  LlSight *sight; /* NULL: nothing came yet */
  gboolean final;
} Looked;

struct _LlLook
{
  gint ref_count;
  LlLookParts *parts; /* (owned) */
  char *domain;
  gboolean fresh;
  gboolean plain_before;
  gboolean literal;
  guint generation;
  gint64 began; /* monotonic */
  LlDeadline deadline;
  LlLookFinished finished;
  gpointer finished_data;

  GMutex progress_lock; /* held while progress runs */
  LlAssessProgress progress;
  gpointer progress_data;

  GMutex settling; /* one verdict is made at a time, in order */

  GMutex lock; /* of all that follows */
  GCond changed;
  LlMxFacts *mx;     /* NULL: not answered */
  GPtrArray *hosts;  /* of Host */
  GPtrArray *looked; /* of Looked, at most LL_PROBE_ADDRESSES_MAX */
  LlStsFacts sts;
  gboolean sts_done;
  gboolean judged; /* the control hosts were asked because of what was seen */
  guint open;      /* steps under way */
  guint32 ttl;
  LlVerdict *verdict; /* once nothing that can change it is open */
  gboolean over;      /* the last step is done */
};

/* The name to ask a host for: where its TLSA records stand (RFC 7672 8.1), else its own. */
const char *ll_look_sni (const LlHostFacts *facts);

/* Under the lock. The look at @address that says most about a host asked for as @sni, or NULL. */
const Looked *ll_look_at (const LlLook *look, const char *address, const char *sni);

/* Whether a server that showed @sight to who named somebody else may show something else to who
 * names this host: it is not good for its name, or not what is published for it. @sight: with a
 * chain that can be compared. */
gboolean ll_look_may_differ (const LlLook *look, const LlSight *sight, const LlHostFacts *facts);

/* Under the lock: what is known so far. (transfer full) */
LlVerdict *ll_look_fold (LlLook *look);

LlConcludeParts ll_look_conclude_parts (const LlLook *look);

/* A stage is done. */
void ll_look_say_progress (LlLook *look);

G_END_DECLS
