/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/upstream.h"

G_BEGIN_DECLS

/* What of OAuth2 rests in the secret store, by the name of the account. */

#define LL_OAUTH_REFRESH "oauth2-refresh-token"
#define LL_OAUTH_CLIENT_SECRET "oauth2-client-secret"

/* A refresh token that the server just gave: it is the only one now. A keyring that does not take
 * it (it was locked in between) is no reason to lose it: then it rests in the file for a while. */
gboolean ll_oauth_save_refresh (LlSecretStore *secrets, const char *account, const LlSecret *token);

/* (transfer full); NULL with *error unset: there is none. */
LlSecret *ll_oauth_find_client_secret (LlSecretStore *secrets,
                                       const char *account,
                                       GCancellable *cancellable,
                                       GError **error);

/* What @error of the store keeps @account from. (transfer full) */
LlResult *ll_oauth_secret_problem (const char *account, const GError *error);

G_END_DECLS
