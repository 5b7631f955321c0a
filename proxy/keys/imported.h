/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/worker.h"
#include "keys/find.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Keys and certificates that the user took from a file or a letter: keys.db in the state
 * folder, beside his GnuPG keyring, which is never touched. Importing says that they are
 * to be known; a certificate is used when its issuer is trusted, a key as one that lies
 * in the user's own keyring.
 *
 * Thread-safe.
 */

/* A file that is imported: a certificate with its chain, or an armoured key with its photo. */
#define LL_IMPORT_MAX (512 * 1024)

typedef struct _LlImported LlImported;

/* @folder: of the state; @ca_file: trusted beside the system's roots, NULL: none. LL_STORE_ERROR.
 */
LlImported *
ll_imported_new (const char *folder, const char *ca_file, LlWorker *worker, GError **error);
void ll_imported_free (LlImported *imported);

/* PEM, DER, PKCS #7 (.p7s), or an OpenPGP key, armoured or not. What is no key of anybody (an
 * issuer's certificate) is kept to verify others. LL_ENGINE_ERROR_BAD_KEY: there is none in it.
 * (transfer full) of LlKey: those that name somebody */
GPtrArray *ll_imported_add (LlImported *imported,
                            GBytes *bytes,
                            LlDeadline deadline,
                            GCancellable *cancellable,
                            GError **error);

/* A finder (keys/find.h); @imported: LlImported. */
char *ll_imported_find (gpointer imported, const LlKeyQuery *query, GPtrArray *found);

/* The one whose fingerprint begins so, as text (keys/armor.h). NULL: there is none, or more than
 * one. (transfer full) */
char *ll_imported_export (LlImported *imported, const char *fingerprint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlImported, ll_imported_free)

G_END_DECLS
