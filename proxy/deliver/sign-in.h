/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/dial.h"
#include "deliver/oauth.h"

G_BEGIN_DECLS

/*
 * The last step of dialing: finds what an account signs in with (a password, a token, a
 * certificate, the mail program's own), says it, and says what came of it. Thread-safe.
 */

typedef struct _LlSigner LlSigner;

LlSigner *ll_signer_new (const LlUpstreamOptions *options);
void ll_signer_free (LlSigner *signer);

/* Who keeps the tokens. (transfer none) */
LlOauth *ll_signer_oauth (LlSigner *signer);

/* Forgets passwords; a token that was renewed is as good as a stored one. */
void ll_signer_forget (LlSigner *signer);

/* NULL: signed in, or the account needs no sign-in. (transfer full) */
LlResult *ll_signer_sign_in (LlSigner *signer, const LlDial *dial, LlClient *client);

G_END_DECLS
