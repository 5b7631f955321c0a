/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/target.h"
#include "deliver/upstream.h"
#include "wire/client.h"

G_BEGIN_DECLS

/*
 * Signing in at the provider: SCRAM-SHA-256 before PLAIN before LOGIN, EXTERNAL with a client
 * certificate. Only ever called on a connection whose TLS was verified (promise 1).
 *
 * Not SCRAM-SHA-256-PLUS (RFC 9266, channel binding), although libgsasl and OpenSSL could: it sees
 * who opens the connection in between, but such a one takes it out of the offers, down to PLAIN,
 * and nothing here remembers that it was there. Where he does not, the letter would wait with
 * "wrong password" in networks that promise 1 names and goes through; and a server without our kind
 * of binding would be lost for good. It wants a memory for each account first.
 *
 * With a token instead of a password: OAUTHBEARER before XOAUTH2. A refusal comes in two steps (a
 * challenge that says why, to be answered, then the reply).
 *
 * Own buffers with a password in them are wiped; nothing of one is in an error or a log.
 * RFC 4954, 4616 (PLAIN), 7677 (SCRAM-SHA-256, by libgsasl), 4422 (EXTERNAL), 7628 (OAUTHBEARER);
 * XOAUTH2: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
 */

/* The best one that @offered allows, by its name, or NULL. @auth: CERTIFICATE means EXTERNAL and
 * only that, OAUTH2 a token. */
const char *ll_sasl_choose (LlSaslMechanisms offered, LlAuth auth);

/* LL_OUTCOME_SENT: signed in. AUTH: refused, code and words as the server gave them; TEMPORARY:
 * 4xx, or the connection was lost (code 0). (transfer full), never NULL. @password NULL for
 * EXTERNAL. */
LlResult *ll_sasl_sign_in (LlClient *client,
                           const char *mechanism,
                           const char *username,
                           const LlSecret *password,
                           LlDeadline deadline,
                           GCancellable *cancellable);

/* The same with an access token. *status (transfer full): what the server's challenge said of it,
 * or NULL. */
LlResult *ll_sasl_sign_in_token (LlClient *client,
                                 const LlTarget *target,
                                 const char *mechanism,
                                 const LlSecret *token,
                                 char **status,
                                 LlDeadline deadline,
                                 GCancellable *cancellable);
G_END_DECLS
