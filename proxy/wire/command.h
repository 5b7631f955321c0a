/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/scan.h"
#include "wire/envelope.h"
#include "wire/status.h"

G_BEGIN_DECLS

/*
 * One SMTP command line as a mail program sends it: verb, arguments, and the
 * parameters of MAIL and RCPT. Grammar only: what may come when is listen/'s.
 *
 * Takes what real programs send: blanks behind "MAIL FROM:", two blanks behind
 * "AUTH PLAIN", "AUTH=LOGIN", no brackets, any case, blanks at the end.
 *
 * RFC 5321 4.1.1, RFC 1870, RFC 3030, RFC 3461, RFC 4954 5, RFC 6531, RFC 8689.
 */

typedef enum
{
  LL_VERB_UNKNOWN,
  LL_VERB_EHLO,
  LL_VERB_HELO,
  LL_VERB_STARTTLS,
  LL_VERB_AUTH,
  LL_VERB_MAIL,
  LL_VERB_RCPT,
  LL_VERB_DATA,
  LL_VERB_BDAT,
  LL_VERB_RSET,
  LL_VERB_NOOP,
  LL_VERB_QUIT,
  LL_VERB_VRFY,
  LL_VERB_EXPN,
  LL_VERB_HELP,
} LlVerb;

#define LL_VERB_COUNT (LL_VERB_HELP + 1)

typedef struct
{
  LlVerb verb;
  LlScan arguments; /* (not owned) without blanks around */
} LlCommand;

/* "MAIL"; "?" for UNKNOWN. */
const char *ll_verb_name (LlVerb verb);

/* @line without its CRLF; must live as long as @command. FALSE when it holds a control
 * character: then no reading of it is safe. */
gboolean ll_command_parse (const char *line, gsize length, LlCommand *command);

/* What an HTTP client says; a page in a browser may try to reach us. */
gboolean ll_command_is_http (const char *line, gsize length);

/* The arguments of MAIL, into @envelope (fresh). Non-ASCII before the @ sets smtputf8, said or
 * not: swaks and msmtp do not say it. FALSE: @refusal is the reply. */
gboolean ll_command_read_mail (const LlCommand *command,
                               gboolean requiretls_offered,
                               LlEnvelope *envelope,
                               LlReply *refusal);

/* The arguments of RCPT. (transfer full); NULL: @refusal is the reply. */
LlRecipient *ll_command_read_rcpt (const LlCommand *command, LlReply *refusal);

/* "1000 LAST"; FALSE on anything else. */
gboolean ll_command_read_bdat (const LlCommand *command, guint64 *size, gboolean *last);

G_END_DECLS
