/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reading the dictionaries of the bus: what is absent or of another type is as if it were empty. */

/* (transfer none, of @dict) */
const char *ll_read_text (GVariant *dict, const char *key);
gboolean ll_read_flag (GVariant *dict, const char *key);
/* -1: there is none. */
gint64 ll_read_number (GVariant *dict, const char *key);
/* "held for you" -> "Held for you". (transfer full) */
char *ll_read_as_heading (const char *text);
/* a{sv}, or NULL. (transfer full) */
GVariant *ll_read_below (GVariant *dict, const char *key);
/* aa{sv}, never NULL. (transfer full) */
GVariant *ll_read_list (GVariant *dict, const char *key);
/* as, never NULL; the strings are of @dict. (transfer container) */
const char **ll_read_words (GVariant *dict, const char *key);

G_END_DECLS
