/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

/*
 * The certificate authorities that this machine trusts, and which of them somebody
 * added to those that Debian ships: a chain that ends in an added one may be read by
 * whoever added it.
 */

/* Makes @context trust the system's roots and those of @ca_file (or NULL), and expect @host in the
 * SAN: no common name, no partial wildcards. LL_CONFIG_ERROR_FILE when @ca_file is unreadable. */
gboolean ll_roots_expect (SSL_CTX *context, const char *ca_file, const char *host, GError **error);

/* Whether @root is neither shipped (package ca-certificates) nor in @ca_file. Where nothing is
 * shipped there is nothing to compare with: FALSE. */
gboolean ll_roots_is_local (X509 *root, const char *ca_file);

G_END_DECLS
