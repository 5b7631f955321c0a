/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/oauth-answer.h"
#include "net/https.h"

G_BEGIN_DECLS

/* One question to a provider's token or device endpoint, and what came of it. */

typedef enum
{
  LL_OAUTH_GIVEN,       /* 200 and an answer without "error" */
  LL_OAUTH_DENIED,      /* an answer with "error", and a status of 200 or 4xx */
  LL_OAUTH_UNREACHABLE, /* no answer, or none that can be believed: nothing is known */
  LL_OAUTH_NO_TLS,      /* the certificate did not verify: nothing was said */
} LlOauthOutcome;

typedef struct
{
  LlOauthOutcome outcome;
  LlOauthAnswer *answer; /* GIVEN and DENIED */
  char *detail;          /* UNREACHABLE and NO_TLS: a sentence */
} LlOauthReply;

typedef struct
{
  const char *name;
  const char *value; /* NULL: left out */
} LlOauthField;

/* Never NULL. */
LlOauthReply *ll_oauth_request (LlHttps *https,
                                const char *url,
                                const LlOauthField *fields,
                                gsize n_fields,
                                LlDeadline deadline,
                                GCancellable *cancellable);
void ll_oauth_reply_free (LlOauthReply *reply);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOauthReply, ll_oauth_reply_free)

G_END_DECLS
