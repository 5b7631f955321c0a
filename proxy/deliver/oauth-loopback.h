/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"
#include "deliver/oauth-answer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Where the browser comes back to after a sign-in: a port of the loopback that takes one answer,
 * the one with our state in it, and then is closed. Anything else is answered 404, and does not
 * end the wait: other programs of the user, and the browser itself, knock there, too.
 *
 * RFC 8252 7.3, 8.3.
 */

typedef struct _LlOauthLoopback LlOauthLoopback;

/* Both families where there are two. @host: as it stands in the redirect address, "127.0.0.1" or
 * "localhost". */
LlOauthLoopback *ll_oauth_loopback_new (const char *host, GError **error);
void ll_oauth_loopback_free (LlOauthLoopback *loopback);

/* "http://127.0.0.1:40123" (transfer none) */
const char *ll_oauth_loopback_address (LlOauthLoopback *loopback);

/* (transfer full) NULL: LL_API_ERROR_UNAVAILABLE at the deadline, or G_IO_ERROR_CANCELLED. The
 * browser waits for ll_oauth_loopback_answer. */
LlOauthRedirect *ll_oauth_loopback_wait (LlOauthLoopback *loopback,
                                         const char *state,
                                         LlDeadline deadline,
                                         GCancellable *cancellable,
                                         GError **error);

/* The page that the user sees now: it worked, or why not (NULL: it did). */
void ll_oauth_loopback_answer (LlOauthLoopback *loopback, const char *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOauthLoopback, ll_oauth_loopback_free)

G_END_DECLS
