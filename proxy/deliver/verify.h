/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/lookup.h"
#include "deliver/target.h"
#include "wire/tls.h"

G_BEGIN_DECLS

/*
 * Promise 1: what makes a provider's certificate good enough for credentials and letters.
 * One of three, in this order, and nothing else:
 *
 *  - a pin is configured: the server's key is that key (name, dates and issuer do not count,
 *    and no other key does, whoever signed it);
 *  - the host publishes keys (TLSA) under DNSSEC: one of them matches;
 *  - else the chain ends in a trusted root and a DNS name in the certificate is the configured one.
 *
 * Keeps TLS sessions for resumption, each for exactly the target it was verified for.
 * Thread-safe.
 */

typedef struct _LlVerifier LlVerifier;

/* @ca_file: trusted as if shipped, or NULL. */
LlVerifier *ll_verifier_new (const char *ca_file);
LlVerifier *ll_verifier_ref (LlVerifier *verifier);
void ll_verifier_unref (LlVerifier *verifier);

/* Forgets all sessions. */
void ll_verifier_forget (LlVerifier *verifier);

/* An SSL for one handshake with @target. (transfer full) */
SSL *ll_verifier_start (LlVerifier *verifier,
                        const LlTarget *target,
                        const LlLookup *lookup,
                        GError **error);

/* After a handshake that succeeded: whether the peer is who it must be. @facts: what it showed, or
 * NULL. LL_WIRE_ERROR_TLS with a sentence that names the host. *@local_root is set to the name of a
 * locally installed root that nobody configured here, or NULL. */
gboolean ll_verifier_check (LlVerifier *verifier,
                            const LlTarget *target,
                            SSL *ssl,
                            const LlTlsFacts *facts,
                            char **local_root,
                            GError **error);

/* After a handshake that failed with @error: the same as one sentence that names the host.
 * (transfer full) */
char *ll_verifier_explain (const LlTarget *target, SSL *ssl, const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlVerifier, ll_verifier_unref)

G_END_DECLS
