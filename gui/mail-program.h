/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/* `letterlock setup thunderbird` or evolution, which does the work: the same for window and
 * terminal. @name: as the program calls itself, "Thunderbird". */

void ll_mail_program_plan (const char *name, GAsyncReadyCallback callback, gpointer data);

/* What would change, in words; NULL: what stands against it. (transfer full) */
char *ll_mail_program_plan_finish (GAsyncResult *result, GError **error);

/* @password: at the provider, "" where the program has it. */
void ll_mail_program_setup (const char *name,
                            LlDaemon *daemon,
                            const char *password,
                            GAsyncReadyCallback callback,
                            gpointer data);

/* The accounts that were made, each as ListAccounts has it, maybe none; NULL: what went wrong.
 * (transfer full) of GVariant */
GPtrArray *ll_mail_program_setup_finish (GAsyncResult *result, GError **error);

G_END_DECLS
