/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/account.h"
#include "engine/worker.h"
#include "keys/key.h"
#include "secrets/store.h"

#include <openssl/x509.h>

G_BEGIN_DECLS

/*
 * The user's own certificate for S/MIME, one for each account: taken from a PKCS #12 file
 * (RFC 7292), which the worker opens. The certificate and its issuers lie in the state
 * folder; the private key is in the secret store ("certificate-key") and nowhere else.
 */

typedef struct
{
  const char *folder;     /* of the state */
  LlSecretStore *secrets; /* (not owned), as is the worker */
  LlWorker *worker;
} LlOwnPlace;

typedef struct
{
  LlKey *key; /* what the certificate says; its blob is the certificate */
  X509 *certificate;
  STACK_OF (X509) * chain; /* the issuers that came with it; may be empty */
  EVP_PKEY *secret;        /* NULL: not opened, or: */
  char *gpgsm;             /* SHA-1 fingerprint: the key is with the user's gpg-agent; or NULL */
} LlOwn;

void ll_own_free (LlOwn *own);

/* Keeps what @file holds for @account, in place of what was kept. @passphrase NULL: none. Refused,
 * each with its own sentence: LL_ENGINE_ERROR_DECLINED (the passphrase does not open it), NO_SECRET
 * (no private key in it), BAD_KEY (no such file; expired; weak; cannot sign; names no address of
 * the account). LL_SECRET_ERROR, LL_STORE_ERROR_IO: it cannot be kept. (transfer full) */
LlKey *ll_own_take (const LlOwnPlace *place,
                    const LlAccount *account,
                    GBytes *file,
                    const LlSecret *passphrase,
                    GCancellable *cancellable,
                    GError **error);

/* The same with a certificate of the user's own gpgsm, whose key stays with his gpg-agent: @gpgsm
 * is its SHA-1 fingerprint. Also LL_ENGINE_ERROR_MISSING, NO_AGENT. (transfer full) */
LlKey *ll_own_take_gpgsm (const LlOwnPlace *place,
                          const LlAccount *account,
                          const char *gpgsm,
                          GCancellable *cancellable,
                          GError **error);

/* The certificate of the account named @account, without its key. NULL: there is none. (transfer
 * full) */
LlOwn *ll_own_find (const LlOwnPlace *place, const char *account);

/* The key of one that was found; nothing where gpg-agent has it. LL_SECRET_ERROR: LOCKED: later;
 * ABSENT and others: it is gone. */
gboolean ll_own_open (const LlOwnPlace *place, const char *account, LlOwn *own, GError **error);

/* None is success. */
gboolean ll_own_remove (const LlOwnPlace *place, const char *account, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOwn, ll_own_free)

G_END_DECLS
