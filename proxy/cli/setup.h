/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "cli/account.h"
#include "secrets/secret.h"

G_BEGIN_DECLS

/* What the setup commands share. They alone of the command line know setup/. */

/* The next line of @fd, without its end; NULL: there is none, or an empty one. */
LlSecret *ll_setup_take_line (int fd);

/* A line of stdin where that was said, else what is typed at the terminal; NULL: nothing. */
LlSecret *ll_setup_ask_line (const char *prompt, gboolean from_stdin);

/* A line of stdin where that was said (@option names the word for it), else what is typed at the
 * terminal. NULL: *status, and it was said that nothing was changed. */
LlSecret *ll_setup_ask (const char *prompt, gboolean from_stdin, const char *option, int *status);

/* A name or an address of this computer. */
gboolean ll_setup_is_here (const char *host);

/* "..." and y or Y; --yes answers it. FALSE also without a terminal: then it says so. */
gboolean ll_setup_confirm (const char *question, gboolean yes);

/* Where the daemon listens with TLS from the first byte; 0: *status is set. */
guint ll_setup_port (int *status);

/* -- how a mail program is set up ------------------------------------------ */

typedef struct
{
  gboolean dry;
  gboolean yes;
  gboolean stdin_lines; /* what would be asked for */
  GStrv client_ids;     /* "ID" for all servers with OAuth2, "HOST=ID" for one; or NULL */
  char *tenant;
  LlSignInWay sign_in;
} LlSetupWishes;

void ll_setup_wishes_clear (LlSetupWishes *wishes);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlSetupWishes, ll_setup_wishes_clear)

#define LL_SETUP_WISHES(wishes)                                                                    \
  { "yes", 0, 0, G_OPTION_ARG_NONE, &wishes.yes, "Do not ask before it is done", NULL },           \
      { "dry-run", 0, 0, G_OPTION_ARG_NONE, &wishes.dry, "Only show what would be done", NULL },   \
      { "client-id",                                                                               \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING_ARRAY,                                                                 \
        &wishes.client_ids,                                                                        \
        "Sign in with OAuth2 where the server wants it, as this program; can be repeated",         \
        "[HOST=]ID" },                                                                             \
      { "tenant", 0, 0, G_OPTION_ARG_STRING, &wishes.tenant, "Your organisation at Microsoft",     \
        "DOMAIN" },                                                                                \
      LL_SIGN_IN_WAY (wishes.sign_in),                                                             \
  {                                                                                                \
    "password-stdin", 0, 0, G_OPTION_ARG_NONE, &wishes.stdin_lines,                                \
        "Read what would be asked for from stdin, a line each", NULL                               \
  }

/* -- an account for an outgoing server (setup-account.c) ------------------- */

typedef struct
{
  const char *const *addresses;
  char *upstream; /* "mail.example.org:465" */
  const char *security;
  const char *auth;
  const char *username;
  GVariant *permission; /* (owned) how OAuth2 is asked for there: keys of AddAccount; or NULL */
} LlSetupUpstream;

/* The account that has one of the addresses at this host already, as ListAccounts has it: the one
 * with the first of them before others. (transfer full), NULL: none */
GVariant *ll_setup_account_find (GVariant *accounts, const LlSetupUpstream *upstream);

/* What @account (or NULL) signs in with is no password, or another user's than @username's: one
 * that a mail program saved is not for it. */
gboolean ll_setup_account_has_other_secret (GVariant *account, const char *username);

/* The answer of AddAccount; NULL: *status. */
GVariant *
ll_setup_account_make (const LlSetupUpstream *upstream, const LlSecret *password, int *status);

/* Gives the account that is there the addresses that it lacks, and a new local password: @access,
 * if it got one for another server of this mail program. The answer of NewPassword; NULL: *status.
 */
GVariant *ll_setup_account_use (const char *name,
                                const LlSetupUpstream *upstream,
                                const LlSecret *password,
                                GVariant *access,
                                int *status);

/* -- a server that takes no password (setup-oauth.c) ------------------------ */

/* What AddAccount needs to sign in there with OAuth2: a client id that was given, and what is known
 * of the provider, or what the address's domain is proven to say of it. NULL: *why, the end of a
 * sentence, with the commands that help (transfer full). */
GVariant *ll_setup_oauth (const LlSetupUpstream *upstream, const LlSetupWishes *wishes, char **why);

/* -- one's own certificate (setup-certificate.c) ---------------------------- */

/* @place: "FOLDER" or "FOLDER#NAME", of NSS; @from_stdin: the primary password comes from there.
 * *file: PKCS #12, *passphrase: its own, both open (to be closed). FALSE: *status, with a sentence.
 */
gboolean ll_setup_certificate (
    const char *place, gboolean from_stdin, int *file, int *passphrase, int *status);

/* -- the commands ---------------------------------------------------------- */

int ll_setup_evolution_run (int argc, char **argv);
int ll_setup_git_run (int argc, char **argv);
int ll_setup_msmtp_run (int argc, char **argv);
int ll_setup_other_run (int argc, char **argv);
int ll_setup_thunderbird_run (int argc, char **argv);

/* Of `undo`: gives every mail program back what setup changed. */
int ll_setup_undo (void);

G_END_DECLS
