/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where the program @name is that belongs to this one: beside it, or in @built beside it (its
 * folder where all were built; NULL: the same), else where it is installed. (transfer full) */
char *ll_program_find (const char *name, const char *built);

G_END_DECLS
