/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Validated DNS, in process (libunbound). One thread owns the context and resolves
 * asynchronously; callers wait on it with their own deadline and a cancellable.
 * A change of network swaps the context, because failed validation sticks to one.
 *
 * Knows nothing of mail. What it found is a value, not an error: an answer always
 * comes back, UNKNOWN when the deadline passed or the network's DNS cannot be trusted.
 *
 * RFC 1035, 4035; the traps of facts/assurance.md 7.2 are closed here and nowhere else.
 */

typedef enum
{
  LL_FOUND,
  LL_ABSENT,  /* NODATA or NXDOMAIN, proven or not: see secure */
  LL_UNKNOWN, /* SERVFAIL, timeout, no network */
  LL_BOGUS,   /* validation failed for this name, and works for others */
} LlFinding;

typedef struct
{
  gint ref_count;
  char *name; /* as asked, A-label without root dot */
  guint16 type;
  LlFinding finding;
  gboolean secure; /* validated; for ABSENT: the absence is proven */
  gboolean nxdomain;
  gboolean network;   /* UNKNOWN because the self-test failed: not this name's fault */
  gboolean late;      /* the deadline came first: asked again, the answer may be another one */
  char *canonical;    /* the name after CNAMEs, or NULL when there was none */
  GPtrArray *records; /* of GBytes: rdata, wire format; empty unless FOUND */
  guint32 ttl;
  char *reason; /* why bogus or unknown; or NULL */
  gint64 time;  /* wall seconds */
} LlAnswer;

LlAnswer *ll_answer_ref (LlAnswer *answer);
void ll_answer_unref (LlAnswer *answer);

/* The mail server of best preference in an answer to an MX query; NULL: none, or the null MX
 * (RFC 7505). (transfer full) */
char *ll_answer_first_mx (const LlAnswer *answer);

typedef struct
{
  const char *const
      *resolvers;           /* addresses ("127.0.0.1@5353" gives a port), or NULL: the system's */
  const char *trust_anchor; /* file, or NULL: dns-root-data's */
  gboolean allow_private;   /* mail servers in private ranges may be contacted: answers are the
                               same, ll_resolver_allows_private tells those who contact them */
} LlResolverOptions;

typedef struct _LlResolver LlResolver;

/* LL_CONFIG_ERROR_FILE when the trust anchor cannot be read (the message says the remedy). */
LlResolver *ll_resolver_new (const LlResolverOptions *options, GError **error);
void ll_resolver_free (LlResolver *resolver);

/* What asks as @resolver does now, whatever it follows later: for work of several questions that
 * belong together. NULL of NULL. (transfer full) */
LlResolver *ll_resolver_pin (LlResolver *resolver);

/* Other settings: from now on @resolver asks as @fresh does and knows what @fresh knows. Who waits
 * for an answer gets it from the old ones. */
void ll_resolver_follow (LlResolver *resolver, LlResolver *fresh);

/* The network changed: forget everything, make a new context, self-test again. */
void ll_resolver_renew (LlResolver *resolver);

/* (transfer full), never NULL. @type: 1 A, 28 AAAA, 15 MX, 16 TXT, 5 CNAME, 52 TLSA, 33 SRV... */
LlAnswer *ll_resolver_query (LlResolver *resolver,
                             const char *name,
                             guint16 type,
                             LlDeadline deadline,
                             GCancellable *cancellable);

typedef struct
{
  const char *name;
  guint16 type;
  LlAnswer *answer; /* (transfer full) set by the call */
} LlQuery;

gboolean ll_resolver_allows_private (LlResolver *resolver);

/* All at once; returns when all are answered or the deadline passed. */
void ll_resolver_query_many (LlResolver *resolver,
                             LlQuery *queries,
                             gsize n,
                             LlDeadline deadline,
                             GCancellable *cancellable);

/* A and AAAA of @name as address strings; *secure when both are. (transfer full) NULL-terminated,
 * may be empty: then *finding says why. Where the network's DNS cannot be trusted at all, what it
 * says is given all the same, not secure: for connections that are authenticated by TLS, like the
 * provider's; nothing may be concluded from it about a recipient. @name may be an address. */
GStrv ll_resolver_addresses (LlResolver *resolver,
                             const char *name,
                             LlDeadline deadline,
                             GCancellable *cancellable,
                             LlFinding *finding,
                             gboolean *secure);

/* What the self-test showed. */
typedef enum
{
  LL_DNS_UNTESTED,
  LL_DNS_VALIDATES,
  LL_DNS_STRIPPED, /* the network removes DNSSEC, or the root key is old */
  LL_DNS_CLOCK,    /* signatures are not yet or no longer valid: check the clock */
  LL_DNS_SILENT,   /* no answers at all */
} LlDnsState;

const char *ll_dns_state_name (LlDnsState state);

/* *detail: a sentence, (transfer full), NULL when it validates or is untested; may be NULL. */
LlDnsState ll_resolver_state (LlResolver *resolver, char **detail);

/* Runs the self-test if it has not run in this network, and waits for it. */
LlDnsState ll_resolver_test (LlResolver *resolver, LlDeadline deadline, GCancellable *cancellable);

/* The network's DNS answers for what cannot exist: it is waiting for somebody to sign in. */
gboolean ll_resolver_is_captive (LlResolver *resolver);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlAnswer, ll_answer_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlResolver, ll_resolver_free)

G_END_DECLS
