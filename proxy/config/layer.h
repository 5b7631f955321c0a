/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/config.h"

G_BEGIN_DECLS

/*
 * The two files, one over the other: /etc's below the user's, but for the keys that
 * the administrator fixed. Knows which file a value came from, so that errors can say.
 */

typedef struct _LlLayers LlLayers;

/* Refuses unknown groups and keys, what stands twice, and [lock] in the user's file. */
LlLayers *ll_layers_new (const LlConfigText *system, const LlConfigText *user, GError **error);
void ll_layers_free (LlLayers *layers);

/* The group names in force: the system's first, each file's in its order. (transfer full) */
GStrv ll_layers_groups (const LlLayers *layers);

/* *text: what the key is, NULL when no file gives it. FALSE only where it cannot be read. */
gboolean ll_layers_get (
    const LlLayers *layers, const char *group, const char *key, char **text, GError **error);

/* The file to name in a sentence about a group, or about a key. (transfer none) */
const char *ll_layers_name (const LlLayers *layers, const char *group);
const char *ll_layers_name_of_key (const LlLayers *layers, const char *group, const char *key);

/* Whether the group in force is the administrator's (for rules, which are never mixed). */
gboolean ll_layers_is_system (const LlLayers *layers, const char *group);

/* What [lock] says, spelled out. (transfer full) */
GStrv ll_layers_locked (const LlLayers *layers);

/* Sentences about the user's keys that do not count. (transfer full) */
GStrv ll_layers_warnings (const LlLayers *layers);

/* LL_CONFIG_ERROR_UNKNOWN_KEY with the nearest group there is. Returns FALSE. */
gboolean ll_layers_fail_group (const char *group, GError **error);

/* Whether "policy.mode", or all of "policy", is among @locked. */
gboolean ll_locked_contains (const char *const *locked, const char *kind, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLayers, ll_layers_free)

G_END_DECLS
