/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * What servers say while somebody signs in with OAuth2. Pure: bytes in, values out; what does not
 * fit its grammar is refused, and nothing of it is kept.
 */

/* Of the token or the device endpoint. RFC 6749 5, RFC 8628 3.2. What was not said is NULL or 0. */
typedef struct
{
  LlSecret *access;
  LlSecret *refresh;
  guint lifetime; /* seconds */
  char *scope;    /* only where it is another than was asked for */
  char *error;
  char *description; /* the first line of it */
  LlSecret *device_code;
  char *user_code;
  char *verification; /* https:// only */
  guint interval;     /* seconds */
} LlOauthAnswer;

/* NULL: not JSON, or not an answer: a token that could not stand in a command (RFC 6750 2.1), a
 * number out of its bounds, a text with control characters. (transfer full) */
LlOauthAnswer *ll_oauth_answer_parse (const char *bytes, gsize length);
void ll_oauth_answer_free (LlOauthAnswer *answer);

/* What the browser brings back to the loopback address (RFC 6749 4.1.2). */
typedef struct
{
  LlSecret *code;
  char *state;
  char *error;
  char *description;
} LlOauthRedirect;

/* @bytes: a whole HTTP request up to its empty line. NULL: it is none, or not for "/". (transfer
 * full) */
LlOauthRedirect *ll_oauth_redirect_parse (const char *bytes, gsize length);
void ll_oauth_redirect_free (LlOauthRedirect *redirect);

/* The mail server's words about a token, base64 of JSON (RFC 7628 3.2.2): its "status", such as
 * "invalid_token", "insufficient_scope", or Google's "400"; NULL: none. (transfer full) */
char *ll_oauth_challenge_status (const char *challenge);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOauthAnswer, ll_oauth_answer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOauthRedirect, ll_oauth_redirect_free)

G_END_DECLS
