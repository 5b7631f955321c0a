/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * letterlock-worker as the daemon sees it: OpenPGP and other engines can hang, crash or wait for
 * a dialog that nobody answers, so they run in children that can be killed with all that they
 * started (facts/protection.md A.1). A child is there before it has to seal, since the search for
 * keys has started it; it serves one call at a time, is killed at the call's deadline, and leaves
 * by itself after a minute without work.
 *
 * Children inherit no file of ours and a short environment. Thread-safe. Errors: LL_ENGINE_ERROR,
 * G_IO_ERROR_CANCELLED.
 */

typedef struct _LlWorker LlWorker;

/* @program: path of letterlock-worker; NULL: beside the running program, as it was built, or in
 * libexec, as it is installed. */
LlWorker *ll_worker_new (const char *program);
void ll_worker_free (LlWorker *worker); /* ends the children; no call may be under way */

/* Asks and waits. @arguments: a{sv}, sunk, or NULL; @fds stay the caller's. What comes back is an
 * a{sv}. (transfer full), NULL on error */
GVariant *ll_worker_call (LlWorker *worker,
                          const char *verb,
                          GVariant *arguments,
                          const int *fds,
                          guint n_fds,
                          LlDeadline deadline,
                          GCancellable *cancellable,
                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlWorker, ll_worker_free)

G_END_DECLS
