/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wire/connection.h"

G_BEGIN_DECLS

/*
 * A TCP connection through the configured proxy (`[network] proxy`): "http://host:port" (CONNECT)
 * or "socks5://host:port". The proxy sees host and port; what it carries is TLS all the same.
 */

/* Errors as ll_connection_open; UNREACHABLE also when the proxy refuses. */
LlConnection *ll_proxy_open (const char *proxy,
                             const char *host,
                             guint16 port,
                             LlDeadline deadline,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
