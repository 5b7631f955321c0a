/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/submission.h"
#include "net/https.h"

G_BEGIN_DECLS

/*
 * Which server takes the letters of an address: asked of its own domain. SRV records (RFC 6186,
 * RFC 8314 5.1), and autoconfig over verified HTTPS at autoconfig.DOMAIN and DOMAIN/.well-known/.
 *
 * A domain that says nothing is often somebody's customer: autoconfig is then asked of the one who
 * receives its mail (MX), whose host it is by the Public Suffix List. He has the person's letters
 * already; nobody else learns of the address. An MX record says who receives, not who sends: what
 * is found so is never proven.
 *
 * A password will be sent there, so each answer says whether it was proven to be the domain's: by
 * DNSSEC, by the certificate of the web server, or because the server is in the domain itself,
 * where its own certificate will prove it (RFC 6186 6.). What is not proven, a person has to know.
 */

/* Signed DNS whose signatures are wrong ends the search: nothing else is taken for it then.
 *
 * Proven ones first, those with TLS from the first byte before others; each once. When there is
 * none, *why is a sentence, and *mx who receives the domain's mail, where that is known (transfer
 * full). (transfer full) of LlSubmission; NULL: LL_WIRE_ERROR_SYNTAX, @address is none. */
GPtrArray *ll_discover (LlResolver *resolver,
                        LlHttps *https,
                        const char *address,
                        char **mx,
                        char **why,
                        LlDeadline deadline,
                        GCancellable *cancellable,
                        GError **error);

G_END_DECLS
