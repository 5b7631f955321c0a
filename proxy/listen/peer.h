/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <sys/socket.h>
#include <sys/types.h>

G_BEGIN_DECLS

/*
 * Whose process is at the other end (promise 9), and who holds a port.
 *
 * On loopback both ends of a connection are sockets of this machine, and the kernel
 * tells the owner of each: by socket diagnostics, else by /proc/net/tcp and tcp6.
 * What has no owner any more (closed, orphaned) is not found; nothing is guessed.
 * It does not separate one user's own programs.
 */

typedef struct
{
  uid_t uid;
  guint64 inode; /* of the socket; never 0 */
} LlPeerOwner;

/* Of the socket that talks to @fd, an accepted connection. FALSE: not found. */
gboolean ll_peer_of_connection (int fd, LlPeerOwner *owner);

/* Of the socket that listens on @address (or on all addresses) and @port. FALSE: not found. */
gboolean ll_peer_of_port (const char *address, guint16 port, LlPeerOwner *owner);

/* "master (process 812) of user postfix"; of other users' processes the name is often not
 * readable: "a process of user postfix". (transfer full) */
char *ll_peer_describe (const LlPeerOwner *owner);

/* The fallback, on the text of /proc/net/tcp or tcp6: the line of the socket whose own address
 * is @local and whose other end is @remote (NULL: one that listens). */
gboolean ll_peer_find_in_table (const char *table,
                                const struct sockaddr *local,
                                const struct sockaddr *remote,
                                LlPeerOwner *owner);

G_END_DECLS
