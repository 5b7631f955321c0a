/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What an SMTP server says: one line of a reply ("250-SIZE 1000"), or a whole
 * reply of several lines as they come in. (What we say is wire/status.h.)
 *
 * Pure: reads the bytes it is given, does no I/O, so every caller (the probe,
 * the delivery client, the fuzzer) sees the same grammar. Lines may end in LF
 * alone, as some servers do; any other control character than a tab is refused.
 * Limits: LL_REPLY_LINE_MAX, LL_REPLY_LINES_MAX.
 *
 * RFC 5321 4.2, RFC 2034 (enhanced codes).
 */

typedef struct
{
  guint code;       /* 200..599 */
  gboolean is_last; /* FALSE when more lines of the same reply follow */
  const char *text; /* (not owned) points into the parsed line, may be "" */
} LlReplyLine;

/**
 * ll_reply_line_parse:
 * @line: one line without its CRLF; must stay alive as long as @out is used
 * @out: (out): set on success only
 * @error: LL_WIRE_ERROR_SYNTAX when the line is not a reply, TOO_LONG when it is over the limit
 *
 * Returns: whether @line is a reply
 */
gboolean ll_reply_line_parse (const char *line, LlReplyLine *out, GError **error);

/* A whole reply. */
typedef struct
{
  guint code;        /* 200..599 */
  char enhanced[12]; /* "5.7.10", or "": of the first line; its class agrees with the code */
  char *text;        /* UTF-8; lines joined by '\n'; enhanced codes taken off each line */
} LlServerReply;

void ll_server_reply_free (LlServerReply *reply);

/* "550 5.7.10 text": on one line, for errors and people. (transfer full) */
char *ll_server_reply_describe (const LlServerReply *reply);

/* Takes an RFC 3463 code off the front of *@text when its class is that of @code. Writes it
 * to @enhanced, else "". */
void ll_reply_take_enhanced (guint code, const char **text, char enhanced[12]);

/* -- push parser -------------------------------------------------------------- */

typedef struct _LlReplyParser LlReplyParser;

LlReplyParser *ll_reply_parser_new (void);
void ll_reply_parser_free (LlReplyParser *parser);

/* Takes bytes up to the end of one reply. Returns how many were taken: fewer than @length only
 * when *@reply was set (the rest belongs to the next one); -1 on SYNTAX or TOO_LONG, after which
 * the connection cannot be used, because nobody knows where the next reply begins. */
gssize ll_reply_parser_push (
    LlReplyParser *parser, const char *bytes, gsize length, LlServerReply **reply, GError **error);

/* Whether a reply has begun and is not yet whole. */
gboolean ll_reply_parser_is_inside (const LlReplyParser *parser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlServerReply, ll_server_reply_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlReplyParser, ll_reply_parser_free)

G_END_DECLS
