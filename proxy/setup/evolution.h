/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"
#include "setup/outgoing.h"
#include "setup/record.h"

G_BEGIN_DECLS

/*
 * Evolution's account sources, and what lets its identities submit to Letterlock: beside each
 * transport a new one with a password of its own, which the identities name from then on; and the
 * certificate of Letterlock, as if a person had accepted it. The transports that were there, and
 * the passwords saved for them, are not touched.
 *
 * evolution-source-registry may run: it follows the files. Evolution itself may not,
 * since it holds connections, and writes down anew whose certificates it trusts.
 */

typedef struct _LlEvolution LlEvolution;

/* Where they are: of the system, and of the Flatpak. (transfer full) of char, those that are there
 */
GPtrArray *ll_evolution_find (const char *home);

/* LL_API_ERROR_REFUSED: it runs, or was set up before; LL_API_ERROR_NOT_FOUND: no such folder. */
LlEvolution *ll_evolution_open (const char *sources, GError **error);
void ll_evolution_free (LlEvolution *evolution);

/* (transfer none) of LlOutgoing */
GPtrArray *ll_evolution_servers (LlEvolution *evolution);

/* The one that it saved for this server; NULL without @error: none. */
LlSecret *ll_evolution_password (LlEvolution *evolution, const LlOutgoing *server, GError **error);

/* Where its identities submit from now on. Nothing changes before ll_evolution_write(). */
gboolean ll_evolution_point (LlEvolution *evolution,
                             const LlOutgoing *server,
                             guint port,
                             const char *username,
                             const LlSecret *password,
                             GError **error);

/* Keeps the record, saves the passwords, changes the files. @certificate: Letterlock's, in PEM. */
gboolean ll_evolution_write (LlEvolution *evolution, const char *certificate, GError **error);

/* As ll_thunderbird_undo(). */
gboolean ll_evolution_undo (LlSetupRecord *record, GPtrArray *said, GError **error);

/* Until the data server, where it runs, has read what the record's identities name @key: "before"
 * or "after" it. */
void ll_evolution_wait (const LlSetupRecord *record, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlEvolution, ll_evolution_free)

G_END_DECLS
