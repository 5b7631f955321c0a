/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record/ledger.h"

G_BEGIN_DECLS

/*
 * The counts behind a report: recipients by method, evidence and state, for the whole
 * span, each period of it, each domain and each rule. One pass over the ledger.
 */

#define LL_TALLY_METHODS (LL_METHOD_OPEN + 1)
#define LL_TALLY_EVIDENCE (LL_EVIDENCE_UNKNOWN + 2) /* the last: nothing was looked at */
#define LL_TALLY_STATES (LL_STATE_RETRACTED + 1)
#define LL_TALLY_CONFIDENCE (LL_CONFIDENCE_ASSURED + 1)

typedef struct
{
  guint recipients;
  guint method[LL_TALLY_METHODS];
  guint evidence[LL_TALLY_EVIDENCE];
  guint state[LL_TALLY_STATES];
  guint confidence[LL_TALLY_CONFIDENCE];
  guint held; /* a person had to decide */
  guint overridden;
} LlTally;

typedef struct
{
  gint64 start; /* of a period */
  char *name;   /* of a domain, or the number of a rule; "0": no rule matched */
  char *provider;
  LlTally tally;
} LlTallyEntry;

typedef enum
{
  LL_PERIOD_DAY,
  LL_PERIOD_WEEK,
  LL_PERIOD_MONTH,
} LlPeriod;

typedef struct
{
  gint64 since;
  gint64 until;
  char *account;
  LlPeriod period;
  guint letters;
  LlTally all;
  GPtrArray *periods; /* of LlTallyEntry, ascending, without gaps */
  GPtrArray *domains; /* most recipients first */
  GPtrArray *rules;   /* by number */
} LlTallies;

LlTallies *ll_tallies_count (
    LlLedger *ledger, gint64 since, gint64 until, const char *account, GError **error);
/* The words of what was seen from here (not listed, not published) at domains of @provider, from
 * weak to strong; *domains: at how many at least. NULL: @error. (transfer floating) */
GVariant *
ll_tally_provider (LlLedger *ledger, const char *provider, guint *domains, GError **error);

void ll_tallies_free (LlTallies *tallies);

/* The word of a column; for nothing: "none". */
const char *ll_tally_method_name (guint i);
const char *ll_tally_evidence_name (guint i);

/* "2026-11-22", UTC. (transfer full) */
char *ll_tally_date (gint64 when);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlTallies, ll_tallies_free)

G_END_DECLS
