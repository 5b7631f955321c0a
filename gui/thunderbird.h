/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/* `letterlock setup thunderbird`, which does the work: the same for window and terminal. */

void ll_thunderbird_plan (GAsyncReadyCallback callback, gpointer data);

/* What would change, in words; NULL: what stands against it. (transfer full) */
char *ll_thunderbird_plan_finish (GAsyncResult *result, GError **error);

/* @password: at the provider, NULL where Thunderbird has it. */
void ll_thunderbird_setup (LlDaemon *daemon,
                           const char *password,
                           GAsyncReadyCallback callback,
                           gpointer data);

/* The accounts that were made, each as ListAccounts has it, maybe none; NULL: what went wrong.
 * (transfer full) of GVariant */
GPtrArray *ll_thunderbird_setup_finish (GAsyncResult *result, GError **error);

G_END_DECLS
