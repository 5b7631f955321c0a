/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A reply that we give: code, RFC 3463 enhanced code, text. One line on the wire
 * unless the text holds newlines. No full stop at the end (Thunderbird adds one).
 */

typedef struct
{
  guint code;        /* 220..599 */
  char enhanced[12]; /* "5.7.10", or "" */
  char *text;        /* (owned) UTF-8, control characters replaced */
} LlReply;

/* Frees what @reply held. @format is printf-like. */
void ll_reply_set (LlReply *reply, guint code, const char *enhanced, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void ll_reply_clear (LlReply *reply);
void ll_reply_copy (const LlReply *from, LlReply *to);

/* "550 5.7.10 text\r\n", lines folded at newlines with "550-". */
void ll_reply_append (const LlReply *reply, GString *out);

#define ll_reply_is_positive(reply) ((reply)->code >= 200 && (reply)->code < 400)

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlReply, ll_reply_clear)

G_END_DECLS
