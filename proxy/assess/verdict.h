/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/mx.h"
#include "assess/sight.h"
#include "net/network.h"

G_BEGIN_DECLS

/*
 * From what was found to what it is worth: the one place that folds findings, host
 * by host and then for the domain, exhaustively.
 *
 * Pure but for comparing certificates (assess/chain, assess/dane): no I/O, no
 * clock. Where something is still open the fold says so: UNKNOWN (OVERDUE), but
 * never in place of a finding that failed (promise 7).
 *
 * design 4.3; facts/assurance.md 2.1, 2.3, 2.5.
 */

typedef struct
{
  const LlHostFacts *dns;  /* what mx.c and tlsa.c found */
  const GPtrArray *sights; /* of LlSight, one per address that was looked at */
  gboolean tlsa_open;      /* the look-up of the TLSA records has not come back */
  gboolean look_open;      /* a look at one of its addresses has not come back */
  int began;               /* when the looks began, milliseconds from the start of the check */
} LlVerdictHost;

typedef struct
{
  const char *domain;
  const LlMxFacts *mx;    /* NULL: not answered yet */
  const GPtrArray *hosts; /* of LlVerdictHost */
  const LlStsFacts *sts;  /* NULL: not answered yet */
  LlNetworkState network;
  gboolean dns_silent;      /* the resolver gets no answers at all */
  gboolean internal;        /* a VPN's name, a single label */
  gboolean literal;         /* "[192.0.2.1]": DANE and MTA-STS do not apply */
  gboolean probing;         /* FALSE: `probe = never` */
  gboolean plain_confirmed; /* an earlier look, 30 s ago or more, also found no STARTTLS */
  SSL_CTX *trust;           /* roots; NULL: only what the sights say themselves */
} LlVerdictInput;

/* (transfer full), never NULL. Without what the memory knows (assess/history) and without the
 * provider's name. */
LlVerdict *ll_verdict_fold (const LlVerdictInput *input);

/* The sentence for @verdict, in words that claim no more than was seen. (transfer full) */
char *ll_verdict_sentence (const LlVerdict *verdict);

G_END_DECLS
