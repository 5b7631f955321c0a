/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/transaction.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "deliver/content.h"
#include "deliver/result.h"

#include <string.h>

/* So many commands go out before their replies are read: neither side's buffers fill up. */
#define BATCH 50

typedef struct
{
  LlClient *client;
  const LlTransaction *transaction;
  LlDelivery *delivery;
  const LlEnvelope *envelope;
  LlEhlo offers;
  LlContent *content;
  gboolean answered; /* the server said something in this transaction */
  gboolean utf8;     /* MAIL says SMTPUTF8 */
  guint accepted;    /* recipients */
  gboolean data_asked;
  gboolean lost;
} Run;

/* -- results ------------------------------------------------------------------ */

LlDelivery *
ll_delivery_new (guint recipients)
{
  LlDelivery *delivery = g_new0 (LlDelivery, 1);

  delivery->results = g_array_sized_new (FALSE, TRUE, sizeof (LlResult), recipients);
  g_array_set_clear_func (delivery->results, (GDestroyNotify) ll_result_clear);
  g_array_set_size (delivery->results, recipients);
  for (guint i = 0; i < recipients; i++) /* never SENT by default */
    g_array_index (delivery->results, LlResult, i).outcome = LL_OUTCOME_TEMPORARY;
  delivery->notes = g_new0 (char *, 1);
  return delivery;
}

void
ll_delivery_free (LlDelivery *delivery)
{
  if (delivery == NULL)
    return;
  g_array_unref (delivery->results);
  g_strfreev (delivery->notes);
  g_free (delivery->tls);
  g_free (delivery->certificate);
  g_free (delivery->local_root);
  g_free (delivery);
}

void
ll_delivery_note (LlDelivery *delivery, const char *note)
{
  guint length = g_strv_length (delivery->notes);

  if (g_strv_contains ((const char *const *) delivery->notes, note))
    return;
  delivery->notes = g_renew (char *, delivery->notes, length + 2);
  delivery->notes[length] = g_strdup (note);
  delivery->notes[length + 1] = NULL;
}

static LlResult *
result_at (LlDelivery *delivery, guint i)
{
  return &g_array_index (delivery->results, LlResult, i);
}

void
ll_delivery_set_all (LlDelivery *delivery, LlResult *result)
{
  for (guint i = 0; i < delivery->results->len; i++)
    ll_result_move (ll_result_copy (result), result_at (delivery, i));
  ll_result_free (result);
}

/* While the envelope is under way, SENT in a result means: RCPT was accepted. */
static void
set_accepted (Run *run, LlResult *result)
{
  for (guint i = 0; i < run->delivery->results->len; i++)
    if (result_at (run->delivery, i)->outcome == LL_OUTCOME_SENT)
      ll_result_move (ll_result_copy (result), result_at (run->delivery, i));
  ll_result_free (result);
}

static LlResult *
refusal_of (const LlServerReply *reply)
{
  return ll_result_new_reply (reply->code >= 500 ? LL_OUTCOME_REFUSED : LL_OUTCOME_TEMPORARY,
                              reply);
}

static LlResult *own_refusal (guint code, const char *enhanced, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static LlResult *
own_refusal (guint code, const char *enhanced, const char *format, ...)
{
  LlResult *result = g_new0 (LlResult, 1);
  va_list arguments;

  result->outcome = LL_OUTCOME_REFUSED;
  result->code = code;
  g_strlcpy (result->enhanced, enhanced, sizeof result->enhanced);
  va_start (arguments, format);
  result->text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return result;
}

/* What is locked is plain ASCII. */
static gboolean
is_8bit (const Run *run)
{
  return run->envelope->body_8bit && run->transaction->copy->locked == 0;
}

/* -- may it go at all? ------------------------------------------------------------ */

static LlResult *
check_offers (Run *run)
{
  const char *host = run->transaction->host;
  guint64 size = ll_content_size (run->content);

  if (run->transaction->copy->requiretls && !run->offers.requiretls)
    return ll_result_new (LL_OUTCOME_REQUIRETLS_REFUSED,
                          N_ ("%s does not offer REQUIRETLS on this connection"), host);
  if (run->envelope->smtputf8 && !run->offers.smtputf8)
    return own_refusal (553, "5.6.7",
                        N_ ("%s takes no addresses with international characters (SMTPUTF8)"),
                        host);
  if (is_8bit (run) && !run->offers.eightbitmime)
    return own_refusal (554, "5.6.3", N_ ("%s takes no 8-bit letters (8BITMIME)"), host);
  if (run->offers.size > 0 && size > run->offers.size)
    return own_refusal (552, "5.3.4",
                        N_ ("%s takes letters of at most %lu bytes, this one has %lu"), host,
                        (gulong) run->offers.size, (gulong) size);
  return NULL;
}

/* -- the envelope -------------------------------------------------------------------- */

static gboolean
queue_mail (Run *run, GError **error)
{
  const LlEnvelope *envelope = run->envelope;
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_printf (line, "MAIL FROM:<%s>", envelope->sender);
  if (run->offers.size_offered)
    g_string_append_printf (line, " SIZE=%" G_GUINT64_FORMAT, ll_content_size (run->content));
  if (is_8bit (run))
    g_string_append (line, " BODY=8BITMIME");
  if (run->utf8)
    g_string_append (line, " SMTPUTF8");
  if (run->transaction->copy->requiretls)
    g_string_append (line, " REQUIRETLS");
  if (run->offers.dsn && envelope->ret != NULL)
    g_string_append_printf (line, " RET=%s", envelope->ret);
  if (run->offers.dsn && envelope->envid != NULL)
    g_string_append_printf (line, " ENVID=%s", envelope->envid);
  if (!run->offers.dsn && (envelope->ret != NULL || envelope->envid != NULL))
    ll_delivery_note (run->delivery, LL_NOTE_NO_DSN);
  return ll_client_queue (run->client, error, "%s", line->str);
}

static gboolean
queue_recipient (Run *run, guint i, GError **error)
{
  guint index = g_array_index (run->transaction->copy->recipients, guint, i);
  const LlRecipient *recipient = ll_envelope_recipient (run->envelope, index);
  gboolean as_written
      = recipient->original != NULL && (run->utf8 || g_str_is_ascii (recipient->original));
  const char *address = as_written ? recipient->original : recipient->address;
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_printf (line, "RCPT TO:<%s>", address);
  if (run->offers.dsn && recipient->notify != NULL)
    g_string_append_printf (line, " NOTIFY=%s", recipient->notify);
  if (run->offers.dsn && recipient->orcpt != NULL)
    g_string_append_printf (line, " ORCPT=%s", recipient->orcpt);
  if (!run->offers.dsn && (recipient->notify != NULL || recipient->orcpt != NULL))
    ll_delivery_note (run->delivery, LL_NOTE_NO_DSN);
  return ll_client_queue (run->client, error, "%s", line->str);
}

static LlDeadline
before_dot_deadline (const Run *run)
{
  gint64 patience
      = run->transaction->reused && !run->answered ? LL_UPSTREAM_STALE : LL_UPSTREAM_COMMAND;

  return ll_deadline_earlier (run->transaction->deadline, ll_deadline_in (patience));
}

/* 421 is the server's goodbye, whatever it answers. */
static LlServerReply *
read_reply (Run *run, GError **error)
{
  LlServerReply *reply = ll_client_read (run->client, before_dot_deadline (run),
                                         run->transaction->cancellable, error);

  if (reply == NULL || reply->code == 421)
    run->lost = TRUE;
  return reply;
}

static gboolean
flush (Run *run, GError **error)
{
  gboolean ok = ll_client_flush (run->client, before_dot_deadline (run),
                                 run->transaction->cancellable, error);

  if (!ok)
    run->lost = TRUE;
  return ok;
}

/* One step of the conversation: what was asked, and who the answer is about. */
typedef enum
{
  STEP_RESET,
  STEP_MAIL,
  STEP_RECIPIENT,
  STEP_DATA,
} StepKind;

typedef struct
{
  StepKind kind;
  guint recipient;
} Step;

static gboolean
queue_step (Run *run, const Step *step, GError **error)
{
  switch (step->kind)
    {
    case STEP_RESET:
      return ll_client_queue (run->client, error, "RSET");
    case STEP_MAIL:
      return queue_mail (run, error);
    case STEP_RECIPIENT:
      return queue_recipient (run, step->recipient, error);
    case STEP_DATA:
    default:
      return ll_client_queue (run->client, error, "DATA");
    }
}

static LlResult *
mail_refusal (Run *run, const LlServerReply *reply)
{
  LlResult *result = refusal_of (reply);

  if (run->transaction->copy->requiretls && reply->code >= 500 && reply->code != 530)
    result->outcome = LL_OUTCOME_REQUIRETLS_REFUSED;
  else if (reply->code == 530)
    result->outcome = LL_OUTCOME_AUTH;
  return result;
}

/* Returns the refusal of the whole copy, or NULL. */
static LlResult *
take_answer (Run *run, const Step *step, const LlServerReply *reply)
{
  gboolean good = reply->code / 100 == 2;

  switch (step->kind)
    {
    case STEP_RESET:
      return good ? NULL : refusal_of (reply);
    case STEP_MAIL:
      return good ? NULL : mail_refusal (run, reply);
    case STEP_RECIPIENT:
      ll_result_move (good ? ll_result_new_reply (LL_OUTCOME_SENT, reply) : refusal_of (reply),
                      result_at (run->delivery, step->recipient));
      if (good)
        run->accepted++;
      return NULL;
    case STEP_DATA:
    default:
      if (reply->code != 354 && run->accepted > 0)
        {
          set_accepted (run, refusal_of (reply));
          run->accepted = 0;
        }
      return NULL;
    }
}

/* Sends @n steps in one flight and takes their answers. FALSE: the copy is settled. */
static gboolean
talk (Run *run, const Step *steps, guint n, LlResult **refusal, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (!queue_step (run, &steps[i], error))
      {
        ll_client_discard (run->client); /* an address with a line end: never sent */
        return FALSE;
      }
  if (!flush (run, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LlServerReply) reply = read_reply (run, error);

      if (reply == NULL)
        return FALSE;
      if (*refusal == NULL)
        *refusal = run->lost ? refusal_of (reply) : take_answer (run, &steps[i], reply);
      if (run->lost)
        return FALSE;
      run->answered = TRUE;
      if (steps[i].kind == STEP_DATA && reply->code == 354)
        run->data_asked = TRUE;
    }
  return *refusal == NULL;
}

static GArray *
plan (const Run *run)
{
  GArray *steps = g_array_new (FALSE, TRUE, sizeof (Step));

  if (run->transaction->reset)
    g_array_append_val (steps, ((Step){ .kind = STEP_RESET }));
  g_array_append_val (steps, ((Step){ .kind = STEP_MAIL }));
  for (guint i = 0; i < run->delivery->results->len; i++)
    g_array_append_val (steps, ((Step){ .kind = STEP_RECIPIENT, .recipient = i }));
  if (!run->offers.chunking)
    g_array_append_val (steps, ((Step){ .kind = STEP_DATA }));
  return steps;
}

/* FALSE: settled, or @error. */
static gboolean
send_envelope (Run *run, LlResult **refusal, GError **error)
{
  g_autoptr (GArray) steps = plan (run);
  guint batch = run->offers.pipelining ? BATCH : 1;

  for (guint at = 0; at < steps->len; at += batch)
    {
      const Step *next = &g_array_index (steps, Step, at);

      /* nobody is left: DATA would only be refused */
      if (next->kind == STEP_DATA && run->accepted == 0)
        return TRUE;
      if (!talk (run, next, MIN (batch, steps->len - at), refusal, error))
        return FALSE;
    }
  return TRUE;
}

/* -- the whole ---------------------------------------------------------------------- */

/* Lost before the final dot: nothing was taken. */
static LlResult *
loss_of (Run *run, const GError *error)
{
  if (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX) && !run->lost)
    return own_refusal (501, "5.1.3", N_ ("an address of this letter cannot be sent: %s"),
                        error->message);
  return ll_result_new_error (LL_OUTCOME_TEMPORARY, run->transaction->host, error);
}

static LlTransactionEnd
finish_content (Run *run)
{
  LlSending sending = {
    .client = run->client,
    .host = run->transaction->host,
    .chunked = run->offers.chunking,
    .copy = run->transaction->copy,
    .before_dot = run->transaction->before_dot,
    .data = run->transaction->data,
    .deadline = run->transaction->deadline,
    .cancellable = run->transaction->cancellable,
  };
  gboolean usable = FALSE;

  sending.copy->accepted = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < run->delivery->results->len; i++)
    if (result_at (run->delivery, i)->outcome == LL_OUTCOME_SENT)
      g_array_append_val (sending.copy->accepted,
                          g_array_index (sending.copy->recipients, guint, i));
  set_accepted (run, ll_content_send (run->content, &sending, &usable));
  g_clear_pointer (&sending.copy->accepted, g_array_unref);
  return usable ? LL_TRANSACTION_DONE : LL_TRANSACTION_CLOSED;
}

static LlTransactionEnd
run_steps (Run *run)
{
  LlResult *refusal = check_offers (run);
  g_autoptr (GError) error = NULL;
  gboolean reset = run->transaction->reset;

  if (refusal != NULL)
    {
      ll_delivery_set_all (run->delivery, refusal);
      return reset ? LL_TRANSACTION_RESET : LL_TRANSACTION_DONE;
    }
  if (!send_envelope (run, &refusal, &error))
    {
      gboolean stale = run->lost && !run->answered;

      ll_delivery_set_all (run->delivery, refusal != NULL ? refusal : loss_of (run, error));
      if (stale)
        return LL_TRANSACTION_STALE;
      /* a 354 nobody wants: only without a dot is it sure that nothing is taken */
      return run->lost || run->data_asked ? LL_TRANSACTION_CLOSED : LL_TRANSACTION_RESET;
    }
  if (run->accepted == 0)
    return run->data_asked ? LL_TRANSACTION_CLOSED : LL_TRANSACTION_RESET;
  return finish_content (run);
}

LlTransactionEnd
ll_transaction_run (LlClient *client, const LlTransaction *transaction, LlDelivery *delivery)
{
  g_autoptr (GError) error = NULL;
  Run run = {
    .client = client,
    .transaction = transaction,
    .delivery = delivery,
    .envelope = transaction->copy->letter->envelope,
    .offers = *ll_client_offers (client),
    .utf8 = transaction->copy->letter->envelope->smtputf8,
  };
  LlTransactionEnd end;

  run.content
      = ll_content_new (transaction->reader, transaction->size, transaction->copy->edits, &error);
  if (run.content == NULL)
    {
      ll_delivery_set_all (delivery, ll_result_new (LL_OUTCOME_REFUSED, "%s", error->message));
      return transaction->reset ? LL_TRANSACTION_RESET : LL_TRANSACTION_DONE;
    }
  end = run_steps (&run);
  ll_content_free (run.content);
  return end;
}
