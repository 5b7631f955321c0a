/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One small test letter, over a connection to the provider as for any other. */

#include "deliver/upstream-private.h"

#include "api/intl.h"
#include "base/limits.h"
#include "deliver/result.h"

#include <string.h>

#define OURS "letterlock-onward."

typedef struct
{
  LlClient *client;
  const char *host;
  LlDeadline deadline;
  GCancellable *cancellable;
  LlResult *problem;
} Talk;

/* One command, one reply; FALSE: talk->problem says why the letter is not taken. */
static gboolean G_GNUC_PRINTF (3, 4) say (Talk *talk, guint good, const char *format, ...)
{
  va_list arguments;
  g_autofree char *command = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply = NULL;
  LlDeadline end = ll_deadline_earlier (talk->deadline, ll_deadline_in (LL_UPSTREAM_COMMAND));

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  reply = ll_client_command (talk->client, end, talk->cancellable, &error, "%s", command);
  if (reply == NULL)
    talk->problem = ll_result_new_error (LL_OUTCOME_NO_CONNECTION, talk->host, error);
  else if (reply->code != good)
    talk->problem
        = ll_result_new_reply (reply->code / 100 == 5 ? LL_OUTCOME_REFUSED : LL_OUTCOME_TEMPORARY,
                               reply);
  return talk->problem == NULL;
}

static char *
content_of (const LlOnwardLetter *letter, const char *sender)
{
  const char *at = strrchr (sender, '@');
  g_autofree char *date = ll_clock_format_mail (letter->sent);

  return g_strdup_printf ("From: <%s>\r\nTo: <%s>\r\nSubject: Letterlock tests the way%s\r\nDate: "
                          "%s\r\n"
                          "Message-ID: <" OURS
                          "%s%s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                          "Content-Type: text/plain; charset=US-ASCII\r\n\r\n"
                          "This letter has no content. It shows whether the sender's provider "
                          "delivers letters\r\n"
                          "to a mail server without verified TLS. You need not do anything.\r\n",
                          sender, letter->address, letter->requiretls ? " (REQUIRETLS)" : "", date,
                          letter->token, at != NULL ? at : "@localhost");
}

static void
talk_letter (Talk *talk, const LlOnwardLetter *letter, const char *sender)
{
  const LlEhlo *offers = ll_client_offers (talk->client);
  g_autofree char *content = content_of (letter, sender);
  g_autofree char *envelope_id
      = offers->dsn ? g_strdup_printf (" RET=HDRS ENVID=%s", letter->token) : g_strdup ("");

  /* asked for success too: the report of it says that the letter arrived */
  if (!say (talk, 250, "MAIL FROM:<%s>%s%s", sender, letter->requiretls ? " REQUIRETLS" : "",
            envelope_id)
      || !say (talk, 250, "RCPT TO:<%s>%s", letter->address,
               offers->dsn ? " NOTIFY=SUCCESS,FAILURE" : "")
      || !say (talk, 354, "DATA"))
    return;
  ll_client_queue_bytes (talk->client, content, strlen (content));
  say (talk, 250, ".");
}

LlResult *
ll_upstream_send_onward (LlUpstream *upstream,
                         const LlAccount *account,
                         const LlOnwardLetter *letter,
                         const char *sender,
                         LlDeadline deadline,
                         GCancellable *cancellable)
{
  g_autoptr (LlTarget) target = ll_target_new (account);
  LlDial dial = { .target = target, .deadline = deadline, .cancellable = cancellable };
  LlResult *problem = NULL;
  g_autoptr (LlDialed) dialed = ll_dial (upstream->dialer, &dial, NULL, &problem);
  Talk talk = { NULL, target->host, deadline, cancellable, NULL };

  if (dialed == NULL)
    return problem;
  talk.client = dialed->client;
  if (letter->requiretls && !ll_client_offers (talk.client)->requiretls)
    return ll_result_new (LL_OUTCOME_REQUIRETLS_REFUSED, N_ ("%s does not offer REQUIRETLS"),
                          target->host);
  talk_letter (&talk, letter, sender);
  ll_client_quit (g_steal_pointer (&dialed->client), cancellable);
  return talk.problem != NULL ? talk.problem
                              : ll_result_new (LL_OUTCOME_SENT, N_ ("taken by %s"), target->host);
}
