/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who says which servers take the letters of an address, and what that is worth. */

/* Of one of FindProvider's servers: its encryption, and who says so. (transfer full) */
char *ll_provider_words_server (GVariant *server);

/* What stands above them, or why there are none. @found: as FindProvider answers. (transfer full)
 */
char *ll_provider_words_introduction (const char *address, GVariant *found);

G_END_DECLS
