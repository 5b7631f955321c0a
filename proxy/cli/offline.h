/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What `check` and `doctor` can do without a daemon, with the same code that the daemon
 * uses and the same configuration. The only file of the command line that knows more
 * than api/.
 */

typedef struct _LlOffline LlOffline;

LlOffline *ll_offline_new (GError **error);
void ll_offline_free (LlOffline *offline); /* waits for what runs */

/* Called on the main context. @verdict as the answer of Check; NULL: @error. */
typedef void (*LlOfflinePartial) (GVariant *partial, gpointer data);
typedef void (*LlOfflineDone) (GVariant *verdict, GError *error, gpointer data);

void ll_offline_check (LlOffline *offline,
                       const char *target,
                       LlOfflinePartial partial, /* NULL: not wanted */
                       LlOfflineDone done,
                       gpointer data);

/* `config check`, for when a wrong configuration keeps the daemon from starting: the warnings (as),
 * or what is wrong. (transfer full) */
GVariant *ll_offline_config (GError **error);

/* Lines of `doctor` that need no daemon: aa{sv} (transfer full). @daemon_runs: leave out what the
 * daemon says itself. */
GVariant *ll_offline_doctor (gboolean daemon_runs);

G_END_DECLS
