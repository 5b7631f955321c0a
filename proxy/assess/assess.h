/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/finding.h"
#include "net/https.h"
#include "net/network.h"

G_BEGIN_DECLS

/*
 * The engine of the checks: one look at a domain at a time however many ask
 * (single flight), all stages in parallel where they may be, results kept for as
 * long as facts/assurance.md 2.6 allows, over restarts too.
 *
 * facts/assurance.md 2.3 is the order; mx, tlsa, dane, sts-*, probe and history
 * are the stages; verdict.c folds what they found.
 */

typedef struct
{
  LlResolver *resolver; /* (not owned) these three outlive the engine */
  LlHttps *https;
  LlNetwork *network;
  const char *state; /* folders of the memory (assess/memory.h) */
  const char *cache;
  const char *ca_file;
  guint16 mx_port;
  gboolean allow_private;
  gboolean probe;
  const char *ehlo; /* NULL: "[" our address "]" */
} LlAssessOptions;

typedef struct _LlAssess LlAssess;

LlAssess *ll_assess_new (const LlAssessOptions *options, GError **error);
void ll_assess_free (LlAssess *assess);

/* Other [network] settings, in two steps, as the first may fail and the second may not: what
 * @options (the folders and ehlo apart) ask for is made, LL_CONFIG_ERROR when it cannot be; then it
 * is in force. A look that is under way ends with what it was begun with, and nothing is kept of
 * what was seen so. What is remembered over restarts stays. */
typedef struct _LlLookParts LlLookParts;
LlLookParts *ll_assess_prepare (LlAssess *assess, const LlAssessOptions *options, GError **error);
void ll_look_parts_unref (LlLookParts *parts);
void ll_assess_follow (LlAssess *assess, LlLookParts *parts);

/* Begins to look, in the background; nothing when it is cached or under way. */
void ll_assess_start (LlAssess *assess, const char *domain);

/* What is known by @deadline. Never NULL: overdue is UNKNOWN (OVERDUE), but a failed finding or
 * an unanswered TLSA query of a signed host is BROKEN even then (promise 7). *done: it will not
 * change by waiting. (transfer full) */
LlVerdict *ll_assess_wait (LlAssess *assess,
                           const char *domain,
                           LlDeadline deadline,
                           GCancellable *cancellable,
                           gboolean *done);

/* `check`: afresh, past the caches; @progress is called from look-up threads with a partial
 * verdict whenever a stage of a host is done. (transfer full) */
typedef void (*LlAssessProgress) (LlVerdict *partial, gpointer data);
LlVerdict *ll_assess_check (LlAssess *assess,
                            const char *domain,
                            LlDeadline deadline,
                            GCancellable *cancellable,
                            LlAssessProgress progress,
                            gpointer data);

/* The network changed: unknown and overdue verdicts go, observed ones stay with their age. */
void ll_assess_renew (LlAssess *assess);

/* The person accepted what a domain is now: the downgrade memory begins anew. */
void ll_assess_accept (LlAssess *assess, const char *domain);

/* Daily refresh of cached MTA-STS policies; call from a timer only when something is cached.
 * Returns when the next one is due (wall seconds), 0: nothing to do. */
gint64 ll_assess_refresh (LlAssess *assess, GCancellable *cancellable);

/* -- the shipped, dated table (assess/providers.c) ----------------------------------- */

/* What a provider honours as a sender, by the name of its submission host; FALSE: not listed. */
gboolean ll_provider_honours (const char *upstream_host,
                              guint *honours,
                              const char **date,
                              const char **source);

/* All rows, for `providers`: aa{sv}. (transfer floating) */
GVariant *ll_providers_to_variant (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlAssess, ll_assess_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLookParts, ll_look_parts_unref)

G_END_DECLS
