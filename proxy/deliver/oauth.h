/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/oauth-request.h"
#include "deliver/target.h"
#include "deliver/upstream.h"

G_BEGIN_DECLS

/*
 * The permissions of accounts with auth = oauth2: access tokens in memory, refresh tokens in the
 * secret store (deliver/oauth-secrets.h). Thread-safe.
 *
 * Renewed ahead of their end, while the old one still serves; by one question at a time for each
 * account, however many letters wait for it, which goes to its end even when nobody waits any
 * more: a server that hands out a new refresh token may have ended the old one. The new one is
 * stored before anything else is done. No answer of anybody removes a refresh token: "no" of the
 * token server is remembered (LL_SIGN_IN_AGAIN), and only the next sign-in replaces it.
 *
 * RFC 6749 6.
 */

typedef struct _LlOauth LlOauth;

LlOauth *ll_oauth_new (const LlUpstreamOptions *options);

/* Other [network] settings (resolver, ca_file, proxy): the next question is asked by these. */
void ll_oauth_follow (LlOauth *oauth, const LlUpstreamOptions *options);

/* Waits for questions that are under way. */
void ll_oauth_free (LlOauth *oauth);

/* An access token of @target's account; @refused: one that the mail server did not take, or NULL.
 * NULL: *problem is AUTH (a person has to sign in), LOCKED, NO_TLS, NO_CONNECTION or CANCELLED; or
 * NULL, too, where @refused is so new that another one would be refused as well. */
LlSecret *ll_oauth_token (LlOauth *oauth,
                          const LlTarget *target,
                          const LlSecret *refused,
                          LlDeadline deadline,
                          GCancellable *cancellable,
                          LlResult **problem);

/* Something else is known of the accounts now (a client id's secret, another network): a no of the
 * token server is not taken for an answer to that. */
void ll_oauth_ask_again (LlOauth *oauth);

/* What a sign-in brought: stored, then in force. @answer has both tokens; the access token is
 * taken out of it. FALSE: LL_SECRET_ERROR, and all is as before. */
gboolean ll_oauth_keep (LlOauth *oauth,
                        const LlTarget *target,
                        LlOauthAnswer *answer,
                        GCancellable *cancellable,
                        GError **error);

/* *reason (transfer full): a sentence, or NULL. */
LlSignIn ll_oauth_state (LlOauth *oauth, const LlTarget *target, char **reason);

/* For sign-ins: the way out, and the secret of the client id (transfer full), NULL with *error
 * unset: there is none. */
LlHttps *ll_oauth_https (LlOauth *oauth);
LlSecret *ll_oauth_client_secret (LlOauth *oauth,
                                  const char *account,
                                  GCancellable *cancellable,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOauth, ll_oauth_free)

G_END_DECLS
