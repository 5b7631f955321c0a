/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/upstream.h"
#include "wire/client.h"

G_BEGIN_DECLS

/*
 * One copy of a letter over a connection that is signed in: MAIL, RCPT, then DATA or BDAT. Two
 * round trips where the server pipelines: the envelope, then the content.
 *
 * The content goes in its own flight, never with the envelope: what happened before its last
 * byte left is never uncertain, and a REQUIRETLS that is refused has shown nobody the letter.
 *
 * RFC 5321, RFC 2920, RFC 3030 (one chunk, LAST), RFC 3461 (DSN), RFC 8689.
 */

typedef struct
{
  const char *host; /* for words */
  guint64 size;     /* of what reader holds */
  LlReader *reader; /* at the first byte of the content */
  LlCopy *copy;
  gboolean reset;  /* the last transaction did not end: RSET first */
  gboolean reused; /* the connection rested before */
  LlBeforeDot before_dot;
  gpointer data;
  LlDeadline deadline; /* of everything before the final dot */
  GCancellable *cancellable;
} LlTransaction;

typedef enum
{
  LL_TRANSACTION_DONE,   /* the connection can take the next one */
  LL_TRANSACTION_RESET,  /* it can, after RSET */
  LL_TRANSACTION_CLOSED, /* it cannot be used any more */
  LL_TRANSACTION_STALE,  /* nothing was answered and no content sent: the same again elsewhere */
} LlTransactionEnd;

/* Fills results and notes of @delivery (one result for each of copy->recipients). */
LlTransactionEnd
ll_transaction_run (LlClient *client, const LlTransaction *transaction, LlDelivery *delivery);

#define LL_NOTE_NO_DSN                                                                             \
  "the provider does not offer DSN: delivery reports were not asked for (relayed)"

/* Every recipient of @delivery gets a copy of @result. (transfer full) */
void ll_delivery_set_all (LlDelivery *delivery, LlResult *result);

LlDelivery *ll_delivery_new (guint recipients);
void ll_delivery_note (LlDelivery *delivery, const char *note);

G_END_DECLS
