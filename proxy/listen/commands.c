/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What each command of a session may do, as one table: in which states it may
 * come, what it needs, and what follows.
 */

#include "listen/session.h"

#include "base/limits.h"
#include "listen/session-private.h"

#include <string.h>

#define IN(state) (1u << (state))
#define IN_ANY (IN (LL_STATE_COUNT) - 1)
#define IN_GREETED (IN_ANY & ~IN (LL_STATE_START))

enum
{
  NEEDS_ADMISSION = 1 << 0,   /* signed in, where that is asked for */
  NEEDS_NO_ARGUMENT = 1 << 1, /* nothing may stand behind the verb */
  LEADS_NOWHERE = 1 << 2,     /* counted, so that a flood of it ends */
};

typedef struct
{
  LlVerb verb;
  guint states;
  guint needs;
  gboolean (*check) (LlSession *session, const LlCommand *command, LlReply *reply); /* or NULL */
  void (*proceed) (LlSession *session, const LlCommand *command, LlReply *reply);
} Rule;

/* -- EHLO, STARTTLS ---------------------------------------------------------- */

static gboolean
may_sign_in (const LlSession *session)
{
  return session->options.tls || !session->options.auth_needs_tls;
}

static void
greet_back (LlSession *session)
{
  ll_session_drop_letter (session);
  ll_session_enter (session, LL_STATE_READY);
}

static void
proceed_ehlo (LlSession *session, const LlCommand *command, LlReply *reply)
{
  const LlSessionOptions *options = &session->options;
  g_autoptr (GString) text = g_string_new (options->host);

  greet_back (session);
  g_string_append_printf (text, "\nPIPELINING\nSIZE %" G_GUINT64_FORMAT, options->size);
  g_string_append (text, "\n8BITMIME\nSMTPUTF8\nENHANCEDSTATUSCODES\nDSN\nCHUNKING");
  if (options->tls_available && !options->tls)
    g_string_append (text, "\nSTARTTLS");
  if (may_sign_in (session))
    g_string_append (text, "\nAUTH PLAIN LOGIN");
  if (options->requiretls && options->tls)
    g_string_append (text, "\nREQUIRETLS");
  ll_reply_set (reply, 250, NULL, "%s", text->str);
}

static void
proceed_helo (LlSession *session, const LlCommand *command, LlReply *reply)
{
  greet_back (session);
  ll_reply_set (reply, 250, NULL, "%s", session->options.host);
}

static gboolean
check_starttls (LlSession *session, const LlCommand *command, LlReply *reply)
{
  if (session->options.tls)
    ll_session_error (session, reply, 503, "5.5.1", "This connection is in TLS already");
  else if (!session->options.tls_available)
    ll_session_error (session, reply, 502, "5.5.1", "STARTTLS is not offered here");
  else
    return TRUE;
  return FALSE;
}

static void
proceed_starttls (LlSession *session, const LlCommand *command, LlReply *reply)
{
  ll_reply_set (reply, 220, "2.0.0", "Ready to start TLS");
  session->next = LL_SESSION_STARTTLS;
}

/* -- AUTH -------------------------------------------------------------------- */

static void
ask_handler (LlSession *session, LlReply *reply)
{
  ll_reply_set (reply, 454, "4.7.0", "The password could not be checked, try again later");
  session->handler->auth (session->data, session->auth.login, session->auth.password, reply);
  session->signed_in = ll_reply_is_positive (reply);
  if (reply->code >= 500)
    session->wrong_passwords++;
}

static void
follow_auth (LlSession *session, LlAuthNext next, LlReply *reply)
{
  ll_session_enter (session, next == LL_AUTH_ASK ? LL_STATE_AUTH : LL_STATE_READY);
  if (next == LL_AUTH_ASK)
    return;
  if (next == LL_AUTH_DONE)
    ask_handler (session, reply);
  else
    ll_session_count_error (session, reply);
  ll_auth_clear (&session->auth);
}

static gboolean
check_auth (LlSession *session, const LlCommand *command, LlReply *reply)
{
  if (session->signed_in)
    ll_session_error (session, reply, 503, "5.5.1", "Signed in already");
  else if (!may_sign_in (session))
    ll_session_error (session, reply, 538, "5.7.11", "Signing in needs TLS; say STARTTLS first");
  else
    return TRUE;
  return FALSE;
}

static void
proceed_auth (LlSession *session, const LlCommand *command, LlReply *reply)
{
  follow_auth (session, ll_auth_start (&session->auth, command->arguments, reply), reply);
}

void
ll_session_auth_answer (LlSession *session, LlScan line, LlReply *reply)
{
  follow_auth (session, ll_auth_answer (&session->auth, line, reply), reply);
}

/* -- MAIL, RCPT ---------------------------------------------------------------- */

static gboolean
is_still_ours (LlSession *session)
{
  const LlSessionOptions *options = &session->options;

  return options->still_ours == NULL || options->still_ours (options->peer);
}

static void
proceed_mail (LlSession *session, const LlCommand *command, LlReply *reply)
{
  g_autoptr (LlEnvelope) envelope = ll_envelope_new ();
  const LlSessionOptions *options = &session->options;

  if (!is_still_ours (session))
    {
      ll_session_close (session, reply, 421, "4.7.0", "The owner of this connection has changed");
      return;
    }
  session->recipients_tried = 0;
  session->mail_refused = TRUE;
  if (!ll_command_read_mail (command, options->requiretls && options->tls, envelope, reply))
    {
      ll_session_count_error (session, reply);
      return;
    }
  if (envelope->size > options->size)
    {
      ll_reply_set (reply, 552, "5.3.4", "The letter is larger than %" G_GUINT64_FORMAT " bytes",
                    options->size);
      return;
    }
  /* not 451 or 452: Thunderbird would speak of too many recipients */
  ll_reply_set (reply, 450, "4.3.0", "No answer, try again later");
  session->handler->mail (session->data, envelope, reply);
  if (!ll_reply_is_positive (reply))
    return;
  session->mail_refused = FALSE;
  session->envelope = g_steal_pointer (&envelope);
  ll_session_enter (session, LL_STATE_MAIL);
}

/* One copy for each address, however often a mail program names it (To and Cc). */
static gboolean
is_named_already (const LlEnvelope *envelope, const LlRecipient *recipient)
{
  for (guint i = 0; i < envelope->recipients->len; i++)
    if (strcmp (ll_envelope_recipient (envelope, i)->address, recipient->address) == 0)
      return TRUE;
  return FALSE;
}

static void
proceed_rcpt (LlSession *session, const LlCommand *command, LlReply *reply)
{
  g_autoptr (LlRecipient) recipient = NULL;
  LlEnvelope *envelope = session->envelope;
  gboolean smtputf8 = envelope->smtputf8;

  if (session->recipients_tried >= 10 * LL_RECIPIENTS_MAX)
    {
      ll_session_close (session, reply, 421, "4.5.3", "Too many recipients, closing");
      return;
    }
  session->recipients_tried++;
  if (envelope->recipients->len >= LL_RECIPIENTS_MAX)
    {
      ll_reply_set (reply, 452, "4.5.3", "Too many recipients; at most %d per letter",
                    LL_RECIPIENTS_MAX);
      return;
    }
  recipient = ll_command_read_rcpt (command, reply);
  if (recipient == NULL)
    return;
  if (is_named_already (envelope, recipient))
    {
      ll_reply_set (reply, 250, "2.1.5", "Recipient was named already");
      return;
    }
  ll_reply_set (reply, 451, "4.3.0", "No answer, try again later");
  envelope->smtputf8 = smtputf8 || !g_str_is_ascii (recipient->address);
  session->handler->rcpt (session->data, envelope, recipient, reply);
  if (!ll_reply_is_positive (reply))
    {
      envelope->smtputf8 = smtputf8;
      return;
    }
  g_ptr_array_add (envelope->recipients, g_steal_pointer (&recipient));
  ll_session_enter (session, LL_STATE_RCPT);
}

/* -- DATA, BDAT ------------------------------------------------------------------ */

static gboolean
ask_for_data (LlSession *session, LlReply *reply)
{
  ll_reply_set (reply, 354, NULL, "Go ahead; end with a dot on a line of its own");
  session->handler->data (session->data, session->envelope, reply);
  return ll_reply_is_positive (reply);
}

static void
proceed_data (LlSession *session, const LlCommand *command, LlReply *reply)
{
  if (!ask_for_data (session, reply))
    return;
  if (reply->code != 354)
    ll_reply_set (reply, 354, NULL, "Go ahead; end with a dot on a line of its own");
  ll_session_begin_content (session, TRUE);
  ll_session_enter (session, LL_STATE_DATA);
}

static gboolean
fits (const LlSession *session)
{
  return session->chunk.left <= session->options.size
         && session->content_length + session->chunk.left <= session->options.size;
}

static void
proceed_bdat (LlSession *session, const LlCommand *command, LlReply *reply)
{
  if (session->state == LL_STATE_RCPT)
    {
      ll_session_begin_content (session, FALSE);
      if (!ask_for_data (session, reply))
        {
          ll_session_enter (session, LL_STATE_SPOILED);
          return;
        }
    }
  if (!fits (session))
    {
      ll_reply_set (reply, 552, "5.3.4", "The letter is larger than %" G_GUINT64_FORMAT " bytes",
                    session->options.size);
      ll_session_enter (session, LL_STATE_SPOILED);
      return;
    }
  ll_session_enter (session, LL_STATE_BDAT);
  session->chunk_refused = FALSE;
  ll_reply_set (reply, 250, "2.0.0", "%" G_GUINT64_FORMAT " bytes taken", session->chunk.left);
}

/* The bytes of a chunk follow whether or not it is welcome (RFC 3030 2.), so it is opened before
 * anything is checked. */
static gboolean
open_chunk (LlSession *session, const LlCommand *command, LlReply *reply)
{
  LlChunk *chunk = &session->chunk;

  if (!ll_command_read_bdat (command, &chunk->left, &chunk->last))
    {
      ll_session_close (session, reply, 501, "5.5.4",
                        "Say it as BDAT size [LAST]; where the next command starts is not known, "
                        "closing");
      return FALSE;
    }
  if (chunk->left > LL_MESSAGE_SIZE_MAX)
    {
      ll_session_close (session, reply, 552, "5.3.4", "The chunk is too large, closing");
      return FALSE;
    }
  session->in_chunk = session->chunk_refused = TRUE;
  return TRUE;
}

/* The answer is said behind the chunk, or now if it ends the session. */
static void
keep_chunk_reply (LlSession *session, LlReply *reply)
{
  if (session->state == LL_STATE_CLOSED)
    {
      session->in_chunk = FALSE;
      return;
    }
  ll_reply_copy (reply, &session->chunk_reply);
  ll_reply_clear (reply);
}

/* -- the rest ---------------------------------------------------------------------- */

static void
proceed_rset (LlSession *session, const LlCommand *command, LlReply *reply)
{
  session->mail_refused = FALSE;
  ll_session_drop_letter (session);
  ll_reply_set (reply, 250, "2.0.0", "Forgotten");
}

static void
proceed_noop (LlSession *session, const LlCommand *command, LlReply *reply)
{
  ll_reply_set (reply, 250, "2.0.0", "Nothing done");
}

static void
proceed_quit (LlSession *session, const LlCommand *command, LlReply *reply)
{
  ll_session_close (session, reply, 221, "2.0.0", "Goodbye");
}

static void
proceed_vrfy (LlSession *session, const LlCommand *command, LlReply *reply)
{
  ll_reply_set (reply, 252, "2.0.0", "Addresses are looked at when a letter is sent");
}

static void
proceed_expn (LlSession *session, const LlCommand *command, LlReply *reply)
{
  ll_session_error (session, reply, 502, "5.5.1", "There are no lists here");
}

static void
proceed_help (LlSession *session, const LlCommand *command, LlReply *reply)
{
  ll_reply_set (reply, 214, "2.0.0",
                "EHLO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY QUIT; see man letterlockd");
}

static const Rule rules[] = {
  { LL_VERB_EHLO, IN_ANY, LEADS_NOWHERE, NULL, proceed_ehlo },
  { LL_VERB_HELO, IN_ANY, LEADS_NOWHERE, NULL, proceed_helo },
  { LL_VERB_STARTTLS, IN (LL_STATE_READY), NEEDS_NO_ARGUMENT, check_starttls, proceed_starttls },
  { LL_VERB_AUTH, IN (LL_STATE_READY), 0, check_auth, proceed_auth },
  { LL_VERB_MAIL, IN (LL_STATE_READY), NEEDS_ADMISSION, NULL, proceed_mail },
  { LL_VERB_RCPT, IN (LL_STATE_MAIL) | IN (LL_STATE_RCPT), 0, NULL, proceed_rcpt },
  { LL_VERB_DATA, IN (LL_STATE_RCPT), NEEDS_NO_ARGUMENT, NULL, proceed_data },
  { LL_VERB_BDAT, IN (LL_STATE_RCPT) | IN (LL_STATE_BDAT), 0, NULL, proceed_bdat },
  { LL_VERB_RSET, IN_ANY, LEADS_NOWHERE | NEEDS_NO_ARGUMENT, NULL, proceed_rset },
  { LL_VERB_NOOP, IN_ANY, LEADS_NOWHERE, NULL, proceed_noop },
  { LL_VERB_QUIT, IN_ANY, NEEDS_NO_ARGUMENT, NULL, proceed_quit },
  { LL_VERB_VRFY, IN_GREETED, LEADS_NOWHERE, NULL, proceed_vrfy },
  { LL_VERB_EXPN, IN_GREETED, LEADS_NOWHERE, NULL, proceed_expn },
  { LL_VERB_HELP, IN_ANY, LEADS_NOWHERE, NULL, proceed_help },
};

static const Rule *
find_rule (LlVerb verb)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].verb == verb)
      return &rules[i];
  return NULL;
}

/* RFC 2920 3.1: a client may have sent RCPT and DATA before it saw MAIL refused. */
static gboolean
follows_refused_mail (LlSession *session, LlVerb verb)
{
  return session->mail_refused && session->state == LL_STATE_READY
         && (verb == LL_VERB_RCPT || verb == LL_VERB_DATA || verb == LL_VERB_BDAT)
         && session->recipients_tried++ < LL_RECIPIENTS_MAX;
}

static void
refuse_order (LlSession *session, LlVerb verb, LlReply *reply)
{
  const char *text = "Not now; say MAIL first";

  switch (session->state)
    {
    case LL_STATE_START:
      text = "Say EHLO first";
      break;
    case LL_STATE_MAIL:
      if (session->recipients_tried > 0 && (verb == LL_VERB_DATA || verb == LL_VERB_BDAT))
        {
          ll_reply_set (reply, 554, "5.5.1", "No recipient was accepted");
          return;
        }
      text = verb == LL_VERB_DATA || verb == LL_VERB_BDAT ? "Say RCPT first"
                                                          : "Not inside a letter; say RSET first";
      break;
    case LL_STATE_RCPT:
      text = "Not inside a letter; say RSET first";
      break;
    case LL_STATE_BDAT:
      text = "Between chunks only BDAT and RSET";
      break;
    case LL_STATE_SPOILED:
      text = "A chunk was refused; say RSET first";
      break;
    case LL_STATE_READY:
    case LL_STATE_AUTH:
    case LL_STATE_DATA:
    case LL_STATE_CLOSED:
    default:
      break;
    }
  if (follows_refused_mail (session, verb))
    ll_reply_set (reply, 503, "5.5.1", "MAIL was refused");
  else
    ll_session_error (session, reply, 503, "5.5.1", text);
}

static gboolean
may_come (LlSession *session, const Rule *rule, const LlCommand *command, LlReply *reply)
{
  if (!(rule->states & IN (session->state)))
    refuse_order (session, rule->verb, reply);
  else if ((rule->needs & NEEDS_NO_ARGUMENT) && !ll_scan_at_end (&command->arguments))
    ll_session_error (session, reply, 501, "5.5.4", "Nothing may stand behind this command");
  else if ((rule->needs & NEEDS_ADMISSION) && !ll_session_is_admitted (session))
    {
      session->mail_refused = TRUE;
      ll_session_error (session, reply, 530, "5.7.0",
                        may_sign_in (session) ? "Sign in first: user name and password are needed"
                                              : "Say STARTTLS first, then sign in");
    }
  else if ((rule->needs & LEADS_NOWHERE) && ++session->idlers > LL_SESSION_IDLERS_MAX)
    ll_session_close (session, reply, 421, "4.7.0", "Too many commands without a letter, closing");
  else
    return rule->check == NULL || rule->check (session, command, reply);
  return FALSE;
}

void
ll_session_command (LlSession *session, const LlCommand *command, LlReply *reply)
{
  const Rule *rule = find_rule (command->verb);

  if (rule == NULL)
    {
      ll_session_error (session, reply, 500, "5.5.1", "Unknown command");
      return;
    }
  if (command->verb == LL_VERB_BDAT && !open_chunk (session, command, reply))
    return;
  if (may_come (session, rule, command, reply))
    rule->proceed (session, command, reply);
  ll_session_obey_421 (session, reply);
  if (session->in_chunk)
    keep_chunk_reply (session, reply);
}
