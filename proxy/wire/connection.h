/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"

#include <gio/gio.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

/*
 * One TCP connection, in clear or in TLS, with a deadline and a cancellable on
 * every wait. Knows nothing of SMTP. Used by one thread at a time.
 *
 * Errors: LL_WIRE_ERROR CLOSED, TIMEOUT, TLS, UNREACHABLE; G_IO_ERROR_CANCELLED.
 * Writes go out at once (TCP_NODELAY): callers hand over whole flights.
 */

typedef struct _LlConnection LlConnection;

/* Takes over @fd, which must be connected. */
LlConnection *ll_connection_new (int fd);

/* Connects to one address ("192.0.2.1", "::1"), no name look-up. */
LlConnection *ll_connection_open (const char *address,
                                  guint16 port,
                                  LlDeadline deadline,
                                  GCancellable *cancellable,
                                  GError **error);

void ll_connection_free (LlConnection *connection); /* closes; NULL is fine */

/* Says close_notify first (within 1 s), so that the session stays resumable. */
void ll_connection_close (LlConnection *connection);

int ll_connection_fd (LlConnection *connection);

/* At least one byte; 0 at the end of the stream (in TLS: after close_notify); -1 on error.
 * A TCP end without close_notify is CLOSED: somebody may have cut the stream. */
gssize ll_connection_read (LlConnection *connection,
                           void *bytes,
                           gsize length,
                           LlDeadline deadline,
                           GCancellable *cancellable,
                           GError **error);

gboolean ll_connection_write (LlConnection *connection,
                              const void *bytes,
                              gsize length,
                              LlDeadline deadline,
                              GCancellable *cancellable,
                              GError **error);

/* Whether a read would not wait: a byte is there (also one that TLS has buffered), or the end. */
gboolean ll_connection_has_input (LlConnection *connection);

/* Handshakes. @ssl is made by wire/tls.h, with name, SNI and verification set; taken over.
 * On failure of verification the error is TLS and ll_connection_ssl still gives the SSL
 * for the report. */
gboolean ll_connection_handshake (LlConnection *connection,
                                  SSL *ssl,
                                  gboolean as_server,
                                  LlDeadline deadline,
                                  GCancellable *cancellable,
                                  GError **error);

/* (transfer none) NULL before TLS. */
SSL *ll_connection_ssl (LlConnection *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlConnection, ll_connection_free)

G_END_DECLS
