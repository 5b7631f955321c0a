/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "listen/listener.h"

G_BEGIN_DECLS

/*
 * Listening sockets: bound, or taken over from systemd; and what is said when a
 * port is taken (design 4.1): who holds it, and which port is free.
 */

/* -1: LL_CONFIG_ERROR_RANGE with a sentence. Close with close(). */
int ll_port_bind (const LlListenerAddress *address, GError **error);

/* The next port above @port that could be bound on @address; 0 when there is none near. */
guint16 ll_port_next_free (const char *address, guint16 port);

/* The address and port that @fd is bound to; the text is interned. */
gboolean ll_port_of_socket (int fd, const char **address, guint16 *port);

gboolean ll_port_is_loopback (const char *address);

G_END_DECLS
