/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/x509.h>

G_BEGIN_DECLS

/*
 * The certificate authorities that this machine trusts.
 */

/* Makes @store trust them, and those of @ca_file (or NULL). Where they are kept by the hashes of
 * their names (Debian) each is read when a chain needs it. FALSE: @ca_file cannot be read as
 * certificates; OpenSSL's error queue says why. */
gboolean ll_trust_fill (X509_STORE *store, const char *ca_file);

G_END_DECLS
