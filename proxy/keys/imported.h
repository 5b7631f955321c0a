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
 * to be known, not that they are right: a certificate is used by itself when its issuer is
 * trusted, any other is asked about.
 *
 * Thread-safe.
 */

typedef struct _LlImported LlImported;

/* @folder: of the state; @ca_file: trusted beside the system's roots, NULL: none. LL_STORE_ERROR.
 */
LlImported *
ll_imported_new (const char *folder, const char *ca_file, LlWorker *worker, GError **error);
void ll_imported_free (LlImported *imported);

/* Another @ca_file, or NULL: what is verified from now on is verified by it. */
void ll_imported_trust (LlImported *imported, const char *ca_file);

/* A file that is a key or certificates (PEM, DER, PKCS #7, OpenPGP, armoured or not), or a letter:
 * its Autocrypt header, attached keys, the certificates of its signature. The worker reads it. What
 * is no key of anybody (an issuer's certificate) is kept to verify others. *prefers: the author's
 * address, if his letter says that he wants to be written to with OpenPGP, else NULL (transfer
 * full). LL_ENGINE_ERROR_BAD_KEY: there is none in it. (transfer full) of LlKey: those that name
 * somebody */
GPtrArray *ll_imported_add (LlImported *imported,
                            int file,
                            LlDeadline deadline,
                            GCancellable *cancellable,
                            char **prefers,
                            GError **error);

/* A certificate from anywhere with its trust: as ll_certificate_verify, over the issuers that were
 * imported. (transfer full) */
LlKey *ll_imported_verify (LlImported *imported, const LlKey *key);

/* A finder (keys/find.h); @imported: LlImported. */
char *ll_imported_find (gpointer imported, const LlKeyQuery *query, GPtrArray *found);

/* The one whose fingerprint begins so, as text (keys/armor.h). NULL: there is none, or more than
 * one. (transfer full) */
char *ll_imported_export (LlImported *imported, const char *fingerprint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlImported, ll_imported_free)

G_END_DECLS
