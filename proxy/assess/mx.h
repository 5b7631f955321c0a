/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/finding.h"

G_BEGIN_DECLS

/*
 * From a recipient's domain to the hosts that take its mail, in order, with their
 * addresses: explicit MX, implicit MX, null MX, aliases (RFC 5321 5.1, RFC 7505).
 *
 * Contacts no mail server. The addresses of all hosts are asked for in parallel;
 * one dead host never spoils the others.
 */

typedef struct
{
  LlFinding finding;    /* FOUND: hosts; ABSENT: nomail or nxdomain; UNKNOWN, BOGUS: see reason */
  gboolean secure;      /* the MX RRset (or its proven absence, when implicit) is validated,
                           aliases of the domain included */
  gboolean nomail;      /* null MX: takes no mail */
  gboolean nxdomain;    /* the domain does not exist */
  gboolean proven;      /* ... and the absence, or the null MX, is DNSSEC-proven */
  gboolean implicit;    /* no MX: the domain itself is the host */
  gboolean network;     /* UNKNOWN because of the network's DNS, not of this domain */
  gboolean late;        /* UNKNOWN or BOGUS, at the deadline (LlAnswer) */
  gboolean unaddressed; /* no host has an address (5.4.4) */
  GPtrArray *hosts;     /* of LlHostFacts: by preference, then by name; names that cannot be
                           host names are left out and counted */
  guint refused;        /* host names left out: NUL, blanks, IP literals and the like */
  guint beyond;         /* hosts over LL_MX_HOSTS_MAX, left out; names without an address count
                           against no limit but LL_MX_NAMES_MAX */
  guint32 ttl;          /* seconds, the least of all answers used */
  char *canonical;      /* of the domain, when it is an alias; or NULL */
  char *reason;         /* a sentence, unless FOUND */
} LlMxFacts;

/* Of each host it fills name, preference, addresses, secure_addresses, addressed, alias, ms.dns;
 * private addresses are left out unless the resolver allows them, and a host that has no other
 * gets LL_WHY_INTERNAL. A bogus host gets LL_EVIDENCE_BROKEN with LL_CODE_DNSSEC_INVALID; one
 * that could not be looked up or has no address LL_EVIDENCE_UNKNOWN. @domain: A-labels.
 * (transfer full), never NULL. */
LlMxFacts *ll_mx_lookup (LlResolver *resolver,
                         const char *domain,
                         LlDeadline deadline,
                         GCancellable *cancellable);
void ll_mx_facts_free (LlMxFacts *facts);

/* -- pure -------------------------------------------------------------------- */

/* The hosts that @answer (to an MX query) names: sorted, merged, at most LL_MX_NAMES_MAX, without
 * addresses.
 * FOUND with an empty list means that no name in it can be a host's. */
LlMxFacts *ll_mx_read (const char *domain, const LlAnswer *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlMxFacts, ll_mx_facts_free)

G_END_DECLS
