/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/* Gives each of @accounts (of GVariant, as ListAccounts has it) the @preset, one after the other.
 */
void ll_presets_choose (LlDaemon *daemon,
                        GPtrArray *accounts,
                        const char *preset,
                        GAsyncReadyCallback callback,
                        gpointer data);

/* FALSE: the rest of them have what they had. */
gboolean ll_presets_choose_finish (GAsyncResult *result, GError **error);

G_END_DECLS
