/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/config.h"
#include "config/options.h"

G_BEGIN_DECLS

/*
 * Groups of the configuration as dictionaries and back, by the one table of options:
 * "password-command" is password_command there, lists are lists, flags are flags.
 */

/* What is set of @group ("account", "rule") in @target, its struct. */
void ll_bus_options_add (GVariantDict *dict, const char *group, gconstpointer target);

/* The changes that @dictionary wants; keys in @except are left out. "" and empty lists remove.
 * LL_API_ERROR_INVALID names a key that is not known or of the wrong type. (transfer full), of
 * LlConfigChange whose values are owned. */
GArray *ll_bus_options_changes (GVariant *dictionary,
                                const char *group,
                                const char *const *except,
                                GError **error);

G_END_DECLS
