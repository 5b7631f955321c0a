/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"
#include "wire/envelope.h"

G_BEGIN_DECLS

/*
 * Mail to the user himself about a letter that was not delivered, is late, or is held (design
 * 4.5). It names the letter by its headers, never shows its body, and shows no subject where the
 * letter was confidential; and it names only the recipients that it is about (promise 6).
 *
 * Two ways to him: into his own mailbox by IMAP, where the account says how (no provider needs to
 * carry it), else a plain letter to himself through the pipeline, with <> as its sender, so that
 * nothing about it is ever reported again.
 */

typedef enum
{
  LL_NOTICE_FAILED,
  LL_NOTICE_DELAYED,
  LL_NOTICE_HELD,
  LL_NOTICE_UNCERTAIN,
} LlNoticeKind;

typedef struct
{
  const char *address;
  const char *reason; /* one sentence, or NULL */
  const char *reply;  /* the provider's words, or NULL */
} LlNoticeRecipient;

typedef struct
{
  LlNoticeKind kind;
  const char *id;         /* of the letter */
  const char *to;         /* the user: an address of the account */
  gint64 now;             /* wall seconds */
  gint64 received;        /* when the letter was taken */
  const char *message_id; /* without <>, or NULL */
  const char *subject;    /* NULL: confidential, or not known */
  const LlNoticeRecipient *recipients;
  gsize n_recipients;
} LlNotice;

/* The whole message, CRLF, 7-bit. Line ends and control characters in what it quotes become
 * blanks. (transfer full) */
char *ll_notice_text (const LlNotice *notice);

/* <> to @to, NOTIFY=NEVER. (transfer full) */
LlEnvelope *ll_notice_envelope (const char *to);

G_END_DECLS
