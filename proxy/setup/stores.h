/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "setup/record.h"
#include "setup/vault.h"

G_BEGIN_DECLS

/*
 * The two databases of a profile, cert9.db and key4.db, as copies that NSS may work on. They belong
 * together: what cert9.db trusts is signed with a key of key4.db.
 */

typedef struct
{
  LlVault *vault;
  char *profile;
  char *copies; /* the folder */
} LlStores;

/* Below @scratch. LL_API_ERROR_REFUSED: they were not closed, so the files are not whole. */
LlStores *ll_stores_open (const char *profile, const char *scratch, GError **error);
void ll_stores_free (LlStores *stores);

/* Adds what they become to @record, with the authority where it was not trusted before. The vault
 * is closed, and the copies go. */
gboolean
ll_stores_trust (LlStores *stores, const char *authority, LlSetupRecord *record, GError **error);

/* Takes back what the record says of them. */
gboolean ll_stores_undo (const char *profile, const LlSetupRecord *record, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlStores, ll_stores_free)

G_END_DECLS
