/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-secrets.h"

#include "api/intl.h"
#include "base/error.h"
#include "deliver/result.h"

gboolean
ll_oauth_save_refresh (LlSecretStore *secrets, const char *account, const LlSecret *token)
{
  return ll_secret_store_save (secrets, LL_OAUTH_REFRESH, account, token, NULL, NULL)
         || ll_secret_store_save_here (secrets, LL_OAUTH_REFRESH, account, token, NULL);
}

LlSecret *
ll_oauth_find_client_secret (LlSecretStore *secrets,
                             const char *account,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (GError) local = NULL;
  LlSecret *secret
      = ll_secret_store_lookup (secrets, LL_OAUTH_CLIENT_SECRET, account, cancellable, &local);

  if (secret == NULL && !g_error_matches (local, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT))
    g_propagate_error (error, g_steal_pointer (&local));
  return secret;
}

LlResult *
ll_oauth_secret_problem (const char *account, const GError *error)
{
  if (g_error_matches (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT))
    return ll_result_new (LL_OUTCOME_AUTH,
                          N_ ("account %s is not signed in at the provider yet (letterlock account "
                              "login %s)"),
                          account, account);
  return ll_result_new (LL_OUTCOME_LOCKED,
                        N_ ("the keyring with the permission of account %s cannot be read: %s"),
                        account, error->message);
}
