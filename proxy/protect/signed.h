/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/worker.h"
#include "protect/smime.h"

G_BEGIN_DECLS

/*
 * A letter with its signature beside it, for everybody to read: multipart/signed with
 * OpenPGP (RFC 3156 5.) or S/MIME (RFC 8551 3.5.3). What is signed is the inside of the
 * letter in the form that nobody on the way has a reason to change (message/safe.h).
 *
 * The letter is read three times: what has to change, the signature, the result; so
 * that nothing of it is kept.
 */

typedef struct
{
  const char *outer;           /* LlSurgery.outer */
  const LlSmimeSigner *signer; /* S/MIME; NULL: OpenPGP with these: */
  LlWorker *worker;
  const char *fingerprint;
  gboolean prompt;
  gboolean cms;   /* ... but S/MIME by gpgsm, with a SHA-1 fingerprint */
  gboolean as_is; /* it goes into a lock: nobody on the way sees it, so no octet changes */
} LlSignedLetter;

/* The inside from its first byte on, NULL on error. (transfer full), and what it needs lives until
 * the next call. */
typedef LlInner *(*LlInnerOpen) (gpointer data, GError **error);

/* Errors: LL_MESSAGE_ERROR_MALFORMED (it cannot have the form to be signed); those of ll_pgp_sign
 * or ll_smime_sign, of @open and @sink. */
gboolean ll_signed_make (const LlSignedLetter *letter,
                         LlInnerOpen open,
                         gpointer open_data,
                         LlSink sink,
                         gpointer sink_data,
                         LlDeadline deadline,
                         GCancellable *cancellable,
                         GError **error);

G_END_DECLS
