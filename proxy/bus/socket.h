/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A socket that nobody answers any more is taken away; one that somebody answers is another
 * daemon's: LL_API_ERROR_REFUSED. */
gboolean ll_bus_socket_clear (const char *path, GError **error);

/* Where the session bus is, NULL: there is none. Never starts one: a bus that nobody asked for
 * would outlive us. (transfer full) */
char *ll_bus_session_address (void);

G_END_DECLS
