/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "setup/prefs.h"

G_BEGIN_DECLS

/*
 * The outgoing servers of a mail program, each with the addresses that send through it: what an
 * account of Letterlock is made from; and how a Thunderbird profile says so. Pure.
 *
 * mail.accountmanager.accounts, mail.account.*.identities, mail.identity.*.{useremail,smtpServer},
 * mail.smtpservers, mail.smtp.defaultserver, mail.smtpserver.*.
 */

/* nsMsgSocketType */
typedef enum
{
  LL_OUTGOING_PLAIN = 0,
  LL_OUTGOING_TRY_STARTTLS = 1, /* of old profiles */
  LL_OUTGOING_STARTTLS = 2,
  LL_OUTGOING_TLS = 3,
} LlOutgoingSecurity;

/* nsMsgAuthMethod, as far as it makes a difference here */
typedef enum
{
  LL_OUTGOING_AUTH_NONE = 1,
  LL_OUTGOING_AUTH_PASSWORD = 3,
  LL_OUTGOING_AUTH_ENCRYPTED = 4, /* CRAM-MD5: the same password */
  LL_OUTGOING_AUTH_GSSAPI = 5,
  LL_OUTGOING_AUTH_NTLM = 6,
  LL_OUTGOING_AUTH_CERTIFICATE = 7,
  LL_OUTGOING_AUTH_OAUTH2 = 10,
} LlOutgoingAuth;

typedef struct
{
  char *key;  /* "smtp1": the mail program's name for it */
  char *type; /* "smtp"; others cannot be carried by Letterlock */
  char *host;
  guint port; /* the one in use: what Thunderbird takes where none is set */
  LlOutgoingSecurity security;
  LlOutgoingAuth auth;
  char *username;       /* "" where there is none */
  GPtrArray *addresses; /* of char, each once, in the order of the accounts */
} LlOutgoing;

void ll_outgoing_free (LlOutgoing *server);

/* Those that some identity uses. (transfer full) of LlOutgoing */
GPtrArray *ll_outgoing_read (const LlPrefs *prefs);

/* What is used where no port is set. */
guint ll_outgoing_usual_port (LlOutgoingSecurity security);

/* NULL: none of them. (transfer none) */
LlOutgoing *ll_outgoing_find (GPtrArray *servers, const char *key);

/* Once, whatever its case. */
void ll_outgoing_add_address (LlOutgoing *server, const char *address);

/* "mail.smtpserver.smtp1.port" (transfer full) */
char *ll_outgoing_name (const LlOutgoing *server, const char *field);

/* Why Letterlock cannot send through it, as a sentence's end; NULL: it can. @has_account: one that
 * signs in there in its own way, so how Thunderbird did it is no hindrance. */
const char *ll_outgoing_trouble (const LlOutgoing *server, gboolean has_account);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOutgoing, ll_outgoing_free)

G_END_DECLS
