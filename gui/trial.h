/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/*
 * A new account that is there only once it works: added, with OAuth2 the permission given, its
 * sign-in at the provider tried, and a key for a letter to the user himself looked for. One whose
 * sign-in fails is taken away again.
 */
typedef struct
{
  GVariant *account;  /* as AddAccount's answer, or as ListAccounts has it */
  GVariant *test;     /* as TestAccount's */
  GVariant *decision; /* as one of Preview's, of a letter that has to be locked; may be NULL */
} LlTrial;

void ll_trial_free (LlTrial *trial);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlTrial, ll_trial_free)

/* @settings: as of AddAccount, may be floating. @secret: the password at the provider, or with auth
 * oauth2 the secret of the client id; then the user signs in there, or with @device elsewhere (the
 * daemon's sign-in-progress says how). Cancelled, the account is taken away, too. */
void ll_trial_start (LlDaemon *daemon,
                     GVariant *settings,
                     const char *secret,
                     gboolean device,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data);
/* The same of an account that is there already, as ListAccounts has it: it stays, whatever its test
 * says. */
void ll_trial_of (LlDaemon *daemon, GVariant *account, GAsyncReadyCallback callback, gpointer data);

/* NULL: the error says why in one sentence; an account that was added for the trial is taken away
 * again, as far as the daemon answers. (transfer full) */
LlTrial *ll_trial_finish (GAsyncResult *result, GError **error);

G_END_DECLS
