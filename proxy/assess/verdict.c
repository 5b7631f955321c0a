/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/verdict.h"

#include "api/intl.h"
#include "assess/sts-policy.h"
#include "assess/verdict-host.h"

#include <string.h>

/*
 * The domain is worth the weakest of its hosts that were seen. A host that could
 * not be reached only lowers "n of m", with one exception: what is claimed of the
 * whole domain (DANE, MTA-STS) is not claimed while a host is known to lack it.
 * Two folds are made: for a sender that honours MTA-STS, and for one that does not
 * and may use a host that the policy excludes.
 */

/* One host in one of the two folds. */
typedef struct
{
  LlEvidence evidence; /* UNKNOWN: takes no part */
  LlCode code;
  const char *detail;
  gboolean caps; /* not seen, and known to lack what would be claimed of the domain */
} Share;

static void
settle (LlVerdict *verdict, LlEvidence evidence, LlSource source, LlWhy why, LlCode code)
{
  verdict->evidence = evidence;
  verdict->evidence_if_sts = evidence;
  verdict->source = source;
  verdict->source_if_sts = source;
  verdict->why = why;
  verdict->code = code;
  verdict->code_if_sts = code;
}

/* -- MTA-STS ------------------------------------------------------------------- */

static gboolean
is_enforced (const LlVerdict *verdict)
{
  return verdict->sts.mode == LL_STS_ENFORCE;
}

/* RFC 8461 4: the name is one of the policy's, TLS is up, the certificate is good for the name. */
static Share
share_under_policy (const LlHostFacts *host, gboolean secure)
{
  Share share = { host->evidence, host->code, host->detail, FALSE };

  switch (host->evidence)
    {
    case LL_EVIDENCE_PLAIN:
    case LL_EVIDENCE_OPP:
    case LL_EVIDENCE_PKIX:
    case LL_EVIDENCE_HALF:
    case LL_EVIDENCE_STS:
      if (!host->contacted || host->pkix)
        return (Share){ LL_EVIDENCE_STS, LL_CODE_NONE, NULL, FALSE };
      share.evidence = LL_EVIDENCE_BROKEN;
      if (host->certificate_code != LL_CODE_NONE)
        share.code = host->certificate_code;
      return share;
    case LL_EVIDENCE_UNKNOWN:
      /* published, not seen from here */
      if (host->why != LL_WHY_INTERNAL && host->addressed == LL_FOUND)
        return (Share){ LL_EVIDENCE_STS, LL_CODE_NONE, NULL, FALSE };
      return share;
    case LL_EVIDENCE_WEAK:
      /* RFC 8461 4 asks for TLS 1.2: too weak is not met; DANE is judged by itself (SA13) */
      if (host->dane != LL_DANE_MATCH || !secure)
        share.evidence = LL_EVIDENCE_BROKEN;
      return share;
    case LL_EVIDENCE_DANE:
    case LL_EVIDENCE_NOMAIL:
    case LL_EVIDENCE_BROKEN:
      return share;
    }
  g_assert_not_reached ();
}

static Share
share_of (const LlVerdict *verdict, const LlHostFacts *host)
{
  Share share = { host->evidence, host->code, host->detail, FALSE };

  if (is_enforced (verdict) && !host->excluded)
    return share_under_policy (host, verdict->mx_secure);
  share.caps = host->evidence == LL_EVIDENCE_UNKNOWN && host->addressed == LL_FOUND
               && host->why != LL_WHY_INTERNAL;
  return share;
}

static void
mark_excluded (LlVerdict *verdict)
{
  if (!is_enforced (verdict))
    return;
  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      host->excluded
          = !ll_sts_policy_names ((const char *const *) verdict->sts.patterns, host->name);
    }
}

/* -- the fold over the hosts -------------------------------------------------------- */

typedef struct
{
  LlEvidence evidence; /* UNKNOWN: nothing is known or claimed */
  LlCode code;
  const char *detail;
  const char *host;  /* that it rests on, or NULL */
  gboolean seen;     /* rests on a look */
  gboolean dns;      /* BROKEN without a look */
  gboolean late;     /* ... at a deadline */
  gboolean all_pkix; /* of those seen */
  gboolean any_seen;
} Fold;

/* A claim for the whole domain, while a host that was not seen lacks it, is only worth what the
 * seen hosts showed by themselves. */
static LlEvidence
capped (const Fold *fold)
{
  switch (fold->evidence)
    {
    case LL_EVIDENCE_DANE:
    case LL_EVIDENCE_STS:
    case LL_EVIDENCE_HALF:
      if (!fold->any_seen)
        return LL_EVIDENCE_UNKNOWN;
      return fold->all_pkix ? LL_EVIDENCE_PKIX : LL_EVIDENCE_OPP;
    case LL_EVIDENCE_PLAIN:
    case LL_EVIDENCE_WEAK:
    case LL_EVIDENCE_OPP:
    case LL_EVIDENCE_PKIX:
    case LL_EVIDENCE_NOMAIL:
    case LL_EVIDENCE_BROKEN:
    case LL_EVIDENCE_UNKNOWN:
      return fold->evidence;
    }
  g_assert_not_reached ();
}

static Fold
fold_hosts (const LlVerdict *verdict, gboolean honours_sts)
{
  Fold fold = { .evidence = LL_EVIDENCE_UNKNOWN, .all_pkix = TRUE };
  /* of hosts that were not even looked up only the policy knows something */
  gboolean cap = verdict->beyond > 0 && !(honours_sts && is_enforced (verdict));
  guint usable = 0;

  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);
      Share share;

      if (honours_sts && host->excluded)
        continue;
      usable++;
      share = share_of (verdict, host);
      cap = cap || share.caps;
      if (host->contacted)
        {
          fold.any_seen = TRUE;
          fold.all_pkix = fold.all_pkix && host->pkix;
        }
      if (!ll_evidence_is_weaker (share.evidence, fold.evidence))
        continue;
      fold.evidence = share.evidence;
      fold.code = share.code;
      fold.detail = share.detail;
      fold.host = host->name;
      fold.seen = host->contacted;
      fold.dns = share.evidence == LL_EVIDENCE_BROKEN && !host->contacted;
      fold.late = fold.dns && host->late;
    }
  if (is_enforced (verdict) && honours_sts && usable == 0 && verdict->hosts->len > 0)
    return (Fold){ LL_EVIDENCE_BROKEN, LL_CODE_VALIDATION_FAILURE,
                   N_ ("none of its mail servers is one that its policy (MTA-STS) names"),
                   LL_CULPRIT_POLICY };
  if (cap)
    {
      fold.evidence = capped (&fold);
      fold.seen = fold.any_seen;
    }
  return fold;
}

/* Under an enforced policy that names none of the servers nobody can deliver; the fold for
 * senders that do not look at policies says so as well (promise 7). */
static gboolean
is_impossible (const LlVerdict *verdict)
{
  gboolean all_dane = TRUE;

  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      if (!host->excluded)
        return FALSE;
      all_dane = all_dane && host->evidence == LL_EVIDENCE_DANE;
    }
  /* SA13: who follows DANE alone does deliver, as safely */
  return is_enforced (verdict) && verdict->hosts->len > 0 && !all_dane;
}

/* -- what is not known ---------------------------------------------------------------- */

static int
telling (LlWhy why)
{
  switch (why)
    {
    case LL_WHY_NONE:
      return 0;
    case LL_WHY_TEMPORARY:
      return 1;
    case LL_WHY_REFUSED:
      return 2;
    case LL_WHY_INTERNAL:
      return 3;
    case LL_WHY_OVERDUE:
      return 4;
    case LL_WHY_INTERCEPTED:
      return 5;
    case LL_WHY_DNS:
      return 6;
    case LL_WHY_OFFLINE:
      return 7;
    case LL_WHY_PORT25:
      return 8;
    }
  g_assert_not_reached ();
}

static void
settle_unknown (LlVerdict *verdict, gboolean open)
{
  settle (verdict, LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_NONE, LL_CODE_NONE);
  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      if (host->evidence != LL_EVIDENCE_UNKNOWN || telling (host->why) <= telling (verdict->why))
        continue;
      verdict->why = host->why;
      verdict->code = host->code;
      g_free (verdict->detail);
      verdict->detail = g_strdup (host->detail);
    }
  if (verdict->sts.intercepted && verdict->sts.mode == LL_STS_UNKNOWN)
    verdict->why = LL_WHY_INTERCEPTED;
  else if (open && verdict->why == LL_WHY_NONE)
    {
      verdict->why = LL_WHY_OVERDUE;
      verdict->code = LL_CODE_UNKNOWN_TEMP;
    }
}

/* -- the domain's own DNS ---------------------------------------------------------------- */

static void
settle_dns_failure (const LlVerdictInput *input, LlVerdict *verdict, gboolean bogus)
{
  verdict->detail = g_strdup (input->mx->reason);
  if (input->network == LL_NETWORK_OFFLINE || input->network == LL_NETWORK_PORTAL
      || (input->dns_silent && !bogus))
    settle (verdict, LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_OFFLINE,
            LL_CODE_DNS_NETWORK_BROKEN);
  else if (input->mx->network)
    settle (verdict, LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_DNS, LL_CODE_DNS_NETWORK_BROKEN);
  else
    {
      /* facts/assurance.md 2.5, N09: a failed look-up is never "no MX" */
      settle (verdict, LL_EVIDENCE_BROKEN, LL_SOURCE_PUBLISHED, LL_WHY_NONE,
              bogus ? LL_CODE_DNSSEC_INVALID : LL_CODE_UNKNOWN_TEMP);
      verdict->dns_broken = TRUE;
      verdict->late = input->mx->late;
    }
}

static void
settle_no_mail (const LlMxFacts *mx, LlVerdict *verdict)
{
  settle (verdict, LL_EVIDENCE_NOMAIL, LL_SOURCE_PUBLISHED, LL_WHY_NONE,
          mx->nomail ? LL_CODE_NULL_MX : LL_CODE_NO_SUCH_DOMAIN);
  verdict->nxdomain = mx->nxdomain;
  verdict->proven = mx->proven;
  verdict->settled = mx->nomail || mx->proven;
  verdict->detail = g_strdup (mx->reason);
}

/* TRUE when there are no hosts to fold. */
static gboolean
fold_domain_dns (const LlVerdictInput *input, LlVerdict *verdict)
{
  if (input->internal)
    {
      settle (verdict, LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_INTERNAL, LL_CODE_NONE);
      return TRUE;
    }
  if (input->mx == NULL)
    {
      settle (verdict, LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_OVERDUE, LL_CODE_UNKNOWN_TEMP);
      return TRUE;
    }
  switch (input->mx->finding)
    {
    case LL_BOGUS:
    case LL_UNKNOWN:
      settle_dns_failure (input, verdict, input->mx->finding == LL_BOGUS);
      return TRUE;
    case LL_ABSENT:
      settle_no_mail (input->mx, verdict);
      return TRUE;
    case LL_FOUND:
      break;
    }
  if (input->mx->nomail || input->mx->unaddressed)
    {
      settle_no_mail (input->mx, verdict);
      return TRUE;
    }
  return FALSE;
}

/* -- counting ------------------------------------------------------------------------------ */

/* RFC 8689 4.2.1: the name of the server comes by DNSSEC or a policy, its certificate verifies, and
 * it offers REQUIRETLS. Asked for elsewhere, the letter would come back. */
static gboolean
can_require_tls (const LlVerdict *verdict, const LlHostFacts *host)
{
  gboolean named = verdict->mx_secure || (is_enforced (verdict) && !host->excluded);

  return host->contacted && host->requiretls && named && host->evidence != LL_EVIDENCE_WEAK
         && (host->dane == LL_DANE_MATCH || (host->pkix && host->dane == LL_DANE_NONE));
}

static void
count_hosts (LlVerdict *verdict)
{
  gboolean everywhere = verdict->beyond == 0;

  verdict->total = verdict->beyond;
  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      if (host->addressed == LL_ABSENT)
        continue; /* nobody can use it */
      verdict->total++;
      verdict->tampered = verdict->tampered || host->tampered;
      verdict->seen += host->contacted ? 1 : 0;
      everywhere = everywhere && can_require_tls (verdict, host);
    }
  verdict->requiretls_everywhere = everywhere && verdict->total > 0;
}

static gboolean
is_anything_open (const LlVerdictInput *input)
{
  for (guint i = 0; input->hosts != NULL && i < input->hosts->len; i++)
    {
      const LlVerdictHost *host = g_ptr_array_index (input->hosts, i);

      if (host->tlsa_open || host->look_open)
        return TRUE;
    }
  return input->sts == NULL;
}

/* Whether the domain has a policy was asked, and the signed answer does not verify: somebody may
 * hide one. Keys that match (DANE) need no policy. */
static void
apply_bogus_policy (const LlVerdict *verdict, Fold *fold)
{
  gboolean bogus
      = verdict->sts.mode == LL_STS_UNKNOWN && verdict->sts.code == LL_CODE_DNSSEC_INVALID;

  if (bogus && fold->evidence != LL_EVIDENCE_BROKEN && fold->evidence != LL_EVIDENCE_DANE)
    *fold = (Fold){
      LL_EVIDENCE_BROKEN, LL_CODE_DNSSEC_INVALID,
      N_ ("whether it has a policy (MTA-STS) is signed, and the signature does not verify"),
      LL_CULPRIT_POLICY, .dns = TRUE
    };
}

static char *
name_culprits (const LlVerdict *verdict, const Fold *fold)
{
  GString *names;

  if (g_strcmp0 (fold->host, LL_CULPRIT_POLICY) == 0)
    return g_strdup (fold->host);
  names = g_string_new (NULL);
  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      if (share_of (verdict, host).evidence == LL_EVIDENCE_BROKEN)
        g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", host->name);
    }
  return g_string_free (names, FALSE);
}

static void
fold_all_hosts (const LlVerdictInput *input, LlVerdict *verdict)
{
  Fold plain = fold_hosts (verdict, FALSE);
  Fold honoured = fold_hosts (verdict, TRUE);

  if (is_impossible (verdict))
    plain = honoured;
  apply_bogus_policy (verdict, &plain);
  apply_bogus_policy (verdict, &honoured);
  if (plain.evidence == LL_EVIDENCE_UNKNOWN && honoured.evidence == LL_EVIDENCE_UNKNOWN)
    {
      settle_unknown (verdict, is_anything_open (input));
      return;
    }
  settle (verdict, plain.evidence, plain.seen ? LL_SOURCE_SEEN : LL_SOURCE_PUBLISHED, LL_WHY_NONE,
          plain.code);
  if (plain.evidence == LL_EVIDENCE_UNKNOWN)
    settle_unknown (verdict, is_anything_open (input));
  else
    verdict->detail = g_strdup (plain.detail);
  verdict->evidence_if_sts = honoured.evidence;
  verdict->source_if_sts = honoured.seen ? LL_SOURCE_SEEN : LL_SOURCE_PUBLISHED;
  verdict->code_if_sts = honoured.code;
  verdict->dns_broken = plain.dns;
  verdict->late = plain.late || honoured.late;
  if (plain.evidence == LL_EVIDENCE_BROKEN)
    verdict->culprit = name_culprits (verdict, &plain);
  /* BROKEN may be over in a minute, and absent encryption is believed after a second look only:
   * nothing final is said to a mail program for these */
  verdict->settled = plain.evidence != LL_EVIDENCE_BROKEN && plain.evidence != LL_EVIDENCE_UNKNOWN
                     && (plain.evidence != LL_EVIDENCE_PLAIN || input->plain_confirmed);
}

LlVerdict *
ll_verdict_fold (const LlVerdictInput *input)
{
  LlVerdict *verdict = ll_verdict_new (input->domain);

  if (input->sts != NULL)
    ll_sts_facts_copy (input->sts, &verdict->sts);
  if (input->mx != NULL)
    verdict->mx_secure = input->mx->secure;
  if (!fold_domain_dns (input, verdict))
    {
      for (guint i = 0; i < input->hosts->len; i++)
        g_ptr_array_add (verdict->hosts,
                         ll_verdict_fold_host (input, g_ptr_array_index (input->hosts, i)));
      verdict->beyond = input->mx->beyond;
      mark_excluded (verdict);
      count_hosts (verdict);
      fold_all_hosts (input, verdict);
    }
  return verdict;
}
