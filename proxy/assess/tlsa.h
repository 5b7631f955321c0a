/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/finding.h"

G_BEGIN_DECLS

/*
 * The TLSA records of one mail host, and which of them can be used for SMTP.
 *
 * Asked for only where the host's addresses are signed, or where a signed alias
 * leads to an unsigned target. A failed look-up is never an absence
 * (RFC 7672 2.1.2, 2.2.2, 3.1; RFC 7671).
 */

/* For each of @hosts (of LlHostFacts), in parallel: fills dane (NONE, PUBLISHED, UNUSABLE,
 * UNOBTAINABLE), tlsa, tlsa_base, and for UNOBTAINABLE also evidence, code and detail. ll_mx_lookup
 * has filled its address fields. A network that cannot validate at all gives UNOBTAINABLE with
 * LL_WHY_DNS and evidence UNKNOWN.
 * Returns the TTL in seconds of what it used, G_MAXUINT32 when it asked nothing. */
guint32 ll_tlsa_lookup_many (LlResolver *resolver,
                             GPtrArray *hosts,
                             guint16 port,
                             LlDeadline deadline,
                             GCancellable *cancellable);

/* -- pure -------------------------------------------------------------------- */

/* Whether SMTP can use this rdata: usage 2 or 3, selector 0 or 1, matching 0, 1 or 2 with the
 * digest's length (RFC 7672 3.1.3). */
gboolean ll_tlsa_is_usable (GBytes *rdata);

/* The usable ones of @records (of GBytes), at most LL_TLSA_RECORDS_MAX, each once; may be empty.
 * (transfer full) */
GPtrArray *ll_tlsa_usable (GPtrArray *records);

/* "3 1 1 8cb0", a whole certificate cut after 64 bytes: for proofs. (transfer full), NULL when it
 * is not a TLSA rdata. */
char *ll_tlsa_to_string (GBytes *rdata);

G_END_DECLS
