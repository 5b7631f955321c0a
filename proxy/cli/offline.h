/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What `check` and `doctor` can do without a daemon, with the same code that the daemon
 * uses and the same configuration. Beside setup-*.c the only files of the command line that know
 * more than api/: they are in letterlock-full alone, and letterlock lets it take its place.
 */

typedef struct
{
  const char *name; /* a domain or an address */
  gpointer data;
} LlOfflineTarget;

/* Called on the main context, with the target's data. @verdict as the answer of Check; NULL:
 * @error. */
typedef void (*LlOfflinePartial) (GVariant *partial, gpointer data);
typedef void (*LlOfflineDone) (GVariant *verdict, GError *error, gpointer data);

/* Looks at all of @targets at once, and runs @loop meanwhile: until the caller quits it. FALSE: it
 * could not begin. */
gboolean ll_offline_check (const LlOfflineTarget *targets,
                           guint n,
                           LlOfflinePartial partial, /* NULL: not wanted */
                           LlOfflineDone done,
                           GMainLoop *loop,
                           GError **error);

/* `config check`, for when a wrong configuration keeps the daemon from starting: the warnings (as),
 * or what is wrong. (transfer full) */
GVariant *ll_offline_config (GError **error);

/* Lines of `doctor` that need no daemon: aa{sv} (transfer full). @daemon_runs: leave out what the
 * daemon says itself. */
GVariant *ll_offline_doctor (gboolean daemon_runs);

G_END_DECLS
