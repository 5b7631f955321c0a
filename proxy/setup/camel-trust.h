/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * camel-cert.db, in which Evolution keeps what a person answered when a server's certificate could
 * not be verified: host, fingerprint, trust. It has no place for an authority, so it is told of the
 * one certificate. Pure; entries that are not ours keep their bytes and their order.
 *
 * camel-certdb.c, camel-file-utils.c of evolution-data-server. Errors: LL_CONFIG_ERROR_FILE.
 */

/* What it calls a certificate, which is its file's name as well: 16 times "ab:". @der: it.
 * (transfer full) */
char *ll_camel_trust_name (GBytes *der);

/* @before NULL: there is no such file yet. (transfer full) */
GBytes *
ll_camel_trust_add (GBytes *before, const char *host, const char *fingerprint, GError **error);
GBytes *
ll_camel_trust_remove (GBytes *before, const char *host, const char *fingerprint, GError **error);

G_END_DECLS
