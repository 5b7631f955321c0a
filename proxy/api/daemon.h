/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The daemon as the window sees it: connected or not, its state, and calls that never block.
 * While there is none, it is looked for every few seconds.
 *
 * Properties: "connected" (gboolean), "state" (GVariant a{sv} as Status, NULL while not connected).
 * Signals:
 *   letters-changed (GStrv ids)              these letters are different now
 *   letters-outdated                         all of them may be: their subjects came, or went
 *   check-progress (guint cookie, GVariant)  what a Check of ours knows so far
 *   sign-in-progress (GVariant)              {url s, code s}: what the user has to do for a SignIn
 */
#define LL_TYPE_DAEMON (ll_daemon_get_type ())
G_DECLARE_FINAL_TYPE (LlDaemon, ll_daemon, LL, DAEMON, GObject)

LlDaemon *ll_daemon_new (void);

gboolean ll_daemon_is_connected (LlDaemon *daemon);

/* (transfer none); NULL while not connected. */
GVariant *ll_daemon_get_state (LlDaemon *daemon);

/* Calls @method; @arguments as in the XML, may be floating, NULL for none. LL_API_ERROR_UNAVAILABLE
 * while not connected. @callback comes in the main loop; not at all once @cancellable is. */
void ll_daemon_call (LlDaemon *daemon,
                     const char *method,
                     GVariant *arguments,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data);

/* SignIn for @account: opens the browser where the daemon says so, or with @device says a code.
 * @callback as above, when the user is done there, or did not come back in ten minutes. */
void ll_daemon_sign_in (LlDaemon *daemon,
                        const char *account,
                        gboolean device,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data);

/* The same with @secret (NULL: none), which goes through a pipe and not into the message: the last
 * argument of @method, "ah", is added to @arguments (a floating tuple) here. */
void ll_daemon_call_with_secret (LlDaemon *daemon,
                                 const char *method,
                                 GVariant *arguments,
                                 const char *secret,
                                 GAsyncReadyCallback callback,
                                 gpointer data);

/* The answer, a tuple. (transfer full) */
GVariant *ll_daemon_call_finish (LlDaemon *daemon, GAsyncResult *result, GError **error);

G_END_DECLS
