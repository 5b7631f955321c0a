/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/* `letterlock setup thunderbird` or evolution, which does the work: the same for window and
 * terminal. */

/* What the user says; "" where he says nothing. (owned) */
typedef struct
{
  char *name;          /* as the program calls itself, "Thunderbird" */
  char *client_id;     /* of servers that take no password */
  char *client_secret; /* of the client id */
  char *tenant;
  char *password; /* at the provider, where the program has not saved it */
} LlMailProgramWishes;

/* Its secrets are wiped. */
void ll_mail_program_wishes_free (LlMailProgramWishes *wishes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlMailProgramWishes, ll_mail_program_wishes_free)

void ll_mail_program_plan (const LlMailProgramWishes *wishes,
                           GAsyncReadyCallback callback,
                           gpointer data);

/* What would change, in words; NULL: what stands against it. (transfer full) */
char *ll_mail_program_plan_finish (GAsyncResult *result, GError **error);

/* Whether the words of a plan, or of what stands against it, ask for a client id. */
gboolean ll_mail_program_wants_client_id (const char *words);

/* @step: {url s, code s}, what the user has to do at his provider, or {sign_in s}, done. */
typedef void (*LlMailProgramStep) (GVariant *step, gpointer data);

/* @wishes: (transfer full). Cancelled, the accounts that it made are taken away. */
void ll_mail_program_setup (LlMailProgramWishes *wishes,
                            LlDaemon *daemon,
                            GCancellable *cancellable,
                            LlMailProgramStep step,
                            GAsyncReadyCallback callback,
                            gpointer data);

/* The accounts that were made, each as ListAccounts has it, maybe none; NULL: what went wrong.
 * (transfer full) of GVariant */
GPtrArray *ll_mail_program_setup_finish (GAsyncResult *result, GError **error);

G_END_DECLS
