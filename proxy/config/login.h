/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"

G_BEGIN_DECLS

/*
 * The passwords that mail programs use toward us: generated with 128 bits, shown
 * once, kept as salted SHA-256 in $STATE/logins (a key file, 0600). A slow hash would
 * add nothing to 128 random bits, and costs each connection half a second
 * (facts/speed.md: what not to do).
 */

/* Makes and stores a new one for @login; the old one ends. (transfer full) */
LlSecret *ll_login_create (const char *folder, const char *login, GError **error);
gboolean ll_login_remove (const char *folder, const char *login, GError **error);

/* FALSE also when there is no such login; takes the same time then. */
gboolean ll_login_check (const char *folder, const char *login, const LlSecret *password);

G_END_DECLS
