/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"

G_BEGIN_DECLS

/*
 * cert9.db and key4.db, in which Thunderbird keeps whom it trusts and the key of its saved
 * passwords: opened by NSS in a folder that holds copies of them, never in the profile itself.
 *
 * PK11SDR is not used where there is a key already: since 2025 it is one of AES, which the
 * PK11SDR of older NSS (Debian 12) takes for one of triple DES and refuses.
 *
 * One at a time in a process (NSS keeps what is open in globals). Errors are LL_SECRET_ERROR.
 */

typedef struct _LlVault LlVault;

LlVault *ll_vault_open (const char *folder, GError **error);
void ll_vault_close (LlVault *vault); /* NULL is fine; only then the files are whole */

/* A primary password was set: nothing below works before it was said. */
gboolean ll_vault_is_locked (LlVault *vault);

/* LL_SECRET_ERROR_DENIED: it is another one. */
gboolean ll_vault_unlock (LlVault *vault, const LlSecret *password, GError **error);

/* As they stand in logins.json: base64 of SEQUENCE { key id, algorithm, OCTET STRING }.
 * (transfer full) */
LlSecret *ll_vault_decrypt (LlVault *vault, const char *sealed, GError **error);
char *ll_vault_encrypt (LlVault *vault, const char *text, GError **error);

/* @pem: the authority. *added: it was not trusted for servers before. */
gboolean ll_vault_trust (LlVault *vault, const char *pem, gboolean *added, GError **error);

/* Done also when it is not there. */
gboolean ll_vault_forget (LlVault *vault, const char *pem, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlVault, ll_vault_close)

G_END_DECLS
