/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Ids of letters: 12 hex digits, unique for ever in one store. A counter gives
 * uniqueness; a keyed permutation of 48 bits makes its numbers look random, so that
 * the first four digits already tell letters apart (design 4.7: unique prefixes).
 *
 * The counter is on disk ahead of its use, a thousand ids at a time. Thread-safe.
 */

#define LL_ID_LENGTH 12

typedef struct _LlIdentity LlIdentity;

LlIdentity *ll_identity_new (const char *path);
void ll_identity_free (LlIdentity *identity);

/* FALSE when the counter cannot be written: G_FILE_ERROR. */
gboolean ll_identity_next (LlIdentity *identity, char id[LL_ID_LENGTH + 1], GError **error);

/* Which in order of its making @id was; any number for a foreign one. */
guint64 ll_identity_number (LlIdentity *identity, const char *id);

/* A key for @purpose that stays the same as long as this store's ids come from one counter. */
#define LL_IDENTITY_KEY 16
void ll_identity_derive (LlIdentity *identity, const char *purpose, guint8 key[LL_IDENTITY_KEY]);

/* Whether @id is spelled like one. */
gboolean ll_identity_is_valid (const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlIdentity, ll_identity_free)

G_END_DECLS
