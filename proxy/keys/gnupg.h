/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/worker.h"
#include "keys/key.h"

G_BEGIN_DECLS

/* The user's own GnuPG keyring, read through the worker. Errors: LL_ENGINE_ERROR. */

/* Keys that name @address, with all their defects. (transfer full) of LlKey */
GPtrArray *ll_gnupg_find (LlWorker *worker,
                          const char *address,
                          LlDeadline deadline,
                          GCancellable *cancellable,
                          GError **error);

/* The user's key for his own @address, with its secret part: the newest that can sign and encrypt,
 * else one that can sign, else any, with its defects; NULL without @error: he has none. NO_AGENT:
 * the keyring has keys of this address, and only gpg-agent can tell whether they are his. (transfer
 * full) */
LlKey *ll_gnupg_own (LlWorker *worker,
                     const char *address,
                     LlDeadline deadline,
                     GCancellable *cancellable,
                     GError **error);

/* What is in @blob: nothing is imported. (transfer full) of LlKey, each with @blob */
GPtrArray *ll_gnupg_inspect (LlWorker *worker,
                             GBytes *blob,
                             const char *address,
                             LlKeySource source,
                             LlDeadline deadline,
                             GCancellable *cancellable,
                             GError **error);

/* The key with this whole fingerprint, armoured; NULL without @error: it is not in the keyring.
 * (transfer full) */
char *ll_gnupg_export (LlWorker *worker,
                       const char *fingerprint,
                       LlDeadline deadline,
                       GCancellable *cancellable,
                       GError **error);

G_END_DECLS
