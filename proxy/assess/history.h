/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/finding.h"
#include "assess/memory.h"
#include "net/network.h"

G_BEGIN_DECLS

/*
 * How a domain was seen before, to notice when its protection is taken away. It
 * only ever raises an alarm: what was seen yesterday assures nothing today. Each
 * kind of sighting counts half after 180 days.
 *
 * What DNS proves, and what a policy fetched over HTTPS says, is the domain's own
 * will: allowed, and told once. Only DANE or MTA-STS that vanish without such proof,
 * or STARTTLS that vanishes on a network which does not remove it elsewhere, are a
 * suspected downgrade (design 4.3; facts/assurance.md 2.7).
 */

#define LL_HISTORY_HALF_LIFE (180 * 24 * 60 * 60)

typedef struct
{
  guint count; /* at most LL_HISTORY_COUNT_MAX, so that a year's silence is forgotten */
  gint64 last;
} LlSightings;

#define LL_HISTORY_COUNT_MAX 16

typedef struct
{
  gint64 first; /* wall seconds; 0: never seen */
  LlEvidence best;
  gint64 best_time;
  LlEvidence last;
  gint64 last_time;
  LlSightings dane;
  LlSightings sts;
  LlSightings starttls;
} LlHistory;

typedef struct
{
  gint64 time;
  LlEvidence evidence;
  LlSource source;
  LlWhy why;
  gboolean dane;      /* published by every host, or matched */
  gboolean partial;   /* DNS did not answer for some host */
  gboolean dns_valid; /* the resolver validates: "unsigned" and "not there" are proven */
  LlStsMode sts;
  gboolean intercepted;
  gboolean starttls; /* seen */
  gboolean plain;    /* seen without */
  LlNetworkState network;
} LlHistoryNow;

typedef enum
{
  LL_CHANGE_NONE,
  LL_CHANGE_LEGITIMATE, /* told once: recording it forgets what was */
  LL_CHANGE_SUSPECTED,
} LlChange;

/* Pure. *was (transfer full): "dane until 2026-11-02"; set unless NONE. */
LlChange ll_history_compare (const LlHistory *past, const LlHistoryNow *now, char **was);

/* Pure: what to remember after @now. A suspected downgrade changes nothing. */
void ll_history_learn (LlHistory *history, const LlHistoryNow *now, LlChange change);

void ll_history_load (LlMemory *memory, const char *domain, LlHistory *out);
void ll_history_save (LlMemory *memory, const char *domain, const LlHistory *history);

/* A person accepted what it is now. */
void ll_history_forget (LlMemory *memory, const char *domain);

G_END_DECLS
