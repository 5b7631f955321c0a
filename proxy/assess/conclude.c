/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/conclude.h"

#include "assess/failure.h"
#include "assess/history.h"
#include "assess/providers.h"
#include "base/clock.h"

/* "observed now" */
#define KEEP_SEEN 600
#define KEEP_ABSENT 300
#define KEEP_UNKNOWN 300
/* A broken way is looked at again soon: only a clean second try lifts it. */
#define KEEP_BROKEN 60
/* The network may be there again in a moment. */
#define KEEP_OFFLINE 15

/* -- the shipped table ------------------------------------------------------------ */

/* All hosts that can be used belong to providers of the table; the first one's row. */
static const LlProvider *
provider_of (const LlVerdict *verdict)
{
  const LlProvider *first = NULL;

  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);
      const LlProvider *provider
          = host->addressed == LL_ABSENT ? NULL : ll_provider_of_mx (host->name);

      if (host->addressed == LL_ABSENT)
        continue;
      if (provider == NULL)
        return NULL;
      if (first == NULL)
        first = provider;
    }
  return first;
}

/* Whether the table may stand in for a look: never for what is not this domain's way at all. */
static gboolean
may_be_listed (LlWhy why)
{
  switch (why)
    {
    case LL_WHY_NONE:
    case LL_WHY_PORT25:
    case LL_WHY_REFUSED:
    case LL_WHY_TEMPORARY:
    case LL_WHY_INTERCEPTED:
    case LL_WHY_OVERDUE:
      return TRUE;
    case LL_WHY_INTERNAL:
    case LL_WHY_DNS:
    case LL_WHY_OFFLINE:
      return FALSE;
    }
  g_assert_not_reached ();
}

static void
apply_table (LlVerdict *verdict)
{
  const LlProvider *provider = provider_of (verdict);

  if (provider == NULL)
    return;
  verdict->provider = g_strdup (provider->name);
  verdict->listed_date = g_strdup (provider->date);
  if (verdict->evidence != LL_EVIDENCE_UNKNOWN || !may_be_listed (verdict->why))
    return;
  /* why stays: it says why nobody looked */
  verdict->evidence = LL_EVIDENCE_OPP;
  verdict->source = LL_SOURCE_LISTED;
  verdict->settled = FALSE;
  if (verdict->evidence_if_sts != LL_EVIDENCE_UNKNOWN)
    return;
  verdict->evidence_if_sts = LL_EVIDENCE_OPP;
  verdict->source_if_sts = LL_SOURCE_LISTED;
}

/* -- the memory --------------------------------------------------------------------- */

static LlHistoryNow
now_of (const LlConcludeParts *parts, const LlVerdict *verdict)
{
  LlHistoryNow now = {
    .time = verdict->time,
    .evidence = verdict->evidence,
    .source = verdict->source,
    .why = verdict->why,
    .dane = verdict->hosts->len > 0,
    .partial = verdict->hosts->len == 0,
    .dns_valid = ll_resolver_state (parts->resolver, NULL) == LL_DNS_VALIDATES,
    .sts = verdict->sts.mode,
    .intercepted = verdict->sts.intercepted,
    .network = ll_network_state (parts->network),
  };

  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      if (host->addressed == LL_ABSENT)
        continue;
      now.dane = now.dane && verdict->mx_secure
                 && (host->dane == LL_DANE_PUBLISHED || host->dane == LL_DANE_MATCH);
      now.partial = now.partial || host->addressed != LL_FOUND;
      now.starttls = now.starttls || (host->contacted && host->starttls);
      now.plain = now.plain || (host->contacted && !host->starttls);
    }
  return now;
}

static void
suspect (LlVerdict *verdict)
{
  verdict->suspected_downgrade = TRUE;
  verdict->code = verdict->code_if_sts = LL_CODE_DOWNGRADE_SUSPECTED;
  verdict->settled = FALSE;
}

static void
apply_memory (const LlConcludeParts *parts, LlVerdict *verdict, gboolean learn)
{
  LlHistoryNow now = now_of (parts, verdict);
  LlHistory history;
  LlChange change;

  ll_history_load (parts->memory, verdict->domain, &history);
  change = ll_history_compare (&history, &now, &verdict->was);
  verdict->legitimate_change = change == LL_CHANGE_LEGITIMATE;
  if (change == LL_CHANGE_SUSPECTED)
    suspect (verdict);
  if (!learn)
    return;
  ll_history_learn (&history, &now, change);
  if (history.first != 0)
    ll_history_save (parts->memory, verdict->domain, &history);
}

/* Last: the sentence says all that was added, and where it was looked from. */
static void
put_sentence (const LlConcludeParts *parts, LlVerdict *verdict)
{
  char *sentence = ll_verdict_sentence (verdict);

  verdict->network = ll_network_state (parts->network);
  verdict->dns = ll_resolver_state (parts->resolver, NULL);
  g_free (verdict->detail);
  verdict->detail = sentence;
}

void
ll_conclude_partial (const LlConcludeParts *parts, LlVerdict *verdict)
{
  ll_failure_apply (parts->memory, verdict, FALSE);
  apply_table (verdict);
  if (verdict->evidence != LL_EVIDENCE_UNKNOWN)
    apply_memory (parts, verdict, FALSE);
  verdict->settled = FALSE;
  put_sentence (parts, verdict);
}

void
ll_conclude (const LlConcludeParts *parts, LlVerdict *verdict, const LlVerdict *before)
{
  ll_failure_apply (parts->memory, verdict, TRUE);
  apply_table (verdict);
  if (before == NULL)
    apply_memory (parts, verdict, TRUE);
  else
    {
      verdict->was = g_strdup (before->was);
      verdict->legitimate_change = before->legitimate_change;
      if (before->suspected_downgrade)
        suspect (verdict);
    }
  put_sentence (parts, verdict);
}

/* -- how long -------------------------------------------------------------------------- */

static gint64
earliest_end (const LlVerdict *verdict)
{
  gint64 end = G_MAXINT64;

  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      if (host->contacted && host->time != 0)
        end = MIN (end, host->time + KEEP_SEEN - verdict->time);
      /* what a certificate proved ends with it */
      if (host->pkix && host->not_after > verdict->time)
        end = MIN (end, host->not_after - verdict->time);
    }
  return end;
}

gint64
ll_conclude_keep (const LlVerdict *verdict, guint32 ttl)
{
  gint64 keep = MIN ((gint64) ttl, KEEP_SEEN);

  switch (verdict->evidence)
    {
    case LL_EVIDENCE_BROKEN:
      keep = verdict->late ? 1 : MIN (keep, KEEP_BROKEN);
      break;
    case LL_EVIDENCE_NOMAIL:
      keep = MIN (keep, KEEP_ABSENT);
      break;
    case LL_EVIDENCE_UNKNOWN:
      keep = verdict->why == LL_WHY_OFFLINE || verdict->why == LL_WHY_DNS
                     || verdict->why == LL_WHY_OVERDUE
                 ? KEEP_OFFLINE
                 : KEEP_UNKNOWN;
      break;
    case LL_EVIDENCE_PLAIN:
    case LL_EVIDENCE_WEAK:
    case LL_EVIDENCE_OPP:
    case LL_EVIDENCE_PKIX:
    case LL_EVIDENCE_HALF:
    case LL_EVIDENCE_STS:
    case LL_EVIDENCE_DANE:
      keep = MIN (keep, earliest_end (verdict));
      break;
    }
  /* TTL 0: for the letter at hand (DN31) */
  return MAX (keep, 1);
}
