/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/x509.h>

G_BEGIN_DECLS

/*
 * What an issuer says of one of its certificates, in OCSP (RFC 6960) or a list (RFC 5280
 * 5): pure, bytes in, verdict out. Its signature has to be the issuer's, or of one whom
 * he charged with it, and its time has to be now.
 */

typedef enum
{
  LL_REVOCATION_UNKNOWN,
  LL_REVOCATION_GOOD,
  LL_REVOCATION_WAS, /* an old answer says that it is revoked: true, unless a newer one takes it
                      * back (certificateHold) */
  LL_REVOCATION_REVOKED,
} LlRevocationState;

typedef LlRevocationState (*LlRevocationJudge) (
    GBytes *answer, X509 *certificate, X509 *issuer, gint64 now, const char **why);

/* @why: for UNKNOWN, a clause (not owned). */
LlRevocationState ll_revocation_of_ocsp (
    GBytes *answer, X509 *certificate, X509 *issuer, gint64 now, const char **why);
LlRevocationState ll_revocation_of_crl (
    GBytes *answer, X509 *certificate, X509 *issuer, gint64 now, const char **why);

/* The question for OCSP, in DER; NULL: it cannot be put. (transfer full) */
GBytes *ll_revocation_question (X509 *certificate, X509 *issuer);

/* Where to ask: http:// addresses. (transfer full) */
GStrv ll_revocation_ocsp_places (X509 *certificate);
GStrv ll_revocation_crl_places (X509 *certificate);

G_END_DECLS
