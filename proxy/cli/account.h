/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* What account.c, account-edit.c, account-login.c and account-test.c share. */

void ll_account_print (GVariant *account);

/* The answer of AddAccount and NewPassword. */
void ll_account_print_access (GVariant *access);

/* What is typed at the terminal, not echoed, as the reading end of a pipe. -1: it cannot be read.
 */
int ll_account_ask_secret (const char *prompt);

/* account edit --cert: @path a PKCS #12 file, "gpgsm:FINGERPRINT" or "none". */
int ll_account_certificate_run (const char *name, const char *path, gboolean passphrase_stdin);

/* A call of the daemon that tells its progress by @signal meanwhile. Consumes a floating
 * @arguments. The first value of the reply (transfer full); NULL: the sentence is on stderr. */
GVariant *ll_account_follow (const char *method,
                             GVariant *arguments,
                             const char *signal,
                             LlBusClientSignal progress,
                             gpointer data,
                             int milliseconds,
                             int *status);

/* What the domain of @address publishes, and a person (or @yes, where it is proven) says yes to:
 * a{sv} as of FindProvider. NULL: *status. */
GVariant *ll_account_find (const char *address, gboolean yes, int *status);

typedef struct
{
  gboolean device;     /* with a code, on any device */
  gboolean no_browser; /* the address is only printed */
} LlSignInWay;

#define LL_SIGN_IN_WAY(way)                                                                         \
  {                                                                                                 \
    "device", 0, 0, G_OPTION_ARG_NONE, &way.device, "With a code that is typed on any device", NULL \
  },                                                                                                \
  {                                                                                                 \
    "no-browser", 0, 0, G_OPTION_ARG_NONE, &way.no_browser,                                         \
        "Only print the address; the browser has to be on this machine", NULL                       \
  }

/* The user signs in with OAuth2: says where, and waits for it. What SignIn answers; NULL: *status,
 * with a sentence. */
GVariant *ll_account_sign_in (const char *name, const LlSignInWay *way, int *status);

int ll_account_find_run (int argc, char **argv);
int ll_account_add_run (int argc, char **argv);
int ll_account_edit_run (int argc, char **argv);
int ll_account_login_run (int argc, char **argv);
int ll_account_test_run (int argc, char **argv);

G_END_DECLS
