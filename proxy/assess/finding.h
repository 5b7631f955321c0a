/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"
#include "net/network.h"
#include "net/resolver.h"

G_BEGIN_DECLS

/*
 * What was found out about one recipient domain: immutable values, shared by
 * reference. Findings are values, not errors; assess/verdict.c alone folds them.
 */

typedef enum
{
  LL_STS_NONE, /* no policy published */
  LL_STS_TESTING,
  LL_STS_ENFORCE,
  LL_STS_MODE_NONE,   /* published "none": the signed-off removal */
  LL_STS_FETCH_ERROR, /* TXT there, no policy to be had, none in the cache */
  LL_STS_UNKNOWN,     /* the TXT look-up itself failed and nothing is cached */
} LlStsMode;

typedef struct
{
  LlStsMode mode;
  char *id;
  gint64 expires; /* wall seconds */
  gint64 fetched;
  GStrv patterns;  /* mx: lines, lower case */
  gboolean cached; /* applied from the cache because the network did not answer */
  gboolean intercepted;
  LlCode code; /* of a failure */
  char *detail;
} LlStsFacts;

typedef enum
{
  LL_DANE_NONE,      /* no TLSA, or not to be used (insecure) */
  LL_DANE_PUBLISHED, /* usable records, not compared with a certificate (no probe) */
  LL_DANE_MATCH,
  LL_DANE_MISMATCH,
  LL_DANE_UNUSABLE,     /* published, none usable: mandatory unauthenticated TLS (RFC 7672 2.2) */
  LL_DANE_UNOBTAINABLE, /* look-up failed for a signed host: never "none" */
} LlDane;

/* Times of the stages, milliseconds from the start of the check; -1: not reached. */
typedef struct
{
  int dns;
  int connect;
  int greeting;
  int starttls;
  int tls;
} LlStages;

typedef struct
{
  char *name; /* A-label, lower case, no root dot */
  guint preference;
  GStrv addresses;
  gboolean secure_addresses; /* signed, or signed that there are none */
  gboolean late;             /* its DNS failed at the deadline, or has not come back */
  LlFinding addressed;       /* what the look-up of the addresses found; BOGUS if one family was */
  char *alias;               /* the name after CNAMEs that the addresses stood at, or NULL */
  gboolean contacted;        /* somebody at this host was looked at, with a result */
  gboolean excluded;         /* an enforced MTA-STS policy does not name it */
  LlEvidence evidence;
  LlWhy why;
  LlCode code;
  char *detail; /* technical proof, one line, or NULL */
  LlDane dane;
  GPtrArray *tlsa; /* of GBytes: usable records; or NULL */
  char *tlsa_base; /* the name they stood at */
  gboolean starttls;
  gboolean requiretls; /* offered after TLS */
  gboolean pkix;       /* certificate valid for the MX name */
  char *greeting;
  char *protocol;
  char *cipher;
  int bits;
  char *key;
  char *subject;
  char *issuer;
  char *fingerprint;
  gint64 not_after;
  LlCode certificate_code; /* why not pkix */
  gboolean tampered;       /* somebody on the way changed what the server said */
  char *note;              /* said beside the evidence: "no forward secrecy"; or NULL */
  gint64 time;             /* when it was looked at; 0: it was not */
  LlStages ms;
} LlHostFacts;

/* No host has this name. */
#define LL_CULPRIT_POLICY "_mta-sts"

typedef struct
{
  gint ref_count;
  char *domain;
  gint64 time;
  LlEvidence evidence;        /* for a provider that honours nothing */
  LlEvidence evidence_if_sts; /* for one that honours MTA-STS (excluded hosts do not count) */
  LlSource source;
  LlSource source_if_sts;
  LlWhy why;
  LlCode code;
  LlCode code_if_sts;
  char *detail;
  gboolean
      settled; /* a 5xx at RCPT may rest on it: null MX, proven absence, seen or published fact */
  gboolean nxdomain;
  gboolean proven;     /* the absence, of the domain or of addresses, is DNSSEC-proven */
  gboolean dns_broken; /* BROKEN by DNS alone */
  char *culprit;       /* of BROKEN: its hosts, LL_CULPRIT_POLICY, or NULL: the list of hosts */
  gboolean tampered;   /* somebody on the way changed what some server said */
  gboolean late; /* ... at a deadline: looked at once more before it is held against anybody */
  gboolean suspected_downgrade;
  char *was;                  /* "dane until 2026-11-02", for people; or NULL */
  gboolean legitimate_change; /* told once */
  LlStsFacts sts;
  gboolean mx_secure;
  GPtrArray *hosts; /* of LlHostFacts, by preference */
  guint seen;
  guint total;
  guint beyond;           /* of total: more hosts than anybody looks up */
  LlNetworkState network; /* what was known of the network when it was looked at */
  LlDnsState dns;
  gboolean requiretls_everywhere; /* a letter under it can be delivered to every usable MX */
  char *provider;                 /* name in the shipped table, or NULL */
  char *listed_date;
  GVariant *proof; /* private: made when first asked for */
} LlVerdict;

/* Of reference count 1, UNKNOWN, no hosts. Filled by assess/verdict.c, immutable once shared. */
LlVerdict *ll_verdict_new (const char *domain);
LlVerdict *ll_verdict_ref (LlVerdict *verdict);
void ll_verdict_unref (LlVerdict *verdict);

/* For a provider that honours LL_HONOURS_* (config/account.h). */
LlEvidence ll_verdict_evidence_for (const LlVerdict *verdict, guint honours);

LlHostFacts *ll_host_facts_new (const char *name, guint preference);
LlHostFacts *ll_host_facts_copy (const LlHostFacts *facts);
void ll_host_facts_free (LlHostFacts *facts);

/* @to is overwritten, not freed. */
void ll_sts_facts_copy (const LlStsFacts *from, LlStsFacts *to);
void ll_sts_facts_clear (LlStsFacts *facts);

/* "match"...; NULL for NONE. */
const char *ll_dane_name (LlDane dane);

/* The dictionary that `check --json` prints (design 4.7):
 * domain evidence source why reason code mta_sts hosts... (transfer floating) */
GVariant *ll_verdict_to_variant (const LlVerdict *verdict);

/* The same as the ledger keeps it, with what the deciding server showed beside it:
 * mx protocol cipher key fingerprint issuer tlsa policy... Only of what changes no more: it is made
 * once. (transfer full) */
GVariant *ll_verdict_to_proof (const LlVerdict *verdict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlVerdict, ll_verdict_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlHostFacts, ll_host_facts_free)

G_END_DECLS
