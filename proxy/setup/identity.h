/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "setup/vault.h"

G_BEGIN_DECLS

/*
 * The user's own certificate with its key, as Thunderbird, Firefox and other programs with NSS keep
 * it: it leaves as PKCS #12 (RFC 7292), encrypted, with its issuers.
 */

/* @name: as those programs list it; NULL: the only one there is. Expired ones do not count, and of
 * one name it is the one that lasts longest: a renewed one has the name of the old one.
 * *passphrase: of the result, made for it (transfer full). LL_SECRET_ERROR: ABSENT: there is none,
 * or more than one, whose names the message lists; LOCKED: the primary password is needed first.
 * (transfer full) */
GBytes *
ll_vault_export_identity (LlVault *vault, const char *name, LlSecret **passphrase, GError **error);

G_END_DECLS
