/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/oauth.h"

G_BEGIN_DECLS

/*
 * How a person gives an account its permission: in a browser on this machine (authorization code
 * with PKCE, RFC 6749 4.1, RFC 7636, RFC 8252), or with a code that is typed on another device
 * (RFC 8628). Blocks until it is done, the deadline is over, or nobody waits for it any more.
 */

/* FALSE: LL_API_ERROR or LL_SECRET_ERROR with a sentence; what was stored before still is. */
gboolean ll_oauth_sign_in (LlOauth *oauth,
                           const LlTarget *target,
                           gboolean device,
                           LlOauthTell tell,
                           gpointer data,
                           LlDeadline deadline,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS
