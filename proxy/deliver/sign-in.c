/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/sign-in.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "deliver/password.h"
#include "deliver/result.h"
#include "deliver/sasl.h"
#include "deliver/sign-in-words.h"

typedef struct
{
  LlSecret *password;
  gint64 since;
} Cached;

struct _LlSigner
{
  LlSecretStore *secrets; /* (not owned) */
  LlOauth *oauth;
  GMutex lock;
  GHashTable *passwords; /* target key -> Cached */
};

static void
cached_free (gpointer data)
{
  Cached *cached = data;

  ll_secret_free (cached->password);
  g_free (cached);
}

LlSigner *
ll_signer_new (const LlUpstreamOptions *options)
{
  LlSigner *signer = g_new0 (LlSigner, 1);

  signer->secrets = options->secrets;
  signer->oauth = ll_oauth_new (options);
  g_mutex_init (&signer->lock);
  signer->passwords = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, cached_free);
  return signer;
}

void
ll_signer_free (LlSigner *signer)
{
  if (signer == NULL)
    return;
  ll_oauth_free (signer->oauth);
  g_hash_table_unref (signer->passwords);
  g_mutex_clear (&signer->lock);
  g_free (signer);
}

LlOauth *
ll_signer_oauth (LlSigner *signer)
{
  return signer->oauth;
}

void
ll_signer_forget (LlSigner *signer)
{
  g_mutex_lock (&signer->lock);
  g_hash_table_remove_all (signer->passwords);
  g_mutex_unlock (&signer->lock);
  ll_oauth_ask_again (signer->oauth);
}

/* -- passwords ----------------------------------------------------------------------- */

static LlSecret *
cached_password (LlSigner *signer, const LlTarget *target)
{
  LlSecret *password = NULL;

  g_mutex_lock (&signer->lock);
  Cached *cached = g_hash_table_lookup (signer->passwords, target->key);
  if (cached != NULL && ll_clock_boot () - cached->since < LL_UPSTREAM_PASSWORD_SECONDS)
    password = ll_secret_copy (cached->password);
  else
    g_hash_table_remove (signer->passwords, target->key);
  g_mutex_unlock (&signer->lock);
  return password;
}

static void
cache_password (LlSigner *signer, const LlTarget *target, const LlSecret *password)
{
  g_mutex_lock (&signer->lock);
  if (password != NULL)
    {
      Cached *cached = g_new0 (Cached, 1);

      cached->password = ll_secret_copy (password);
      cached->since = ll_clock_boot ();
      g_hash_table_replace (signer->passwords, g_strdup (target->key), cached);
    }
  else
    g_hash_table_remove (signer->passwords, target->key);
  g_mutex_unlock (&signer->lock);
}

static LlResult *
password_problem (const LlTarget *target, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return ll_result_new (LL_OUTCOME_CANCELLED, "%s", error->message);
  if (g_error_matches (error, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED))
    return ll_result_new (LL_OUTCOME_LOCKED,
                          N_ ("the keyring with the password for account %s is locked"),
                          target->account);
  if (g_error_matches (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT))
    return ll_result_new (LL_OUTCOME_AUTH,
                          N_ ("no password is stored for account %s (letterlock account edit %s "
                              "--password-stdin)"),
                          target->account, target->account);
  return ll_result_new (LL_OUTCOME_AUTH, N_ ("no password for account %s: %s"), target->account,
                        error->message);
}

static LlSecret *
find_password (LlSigner *signer, const LlDial *dial, LlResult **problem)
{
  const LlTarget *target = dial->target;
  LlSecret *password = cached_password (signer, target);
  g_autoptr (GError) error = NULL;

  if (password != NULL)
    return password;
  if (target->password_command != NULL)
    password
        = ll_password_run (target->password_command, dial->deadline, dial->cancellable, &error);
  else
    password = ll_secret_store_lookup (signer->secrets, "upstream-password", target->account,
                                       dial->cancellable, &error);
  if (password == NULL)
    *problem = password_problem (target, error);
  else
    cache_password (signer, target, password);
  return password;
}

/* @text: (transfer full) */
static void
reword (LlResult *result, char *text)
{
  g_free (result->text);
  result->text = text;
}

/* In words of ours where the provider's say little; his stay beside them. */
static void
explain (LlResult *result)
{
  const char *words = ll_sign_in_words (result->code, result->enhanced, result->text);

  if (words != NULL)
    reword (result, g_strdup_printf ("%s (%s)", words, result->text));
}

/* NULL: signed in. */
static LlResult *
judge_sign_in (const LlDial *dial, const char *mechanism, const char *username, LlResult *result)
{
  if (result->outcome == LL_OUTCOME_SENT)
    {
      ll_dial_tell (dial, "sign-in", TRUE, "as %s (%s)", username, mechanism);
      ll_result_free (result);
      return NULL;
    }
  if (result->code == 0 && result->outcome != LL_OUTCOME_AUTH)
    {
      /* lost: no word about the password */
      reword (result, g_strdup_printf ("%s: %s", dial->target->host, result->text));
      if (result->outcome == LL_OUTCOME_TEMPORARY)
        result->outcome = LL_OUTCOME_NO_CONNECTION;
    }
  if (result->outcome == LL_OUTCOME_AUTH)
    explain (result);
  return result;
}

static LlResult *
sign_in_as (LlSigner *signer,
            const LlDial *dial,
            const char *mechanism,
            const char *username,
            const LlSecret *password,
            LlClient *client)
{
  LlResult *result = ll_sasl_sign_in (client, mechanism, username, password,
                                      ll_dial_command_deadline (dial), dial->cancellable);

  if (result->outcome == LL_OUTCOME_AUTH)
    cache_password (signer, dial->target, NULL);
  return judge_sign_in (dial, mechanism, username, result);
}

/* -- sign-in with a token -------------------------------------------------------------------- */

static LlResult *
say_token (const LlDial *dial, const char *mechanism, const LlSecret *token, LlClient *client)
{
  g_autofree char *status = NULL;
  LlResult *result = ll_sasl_sign_in_token (client, dial->target, mechanism, token, &status,
                                            ll_dial_command_deadline (dial), dial->cancellable);

  if (g_strcmp0 (status, "insufficient_scope") == 0 && result->outcome == LL_OUTCOME_AUTH)
    reword (result,
            g_strdup_printf (N_ ("the permission does not cover sending mail: check scope, then "
                                 "letterlock account login %s (%s)"),
                             dial->target->account, result->text));
  return result;
}

/* A token may be over before its time: one that is not young is renewed once. */
static LlResult *
sign_in_with_token (LlSigner *signer, const LlDial *dial, const char *mechanism, LlClient *client)
{
  const LlTarget *target = dial->target;
  LlResult *problem = NULL;
  g_autoptr (LlSecret) token
      = ll_oauth_token (signer->oauth, target, NULL, dial->deadline, dial->cancellable, &problem);
  g_autoptr (LlSecret) another = NULL;
  LlResult *result;

  if (token == NULL)
    return problem;
  result = say_token (dial, mechanism, token, client);
  if (result->outcome == LL_OUTCOME_AUTH)
    another = ll_oauth_token (signer->oauth, target, token, dial->deadline, dial->cancellable,
                              &problem);
  if (another != NULL)
    {
      ll_result_free (result);
      result = say_token (dial, mechanism, another, client);
    }
  else if (problem != NULL)
    {
      /* the token server knows more than the mail server; or not even that is known: whether it is
       * the permission, or only the token */
      ll_result_free (result);
      return problem;
    }
  return judge_sign_in (dial, mechanism, target->username, result);
}

/* -- either ------------------------------------------------------------------------------- */

LlResult *
ll_signer_sign_in (LlSigner *signer, const LlDial *dial, LlClient *client)
{
  const LlTarget *target = dial->target;
  gboolean certificate = target->auth == LL_AUTH_CERTIFICATE;
  LlSaslMechanisms offered = ll_client_offers (client)->sasl;
  const char *mechanism = ll_sasl_choose (offered, target->auth);
  LlResult *problem = NULL;

  if (target->auth == LL_AUTH_NONE)
    return NULL;
  if (certificate && offered == 0) /* the TLS handshake was the sign-in */
    return NULL;
  if (mechanism == NULL)
    return ll_result_new (LL_OUTCOME_AUTH,
                          offered == 0
                              ? N_ ("%s: the server offers no sign-in")
                              : N_ ("%s: the server offers no sign-in that fits this account"),
                          target->host);
  if (certificate)
    return sign_in_as (signer, dial, mechanism, target->username, NULL, client);
  if (target->auth == LL_AUTH_OAUTH2)
    return sign_in_with_token (signer, dial, mechanism, client);
  if (target->auth == LL_AUTH_CLIENT)
    return dial->client_password == NULL
               ? ll_result_new (LL_OUTCOME_AUTH,
                                N_ ("account %s waits for the mail program's next sign-in"),
                                target->account)
               : sign_in_as (signer, dial, mechanism, dial->client_login, dial->client_password,
                             client);

  g_autoptr (LlSecret) password = find_password (signer, dial, &problem);
  if (password == NULL)
    return problem;
  return sign_in_as (signer, dial, mechanism, target->username, password, client);
}
