/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/config.h"
#include "config/oauth2.h"

G_BEGIN_DECLS

/*
 * [account NAME]: which addresses it serves and how to reach the provider.
 * Secrets are never here: passwords are in the Secret Service, the local
 * password's hash in the state folder (config/login.h).
 */

typedef enum
{
  LL_SECURITY_TLS, /* implicit */
  LL_SECURITY_STARTTLS,
} LlSecurity;

typedef enum
{
  LL_AUTH_PASSWORD,
  LL_AUTH_OAUTH2,
  LL_AUTH_CLIENT, /* the mail program's own credentials are passed on */
  LL_AUTH_CERTIFICATE,
  LL_AUTH_NONE,
} LlAuth;

/* Who signs what leaves unlocked. */
typedef enum
{
  LL_SIGN_NONE,
  LL_SIGN_PGP,
  LL_SIGN_SMIME,
} LlSign;

#define LL_HONOURS_STS (1u << 0)
#define LL_HONOURS_DANE (1u << 1)

struct _LlAccount
{
  char *name;
  GStrv addresses; /* "a@b.example", "*@b.example"; domains lower case A-label */
  char *login;     /* local user name for AUTH; default: the name; accounts may share one */

  char *host; /* upstream; as configured (verified for this name) */
  guint port;
  LlSecurity security;
  LlAuth auth;
  char *username; /* upstream; default: the first address */
  char *password_command;
  char *certificate_file; /* PEM: certificate and key, for auth = certificate */
  char *ca_file;
  GStrv pins; /* SHA-256 of the SPKI, lower-case hex */

  LlOauth2 oauth2; /* auth = oauth2; what the provider's preset knows is filled in */
  char *client_id;
  char *tenant;
  char *authorization_url;
  char *token_url;
  char *device_url; /* NULL: no sign-in by device code */
  char *scope;

  gboolean preset_set; /* else the [policy] of the whole */
  LlPreset preset;
  LlMode mode;
  LlMinimum minimum;
  LlUnknown unknown;
  GArray *fallback;

  gboolean honours_set;     /* else the shipped table decides */
  guint honours;            /* LL_HONOURS_* */
  gboolean declared;        /* the user says: bounces without TLS */
  LlMinimum declared_level; /* ENCRYPTED or VERIFIED */
  GStrv declared_domains;   /* empty: all */
  gint64 declared_when;     /* wall seconds; lapses after 12 months */
  GStrv internal;           /* domains, without '@' */
  char *imap;               /* HOST:PORT or NULL */
  LlSign sign;              /* letters that leave unlocked */
  guint rate;               /* messages a minute, 0: the provider table's */
};

/* Best match for @sender, then @from, among the accounts that @login may use (NULL: all):
 * exact address before "*@domain". NULL: none. (transfer none) */
const LlAccount *
ll_account_select (const LlConfig *config, const char *login, const char *sender, const char *from);

/* Whether @address (normalised) is one that the account writes from. */
gboolean ll_account_has_address (const LlAccount *account, const char *address);

/* The domains that the accounts write from, each once, in the order of the file. (transfer full) */
GStrv ll_config_domains (const LlConfig *config);

/* Whether who signs in as @login may use @account: its login, or with auth = client the
 * provider's user name. */
gboolean ll_account_has_login (const LlAccount *account, const char *login);

/* Whether the user's statement about the provider covers @domain at @now (12 months). */
gboolean ll_account_is_declared (const LlAccount *account, const char *domain, gint64 now);

/* Whether letters to @domain stay with the provider. */
gboolean ll_account_is_internal (const LlAccount *account, const char *domain);

/* For config.c: what is not in the file, and what cannot be so. */
gboolean ll_account_complete (LlAccount *account, GError **error);
void ll_account_free (LlAccount *account);

G_END_DECLS
