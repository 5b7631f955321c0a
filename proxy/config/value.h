/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/options.h"

G_BEGIN_DECLS

/*
 * Text of one key <-> field of a struct, by the option's type. Pure. Errors are
 * LL_CONFIG_ERROR_TYPE or _RANGE and say what would be valid; the caller puts file,
 * group and key before them.
 */

/* Sets the field in @target (the struct that the option's offset is for), freeing what was there;
 * untouched on failure. */
gboolean ll_value_parse (const LlOption *option, const char *text, gpointer target, GError **error);

/* As it would stand in the file, "" for an empty list, NULL for an unset one. (transfer full) */
char *ll_value_format (const LlOption *option, gconstpointer target);

/* Frees the field. */
void ll_value_clear (const LlOption *option, gpointer target);

/* All fields of the options of @group. */
void ll_value_clear_group (const char *group, gpointer target);

/* Domain as A-label in lower case without root dot; NULL when it is none. (transfer full) */
char *ll_value_domain (const char *text);

/* "a@b.example" or "*@b.example" with its domain as ll_value_domain; NULL when it is none.
 * (transfer full) */
char *ll_value_address (const char *text);

/* Whether @text starts with one of the schemes and "://", and goes on without blanks or quotes. */
gboolean ll_value_is_url (const char *const *schemes, const char *text);

/* "host:port", "[v6]:port" -> host without brackets; FALSE and a sentence otherwise. */
gboolean ll_value_endpoint (const char *text, char **host, guint *port, GError **error);

G_END_DECLS
