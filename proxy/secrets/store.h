/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Where secrets rest: the Secret Service (libsecret) when there is one, else a
 * file of mode 0600 in the state folder, and the program says so plainly.
 *
 * Thread-safe. Every call has a deadline of its own (5 s), because a locked
 * keyring without a prompter hangs for ever (facts/desktop.md); no prompt is
 * ever raised.
 *
 * Errors: LL_SECRET_ERROR. LOCKED means: ask again later, nothing is lost.
 */

typedef enum
{
  LL_SECRET_STORE_SERVICE,
  LL_SECRET_STORE_FILE, /* no session bus or no Secret Service on it */
} LlSecretStoreKind;

typedef struct _LlSecretStore LlSecretStore;

/* @folder: where the fallback file lives. Never fails: falls back, and kind() tells. */
LlSecretStore *ll_secret_store_new (const char *folder);
void ll_secret_store_free (LlSecretStore *store);

LlSecretStoreKind ll_secret_store_kind (LlSecretStore *store);

/* @purpose: "upstream-password", "spool-key", "authority-key"; @name: the account, or "". */
LlSecret *ll_secret_store_lookup (LlSecretStore *store,
                                  const char *purpose,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GError **error);
gboolean ll_secret_store_save (LlSecretStore *store,
                               const char *purpose,
                               const char *name,
                               const LlSecret *secret,
                               GCancellable *cancellable,
                               GError **error);
/* Into the file even where there is a keyring: for what must be kept now while that is locked.
 * The first lookup with an open keyring moves it there. */
gboolean ll_secret_store_save_here (LlSecretStore *store,
                                    const char *purpose,
                                    const char *name,
                                    const LlSecret *secret,
                                    GError **error);

/* ABSENT is success. */
gboolean ll_secret_store_remove (LlSecretStore *store,
                                 const char *purpose,
                                 const char *name,
                                 GCancellable *cancellable,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSecretStore, ll_secret_store_free)

G_END_DECLS
