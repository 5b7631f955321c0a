/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a mail program says becomes a letter in the spool: the functions that the SMTP
 * session asks (listen/session.h), for one connection.
 */

#include "reception-private.h"

#include "config/login.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

/* Where the disk failed is for the log; a mail program shows the beginning of one line. */
void
ll_reception_cannot_keep (const GError *error, LlReply *reply)
{
  g_warning ("a letter cannot be kept: %s", error->message);
  if (g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_FULL))
    ll_reply_set (reply, 452, "4.3.1", "no space left to keep the letter; nothing was sent");
  else
    ll_reply_set (reply, 451, "4.3.0",
                  "the letter cannot be written to this computer's disk; nothing was sent");
}

/* -- sign-in ---------------------------------------------------------------------------- */

static const LlAccount *
account_of_login (const LlConfig *config, const char *login)
{
  for (guint i = 0; i < config->accounts->len; i++)
    {
      const LlAccount *account = g_ptr_array_index (config->accounts, i);

      if (g_strcmp0 (account->login, login) == 0
          || (account->auth == LL_AUTH_CLIENT && g_strcmp0 (account->username, login) == 0))
        return account;
    }
  return NULL;
}

static void
sign_in_at_provider (LlReception *reception,
                     const LlAccount *account,
                     const char *login,
                     const LlSecret *password,
                     LlReply *reply)
{
  g_autoptr (LlResult) result = NULL;
  LlUpstreamOffers offers;

  if (!reception->tls)
    {
      ll_reply_set (reply, 538, "5.7.11",
                    "this account passes your password on: use TLS (STARTTLS or port 1465)");
      return;
    }
  result = ll_upstream_sign_in (reception->pipeline->parts.upstream, account, login, password,
                                &offers, ll_deadline_in (LL_DATA_ANSWER), NULL);
  if (result->outcome == LL_OUTCOME_SENT)
    {
      ll_secret_free (reception->password);
      reception->password = ll_secret_copy (password);
      g_free (reception->password_host);
      reception->password_host = g_strdup (account->host);
      ll_pipeline_signed_in (reception->pipeline, account->name, login, password);
      ll_reply_set (reply, 235, "2.7.0", "signed in at %s", account->host);
    }
  else if (result->outcome == LL_OUTCOME_AUTH)
    ll_reply_set (reply, result->code >= 400 ? result->code : 535,
                  *result->enhanced != '\0' ? result->enhanced : "5.7.8", "%s", result->text);
  else
    ll_reply_set (reply, 454, "4.7.0", "%s cannot be asked now: %s", account->host, result->text);
}

static void
auth_cb (gpointer data, const char *login, const LlSecret *password, LlReply *reply)
{
  LlReception *reception = data;
  const LlAccount *account;

  /* an account that was added since the connection opened counts */
  ll_config_unref (reception->config);
  reception->config = ll_pipeline_config (reception->pipeline);
  reception->account = NULL;
  account = account_of_login (reception->config, login);
  if (account != NULL && account->auth == LL_AUTH_CLIENT)
    sign_in_at_provider (reception, account, login, password, reply);
  else if (ll_login_check (reception->pipeline->parts.state_folder, login, password))
    ll_reply_set (reply, 235, "2.7.0", "signed in");
  else
    ll_reply_set (reply, 535, "5.7.8",
                  "wrong user name or password; Letterlock's own are needed here (letterlock "
                  "account show)");
  if (ll_reply_is_positive (reply))
    {
      g_free (reception->login);
      reception->login = g_strdup (login);
    }
}

/* -- MAIL, RCPT ---------------------------------------------------------------------------- */

static gboolean
serves_login (const LlReception *reception)
{
  return reception->config->accounts->len > 0
         && (reception->login == NULL
             || account_of_login (reception->config, reception->login) != NULL);
}

/* Everybody was refused, or the mail program gave up: what it was told stays in the ledger. */
static void
record_refused (LlReception *reception)
{
  g_autoptr (LlLetter) letter = ll_letter_new ();

  letter->id = g_strdup (ll_intake_id (reception->intake));
  letter->received = ll_clock_now ();
  letter->account = g_strdup (reception->account->name);
  ll_envelope_free (letter->envelope);
  letter->envelope = ll_envelope_copy (reception->refused);
  g_ptr_array_set_size (letter->envelope->recipients, 0);
  ll_reception_add_refused (reception, letter);
  ll_ledger_put (reception->pipeline->parts.ledger, letter, NULL);
}

static void
forget_transaction (LlReception *reception)
{
  if (reception->intake != NULL && reception->refused_progress->len > 0)
    record_refused (reception);
  g_ptr_array_set_size (reception->refused_progress, 0);
  g_ptr_array_set_size (reception->refused->recipients, 0);
  g_clear_pointer (&reception->intake, ll_intake_abandon);
  g_clear_pointer (&reception->inspection, ll_inspection_free);
  ll_reply_clear (&reception->problem);
}

/* What the account's provider cannot do, as its last EHLO after TLS said (design 4.1). */
static gboolean
refuse_by_offers (const LlUpstreamOffers *offers, const LlEnvelope *envelope, LlReply *reply)
{
  if (!offers->known)
    return FALSE;
  if (envelope->smtputf8 && !offers->smtputf8)
    ll_reply_set (reply, 553, "5.6.7",
                  "your provider does not take addresses with such letters (SMTPUTF8)");
  else if (offers->size > 0 && envelope->size > offers->size)
    ll_reply_set (reply, 552, "5.3.4",
                  "too large: your provider takes letters of at most %" G_GUINT64_FORMAT " bytes",
                  offers->size);
  else
    return FALSE;
  return TRUE;
}

static void
mail_cb (gpointer data, const LlEnvelope *envelope, LlReply *reply)
{
  LlReception *reception = data;
  g_autoptr (GError) error = NULL;
  LlUpstreamOffers offers;

  forget_transaction (reception);
  reception->account = NULL; /* it belongs to the snapshot that goes */
  g_free (reception->refused->sender);
  reception->refused->sender = g_strdup (envelope->sender);
  ll_config_unref (reception->config);
  reception->config = ll_pipeline_config (reception->pipeline);
  if (!serves_login (reception))
    {
      ll_reply_set (reply, 550, "5.7.1",
                    "no account is set up for this login: letterlock account add");
      return;
    }
  reception->account
      = ll_account_select (reception->config, reception->login, envelope->sender, NULL);
  if (reception->account != NULL)
    {
      ll_upstream_warm (reception->pipeline->parts.upstream, reception->account);
      offers = ll_upstream_offers (reception->pipeline->parts.upstream, reception->account);
      if (refuse_by_offers (&offers, envelope, reply))
        return;
    }
  reception->intake = ll_store_begin (reception->pipeline->parts.store, &error);
  reception->inspection = ll_inspection_new ();
  if (reception->intake == NULL)
    ll_reception_cannot_keep (error, reply);
  else
    ll_reply_set (reply, 250, "2.1.0", "%s", ll_intake_id (reception->intake));
}

/* "550 5.7.10", the sentence, and where to read more. */
static void
refuse (LlReception *reception,
        const LlRecipient *recipient,
        const LlDecision *decision,
        const LlVerdict *verdict,
        LlReply *reply)
{
  LlProgress *progress = ll_progress_new ();
  const char *enhanced;
  guint code;

  ll_progress_set (progress, LL_STATE_REFUSED, decision->reason);
  ll_extra_free (ll_keep_evidence (progress, decision, verdict));
  ll_progress_mark (progress, "told");
  ll_refusal_code (progress, &code, &enhanced);
  ll_reply_set (reply, code, enhanced, "%s (letterlock explain %.6s)", decision->reason,
                ll_intake_id (reception->intake));
  g_ptr_array_add (reception->refused->recipients, ll_recipient_copy (recipient));
  g_ptr_array_add (reception->refused_progress, progress);
}

/* Whose keys are looked for while the letter is still coming in, beside the check of his way: who
 * would be held, and who may turn out to be. */
static gboolean
may_need_lock (const LlDecision *decision)
{
  return decision->kind == LL_DECISION_HOLD || decision->kind == LL_DECISION_LATER
         || (decision->why == LL_WHY_OVERDUE && decision->mode != LL_MODE_OPPORTUNISTIC);
}

static void
rcpt_cb (gpointer data, const LlEnvelope *envelope, const LlRecipient *recipient, LlReply *reply)
{
  LlReception *reception = data;
  g_autoptr (LlVerdict) verdict = NULL;
  g_autoptr (LlDecision) decision = NULL;
  LlJudgement judgement = {
    .config = reception->config,
    .account = reception->account,
    .recipient = recipient,
    .recipients = envelope->recipients->len + 1,
    .requiretls_asked = envelope->requiretls,
    .bounce = *envelope->sender == '\0',
    /* a long list never waits for probes (design 4.4) */
    .deadline
    = ll_deadline_in (envelope->recipients->len + 1 < LL_MANY_RECIPIENTS ? LL_RCPT_ANSWER : 0),
  };

  ll_assess_start (reception->pipeline->parts.assess, recipient->domain);
  if (reception->account != NULL)
    {
      LlUpstreamOffers offers
          = ll_upstream_offers (reception->pipeline->parts.upstream, reception->account);

      if (refuse_by_offers (&offers, envelope, reply))
        return;
      decision = ll_judge (reception->pipeline, &judgement, &verdict);
      if (may_need_lock (decision))
        ll_locks_start (reception->pipeline, recipient->address);
      if (decision->kind == LL_DECISION_REFUSE && decision->settled)
        {
          refuse (reception, recipient, decision, verdict, reply);
          return;
        }
    }
  ll_reply_set (reply, 250, "2.1.5", "ok");
}

/* -- content --------------------------------------------------------------------------------- */

static void
data_cb (gpointer data, const LlEnvelope *envelope, LlReply *reply)
{
  LlReception *reception = data;

  reception->bare_lf = FALSE;
  reception->last_crlf = FALSE;
  ll_reply_set (reply, 354, "", "go ahead, end with a dot");
}

static gboolean
content_cb (gpointer data, const char *bytes, gsize length)
{
  LlReception *reception = data;
  g_autoptr (GError) error = NULL;

  if (reception->intake == NULL || reception->problem.code != 0)
    return FALSE;
  ll_inspection_feed (reception->inspection, bytes, length);
  if (ll_intake_write (reception->intake, bytes, length, &error))
    return TRUE;
  ll_reception_cannot_keep (error, &reception->problem);
  return FALSE;
}

/* -- end of data ------------------------------------------------------------------- */

static void
changed_cb (gpointer data, gboolean bare_lf, gboolean last_crlf)
{
  LlReception *reception = data;

  reception->bare_lf = bare_lf;
  reception->last_crlf = last_crlf;
}

static void
end_cb (gpointer data, const LlEnvelope *envelope, const char *fault, LlReply *reply)
{
  LlReception *reception = data;

  if (fault != NULL || reception->problem.code != 0 || reception->intake == NULL)
    {
      if (fault == NULL)
        ll_reply_copy (&reception->problem, reply);
      forget_transaction (reception);
      return;
    }
  ll_reception_finish (reception, envelope, reply);
}

static void
reset_cb (gpointer data)
{
  forget_transaction (data);
}

static void
received_cb (gpointer data)
{
  LlReception *reception = data;
  LlPipeline *pipeline = reception->pipeline;

  if (reception->last_id == NULL)
    return;
  ll_ledger_event (pipeline->parts.ledger, reception->last_id, "received", NULL);
  g_clear_pointer (&reception->last_id, g_free);
}

/* -- a connection ---------------------------------------------------------------------------- */

static gpointer
open_cb (gpointer factory_data, const char *peer, gboolean foreign, LlSessionOptions *options)
{
  LlPipeline *pipeline = factory_data;
  LlReception *reception = g_new0 (LlReception, 1);

  reception->pipeline = pipeline;
  reception->refused = ll_envelope_new ();
  reception->refused_progress = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_progress_free);
  reception->config = ll_pipeline_config (pipeline);
  reception->foreign = foreign;
  reception->tls = options->tls;
  options->auth_required = foreign || reception->config->auth_required;
  options->auth_needs_tls = foreign;
  options->bare_lf_refused = reception->config->bare_lf_refused;
  options->size = 0;
  for (guint i = 0; i < reception->config->accounts->len; i++)
    {
      const LlAccount *account = g_ptr_array_index (reception->config->accounts, i);
      LlUpstreamOffers offers = ll_upstream_offers (pipeline->parts.upstream, account);

      options->requiretls |= offers.requiretls;
      options->size = MAX (options->size, offers.size);
      /* nothing that can be known beforehand is waited for later */
      if (reception->config->accounts->len == 1 && account->auth != LL_AUTH_CLIENT)
        ll_upstream_warm (pipeline->parts.upstream, account);
    }
  if (options->size == 0 || options->size > LL_MESSAGE_SIZE_MAX)
    options->size = LL_MESSAGE_SIZE_MAX;
  return reception;
}

static void
secured_cb (gpointer data)
{
  ((LlReception *) data)->tls = TRUE;
}

static void
close_cb (gpointer data)
{
  LlReception *reception = data;

  forget_transaction (reception);
  ll_envelope_free (reception->refused);
  g_ptr_array_unref (reception->refused_progress);
  g_free (reception->login);
  ll_secret_free (reception->password);
  g_free (reception->password_host);
  g_free (reception->last_id);
  ll_config_unref (reception->config);
  g_free (reception);
}

gpointer
ll_pipeline_submission (LlPipeline *pipeline, const char *account, GError **error)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *found = account != NULL ? ll_config_account (config, account) : NULL;
  LlSessionOptions options = { .tls = TRUE };
  LlReception *reception;

  if (account != NULL && found == NULL)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "no account is called %s", account);
      return NULL;
    }
  reception = open_cb (pipeline, "letterlock sendmail", FALSE, &options);
  reception->login = found != NULL ? g_strdup (found->login) : NULL;
  return reception;
}

static const LlSessionHandler handler = {
  .auth = auth_cb,
  .mail = mail_cb,
  .rcpt = rcpt_cb,
  .data = data_cb,
  .content = content_cb,
  .end = end_cb,
  .reset = reset_cb,
  .received = received_cb,
  .changed = changed_cb,
};

LlListenerFactory
ll_pipeline_factory (LlPipeline *pipeline)
{
  return (LlListenerFactory){
    .open = open_cb,
    .close = close_cb,
    .secured = secured_cb,
    .handler = &handler,
    .factory_data = pipeline,
  };
}
