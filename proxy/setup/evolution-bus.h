/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Evolution and its data server, as far as they run: asked and told on the session bus. Where there
 * is no bus, they do not.
 */

/* LL_API_ERROR_REFUSED while Evolution runs. */
gboolean ll_evolution_check_stopped (GError **error);

/* evolution-source-registry outlives Evolution, which asks it alone. It follows the files, some
 * seconds behind: this waits until it has read of the identity @uid that it names @transport, for
 * LL_SETUP_REGISTRY_DEADLINE at most. */
void ll_evolution_wait_read (const char *uid, const char *transport);

G_END_DECLS
