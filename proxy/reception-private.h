/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "pipeline-private.h"

G_BEGIN_DECLS

/* One connection of a mail program: reception.c answers its commands, acceptance.c the end of
 * its content. */

typedef struct
{
  LlPipeline *pipeline;
  LlConfig *config; /* the snapshot of this transaction */
  gboolean tls;
  gboolean foreign;
  char *login;                 /* NULL until AUTH */
  LlSecret *password;          /* for auth = client, */
  char *password_host;         /* and whose it is */
  const LlAccount *account;    /* best guess at MAIL; settled at the end of data */
  LlIntake *intake;            /* from MAIL on: its id is the letter's */
  LlInspection *inspection;    /* of the content, while it comes in */
  LlEnvelope *refused;         /* recipients that RCPT refused, */
  GPtrArray *refused_progress; /* of LlProgress: and why */
  LlReply problem;             /* why the content could not be kept; code 0: it could */
  gboolean bare_lf;            /* LF alone became CRLF (promise 5) */
  gboolean last_crlf;          /* the last line got its CRLF */
  char *last_id;               /* of the letter whose final reply is on its way */
} LlReception;

/* Recipients that were refused at RCPT stand in the ledger beside the others, or alone. */
void ll_reception_add_refused (LlReception *reception, LlLetter *letter);

/* What the mail program hears when the spool failed. */
void ll_reception_cannot_keep (const GError *error, LlReply *reply);

/* The content is complete: looks at it, makes it durable, waits for what becomes of it within
 * the time that mail programs have, and sets @reply. Consumes the intake. */
void ll_reception_finish (LlReception *reception, const LlEnvelope *envelope, LlReply *reply);

G_END_DECLS
