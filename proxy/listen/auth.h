/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/scan.h"
#include "secrets/secret.h"
#include "wire/status.h"

G_BEGIN_DECLS

/*
 * AUTH PLAIN and LOGIN, the server's half: from base64 to a login and a password.
 * Whether they are right is asked elsewhere.
 *
 * The prompts of LOGIN are compared byte by byte by Thunderbird; Outlook sends the
 * user name behind "AUTH LOGIN".
 *
 * RFC 4954, RFC 4616, draft-murchison-sasl-login.
 */

typedef enum
{
  LL_AUTH_ASK,     /* the reply is a 334; the next line is the answer */
  LL_AUTH_DONE,    /* login and password are there */
  LL_AUTH_REFUSED, /* the reply says why; the exchange is over */
} LlAuthNext;

typedef enum
{
  LL_AUTH_PLAIN,
  LL_AUTH_LOGIN_NAME,
  LL_AUTH_LOGIN_PASSWORD,
} LlAuthStep;

typedef struct
{
  LlAuthStep step;    /* what the next answer is */
  char *login;        /* (owned) UTF-8, not empty once DONE */
  LlSecret *password; /* (owned) without NUL */
} LlAuth;

void ll_auth_clear (LlAuth *auth);

/* "PLAIN", "PLAIN AGEAYg==", "LOGIN", "LOGIN YQ==". */
LlAuthNext ll_auth_start (LlAuth *auth, LlScan arguments, LlReply *reply);

/* The line behind a 334, without its CRLF. */
LlAuthNext ll_auth_answer (LlAuth *auth, LlScan line, LlReply *reply);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlAuth, ll_auth_clear)

G_END_DECLS
