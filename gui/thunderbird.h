/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* `letterlock setup thunderbird`, which does the work: the same for window and terminal. */

/* @password: at the provider, NULL where Thunderbird has it; @dry: only says what would change. */
void ll_thunderbird_setup (gboolean dry,
                           const char *password,
                           GAsyncReadyCallback callback,
                           gpointer data);

/* What it said; NULL: what went wrong, in its own words. (transfer full) */
char *ll_thunderbird_setup_finish (GAsyncResult *result, GError **error);

G_END_DECLS
