/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A server that takes letters from the users of a domain, as somebody says. RFC 6409. */

typedef struct
{
  char *host; /* a domain name, A-label, lower case */
  guint port;
  gboolean tls;     /* from the first byte; else STARTTLS */
  const char *auth; /* static: "password", "oauth2" or "none", as of [account]; NULL: not said */
  char *username;   /* NULL: not said */
  char *authorization_url; /* these three with "oauth2", as of [account]; NULL: not said */
  char *token_url;
  char *scope;
  char *source;    /* who says so: a host or a name in DNS */
  char *mx;        /* he says it since this host of his receives the domain's mail; NULL: not so */
  gboolean proven; /* it was the domain itself that said so */
} LlSubmission;

void ll_submission_free (LlSubmission *submission);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSubmission, ll_submission_free)

G_END_DECLS
