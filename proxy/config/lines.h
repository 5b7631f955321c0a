/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The lines of a key file, for what GKeyFile does not do: it takes the last of two equal
 * keys in silence, and it does not keep a person's layout when it writes.
 */

typedef enum
{
  LL_LINE_OTHER, /* blank, comment, or nothing that GKeyFile would take */
  LL_LINE_GROUP, /* "[account work]"; word: account work */
  LL_LINE_KEY,   /* "mode = forced"; word: mode */
} LlLineKind;

/* @word is set for a group and a key. (transfer full) */
LlLineKind ll_line_parse (const char *line, char **word);

/* A group or key that stands twice: LL_CONFIG_ERROR_FILE that names it and the line. */
gboolean ll_lines_check_unique (const char *bytes, gsize length, GError **error);

G_END_DECLS
