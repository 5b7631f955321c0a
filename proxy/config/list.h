/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/options.h"

G_BEGIN_DECLS

/* Keys whose value is a list with ";" between its items; for config/value.c. */
gboolean ll_list_parse (const LlOption *option, const char *text, gpointer target, GError **error);
char *ll_list_format (const LlOption *option, gconstpointer target);

/* The items of @text, without blanks around them and without empty ones. (transfer full) */
GStrv ll_list_split (const char *text);

G_END_DECLS
