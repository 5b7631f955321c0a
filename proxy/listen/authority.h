/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

/*
 * The per-user certificate authority and the certificate of the local server.
 *
 * The authority may only speak for this machine's loopback (critical name
 * constraints: DNS localhost, 127.0.0.1, ::1, no e-mail names) and only for
 * servers. Its private key is kept, mode 0600: without it the server's certificate
 * could not be renewed without the user trusting a new authority every year, and
 * whoever can read the file is already able to read the user's mail.
 *
 * The folder holds ca.pem, ca-key.pem and server.pem (certificate and key).
 * Safe to use from several threads.
 */

typedef struct _LlAuthority LlAuthority;

/* Loads what is in @folder, makes what is missing, damaged or at its end.
 * Errors: G_FILE_ERROR, LL_WIRE_ERROR_TLS. */
LlAuthority *ll_authority_open (const char *folder, GError **error);
void ll_authority_free (LlAuthority *authority);

/* The server's side, renewed when its time comes. NULL with @error set only when it ran out and
 * no new one could be made. (transfer full), SSL_CTX_free */
SSL_CTX *ll_authority_server_context (LlAuthority *authority, GError **error);

/* The authority's certificate in PEM: what a mail program is told to trust. (transfer full) */
char *ll_authority_export (LlAuthority *authority);

/* The server's own certificate in PEM, renewed when its time comes: for those that trust one
 * certificate and no authority. (transfer full) */
char *ll_authority_export_server (LlAuthority *authority);

/* For tests: the same, as if it were @now. */
LlAuthority *ll_authority_open_at (const char *folder, gint64 now, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlAuthority, ll_authority_free)

G_END_DECLS
