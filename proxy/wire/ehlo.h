/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a server offers in its answer to EHLO.
 *
 * Pure. Tolerant, because a missed STARTTLS would be a wrong verdict: any case,
 * trailing blanks and unknown parameters are accepted, unknown keywords ignored.
 * Who must not believe an EHLO that came before TLS is the caller's (RFC 3207 4.2).
 *
 * RFC 5321 4.1.1.1, and the RFC of each extension.
 */

typedef enum
{
  LL_SASL_PLAIN = 1 << 0,
  LL_SASL_LOGIN = 1 << 1,
  LL_SASL_SCRAM_SHA_256 = 1 << 2,
  LL_SASL_SCRAM_SHA_256_PLUS = 1 << 3,
  LL_SASL_EXTERNAL = 1 << 4,
  LL_SASL_XOAUTH2 = 1 << 5,
  LL_SASL_OAUTHBEARER = 1 << 6,
  LL_SASL_OTHER = 1 << 7, /* something that we do not know */
} LlSaslMechanisms;

typedef struct
{
  gboolean known; /* an EHLO was answered with 250 */
  gboolean starttls;
  gboolean pipelining;
  gboolean eightbitmime;
  gboolean smtputf8;
  gboolean dsn;
  gboolean chunking;
  gboolean requiretls;
  gboolean enhanced;     /* ENHANCEDSTATUSCODES */
  gboolean size_offered; /* SIZE, so that MAIL may carry it */
  guint64 size;          /* 0: no limit said */
  LlSaslMechanisms sasl; /* 0: no AUTH */
  gboolean tampered;     /* "XXXXXXXA": a middlebox has overwritten a keyword */
} LlEhlo;

/* @text: the reply's lines joined by '\n' (LlServerReply.text); the first one is the server's
 * name and greeting. Sets known. */
void ll_ehlo_parse (const char *text, LlEhlo *out);

G_END_DECLS
