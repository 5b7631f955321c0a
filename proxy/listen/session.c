/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/session.h"

#include "base/limits.h"
#include "listen/session-private.h"

#include <string.h>

/* The first byte of a TLS ClientHello. */
#define TLS_HANDSHAKE 0x16

static const char *const state_names[] = {
  [LL_STATE_START] = "start", [LL_STATE_READY] = "ready",     [LL_STATE_AUTH] = "auth",
  [LL_STATE_MAIL] = "mail",   [LL_STATE_RCPT] = "rcpt",       [LL_STATE_DATA] = "data",
  [LL_STATE_BDAT] = "bdat",   [LL_STATE_SPOILED] = "spoiled", [LL_STATE_CLOSED] = "closed",
};
G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == LL_STATE_COUNT);

/* RFC 5321 4.5.3.1.4; only an AUTH token is longer. */
#define USUAL_LINE 512

LlSession *
ll_session_new (const LlSessionOptions *options,
                const LlSessionHandler *handler,
                gpointer handler_data)
{
  LlSession *session = g_new0 (LlSession, 1);

  session->options = *options;
  if (session->options.size == 0)
    session->options.size = LL_MESSAGE_SIZE_MAX;
  session->handler = handler;
  session->data = handler_data;
  session->line = g_string_sized_new (USUAL_LINE);
  session->content = g_string_new (NULL);
  return session;
}

void
ll_session_free (LlSession *session)
{
  if (session == NULL)
    return;
  ll_session_drop_letter (session);
  ll_secret_wipe (session->line->str, session->line->allocated_len);
  g_string_free (session->line, TRUE);
  g_string_free (session->content, TRUE);
  ll_auth_clear (&session->auth);
  ll_reply_clear (&session->chunk_reply);
  g_free (session);
}

/* -- states ---------------------------------------------------------------- */

void
ll_session_enter (LlSession *session, LlState state)
{
  if (session->state != state)
    g_debug ("session %p: %s -> %s", (void *) session, state_names[session->state],
             state_names[state]);
  session->state = state;
}

void
ll_session_drop_letter (LlSession *session)
{
  if (session->envelope != NULL)
    {
      session->handler->reset (session->data);
      g_clear_pointer (&session->envelope, ll_envelope_free);
    }
  if (session->state != LL_STATE_START && session->state != LL_STATE_CLOSED)
    ll_session_enter (session, LL_STATE_READY);
}

void
ll_session_close (
    LlSession *session, LlReply *reply, guint code, const char *enhanced, const char *text)
{
  ll_reply_set (reply, code, enhanced, "%s", text);
  ll_session_drop_letter (session);
  ll_session_enter (session, LL_STATE_CLOSED);
  session->next = LL_SESSION_CLOSE;
}

void
ll_session_count_error (LlSession *session, LlReply *reply)
{
  if (++session->errors >= LL_SESSION_ERRORS_MAX)
    ll_session_close (session, reply, 421, "4.7.0", "Too many errors, closing");
}

void
ll_session_error (
    LlSession *session, LlReply *reply, guint code, const char *enhanced, const char *text)
{
  ll_reply_set (reply, code, enhanced, "%s", text);
  ll_session_count_error (session, reply);
}

/* A handler may end the session, too. */
void
ll_session_obey_421 (LlSession *session, const LlReply *reply)
{
  if (reply->code != 421 || session->state == LL_STATE_CLOSED)
    return;
  ll_session_drop_letter (session);
  ll_session_enter (session, LL_STATE_CLOSED);
  session->next = LL_SESSION_CLOSE;
}

void
ll_session_greet (LlSession *session, gboolean busy, GString *out)
{
  g_auto (LlReply) reply = { 0 };

  if (busy)
    ll_session_close (session, &reply, 421, "4.3.2", "Too many connections, try again later");
  else
    ll_reply_set (&reply, 220, NULL, "%s ESMTP Letterlock", session->options.host);
  ll_reply_append (&reply, out);
}

void
ll_session_secured (LlSession *session)
{
  session->options.tls = TRUE;
  session->signed_in = FALSE;
  session->next = LL_SESSION_READ;
  ll_session_drop_letter (session);
  ll_session_enter (session, LL_STATE_START);
}

void
ll_session_abort (LlSession *session, const char *text, GString *out)
{
  g_auto (LlReply) reply = { 0 };

  if (session->state == LL_STATE_CLOSED)
    return;
  ll_session_close (session, &reply, 421, "4.4.2", text);
  ll_reply_append (&reply, out);
}

void
ll_session_ended (LlSession *session)
{
  if (session->unreceived)
    session->handler->received (session->data);
  session->unreceived = FALSE;
}

gboolean
ll_session_is_unreceived (const LlSession *session)
{
  return session->unreceived;
}

void
ll_session_outrun (LlSession *session)
{
  session->unreceived = FALSE;
}

guint
ll_session_wrong_passwords (const LlSession *session)
{
  return session->wrong_passwords;
}

gboolean
ll_session_is_admitted (const LlSession *session)
{
  return session->signed_in || !session->options.auth_required;
}

gboolean
ll_session_in_content (const LlSession *session)
{
  return session->state == LL_STATE_DATA || session->in_chunk;
}

gboolean
ll_session_in_transaction (const LlSession *session)
{
  return session->envelope != NULL;
}

/* -- content --------------------------------------------------------------- */

void
ll_session_begin_content (LlSession *session, gboolean dotted)
{
  ll_undot_init (&session->undot, dotted, session->options.bare_lf_refused);
  session->content_length = 0;
  session->content_lost = FALSE;
}

static gboolean
is_too_large (const LlSession *session)
{
  return session->content_length > session->options.size;
}

static void
hand_over_content (LlSession *session)
{
  session->content_length += session->content->len;
  if (session->content->len > 0 && session->undot.fault == NULL && !is_too_large (session)
      && !session->content_lost)
    session->content_lost
        = !session->handler->content (session->data, session->content->str, session->content->len);
  g_string_truncate (session->content, 0);
}

static void
end_letter (LlSession *session, LlReply *reply)
{
  const LlUndot *undot = &session->undot;
  const char *fault = undot->fault;
  guint code;

  if (fault != NULL)
    ll_reply_set (reply, 554, "5.6.0", "Not sent: %s", fault);
  else if (is_too_large (session))
    {
      fault = "the letter is too large";
      ll_reply_set (reply, 552, "5.3.4",
                    "Not sent: the letter is larger than %" G_GUINT64_FORMAT " bytes",
                    session->options.size);
    }
  else
    {
      ll_reply_set (reply, 451, "4.3.0", "The letter was not taken, try again later");
      if (session->handler->changed != NULL && (undot->saw_bare_lf || undot->added_crlf))
        session->handler->changed (session->data, undot->saw_bare_lf, undot->added_crlf);
    }
  code = reply->code;
  session->handler->end (session->data, session->envelope, fault, reply);
  /* A refusal of ours stays one, whatever clean-up said. */
  if (fault != NULL && ll_reply_is_positive (reply))
    ll_reply_set (reply, code, "5.6.0", "Not sent: %s", fault);
  g_clear_pointer (&session->envelope, ll_envelope_free);
  session->unreceived = TRUE;
  session->errors = session->idlers = 0;
  ll_session_enter (session, LL_STATE_READY);
  ll_session_obey_421 (session, reply);
}

static gsize
feed_data (LlSession *session, const char *bytes, gsize length, GString *out)
{
  gboolean ended;
  gsize taken = ll_undot_feed (&session->undot, bytes, length, session->content, &ended);

  hand_over_content (session);
  if (ended)
    {
      g_auto (LlReply) reply = { 0 };

      end_letter (session, &reply);
      ll_reply_append (&reply, out);
    }
  return taken;
}

static void
end_chunk (LlSession *session, GString *out)
{
  session->in_chunk = FALSE;
  if (!session->chunk_refused && session->chunk.last)
    {
      ll_undot_finish (&session->undot, session->content);
      hand_over_content (session);
      end_letter (session, &session->chunk_reply);
    }
  ll_reply_append (&session->chunk_reply, out);
  ll_reply_clear (&session->chunk_reply);
}

static gsize
feed_chunk (LlSession *session, const char *bytes, gsize length, GString *out)
{
  gsize taken = ll_chunk_take (&session->chunk, length);
  gboolean ended;

  if (!session->chunk_refused && taken > 0)
    {
      ll_undot_feed (&session->undot, bytes, taken, session->content, &ended);
      hand_over_content (session);
    }
  if (session->chunk.left == 0)
    end_chunk (session, out);
  return taken;
}

/* -- lines ------------------------------------------------------------------ */

static void
take_command (LlSession *session, const char *line, gsize length, LlReply *reply)
{
  LlCommand command;

  if (session->state == LL_STATE_AUTH)
    {
      ll_session_auth_answer (session, ll_scan (line, length), reply);
      return;
    }
  if (ll_command_is_http (line, length))
    {
      ll_session_close (session, reply, 554, "5.5.1", "This is a mail server, not a web server");
      return;
    }
  if (!ll_command_parse (line, length, &command))
    {
      ll_session_error (session, reply, 500, "5.5.2", "The command holds a control character");
      return;
    }
  ll_session_command (session, &command, reply);
}

static void
take_line (LlSession *session, GString *out)
{
  GString *line = session->line;
  g_auto (LlReply) reply = { 0 };
  gboolean in_crlf = line->len >= 2 && line->str[line->len - 2] == '\r';

  ll_session_ended (session);
  if (session->line_too_long || !in_crlf)
    {
      /* An AUTH exchange cannot go on behind a broken answer. */
      if (session->state == LL_STATE_AUTH)
        {
          ll_auth_clear (&session->auth);
          ll_session_enter (session, LL_STATE_READY);
        }
      if (session->line_too_long)
        ll_session_error (session, &reply, 500, "5.5.2", "The line is too long");
      else
        ll_session_error (session, &reply, 500, "5.5.2",
                          "The line ends in LF alone; it must end in CRLF");
    }
  else
    take_command (session, line->str, line->len - 2, &reply);
  ll_secret_wipe (line->str, line->len);
  g_string_truncate (line, 0);
  session->line_too_long = FALSE;
  if (reply.code != 0)
    ll_reply_append (&reply, out);
  if (session->in_chunk && session->chunk.left == 0)
    end_chunk (session, out);
}

/* Moved and wiped, not grown: the old copy, with a password in it, would stay behind. */
static void
make_room (GString **line, gsize length)
{
  GString *old = *line;

  if (old->len + length < old->allocated_len)
    return;
  *line = g_string_sized_new (LL_COMMAND_LINE_MAX + 2);
  g_string_append_len (*line, old->str, (gssize) old->len);
  ll_secret_wipe (old->str, old->allocated_len);
  g_string_free (old, TRUE);
}

/* Gathers a line up to LF; what is over the limit is read and forgotten. */
static gsize
feed_line (LlSession *session, const char *bytes, gsize length, GString *out)
{
  const char *lf = memchr (bytes, '\n', length);
  gsize taken = lf ? (gsize) (lf - bytes) + 1 : length;

  if (session->line->len + taken > LL_COMMAND_LINE_MAX)
    session->line_too_long = TRUE;
  else
    {
      make_room (&session->line, taken);
      g_string_append_len (session->line, bytes, (gssize) taken);
    }
  if (lf != NULL)
    take_line (session, out);
  return taken;
}

/* A ClientHello has no line end: without this both sides would wait. */
static gboolean
is_tls_hello (const LlSession *session, const char *bytes)
{
  return session->state == LL_STATE_START && session->line->len == 0 && bytes[0] == TLS_HANDSHAKE;
}

static void
refuse_injected (LlSession *session, GString *out)
{
  g_auto (LlReply) reply = { 0 };

  ll_session_close (session, &reply, 554, "5.5.1",
                    "Commands came in clear behind STARTTLS; they are ignored, closing");
  ll_reply_append (&reply, out);
}

LlSessionNext
ll_session_feed (LlSession *session, const char *bytes, gsize length, GString *out)
{
  while (length > 0 && session->next == LL_SESSION_READ)
    {
      gsize taken;

      if (session->state == LL_STATE_DATA)
        taken = feed_data (session, bytes, length, out);
      else if (session->in_chunk)
        taken = feed_chunk (session, bytes, length, out);
      else if (is_tls_hello (session, bytes))
        {
          ll_session_abort (session, "TLS must be asked for by STARTTLS on this port", out);
          break;
        }
      else
        taken = feed_line (session, bytes, length, out);
      bytes += taken;
      length -= taken;
      if (length > 0)
        ll_session_outrun (session); /* what follows was sent before the reply */
    }
  if (length > 0 && session->next == LL_SESSION_STARTTLS)
    refuse_injected (session, out);
  return session->next;
}
