/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/chain.h"
#include "assess/finding.h"

G_BEGIN_DECLS

/*
 * Compares the certificates that a mail server showed with the TLSA records of its
 * name. OpenSSL does it; this file closes its traps: names are not checked for
 * DANE-EE, usages 0 and 1 never reach it, and that no record was accepted is
 * noticed (it would silently fall back to WebPKI).
 *
 * RFC 7671, RFC 7672 2.2, 3.1, 3.2; facts/assurance.md 7.1.
 */

/* What the certificate of a server with DANE-TA may be for (RFC 7672 3.2.2). */
typedef struct
{
  const char *base;     /* where the TLSA records stood */
  const char *mx;       /* the name in the MX record, or NULL */
  const char *next_hop; /* the recipient's domain, or NULL */
  const char *alias_of; /* what that is a signed alias of, or NULL */
} LlDaneNames;

/* @records: GBytes of TLSA rdata, any. MATCH, MISMATCH, UNUSABLE; NONE when there are none.
 * *detail (transfer full): one line of proof, "TLSA 3 1 1 matches", or what is wrong; untouched
 * for NONE. *weak: it matches by a key or a signature that is below the floor (LL_TLS_PROBE). */
LlDane ll_dane_compare (const LlChain *chain,
                        const GPtrArray *records,
                        const LlDaneNames *names,
                        gboolean *weak,
                        char **detail);

G_END_DECLS
