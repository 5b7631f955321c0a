/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/finding.h"

G_BEGIN_DECLS

/*
 * The body of https://mta-sts.DOMAIN/.well-known/mta-sts.txt, and whether a mail
 * server is one that it names.
 *
 * Pure and strict (no blank lines, no U-labels, no addresses), lenient only where
 * the RFC says so: unknown fields are skipped, of a repeated one the first counts.
 *
 * RFC 8461 3.2 and 4.1.
 */

typedef struct
{
  LlStsMode mode; /* TESTING, ENFORCE or MODE_NONE */
  gint64 max_age; /* seconds, at most LL_STS_MAX_AGE */
  gboolean capped;
  GStrv patterns; /* lower case, never NULL */
} LlStsPolicy;

/* (transfer full); NULL when it is not a policy: *detail (transfer full) then names the line. */
LlStsPolicy *ll_sts_policy_parse (const char *body, gsize length, char **detail);
void ll_sts_policy_free (LlStsPolicy *policy);

/* Compares the *name of the mail server* with the patterns: "*." stands for exactly one label.
 * The certificate is then checked for the name, never for the pattern: OpenSSL takes a leading
 * dot for any depth. */
gboolean ll_sts_policy_names (const char *const *patterns, const char *host);

/* Whether a Content-Type is one of a policy: text/plain, in any case, with any parameters;
 * none at all is let pass (RFC 8461 3.2 says SHOULD). */
gboolean ll_sts_policy_type (const char *content_type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlStsPolicy, ll_sts_policy_free)

G_END_DECLS
