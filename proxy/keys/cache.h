/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a source outside this machine said of somebody's keys: one file for each address in a folder
 * of the source's own, below the cache folder. Kept for 7 days when there was one, for a day when
 * there was none (facts/protection.md A.4). Nothing here is a secret, and nothing is lost with it.
 */

/* @folder: of the cache, NULL: nothing is kept, all of these do nothing. @source: "wkd". */

/* NULL: not known, or too old. Empty: there is none. (transfer full) */
GBytes *ll_key_cache_load (const char *folder, const char *source, const char *address);

/* @blob: NULL: there is none. */
void ll_key_cache_keep (const char *folder, const char *source, const char *address, GBytes *blob);

G_END_DECLS
