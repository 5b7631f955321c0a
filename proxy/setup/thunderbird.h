/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "setup/outgoing.h"
#include "setup/record.h"
#include "secrets/secret.h"

G_BEGIN_DECLS

/*
 * One profile of Thunderbird, locked against it: what it sends through, and the few settings that
 * let it send through Letterlock instead. Everything is worked out beside the profile; nothing in
 * it changes before ll_thunderbird_write().
 *
 * Touched are, for each server: hostname, port, try_ssl, authMethod and username in prefs.js, and
 * a saved password in logins.json; and once, the authority that Letterlock signs with, in cert9.db
 * (with what key4.db keeps of that).
 */

typedef struct _LlThunderbird LlThunderbird;

/* LL_API_ERROR_REFUSED: it runs, was set up before, or user.js fixes what would be changed;
 * LL_API_ERROR_NOT_FOUND: no profile that Thunderbird has used. */
LlThunderbird *ll_thunderbird_open (const char *profile, GError **error);
void ll_thunderbird_free (LlThunderbird *thunderbird);

/* (transfer none) of LlOutgoing, those that some address uses */
GPtrArray *ll_thunderbird_servers (LlThunderbird *thunderbird);

/* Saved passwords are behind a primary password. */
gboolean ll_thunderbird_is_locked (LlThunderbird *thunderbird);
gboolean
ll_thunderbird_unlock (LlThunderbird *thunderbird, const LlSecret *password, GError **error);

/* The one that it saved for this server; NULL without @error: none. */
LlSecret *
ll_thunderbird_password (LlThunderbird *thunderbird, const LlOutgoing *server, GError **error);

/* Where it submits from now on. @password NULL: Thunderbird asks for it once. */
gboolean ll_thunderbird_point (LlThunderbird *thunderbird,
                               const LlOutgoing *server,
                               guint port,
                               const char *username,
                               const LlSecret *password,
                               GError **error);

/* Keeps the record, changes the files, and lets Thunderbird start again. @authority: PEM. */
gboolean ll_thunderbird_write (LlThunderbird *thunderbird, const char *authority, GError **error);

/* Takes a record's changes back; @said: a sentence for each that was left as it is now, because it
 * is not ours any more. The record is dropped. */
gboolean ll_thunderbird_undo (LlSetupRecord *record, GPtrArray *said, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlThunderbird, ll_thunderbird_free)

G_END_DECLS
