/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/store.h"
#include "spool/format.h"

G_BEGIN_DECLS

/*
 * The user's key pair: the public half in a file, the private half where secrets rest.
 *
 * Intake needs the public half only, so it never waits for a keyring. Whether the
 * private half can be had is looked at in the background at start; when it is gone
 * for good, a new pair takes its place for new letters. Letters name their pair, so
 * older ones open again should their key come back.
 *
 * Thread-safe. Errors: LL_STORE_ERROR.
 */

typedef struct _LlStoreKey LlStoreKey;

LlStoreKey *ll_store_key_new (const char *folder, LlSecretStore *secrets, GError **error);
void ll_store_key_free (LlStoreKey *key);

/* What seals to the public half now, and its id. (transfer full) */
LlSealer *ll_store_key_sealer (LlStoreKey *key, guint8 key_id[LL_KEY_ID_LENGTH]);

/* LOCKED: ask again later; LOST: gone for good. (transfer full) */
LlSecret *
ll_store_key_private (LlStoreKey *key, const guint8 key_id[LL_KEY_ID_LENGTH], GError **error);

G_END_DECLS
