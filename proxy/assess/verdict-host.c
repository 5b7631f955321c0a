/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/verdict-host.h"

#include "api/intl.h"
#include "assess/dane.h"

#include <string.h>

/* What one sight is worth for one host. */
typedef struct
{
  LlEvidence evidence;
  LlCode code;
  char *detail;
  LlDane dane;
  LlChainFinding trust;
} Worth;

static void
worth_clear (Worth *worth)
{
  g_free (worth->detail);
  ll_chain_finding_clear (&worth->trust);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Worth, worth_clear)

static void
set_finding (LlHostFacts *facts, LlEvidence evidence, LlWhy why, LlCode code, const char *detail)
{
  facts->evidence = evidence;
  facts->why = why;
  facts->code = code;
  if (detail != NULL)
    {
      g_free (facts->detail);
      facts->detail = g_strdup (detail);
    }
}

static int
rank (LlEvidence evidence)
{
  switch (evidence)
    {
    case LL_EVIDENCE_BROKEN:
      return 0;
    case LL_EVIDENCE_PLAIN:
    case LL_EVIDENCE_WEAK:
    case LL_EVIDENCE_OPP:
    case LL_EVIDENCE_PKIX:
    case LL_EVIDENCE_HALF:
    case LL_EVIDENCE_STS:
    case LL_EVIDENCE_DANE:
      return 1 + (int) evidence;
    case LL_EVIDENCE_NOMAIL:
    case LL_EVIDENCE_UNKNOWN:
      return 100; /* says nothing, lowers nothing */
    }
  g_assert_not_reached ();
}

gboolean
ll_evidence_is_weaker (LlEvidence a, LlEvidence b)
{
  return rank (a) < rank (b);
}

/* -- the DNS side ------------------------------------------------------------- */

/* TRUE when DNS alone decides about this host. */
static gboolean
fold_dns (const LlVerdictHost *host, LlHostFacts *facts)
{
  switch (facts->addressed)
    {
    case LL_BOGUS:
      set_finding (facts, LL_EVIDENCE_BROKEN, LL_WHY_NONE, LL_CODE_DNSSEC_INVALID,
                   N_ ("the signed address of this server does not verify"));
      return TRUE;
    case LL_UNKNOWN:
      set_finding (facts, LL_EVIDENCE_UNKNOWN,
                   facts->why == LL_WHY_DNS ? LL_WHY_DNS : LL_WHY_TEMPORARY,
                   facts->why == LL_WHY_DNS ? LL_CODE_DNS_NETWORK_BROKEN : LL_CODE_UNKNOWN_TEMP,
                   facts->detail == NULL ? N_ ("its address could not be looked up") : NULL);
      return TRUE;
    case LL_ABSENT:
      set_finding (facts, LL_EVIDENCE_UNKNOWN, LL_WHY_NONE, LL_CODE_NONE,
                   facts->detail == NULL ? N_ ("this name has no address") : NULL);
      return TRUE;
    case LL_FOUND:
      break;
    }
  if (facts->why == LL_WHY_INTERNAL)
    {
      set_finding (facts, LL_EVIDENCE_UNKNOWN, LL_WHY_INTERNAL, LL_CODE_NONE,
                   N_ ("its address is a private one and is not contacted"));
      return TRUE;
    }
  return FALSE;
}

/* TRUE when the TLSA look-up decides: it failed, or has not come back, for a signed host. */
static gboolean
fold_tlsa (const LlVerdictHost *host, LlHostFacts *facts)
{
  if (host->tlsa_open && facts->secure_addresses && facts->dane == LL_DANE_NONE)
    {
      facts->dane = LL_DANE_UNOBTAINABLE;
      facts->late = TRUE;
    }
  if (facts->dane != LL_DANE_UNOBTAINABLE)
    return FALSE;
  if (facts->why == LL_WHY_DNS)
    set_finding (facts, LL_EVIDENCE_UNKNOWN, LL_WHY_DNS, LL_CODE_DNS_NETWORK_BROKEN, NULL);
  else
    set_finding (facts, LL_EVIDENCE_BROKEN, LL_WHY_NONE,
                 facts->code != LL_CODE_NONE ? facts->code : LL_CODE_DNSSEC_INVALID,
                 facts->detail == NULL ? N_ ("this server is signed, and its published keys (TLSA) "
                                             "cannot be had")
                                       : NULL);
  return TRUE;
}

/* -- what was seen --------------------------------------------------------------- */

static void
worth_plain (const LlSight *sight, LlDane dane, Worth *worth)
{
  /* RFC 7672 2.2: published records forbid clear text, whether they can be used or not */
  worth->evidence = dane == LL_DANE_NONE ? LL_EVIDENCE_PLAIN : LL_EVIDENCE_BROKEN;
  worth->code = LL_CODE_STARTTLS_NOT_SUPPORTED;
  worth->detail = g_strdup (sight->detail);
}

static LlChainFinding
trust_for (const LlVerdictInput *input, const LlSight *sight, const char *name)
{
  LlChainFinding copy = sight->trust;

  if (g_strcmp0 (sight->sni, name) == 0 || input->trust == NULL || ll_sight_chain (sight) == NULL)
    {
      copy.detail = g_strdup (sight->trust.detail);
      return copy;
    }
  return ll_chain_verify (sight->chain, input->trust, name);
}

static LlDane
compare (const LlVerdictInput *input,
         const LlHostFacts *facts,
         const LlSight *sight,
         gboolean *weak,
         char **detail)
{
  LlDaneNames names = { .base = facts->tlsa_base != NULL ? facts->tlsa_base : facts->name,
                        .mx = facts->name,
                        .next_hop = input->domain,
                        .alias_of = input->mx->secure ? input->mx->canonical : NULL };

  if (facts->dane != LL_DANE_PUBLISHED)
    return facts->dane; /* NONE, UNUSABLE */
  if (ll_sight_chain (sight) == NULL)
    {
      *detail = g_strdup (sight->detail);
      return LL_DANE_MISMATCH;
    }
  return ll_dane_compare (ll_sight_chain (sight), facts->tlsa, &names, weak, detail);
}

static void
worth_by_webpki (const LlSight *sight, Worth *worth)
{
  if (sight->revoked)
    {
      worth->evidence = LL_EVIDENCE_BROKEN;
      worth->code = LL_CODE_VALIDATION_FAILURE;
      worth->trust.valid = FALSE;
      worth->trust.code = LL_CODE_VALIDATION_FAILURE;
      worth->detail = g_strdup (N_ ("its certificate was revoked by who issued it"));
    }
  else if (worth->trust.valid)
    worth->evidence = LL_EVIDENCE_PKIX;
  else
    {
      worth->evidence = worth->trust.code == LL_CODE_WEAK_KEY ? LL_EVIDENCE_WEAK : LL_EVIDENCE_OPP;
      worth->code = worth->trust.code;
      worth->detail = g_strdup (worth->trust.detail);
    }
}

static void
worth_tls (const LlVerdictInput *input,
           const LlHostFacts *facts,
           const LlSight *sight,
           Worth *worth)
{
  gboolean weak = sight->kind == LL_SIGHT_WEAK;
  gboolean match_is_weak = FALSE;
  g_autofree char *proof = NULL;

  worth->trust = trust_for (input, sight, facts->name);
  worth->dane = compare (input, facts, sight, &match_is_weak, &proof);
  switch (worth->dane)
    {
    case LL_DANE_MISMATCH:
      worth->evidence = LL_EVIDENCE_BROKEN;
      worth->code = weak && ll_sight_chain (sight) == NULL ? sight->code : LL_CODE_TLSA_INVALID;
      worth->detail = g_steal_pointer (&proof);
      return;
    case LL_DANE_MATCH:
      worth->evidence = input->mx->secure ? LL_EVIDENCE_DANE : LL_EVIDENCE_HALF;
      worth->detail = g_steal_pointer (&proof);
      if (match_is_weak)
        {
          worth->evidence = LL_EVIDENCE_WEAK;
          worth->code = LL_CODE_WEAK_KEY;
        }
      break;
    case LL_DANE_UNUSABLE: /* mandatory, and nobody's certificate counts (RFC 7672 2.2) */
      worth->evidence = LL_EVIDENCE_OPP;
      worth->code = LL_CODE_TLSA_INVALID;
      worth->detail = g_strdup (N_ ("none of its published TLSA records can be used for mail"));
      break;
    case LL_DANE_NONE:
    case LL_DANE_PUBLISHED:
    case LL_DANE_UNOBTAINABLE:
      worth_by_webpki (sight, worth);
      break;
    }
  if (weak && worth->evidence != LL_EVIDENCE_BROKEN)
    {
      worth->evidence = LL_EVIDENCE_WEAK;
      worth->code = sight->code;
      g_free (worth->detail);
      worth->detail = g_strdup (sight->detail);
    }
}

static Worth
worth_of (const LlVerdictInput *input, const LlHostFacts *facts, const LlSight *sight)
{
  Worth worth = { .evidence = LL_EVIDENCE_UNKNOWN, .dane = facts->dane };

  switch (sight->kind)
    {
    case LL_SIGHT_PLAIN:
      worth_plain (sight, facts->dane, &worth);
      break;
    case LL_SIGHT_WEAK:
    case LL_SIGHT_TLS:
      worth_tls (input, facts, sight, &worth);
      break;
    case LL_SIGHT_TIMEOUT:
    case LL_SIGHT_UNREACHABLE:
    case LL_SIGHT_UNWELCOME:
    case LL_SIGHT_TEMPORARY:
    case LL_SIGHT_PROTOCOL:
      worth.code = sight->code;
      worth.detail = g_strdup (sight->detail);
      break;
    }
  return worth;
}

/* On a network that puts itself in between, only what cannot be forged is believed. */
static gboolean
is_believable (const LlVerdictInput *input, const Worth *worth)
{
  switch (input->network)
    {
    case LL_NETWORK_REDIRECTED:
    case LL_NETWORK_STRIPPED:
    case LL_NETWORK_PORTAL:
      return worth->dane == LL_DANE_MATCH || worth->trust.valid;
    case LL_NETWORK_UNTESTED:
    case LL_NETWORK_OPEN:
    case LL_NETWORK_BLOCKED:
    case LL_NETWORK_OFFLINE:
      return TRUE;
    }
  g_assert_not_reached ();
}

static LlWhy
why_of (const LlVerdictInput *input, const LlSight *sight)
{
  switch (input->network)
    {
    case LL_NETWORK_BLOCKED:
    case LL_NETWORK_REDIRECTED:
    case LL_NETWORK_STRIPPED:
      return LL_WHY_PORT25;
    case LL_NETWORK_PORTAL:
    case LL_NETWORK_OFFLINE:
      return LL_WHY_OFFLINE;
    case LL_NETWORK_UNTESTED:
    case LL_NETWORK_OPEN:
      break;
    }
  return sight != NULL && sight->kind == LL_SIGHT_UNWELCOME ? LL_WHY_REFUSED : LL_WHY_TEMPORARY;
}

static void
take_sight (LlHostFacts *facts, const LlSight *sight, Worth *worth)
{
  const LlTlsFacts *tls = sight->chain != NULL ? sight->chain->tls : NULL;

  facts->contacted = TRUE;
  facts->dane = worth->dane;
  facts->starttls = sight->kind != LL_SIGHT_PLAIN;
  facts->requiretls = sight->requiretls;
  facts->pkix = worth->trust.valid && sight->kind == LL_SIGHT_TLS;
  facts->certificate_code = worth->trust.code;
  set_finding (facts, worth->evidence, LL_WHY_NONE, worth->code, worth->detail);
  if (tls == NULL)
    return;
  facts->protocol = g_strdup (tls->protocol);
  facts->cipher = g_strdup (tls->cipher);
  facts->bits = tls->bits;
  facts->key = g_strdup (tls->key);
  facts->subject = g_strdup (tls->subject);
  facts->issuer = g_strdup (tls->issuer);
  facts->fingerprint = g_strdup (tls->fingerprint);
  facts->not_after = tls->not_after;
}

static int
later (int stage, int began)
{
  return stage < 0 ? -1 : stage + began;
}

static void
take_conversation (const LlVerdictHost *host, LlHostFacts *facts, const LlSight *sight)
{

  facts->greeting = g_strdup (sight->greeting);
  facts->tampered = sight->tampered;
  facts->note = g_strdup (sight->note);
  facts->time = sight->time;
  facts->ms.connect = later (sight->ms.connect, host->began);
  facts->ms.greeting = later (sight->ms.greeting, host->began);
  facts->ms.starttls = later (sight->ms.starttls, host->began);
  facts->ms.tls = later (sight->ms.tls, host->began);
}

/* Nobody could be looked at: what is published stands, else nothing is known. */
static void
fold_unseen (const LlVerdictInput *input,
             const LlVerdictHost *host,
             LlHostFacts *facts,
             const LlSight *sight)
{
  if (facts->dane == LL_DANE_PUBLISHED)
    {
      g_autofree char *detail
          = g_strdup_printf (N_ ("keys are published for it (TLSA); it was not seen from here%s%s"),
                             sight != NULL && sight->detail != NULL ? ": " : "",
                             sight != NULL && sight->detail != NULL ? sight->detail : "");

      set_finding (facts, input->mx->secure ? LL_EVIDENCE_DANE : LL_EVIDENCE_HALF, LL_WHY_NONE,
                   LL_CODE_NONE, detail);
    }
  else if (host->look_open && sight == NULL)
    set_finding (facts, LL_EVIDENCE_UNKNOWN, LL_WHY_OVERDUE, LL_CODE_UNKNOWN_TEMP,
                 N_ ("the look at it is still under way"));
  else if (!input->probing)
    set_finding (facts, LL_EVIDENCE_UNKNOWN, LL_WHY_NONE, LL_CODE_NONE,
                 N_ ("looking at mail servers is switched off"));
  else
    {
      LlWhy why = why_of (input, sight);

      set_finding (facts, LL_EVIDENCE_UNKNOWN, why,
                   why == LL_WHY_PORT25    ? LL_CODE_UNKNOWN_PORT25_BLOCKED
                   : why == LL_WHY_REFUSED ? LL_CODE_UNKNOWN_REFUSED
                   : sight != NULL && sight->code != LL_CODE_NONE && !ll_sight_is_conclusive (sight)
                       ? sight->code
                       : LL_CODE_UNKNOWN_TEMP,
                   why == LL_WHY_PORT25 ? N_ ("this network does not let us look at mail servers")
                   : sight != NULL      ? sight->detail
                                        : N_ ("it was not looked at"));
    }
}

/* Which of two sights without a result says more about the server. */
static gboolean
says_more (const LlSight *a, const LlSight *b)
{
  return b == NULL || (a->greeted && !b->greeted)
         || (a->kind == LL_SIGHT_UNWELCOME && b->kind != LL_SIGHT_UNWELCOME);
}

LlHostFacts *
ll_verdict_fold_host (const LlVerdictInput *input, const LlVerdictHost *host)
{
  LlHostFacts *facts = ll_host_facts_copy (host->dns);
  const LlSight *weakest = NULL;
  const LlSight *fruitless = NULL;
  g_auto (Worth) worst = { .evidence = LL_EVIDENCE_UNKNOWN };

  if (fold_dns (host, facts) || fold_tlsa (host, facts))
    return facts;
  for (guint i = 0; host->sights != NULL && i < host->sights->len; i++)
    {
      const LlSight *sight = g_ptr_array_index (host->sights, i);
      g_auto (Worth) worth = worth_of (input, facts, sight);

      if (!ll_sight_is_conclusive (sight) || !is_believable (input, &worth))
        {
          if (says_more (sight, fruitless))
            fruitless = sight;
        }
      else if (weakest == NULL || ll_evidence_is_weaker (worth.evidence, worst.evidence))
        {
          Worth swap = worst;

          worst = worth;
          worth = swap;
          weakest = sight;
        }
    }
  if (weakest != NULL || fruitless != NULL)
    take_conversation (host, facts, weakest != NULL ? weakest : fruitless);
  if (weakest != NULL)
    take_sight (facts, weakest, &worst);
  else
    fold_unseen (input, host, facts, fruitless);
  if (input->literal && facts->evidence == LL_EVIDENCE_PKIX)
    facts->evidence = LL_EVIDENCE_OPP;
  return facts;
}
