/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/upstream-private.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "deliver/oauth-sign-in.h"
#include "deliver/result.h"
#include "deliver/transaction.h"
#include "spool/copy.h"

LlUpstream *
ll_upstream_new (const LlUpstreamOptions *options)
{
  LlUpstream *upstream = g_new0 (LlUpstream, 1);

  upstream->store = options->store;
  upstream->resolver = options->resolver;
  upstream->dialer = ll_dialer_new (options);
  upstream->pool = ll_pool_new (upstream->dialer);
  upstream->offers = ll_offers_new (options->folder);
  return upstream;
}

void
ll_upstream_free (LlUpstream *upstream)
{
  if (upstream == NULL)
    return;
  ll_pool_free (upstream->pool);
  ll_dialer_free (upstream->dialer);
  ll_offers_free (upstream->offers);
  g_free (upstream);
}

void
ll_upstream_follow (LlUpstream *upstream, const LlUpstreamOptions *options)
{
  ll_dialer_follow (upstream->dialer, options);
}

void
ll_upstream_drop (LlUpstream *upstream)
{
  ll_pool_drop (upstream->pool);
  ll_dialer_forget (upstream->dialer);
}

void
ll_upstream_warm (LlUpstream *upstream, const LlAccount *account)
{
  /* with auth = client only the mail program can sign in */
  if (account->auth != LL_AUTH_CLIENT)
    ll_pool_warm (upstream->pool, ll_target_new (account));
}

LlUpstreamOffers
ll_upstream_offers (LlUpstream *upstream, const LlAccount *account)
{
  return ll_offers_get (upstream->offers, account->name, account->host, account->port);
}

static void
describe (LlDelivery *delivery, const LlDialed *dialed)
{
  g_free (delivery->tls);
  g_free (delivery->certificate);
  g_free (delivery->local_root);
  delivery->tls = g_strdup (dialed->tls);
  delivery->certificate = dialed->facts != NULL ? g_strdup (dialed->facts->fingerprint) : NULL;
  delivery->local_root = g_strdup (dialed->local_root);
}

static LlResult *
content_problem (const GError *error)
{
  if (g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_LOCKED))
    return ll_result_new (LL_OUTCOME_LOCKED,
                          N_ ("the keyring is locked: the letter cannot be opened"));
  return ll_result_new (g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_IO)
                            ? LL_OUTCOME_TEMPORARY
                            : LL_OUTCOME_REFUSED,
                        N_ ("the stored letter cannot be read: %s"), error->message);
}

/* One try on one connection. TRUE: it was stale, and nothing of the letter was taken. */
static gboolean
send_once (LlUpstream *upstream,
           const LlDial *dial,
           gboolean fresh,
           LlTransaction *transaction,
           LlDelivery *delivery)
{
  LlResult *problem = NULL;
  LlWarm *warm = ll_pool_take (upstream->pool, dial, fresh, &problem);
  LlTransactionEnd end;
  gboolean again;

  if (warm == NULL)
    {
      ll_delivery_set_all (delivery, problem);
      return FALSE;
    }
  describe (delivery, warm->dialed);
  transaction->reset = warm->reset;
  transaction->reused = warm->reused;
  end = ll_transaction_run (warm->dialed->client, transaction, delivery);
  /* what is new goes to the disk; the letter did not wait for it */
  ll_offers_put (upstream->offers, dial->target, ll_client_offers (warm->dialed->client));
  again = end == LL_TRANSACTION_STALE && warm->reused;
  warm->reset = end == LL_TRANSACTION_RESET;
  ll_pool_give (upstream->pool, warm, end == LL_TRANSACTION_DONE || end == LL_TRANSACTION_RESET);
  return again;
}

LlDelivery *
ll_upstream_send (LlUpstream *upstream,
                  const LlAccount *account,
                  LlCopy *copy,
                  const char *client_login,
                  const LlSecret *client_password,
                  LlBeforeDot before_dot,
                  gpointer data,
                  LlDeadline deadline,
                  GCancellable *cancellable)
{
  LlDelivery *delivery = ll_delivery_new (copy->recipients->len);
  g_autoptr (LlTarget) target = ll_target_new (account);
  g_autoptr (GError) error = NULL;
  guint64 size = copy->letter->size;
  g_autoptr (LlReader) reader
      = copy->locked > 0
            ? ll_store_read_copy (upstream->store, copy->letter, copy->locked, &size, &error)
            : ll_store_read (upstream->store, copy->letter, &error);
  LlDial dial = {
    .target = target,
    .client_login = client_login,
    .client_password = client_password,
    .deadline = deadline,
    .cancellable = cancellable,
  };
  LlTransaction transaction = {
    .host = target->host,
    .reader = reader,
    .size = size,
    .copy = copy,
    .before_dot = before_dot,
    .data = data,
    .deadline = deadline,
    .cancellable = cancellable,
  };

  if (reader == NULL)
    {
      ll_delivery_set_all (delivery, content_problem (error));
      return delivery;
    }
  /* providers close idle connections whenever they like: that alone is no trouble */
  if (send_once (upstream, &dial, FALSE, &transaction, delivery))
    send_once (upstream, &dial, TRUE, &transaction, delivery);
  return delivery;
}

LlDelivery *
ll_upstream_pace (guint recipients, guint rate)
{
  LlDelivery *delivery = ll_delivery_new (recipients);

  ll_delivery_set_all (delivery,
                       rate > 0
                           ? ll_result_new (LL_OUTCOME_PACED,
                                            N_ ("your provider takes %u letters a minute from this "
                                                "account; the letter waits for its turn"),
                                            rate)
                           : ll_result_new (LL_OUTCOME_PACED,
                                            N_ ("your provider asked for a slower "
                                                "pace; the letter waits "
                                                "for its turn")));
  return delivery;
}

LlDelivery *
ll_upstream_spare (guint recipients, guint64 size, const char *id)
{
  LlDelivery *delivery = ll_delivery_new (recipients);
  g_autofree char *text = g_format_size (size);

  ll_delivery_set_all (delivery, ll_result_new (LL_OUTCOME_NO_CONNECTION,
                                                N_ ("this network is metered, and the letter has "
                                                    "%s: it waits "
                                                    "for another one for up to a day (letterlock "
                                                    "retry %s sends "
                                                    "it now)"),
                                                text, id));
  return delivery;
}

/* A connection that rested may be dead without a word. */
static gboolean
is_alive (LlWarm *warm, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply
      = ll_client_command (warm->dialed->client, ll_deadline_in (LL_UPSTREAM_STALE), cancellable,
                           &error, "NOOP");

  return reply != NULL && reply->code / 100 == 2;
}

LlResult *
ll_upstream_sign_in (LlUpstream *upstream,
                     const LlAccount *account,
                     const char *client_login,
                     const LlSecret *client_password,
                     LlUpstreamOffers *offers,
                     LlDeadline deadline,
                     GCancellable *cancellable)
{
  g_autoptr (LlTarget) target = ll_target_new (account);
  LlDial dial = {
    .target = target,
    .client_login = client_login,
    .client_password = client_password,
    .deadline = deadline,
    .cancellable = cancellable,
  };
  LlResult *problem = NULL;
  LlWarm *warm = ll_pool_take (upstream->pool, &dial, FALSE, &problem);

  if (warm != NULL && warm->reused && !is_alive (warm, cancellable))
    {
      ll_pool_give (upstream->pool, warm, FALSE);
      warm = ll_pool_take (upstream->pool, &dial, TRUE, &problem);
    }
  if (warm == NULL)
    return problem;
  ll_offers_put (upstream->offers, target, ll_client_offers (warm->dialed->client));
  if (offers != NULL)
    ll_offers_from_ehlo (ll_client_offers (warm->dialed->client), offers);
  ll_pool_give (upstream->pool, warm, TRUE);
  return ll_result_new (LL_OUTCOME_SENT, N_ ("signed in at %s"), target->host);
}

gboolean
ll_upstream_give_permission (LlUpstream *upstream,
                             const LlAccount *account,
                             gboolean device,
                             LlOauthTell tell,
                             gpointer data,
                             LlDeadline deadline,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (LlTarget) target = ll_target_new (account);

  return ll_oauth_sign_in (ll_dialer_oauth (upstream->dialer), target, device, tell, data, deadline,
                           cancellable, error);
}

LlSignIn
ll_upstream_permission (LlUpstream *upstream, const LlAccount *account, char **reason)
{
  g_autoptr (LlTarget) target = ll_target_new (account);

  return ll_oauth_state (ll_dialer_oauth (upstream->dialer), target, reason);
}
