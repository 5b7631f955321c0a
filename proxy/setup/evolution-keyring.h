/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"

G_BEGIN_DECLS

/*
 * The passwords of Evolution's account sources, where it keeps them: in the Secret Service, by
 * e-source-uid (evolution-data-server, libedataserver/e-secret-store.c). A locked keyring may ask
 * for its password: somebody sits there.
 *
 * Errors: LL_SECRET_ERROR; LOCKED: no keyring answers.
 */

/* NULL without @error: none is saved. */
LlSecret *ll_evolution_keyring_lookup (const char *uid, GError **error);

/* @label: how a person will find it in the keyring. */
gboolean ll_evolution_keyring_save (const char *uid,
                                    const char *label,
                                    const LlSecret *password,
                                    GError **error);

/* Done also when it is not there. */
gboolean ll_evolution_keyring_remove (const char *uid, GError **error);

G_END_DECLS
