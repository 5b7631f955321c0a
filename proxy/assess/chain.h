/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"

#include "wire/tls.h"

G_BEGIN_DECLS

/*
 * The certificates that a mail server showed, judged after the handshake: one
 * connection then serves every name and every domain that shares the server, and
 * a handshake never fails by verification, so that what is wrong can be named.
 *
 * RFC 5280, RFC 6125 (DNS-ID only, as RFC 8461 4.2 asks), RFC 6960 (stapled OCSP).
 */

typedef struct
{
  gint ref_count;
  STACK_OF (X509) * certificates; /* (owned) the server's own first, as it sent them */
  GBytes *ocsp;                   /* stapled answer, or NULL */
  LlTlsFacts *tls;                /* what the handshake showed; NULL in ll_chain_new_from */
} LlChain;

/* After a handshake as client; NULL when there was no certificate. (transfer full) */
LlChain *ll_chain_new (SSL *ssl);
/* For tests; takes references. */
LlChain *ll_chain_new_from (STACK_OF (X509) * certificates);
LlChain *ll_chain_ref (LlChain *chain);
void ll_chain_unref (LlChain *chain);

typedef struct
{
  gboolean valid;
  LlCode code;  /* why not; WEAK_KEY when a key or signature of the chain is too weak */
  char *detail; /* one sentence for people, or NULL */
} LlChainFinding;

/* WebPKI with the roots of @context, for @host in the SAN. */
LlChainFinding ll_chain_verify (const LlChain *chain, SSL_CTX *context, const char *host);
/* What an X509_V_ERR_ of a chain that begins with @leaf means, asked for as @host. */
LlChainFinding ll_chain_finding_of (int error, X509 *leaf, const char *host);
void ll_chain_finding_clear (LlChainFinding *finding);

/* A stapled answer, signed by the issuer, says *revoked*. Anything else is FALSE. */
gboolean ll_chain_is_revoked (const LlChain *chain, SSL_CTX *context);

/* The certificate asks for a stapled answer and none came (RFC 7633). */
gboolean ll_chain_lacks_staple (const LlChain *chain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlChain, ll_chain_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlChainFinding, ll_chain_finding_clear)

G_END_DECLS
