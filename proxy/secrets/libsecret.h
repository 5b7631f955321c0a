/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The Secret Service through libsecret, from any thread, with an end to every
 * wait: a locked keyring without a prompter never answers (facts/desktop.md).
 * Looks before it asks, so that nothing here raises a prompt.
 *
 * Errors: LL_SECRET_ERROR; silence until the deadline is LOCKED.
 */

/* Whether a Secret Service is on the session bus or can be started there. Uses a connection of
 * its own and never starts a bus. @start: also start it. */
gboolean ll_secret_service_is_there (gboolean start);

/* The session bus; NULL when there is none; never one that GDBus would have to start.
 * (transfer full) */
char *ll_bus_address (void);

/* @stored: it was put there once, so "there is no keyring" does not mean that it is gone. */
LlSecret *ll_secret_service_lookup (const char *purpose,
                                    const char *name,
                                    gboolean stored,
                                    GCancellable *cancellable,
                                    GError **error);
gboolean ll_secret_service_save (const char *purpose,
                                 const char *name,
                                 const LlSecret *secret,
                                 GCancellable *cancellable,
                                 GError **error);
gboolean ll_secret_service_remove (const char *purpose,
                                   const char *name,
                                   GCancellable *cancellable,
                                   GError **error);

G_END_DECLS
