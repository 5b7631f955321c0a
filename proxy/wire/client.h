/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wire/connection.h"
#include "wire/ehlo.h"
#include "wire/reply.h"

G_BEGIN_DECLS

/*
 * The client's side of an SMTP conversation, blocking, step by step: both the
 * probe (greeting, EHLO, STARTTLS, EHLO, QUIT and nothing else) and the delivery
 * to the provider are written with it. It takes no decisions: a reply of any
 * code is a result, an error means that the conversation cannot go on.
 *
 * Errors: those of wire/connection.h; SYNTAX and TOO_LONG when what came is not
 * SMTP; INJECTED when bytes came in clear that would be read after the handshake
 * (CVE-2011-0411): nothing of them is ever looked at.
 *
 * RFC 5321, RFC 3207, RFC 2920 (pipelining). Used by one thread at a time.
 */

typedef struct _LlClient LlClient;

/* Takes over @connection. */
LlClient *ll_client_new (LlConnection *connection);

/* Closes at once, without QUIT. NULL is fine. */
void ll_client_free (LlClient *client);

/* (transfer none) */
LlConnection *ll_client_connection (LlClient *client);

/* Reads the next reply: the greeting, or the answer to what was sent. (transfer full) */
LlServerReply *
ll_client_read (LlClient *client, LlDeadline deadline, GCancellable *cancellable, GError **error);

/* Writes @format, CRLF, reads one reply. A CR, LF or NUL in the command is SYNTAX: nothing is
 * sent. (transfer full) */
LlServerReply *ll_client_command (LlClient *client,
                                  LlDeadline deadline,
                                  GCancellable *cancellable,
                                  GError **error,
                                  const char *format,
                                  ...) G_GNUC_PRINTF (5, 6);

/* EHLO; on 250, ll_client_offers tells. When EHLO is answered 500 or 502, HELO is tried.
 * The reply of the last of them. (transfer full) */
LlServerReply *ll_client_ehlo (LlClient *client,
                               const char *name,
                               LlDeadline deadline,
                               GCancellable *cancellable,
                               GError **error);

/* Sends EHLO and returns at once: whoever has something else to do meanwhile calls ll_client_ehlo
 * after it, which then only waits for the reply. */
gboolean ll_client_ehlo_ahead (LlClient *client,
                               const char *name,
                               LlDeadline deadline,
                               GCancellable *cancellable,
                               GError **error);

/* (transfer none) known is FALSE before EHLO, and again right after the handshake: what was
 * said in clear is forgotten. */
const LlEhlo *ll_client_offers (LlClient *client);

/* STARTTLS: on 220 go on with ll_client_handshake; other codes are a result. INJECTED when
 * anything follows the reply. (transfer full) */
LlServerReply *ll_client_starttls (LlClient *client,
                                   LlDeadline deadline,
                                   GCancellable *cancellable,
                                   GError **error);

/* Takes over @ssl (wire/tls.h). Also for implicit TLS, before the greeting. */
gboolean ll_client_handshake (
    LlClient *client, SSL *ssl, LlDeadline deadline, GCancellable *cancellable, GError **error);

/* -- pipelining --------------------------------------------------------------- */

/* Adds one command to the flight; nothing is sent yet. SYNTAX as in ll_client_command. */
gboolean ll_client_queue (LlClient *client, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Adds bytes as they are (message content, a BDAT chunk). Copies them. */
void ll_client_queue_bytes (LlClient *client, const char *bytes, gsize length);

/* How many bytes wait. */
gsize ll_client_queued (LlClient *client);

/* Sends the flight in one write. */
gboolean
ll_client_flush (LlClient *client, LlDeadline deadline, GCancellable *cancellable, GError **error);

/* Forgets the flight, wiping it: it may hold credentials. */
void ll_client_discard (LlClient *client);

/* Whether something was said that nobody asked for (421 while idle, or an end). */
gboolean ll_client_has_input (LlClient *client);

/* QUIT without waiting long for its answer, then a clean end. Consumes @client. */
void ll_client_quit (LlClient *client, GCancellable *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlClient, ll_client_free)

G_END_DECLS
