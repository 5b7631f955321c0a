/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "listen/auth.h"
#include "listen/session.h"
#include "wire/command.h"
#include "wire/dots.h"

G_BEGIN_DECLS

/*
 * What session.c (bytes and states) and commands.c (what each command does) share.
 *
 *   START ──EHLO──► READY ──MAIL──► MAIL ──RCPT──► RCPT ──DATA──► DATA ──dot──► READY
 *                    │  ▲                           └──BDAT──► BDAT ──LAST──► READY
 *                  AUTH─┘                                       └─refused──► SPOILED ──RSET──►
 * READY
 */

typedef enum
{
  LL_STATE_START,
  LL_STATE_READY,
  LL_STATE_AUTH, /* the next line answers a 334 */
  LL_STATE_MAIL,
  LL_STATE_RCPT,
  LL_STATE_DATA,    /* content up to CRLF.CRLF */
  LL_STATE_BDAT,    /* between chunks */
  LL_STATE_SPOILED, /* a chunk was refused; only RSET leads on (RFC 3030 2.) */
  LL_STATE_CLOSED,
} LlState;

#define LL_STATE_COUNT (LL_STATE_CLOSED + 1)

struct _LlSession
{
  LlSessionOptions options;
  const LlSessionHandler *handler; /* (not owned) */
  gpointer data;                   /* (not owned) */

  LlState state;
  LlSessionNext next;
  gboolean signed_in;
  gboolean unreceived; /* a final reply to a letter went out, nothing came since */
  guint errors;
  guint idlers;
  guint wrong_passwords;

  GString *line; /* what is there of the next command; allocated once, wiped after use */
  gboolean line_too_long;

  LlAuth auth;
  LlEnvelope *envelope; /* (owned) from MAIL's 2xx to the letter's end */
  guint recipients_tried;
  gboolean mail_refused; /* what was pipelined behind it is no error of its own */

  LlUndot undot;
  LlChunk chunk;
  gboolean in_chunk;
  gboolean chunk_refused; /* counted off, not kept */
  LlReply chunk_reply;    /* said behind the chunk */
  GString *content;       /* scratch */
  guint64 content_length;
  gboolean content_lost; /* the handler could not keep it */
};

/* commands.c */
void ll_session_command (LlSession *session, const LlCommand *command, LlReply *reply);
void ll_session_auth_answer (LlSession *session, LlScan line, LlReply *reply);

/* session.c */
void ll_session_enter (LlSession *session, LlState state);
void ll_session_drop_letter (LlSession *session); /* asks reset() when one is open */
void ll_session_error (
    LlSession *session, LlReply *reply, guint code, const char *enhanced, const char *text);
void ll_session_count_error (LlSession *session, LlReply *reply); /* @reply is set already */
void ll_session_obey_421 (LlSession *session, const LlReply *reply);
void ll_session_begin_content (LlSession *session, gboolean dotted);
void ll_session_close (
    LlSession *session, LlReply *reply, guint code, const char *enhanced, const char *text);

G_END_DECLS
