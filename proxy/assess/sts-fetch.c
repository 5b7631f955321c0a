/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sts-fetch.h"

#include "api/intl.h"
#include "assess/sts-cache.h"
#include "assess/sts-policy.h"
#include "assess/sts-record.h"
#include "base/limits.h"

#define TYPE_TXT 16
#define POLICY_PATH "/.well-known/mta-sts.txt"
/* For how long "no record" is believed when the zone says nothing else. */
#define ABSENT_TTL 3600

static LlCode
code_of (LlHttpsOutcome outcome)
{
  switch (outcome)
    {
    case LL_HTTPS_CERTIFICATE:
      return LL_CODE_STS_WEBPKI_INVALID;
    case LL_HTTPS_TOO_LARGE:
      return LL_CODE_STS_POLICY_INVALID;
    case LL_HTTPS_OK:
    case LL_HTTPS_STATUS:
    case LL_HTTPS_UNREACHABLE:
    case LL_HTTPS_PRIVATE:
      return LL_CODE_STS_POLICY_FETCH_ERROR;
    }
  g_assert_not_reached ();
}

/* NULL: *code, *detail, *intercepted say why. */
static LlStsPolicy *
fetch (const LlStsSources *sources,
       const char *domain,
       LlDeadline deadline,
       GCancellable *cancellable,
       LlStsFacts *why)
{
  g_autofree char *host = g_strconcat ("mta-sts.", domain, NULL);
  g_autoptr (LlHttpsResult) result
      = ll_https_get (sources->https, host, POLICY_PATH, LL_STS_POLICY_MAX,
                      ll_deadline_earlier (deadline, ll_deadline_in (LL_STS_FETCH_TIMEOUT)),
                      cancellable);
  const char *body;
  gsize length;
  LlStsPolicy *policy;

  why->intercepted = result->intercepted;
  if (result->outcome != LL_HTTPS_OK)
    {
      why->code = code_of (result->outcome);
      why->detail = g_strdup (result->detail);
      return NULL;
    }
  if (result->intercepted)
    {
      why->code = LL_CODE_STS_POLICY_FETCH_ERROR;
      why->detail = g_strdup (N_ ("the policy was read through a device of your network"));
      return NULL;
    }
  why->code = LL_CODE_STS_POLICY_INVALID;
  if (!ll_sts_policy_type (result->content_type))
    {
      why->detail
          = g_strdup_printf (N_ ("the policy is \"%s\", not plain text"), result->content_type);
      return NULL;
    }
  body = g_bytes_get_data (result->body, &length);
  policy = ll_sts_policy_parse (body, length, &why->detail);
  if (policy != NULL)
    why->code = LL_CODE_NONE;
  return policy;
}

static void
take_policy (LlStsFacts *out, const char *id, const LlStsPolicy *policy, const LlMoment *now)
{
  out->mode = policy->mode;
  out->id = g_strdup (id);
  out->fetched = now->wall;
  out->expires = now->wall + policy->max_age;
  out->patterns = g_strdupv (policy->patterns);
}

static void
take_entry (LlStsFacts *out, const LlStsEntry *entry, gboolean unanswered)
{
  out->mode = entry->mode;
  out->id = g_strdup (entry->id);
  out->fetched = entry->fetched;
  out->expires = entry->expires;
  out->patterns = g_strdupv (entry->patterns);
  out->cached = unanswered;
}

/* Nobody else fetches it now. FALSE: there is no new policy, out->code says why. */
static gboolean
fetch_new (const LlStsSources *sources,
           const char *domain,
           const char *id,
           LlDeadline deadline,
           GCancellable *cancellable,
           LlStsFacts *out)
{
  LlMoment now = ll_moment_now ();
  g_autoptr (LlStsEntry) meanwhile = ll_sts_cache_get (sources->memory, domain, &now);
  g_autoptr (LlStsPolicy) policy = NULL;

  if (meanwhile != NULL && g_strcmp0 (meanwhile->id, id) == 0)
    {
      take_entry (out, meanwhile, FALSE);
      return TRUE;
    }
  if (!ll_sts_cache_may_fetch (sources->memory, domain, id, &now, &out->code, &out->detail))
    return FALSE;
  policy = fetch (sources, domain, deadline, cancellable, out);
  if (policy != NULL)
    {
      ll_sts_cache_put (sources->memory, domain, id, policy, &now);
      take_policy (out, id, policy, &now);
      return TRUE;
    }
  /* what another network or a later moment may answer is not held against the id */
  if (!out->intercepted && ll_deadline_left (deadline) > 0
      && !g_cancellable_is_cancelled (cancellable))
    ll_sts_cache_failed (sources->memory, domain, id, out->code, out->detail, &now);
  return FALSE;
}

/* The record names an id that is not the cached one. */
static void
find_new (const LlStsSources *sources,
          const char *domain,
          const char *id,
          const LlStsEntry *entry,
          LlDeadline deadline,
          GCancellable *cancellable,
          LlStsFacts *out)
{
  gboolean found = FALSE;

  if (ll_sts_cache_enter (sources->memory, domain,
                          ll_deadline_earlier (deadline, ll_deadline_in (LL_STS_FETCH_TIMEOUT))))
    {
      found = fetch_new (sources, domain, id, deadline, cancellable, out);
      ll_sts_cache_leave (sources->memory, domain);
    }
  else
    {
      out->code = LL_CODE_STS_POLICY_FETCH_ERROR;
      out->detail = g_strdup (N_ ("the policy is still being fetched"));
    }
  if (found)
    return;
  if (entry != NULL)
    take_entry (out, entry, TRUE);
  else
    out->mode = out->intercepted ? LL_STS_UNKNOWN : LL_STS_FETCH_ERROR;
}

static void
find_without_record (
    const LlStsEntry *entry, LlStsMode otherwise, LlCode code, char *detail, LlStsFacts *out)
{
  if (entry != NULL)
    take_entry (out, entry, TRUE);
  else
    out->mode = otherwise;
  out->code = code;
  out->detail = detail;
}

guint32
ll_sts_find (const LlStsSources *sources,
             const char *domain,
             LlDeadline deadline,
             GCancellable *cancellable,
             LlStsFacts *out)
{
  g_autofree char *name = g_strconcat ("_mta-sts.", domain, NULL);
  g_autoptr (LlAnswer) answer
      = ll_resolver_query (sources->resolver, name, TYPE_TXT,
                           ll_deadline_earlier (deadline, ll_deadline_in (LL_DNS_DEADLINE)),
                           cancellable);
  LlMoment now = ll_moment_now ();
  g_autoptr (LlStsEntry) entry = ll_sts_cache_get (sources->memory, domain, &now);
  g_autofree char *id = NULL;
  char *detail = NULL;

  *out = (LlStsFacts){ .mode = LL_STS_NONE };
  if (answer->finding == LL_UNKNOWN || answer->finding == LL_BOGUS)
    {
      find_without_record (entry, LL_STS_UNKNOWN,
                           answer->finding == LL_BOGUS ? LL_CODE_DNSSEC_INVALID : LL_CODE_NONE,
                           g_strdup (answer->reason), out);
      return answer->ttl;
    }
  switch (answer->finding == LL_FOUND ? ll_sts_record_choose (answer->records, &id, &detail)
                                      : LL_STS_RECORD_ABSENT)
    {
    case LL_STS_RECORD_VALID:
      if (entry != NULL && g_strcmp0 (entry->id, id) == 0)
        take_entry (out, entry, FALSE);
      else
        find_new (sources, domain, id, entry, deadline, cancellable, out);
      break;
    case LL_STS_RECORD_INVALID:
      find_without_record (entry, LL_STS_NONE, LL_CODE_STS_POLICY_INVALID, detail, out);
      break;
    case LL_STS_RECORD_ABSENT:
      find_without_record (entry, LL_STS_NONE, LL_CODE_NONE, NULL, out);
      return MIN (answer->ttl, ABSENT_TTL);
    }
  return answer->ttl;
}

void
ll_sts_refresh (const LlStsSources *sources,
                const char *domain,
                LlDeadline deadline,
                GCancellable *cancellable)
{
  g_autofree char *name = g_strconcat ("_mta-sts.", domain, NULL);
  g_autoptr (LlAnswer) answer
      = ll_resolver_query (sources->resolver, name, TYPE_TXT, deadline, cancellable);
  LlMoment now = ll_moment_now ();
  g_autoptr (LlStsEntry) entry = ll_sts_cache_get (sources->memory, domain, &now);
  g_autoptr (LlStsPolicy) policy = NULL;
  g_autofree char *id = NULL;
  g_autofree char *detail = NULL;
  LlStsFacts facts = { .mode = LL_STS_NONE };

  ll_sts_cache_checked (sources->memory, domain, &now);
  if (answer->finding == LL_FOUND)
    ll_sts_record_choose (answer->records, &id, &detail);
  if (id == NULL && entry != NULL)
    id = g_strdup (entry->id);
  if (id != NULL)
    policy = fetch (sources, domain, deadline, cancellable, &facts);
  if (policy != NULL)
    ll_sts_cache_put (sources->memory, domain, id, policy, &now);
  ll_sts_facts_clear (&facts);
}
