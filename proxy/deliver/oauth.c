/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "deliver/oauth-clock.h"
#include "deliver/oauth-secrets.h"
#include "deliver/result.h"
#include "deliver/sign-in-words.h"

#include <string.h>

/* One account as it is configured; another client id or server is another grant. */
typedef struct
{
  LlOauth *oauth;
  char *account;
  char *client_id;
  char *token_url;

  LlSecret *access; /* or NULL */
  LlOauthClock clock;
  LlSecret *unsaved; /* a refresh token that no store took yet */

  gboolean asking;   /* a flight is under way */
  guint flights;     /* that ended */
  LlResult *problem; /* of the last one; NULL: it brought a token */
  LlSignIn state;    /* AGAIN or REFUSED after a no of the token server, else SIGNED_IN */
  gint64 denied;     /* when */
} Grant;

struct _LlOauth
{
  LlHttps *https;
  LlSecretStore *secrets; /* (not owned) */
  GMutex lock;            /* of all below; never held while somebody is asked */
  GCond changed;
  GHashTable *grants; /* target key -> Grant; they stay */
};

static void
grant_free (gpointer data)
{
  Grant *grant = data;

  ll_secret_free (grant->access);
  ll_secret_free (grant->unsaved);
  ll_result_free (grant->problem);
  g_free (grant->account);
  g_free (grant->client_id);
  g_free (grant->token_url);
  g_free (grant);
}

/* An office's own server may well have a private address: its name is verified all the same. */
static LlHttps *
https_for (const LlUpstreamOptions *options)
{
  return ll_https_new (options->resolver, options->ca_file, options->proxy, TRUE, 0);
}

LlOauth *
ll_oauth_new (const LlUpstreamOptions *options)
{
  LlOauth *oauth = g_new0 (LlOauth, 1);

  oauth->https = https_for (options);
  oauth->secrets = options->secrets;
  g_mutex_init (&oauth->lock);
  g_cond_init (&oauth->changed);
  oauth->grants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, grant_free);
  return oauth;
}

void
ll_oauth_follow (LlOauth *oauth, const LlUpstreamOptions *options)
{
  g_autoptr (LlHttps) fresh = https_for (options);

  ll_https_follow (oauth->https, fresh);
}

static gboolean
is_any_asking (LlOauth *oauth)
{
  GHashTableIter iter;
  gpointer grant;

  g_hash_table_iter_init (&iter, oauth->grants);
  while (g_hash_table_iter_next (&iter, NULL, &grant))
    if (((Grant *) grant)->asking)
      return TRUE;
  return FALSE;
}

void
ll_oauth_free (LlOauth *oauth)
{
  if (oauth == NULL)
    return;
  g_mutex_lock (&oauth->lock);
  while (is_any_asking (oauth))
    g_cond_wait (&oauth->changed, &oauth->lock);
  g_mutex_unlock (&oauth->lock);
  ll_https_free (oauth->https);
  g_hash_table_unref (oauth->grants);
  g_cond_clear (&oauth->changed);
  g_mutex_clear (&oauth->lock);
  g_free (oauth);
}

LlHttps *
ll_oauth_https (LlOauth *oauth)
{
  return oauth->https;
}

/* With the lock held. */
static Grant *
grant_of (LlOauth *oauth, const LlTarget *target)
{
  Grant *grant = g_hash_table_lookup (oauth->grants, target->key);

  if (grant == NULL)
    {
      grant = g_new0 (Grant, 1);
      grant->oauth = oauth;
      grant->account = g_strdup (target->account);
      grant->client_id = g_strdup (target->client_id);
      grant->token_url = g_strdup (target->token_url);
      grant->state = LL_SIGN_IN_SIGNED_IN;
      g_hash_table_insert (oauth->grants, g_strdup (target->key), grant);
    }
  return grant;
}

/* -- what is stored ------------------------------------------------------------------------- */

LlSecret *
ll_oauth_client_secret (LlOauth *oauth,
                        const char *account,
                        GCancellable *cancellable,
                        GError **error)
{
  return ll_oauth_find_client_secret (oauth->secrets, account, cancellable, error);
}

/* -- asking the token server ------------------------------------------------------------------ */

/* With the lock held. */
static void
take_access (Grant *grant, LlOauthAnswer *answer)
{
  ll_secret_free (grant->access);
  grant->access = g_steal_pointer (&answer->access);
  grant->clock = ll_oauth_clock (answer->lifetime, ll_clock_boot ());
  grant->state = LL_SIGN_IN_SIGNED_IN;
}

static LlResult *
denial_problem (Grant *grant, const LlOauthAnswer *answer)
{
  const char *words = ll_oauth_words (answer->error, answer->description);
  LlDenial denial = ll_oauth_denial (answer->error);

  if (denial == LL_DENIAL_LATER)
    return ll_result_new (LL_OUTCOME_NO_CONNECTION, N_ ("account %s cannot be signed in now: %s"),
                          grant->account, words);
  g_mutex_lock (&grant->oauth->lock);
  grant->state = denial == LL_DENIAL_SIGN_IN ? LL_SIGN_IN_AGAIN : LL_SIGN_IN_REFUSED;
  grant->denied = ll_clock_boot ();
  g_mutex_unlock (&grant->oauth->lock);
  if (denial == LL_DENIAL_SIGN_IN)
    return ll_result_new (LL_OUTCOME_AUTH,
                          N_ ("account %s has to sign in at the provider again (letterlock account "
                              "login %s): %s"),
                          grant->account, grant->account, words);
  return ll_result_new (LL_OUTCOME_AUTH, N_ ("account %s cannot sign in at the provider: %s"),
                        grant->account, words);
}

static LlResult *
take_reply (Grant *grant, LlOauthReply *reply, const LlSecret *used)
{
  LlOauth *oauth = grant->oauth;
  LlOauthAnswer *answer = reply->answer;

  switch (reply->outcome)
    {
    case LL_OAUTH_DENIED:
      return denial_problem (grant, answer);
    case LL_OAUTH_NO_TLS:
      return ll_result_new (LL_OUTCOME_NO_TLS, "%s", reply->detail);
    case LL_OAUTH_UNREACHABLE:
      return ll_result_new (LL_OUTCOME_NO_CONNECTION, N_ ("account %s cannot be signed in now: %s"),
                            grant->account, reply->detail);
    case LL_OAUTH_GIVEN:
    default:
      break;
    }
  if (answer->refresh != NULL
      && !ll_secret_equal (answer->refresh, ll_secret_peek (used), ll_secret_length (used))
      && !ll_oauth_save_refresh (oauth->secrets, grant->account, answer->refresh))
    {
      g_mutex_lock (&oauth->lock);
      ll_secret_free (grant->unsaved);
      grant->unsaved = g_steal_pointer (&answer->refresh);
      g_mutex_unlock (&oauth->lock);
    }
  if (answer->access == NULL)
    return ll_result_new (LL_OUTCOME_NO_CONNECTION,
                          N_ ("account %s cannot be signed in now: the provider's sign-in gave no "
                              "token"),
                          grant->account);
  g_mutex_lock (&oauth->lock);
  take_access (grant, answer);
  g_mutex_unlock (&oauth->lock);
  return NULL;
}

/* The one that no store took is tried there again before it is used. (transfer full) */
static LlSecret *
find_refresh (Grant *grant, GError **error)
{
  LlOauth *oauth = grant->oauth;
  g_autoptr (LlSecret) kept = NULL;

  g_mutex_lock (&oauth->lock);
  kept = grant->unsaved != NULL ? ll_secret_copy (grant->unsaved) : NULL;
  g_mutex_unlock (&oauth->lock);
  if (kept == NULL)
    return ll_secret_store_lookup (oauth->secrets, LL_OAUTH_REFRESH, grant->account, NULL, error);
  if (ll_oauth_save_refresh (oauth->secrets, grant->account, kept))
    {
      g_mutex_lock (&oauth->lock);
      g_clear_pointer (&grant->unsaved, ll_secret_free);
      g_mutex_unlock (&oauth->lock);
    }
  return g_steal_pointer (&kept);
}

static LlResult *
renew (Grant *grant)
{
  LlOauth *oauth = grant->oauth;
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSecret) refresh = find_refresh (grant, &error);
  g_autoptr (LlSecret) secret = NULL;
  g_autoptr (LlOauthReply) reply = NULL;

  if (refresh != NULL)
    secret = ll_oauth_client_secret (oauth, grant->account, NULL, &error);
  if (error != NULL)
    return ll_oauth_secret_problem (grant->account, error);

  const LlOauthField fields[] = {
    { "grant_type", "refresh_token" },
    { "refresh_token", ll_secret_peek (refresh) },
    { "client_id", grant->client_id },
    { "client_secret", secret != NULL ? ll_secret_peek (secret) : NULL },
  };
  reply = ll_oauth_request (oauth->https, grant->token_url, fields, G_N_ELEMENTS (fields),
                            ll_deadline_in (LL_OAUTH_TIMEOUT), NULL);
  return take_reply (grant, reply, refresh);
}

/* With the lock held. */
static void
end_turn (Grant *grant)
{
  grant->asking = FALSE;
  grant->flights++;
  g_cond_broadcast (&grant->oauth->changed);
}

static gpointer
flight_thread (gpointer data)
{
  Grant *grant = data;
  LlOauth *oauth = grant->oauth;
  LlResult *problem = renew (grant);

  g_mutex_lock (&oauth->lock);
  ll_result_free (grant->problem);
  grant->problem = problem;
  end_turn (grant);
  g_mutex_unlock (&oauth->lock);
  return NULL;
}

/* With the lock held. */
static void
ask (Grant *grant)
{
  if (grant->asking)
    return;
  grant->asking = TRUE;
  g_thread_unref (g_thread_new ("oauth", flight_thread, grant));
}

void
ll_oauth_ask_again (LlOauth *oauth)
{
  GHashTableIter iter;
  gpointer grant;

  g_mutex_lock (&oauth->lock);
  g_hash_table_iter_init (&iter, oauth->grants);
  while (g_hash_table_iter_next (&iter, NULL, &grant))
    ((Grant *) grant)->denied = -LL_OAUTH_REFUSED;
  g_mutex_unlock (&oauth->lock);
}

/* -- tokens ---------------------------------------------------------------------------------- */

/* With the lock held. FALSE: it is young, and so was not refused for its age; another would be
 * refused, too. */
static gboolean
drop_refused (Grant *grant, const LlSecret *refused)
{
  if (grant->access == NULL
      || !ll_secret_equal (grant->access, ll_secret_peek (refused), ll_secret_length (refused)))
    return TRUE;
  if (ll_oauth_is_young (&grant->clock, ll_clock_boot ()))
    return FALSE;
  g_clear_pointer (&grant->access, ll_secret_free);
  return TRUE;
}

/* With the lock held. A no of the token server stands for a while. */
static gboolean
is_denied (const Grant *grant)
{
  return grant->problem != NULL && grant->state != LL_SIGN_IN_SIGNED_IN
         && ll_clock_boot () - grant->denied < LL_OAUTH_REFUSED;
}

/* With the lock held. */
static LlSecret *
usable (Grant *grant)
{
  LlOauthAge age
      = grant->access != NULL ? ll_oauth_age (&grant->clock, ll_clock_boot ()) : LL_OAUTH_OVER;

  if (age == LL_OAUTH_OVER)
    return NULL;
  if (age == LL_OAUTH_AGING && !is_denied (grant))
    ask (grant);
  return ll_secret_copy (grant->access);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  LlOauth *oauth = data;

  g_mutex_lock (&oauth->lock);
  g_cond_broadcast (&oauth->changed);
  g_mutex_unlock (&oauth->lock);
}

/* With the lock held: until a flight that began, or was under way, ended. NULL: it did. */
static LlResult *
wait_for_flight (LlOauth *oauth, Grant *grant, LlDeadline deadline, GCancellable *cancellable)
{
  guint before = grant->flights;

  ask (grant);
  while (grant->flights == before)
    {
      if (g_cancellable_is_cancelled (cancellable))
        return ll_result_new (LL_OUTCOME_CANCELLED, "cancelled");
      if (!g_cond_wait_until (&oauth->changed, &oauth->lock, deadline))
        return ll_result_new (LL_OUTCOME_NO_CONNECTION,
                              N_ ("account %s cannot be signed in now: the provider's sign-in does "
                                  "not answer in time"),
                              grant->account);
    }
  return NULL;
}

/* With the lock held. */
static LlSecret *
token (LlOauth *oauth,
       Grant *grant,
       LlDeadline deadline,
       GCancellable *cancellable,
       LlResult **problem)
{
  LlSecret *access = usable (grant);

  if (access != NULL)
    return access;
  if (!is_denied (grant))
    *problem = wait_for_flight (oauth, grant, deadline, cancellable);
  if (*problem != NULL)
    return NULL;
  access = usable (grant);
  if (access == NULL)
    *problem = grant->problem != NULL
                   ? ll_result_copy (grant->problem)
                   : ll_result_new (LL_OUTCOME_NO_CONNECTION,
                                    N_ ("the provider gave a token that ended at once"));
  return access;
}

LlSecret *
ll_oauth_token (LlOauth *oauth,
                const LlTarget *target,
                const LlSecret *refused,
                LlDeadline deadline,
                GCancellable *cancellable,
                LlResult **problem)
{
  LlSecret *access = NULL;
  gulong handler = cancellable != NULL
                       ? g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), oauth, NULL)
                       : 0;
  Grant *grant;

  *problem = NULL;
  g_mutex_lock (&oauth->lock);
  grant = grant_of (oauth, target);
  if (refused == NULL || drop_refused (grant, refused))
    access = token (oauth, grant, deadline, cancellable, problem);
  g_mutex_unlock (&oauth->lock);
  g_cancellable_disconnect (cancellable, handler);
  return access;
}

gboolean
ll_oauth_keep (LlOauth *oauth,
               const LlTarget *target,
               LlOauthAnswer *answer,
               GCancellable *cancellable,
               GError **error)
{
  Grant *grant;
  gboolean kept;

  /* a flight with the old token could end meanwhile and store its own in place of the new one: this
   * takes its turn */
  g_mutex_lock (&oauth->lock);
  grant = grant_of (oauth, target);
  while (grant->asking)
    g_cond_wait (&oauth->changed, &oauth->lock);
  grant->asking = TRUE;
  g_mutex_unlock (&oauth->lock);
  kept = ll_secret_store_save (oauth->secrets, LL_OAUTH_REFRESH, target->account, answer->refresh,
                               cancellable, error);
  g_mutex_lock (&oauth->lock);
  if (kept)
    {
      g_clear_pointer (&grant->unsaved, ll_secret_free);
      g_clear_pointer (&grant->problem, ll_result_free);
      take_access (grant, answer);
    }
  end_turn (grant);
  g_mutex_unlock (&oauth->lock);
  return kept;
}

LlSignIn
ll_oauth_state (LlOauth *oauth, const LlTarget *target, char **reason)
{
  LlSignIn state;
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSecret) kept = NULL;
  Grant *grant;

  *reason = NULL;
  g_mutex_lock (&oauth->lock);
  grant = grant_of (oauth, target);
  state = grant->state;
  if (state != LL_SIGN_IN_SIGNED_IN && grant->problem != NULL)
    *reason = g_strdup (grant->problem->text);
  g_mutex_unlock (&oauth->lock);
  if (state != LL_SIGN_IN_SIGNED_IN)
    return state;
  kept = ll_secret_store_lookup (oauth->secrets, LL_OAUTH_REFRESH, target->account, NULL, &error);
  if (kept != NULL)
    return LL_SIGN_IN_SIGNED_IN;
  if (g_error_matches (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT))
    return LL_SIGN_IN_NEVER;
  *reason = g_strdup (error->message);
  return LL_SIGN_IN_LOCKED;
}
