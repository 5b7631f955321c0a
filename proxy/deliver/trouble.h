/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"
#include "deliver/upstream.h"
#include "wire/status.h"

G_BEGIN_DECLS

/*
 * THE failure policy (design 4.5): what happened to the recipients of a letter -> what becomes
 * of each, who is told, when it is tried again, and what the mail program hears. Everybody else
 * only states what happened. Pure; the table stands at the top of trouble.c.
 */

typedef enum
{
  LL_TOLD_NOTHING,
  LL_TOLD_REPLY,   /* the mail program's answer says it */
  LL_TOLD_NOW,     /* window and notification: waits, and for what */
  LL_TOLD_DELAYED, /* once, after 4 hours */
  LL_TOLD_FAILURE, /* window, notification and mail to the user: it was not delivered */
} LlTold;

/* One recipient. */
typedef struct
{
  /* in */
  const LlResult *result; /* NULL: not tried (held, waiting, decided later): counts as accepted */
  guint tries;            /* this one included */
  gboolean told_delayed;  /* was said before */
  gboolean told_now;      /* that it waits was said before */
  gboolean never;         /* NOTIFY=NEVER: failures show in the window only */
  /* out; unset when result is NULL and the letter is not forgotten */
  LlState state;
  gint64 next_try;  /* wall seconds; 0: none */
  gboolean in_line; /* next_try is its account's turn; this was no try of its own */
  gboolean decide_anew;
  LlTold told;
  gboolean by_mail; /* with LL_TOLD_FAILURE */
} LlTroubleCase;

typedef struct
{
  const char *id;       /* of the letter, for the answer */
  gboolean answering;   /* the mail program still waits for our answer to the end of data */
  gboolean client_auth; /* auth = client: no letter waits without the mail program's knowledge */
  gint64 received;
  gint64 now;
  gint64 lifetime; /* seconds */
} LlTroubleLetter;

typedef struct
{
  gboolean accepted; /* FALSE: the answer is a refusal, and the letter is forgotten */
  gboolean slow;     /* the provider throttles this account */
  LlReply reply;     /* while answering; else empty. ll_reply_clear */
} LlTrouble;

/* @cases: all recipients of the letter. */
void ll_trouble_settle (const LlTroubleLetter *letter,
                        LlTroubleCase *cases,
                        gsize n,
                        LlTrouble *trouble);

G_END_DECLS
