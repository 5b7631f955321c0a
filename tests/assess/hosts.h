/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/verdict.h"
#include "../support/certificates.h"

/* Hosts of every kind, as values, for the tests of the fold. */

#define DOMAIN "example.lab"

/* What can be the matter with one host. */
typedef enum
{
  H_PLAIN,
  H_WEAK,
  H_OPP,
  H_PKIX,
  H_REVOKED,
  H_DANE,
  H_DANE_WEAK,
  H_DANE_MISMATCH,
  H_DANE_PLAIN,
  H_DANE_WEAK_ONLY, /* only old protocols: nothing to compare */
  H_DANE_UNSEEN,
  H_UNUSABLE,
  H_UNUSABLE_PLAIN,
  H_TLSA_FAILED,
  H_TLSA_OPEN, /* signed, and the answer is not there yet */
  H_BOGUS,
  H_TIMEOUT,
  H_REFUSED, /* 554 */
  H_TEMPORARY,
  H_OPEN, /* the look is under way */
  H_PRIVATE,
  H_NO_ADDRESS,
  H_ADDRESS_FAILED,
  H_ALL,
} Kind;

static Certificate leaf;
static LlChain *chain;

static gboolean sights_tampered; /* somebody on the way was at work */

static inline LlSight *
sight_new (LlSightKind kind, gboolean valid)
{
  LlSight *sight = ll_sight_new ("192.0.2.1", "mx.example.lab");

  sight->kind = kind;
  sight->greeted = kind > LL_SIGHT_UNREACHABLE;
  sight->requiretls = kind == LL_SIGHT_TLS || kind == LL_SIGHT_WEAK;
  sight->tampered = sights_tampered;
  sight->trust.valid = valid;
  if (!valid)
    sight->trust.code = LL_CODE_CERTIFICATE_NOT_TRUSTED;
  if (kind == LL_SIGHT_TLS || kind == LL_SIGHT_WEAK)
    sight->chain = ll_chain_ref (chain);
  if (kind == LL_SIGHT_WEAK)
    sight->code = LL_CODE_WEAK_KEY;
  if (kind == LL_SIGHT_PLAIN)
    sight->code = LL_CODE_STARTTLS_NOT_SUPPORTED;
  return sight;
}

typedef struct
{
  LlVerdictHost fold;
  LlHostFacts *facts;
  GPtrArray *sights;
} Host;

static inline void
host_free (Host *host)
{
  ll_host_facts_free (host->facts);
  g_ptr_array_unref (host->sights);
  g_free (host);
}

static inline void
publish (Host *host, gboolean matching)
{
  GBytes *rdata = certificate_tlsa (leaf.certificate, 3, 1, 1);

  if (!matching)
    {
      gsize length;
      guint8 *bytes = g_bytes_unref_to_data (rdata, &length);

      bytes[10] ^= 1;
      rdata = g_bytes_new_take (bytes, length);
    }
  host->facts->secure_addresses = TRUE;
  host->facts->dane = LL_DANE_PUBLISHED;
  host->facts->tlsa = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (host->facts->tlsa, rdata);
}

static inline void
see (Host *host, LlSightKind kind, gboolean valid)
{
  g_ptr_array_add (host->sights, sight_new (kind, valid));
}

static inline void
make_dns (Host *host, Kind kind)
{
  if (kind >= H_DANE && kind <= H_DANE_UNSEEN)
    publish (host, kind != H_DANE_MISMATCH);
  if (kind == H_UNUSABLE || kind == H_UNUSABLE_PLAIN)
    host->facts->dane = LL_DANE_UNUSABLE;
  if (kind == H_TLSA_FAILED)
    host->facts->dane = LL_DANE_UNOBTAINABLE;
  if (kind == H_TLSA_OPEN)
    {
      host->facts->secure_addresses = TRUE;
      host->fold.tlsa_open = TRUE;
    }
  if (kind == H_BOGUS)
    host->facts->addressed = LL_BOGUS;
  if (kind == H_PRIVATE)
    host->facts->why = LL_WHY_INTERNAL;
  if (kind == H_NO_ADDRESS)
    host->facts->addressed = LL_ABSENT;
  if (kind == H_ADDRESS_FAILED)
    host->facts->addressed = LL_UNKNOWN;
  host->fold.look_open = kind == H_OPEN;
}

static inline void
make_sights (Host *host, Kind kind)
{
  switch (kind)
    {
    case H_PLAIN:
    case H_DANE_PLAIN:
    case H_UNUSABLE_PLAIN:
      see (host, LL_SIGHT_PLAIN, FALSE);
      break;
    case H_WEAK:
    case H_DANE_WEAK:
      see (host, LL_SIGHT_WEAK, TRUE);
      break;
    case H_DANE_WEAK_ONLY:
      see (host, LL_SIGHT_WEAK, TRUE);
      ((LlSight *) host->sights->pdata[0])->classified = TRUE;
      break;
    case H_OPP:
      see (host, LL_SIGHT_TLS, FALSE);
      break;
    case H_PKIX:
    case H_UNUSABLE:
    case H_TLSA_OPEN:
    case H_TLSA_FAILED:
    case H_DANE_MISMATCH:
    case H_REVOKED:
      see (host, LL_SIGHT_TLS, TRUE);
      ((LlSight *) host->sights->pdata[0])->revoked = kind == H_REVOKED;
      break;
    case H_DANE:
      see (host, LL_SIGHT_TLS, FALSE);
      break;
    case H_TIMEOUT:
      see (host, LL_SIGHT_TIMEOUT, FALSE);
      break;
    case H_REFUSED:
      see (host, LL_SIGHT_UNWELCOME, FALSE);
      break;
    case H_TEMPORARY:
      see (host, LL_SIGHT_TEMPORARY, FALSE);
      break;
    case H_DANE_UNSEEN:
    case H_BOGUS:
    case H_OPEN:
    case H_PRIVATE:
    case H_NO_ADDRESS:
    case H_ADDRESS_FAILED:
    case H_ALL:
      break;
    }
}

static inline Host *
host_new (const char *name, Kind kind)
{
  Host *host = g_new0 (Host, 1);

  host->facts = ll_host_facts_new (name, 10);
  host->facts->addressed = LL_FOUND;
  host->facts->addresses = g_strsplit ("192.0.2.1", " ", -1);
  host->sights = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_sight_unref);
  host->fold.dns = host->facts;
  host->fold.sights = host->sights;
  make_dns (host, kind);
  make_sights (host, kind);
  return host;
}

typedef enum
{
  STS_NONE,
  STS_NAMES_ALL,
  STS_NAMES_FIRST,
  STS_NAMES_NONE,
  STS_ALL,
} Sts;

static const char *const sts_patterns[] = { NULL, "*.example.lab", "mx0.example.lab", "x.lab" };

static guint mx_beyond; /* so many more hosts, not looked up */

/* All that were seen offer REQUIRETLS. */
static inline LlVerdict *
fold_under (
    const Kind *kinds, guint n, const LlStsFacts *sts, gboolean mx_secure, LlNetworkState network)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) host_free);
  LlMxFacts mx = { .finding = LL_FOUND, .secure = mx_secure, .beyond = mx_beyond };
  LlVerdictInput input = {
    .domain = DOMAIN, .mx = &mx, .hosts = hosts, .sts = sts, .network = network, .probing = TRUE
  };

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("mx%u.example.lab", i);

      g_ptr_array_add (hosts, host_new (name, kinds[i]));
    }
  return ll_verdict_fold (&input);
}

static inline LlVerdict *
fold (const Kind *kinds, guint n, Sts policy, gboolean mx_secure, LlNetworkState network)
{
  g_auto (GStrv) patterns
      = sts_patterns[policy] != NULL ? g_strsplit (sts_patterns[policy], " ", -1) : NULL;
  LlStsFacts sts
      = { .mode = patterns != NULL ? LL_STS_ENFORCE : LL_STS_NONE, .patterns = patterns };

  return fold_under (kinds, n, &sts, mx_secure, network);
}
