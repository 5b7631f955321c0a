/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "keys/find.h"
#include "net/https.h"

G_BEGIN_DECLS

/*
 * Whether the issuer of a certificate took it back: OCSP (RFC 6960), else the list that the
 * certificate names (RFC 5280 4.2.1.13, 5), over plain HTTP, since both are signed. Five
 * seconds in all; an answer is kept until the time that it names itself. Only certificates
 * whose issuer is trusted here are asked about: asking tells the issuer that somebody
 * writes, and a stranger's certificate would tell a stranger.
 *
 * Revoked blocks, for good: an older signed list that says so still counts where there is
 * no newer one. What could not be asked is said, and never blocks.
 */

typedef struct _LlRevocation LlRevocation;

/* @https: not owned; @folder: of the cache, NULL: nothing is kept. Thread-safe. */
LlRevocation *ll_revocation_new (LlHttps *https, const char *folder);
void ll_revocation_free (LlRevocation *revocation);

/* A place that did not answer is left alone for some minutes, unless a person asks: an issuer whose
 * server hangs must not keep every letter to his customers for five seconds, one after the other.
 * @revocation: LlRevocation; an LlKeyCheck (keys/find.h): the same key, or one with the defect
 * REVOKED, or with a note that says why nothing could be asked. */
LlKey *ll_revocation_check (gpointer revocation, LlKey *key, const LlKeyQuery *query);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlRevocation, ll_revocation_free)

G_END_DECLS
