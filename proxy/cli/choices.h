/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a person can do about a held recipient of @letter, as it would be typed: only what would be
 * taken. Empty when the recipient is not held, or looked at again by itself. (transfer full) of
 * char */
GPtrArray *ll_choices (GVariant *letter, GVariant *recipient);

/* Each on a line of its own behind @indent. */
void ll_choices_print (GVariant *letter, GVariant *recipient, const char *indent);

G_END_DECLS
