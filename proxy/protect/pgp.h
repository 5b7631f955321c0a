/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/worker.h"
#include "keys/key.h"
#include "protect/inner.h"

G_BEGIN_DECLS

/*
 * A letter locked as PGP/MIME (RFC 3156): multipart/encrypted with its two parts, CRLF
 * everywhere, 7-bit. Signed and encrypted in one OpenPGP operation when there is a
 * signer. Streams from the source through the worker to the sink.
 */

typedef struct
{
  const GPtrArray *keys; /* of LlKey: the recipients' and the sender's own; never empty */
  const char *signer;    /* fingerprint of the user's own key, or NULL */
  gboolean prompt;       /* the user asked for this now: he may be asked for his passphrase */
  gboolean compress;
  const char *outer; /* LlSurgery.outer */
} LlPgpLock;

/* Blocks (a delivery thread). Errors: LL_ENGINE_ERROR, those of source and sink. What reached the
 * sink before an error is of no use. */
gboolean ll_pgp_seal (LlWorker *worker,
                      const LlPgpLock *lock,
                      LlInner *inner,
                      LlSink sink,
                      gpointer data,
                      LlDeadline deadline,
                      GCancellable *cancellable,
                      GError **error);

/* A detached signature of all of @inner, armoured with CRLF, appended to @signature. The name of
 * the digest for multipart/signed ("pgp-sha512"), (transfer full); NULL with the errors of above.
 */
char *ll_pgp_sign (LlWorker *worker,
                   const char *signer, /* fingerprint */
                   gboolean cms,       /* by gpgsm: S/MIME, SHA-1 fingerprint */
                   gboolean prompt,
                   LlInner *inner,
                   GString *signature,
                   LlDeadline deadline,
                   GCancellable *cancellable,
                   GError **error);

G_END_DECLS
