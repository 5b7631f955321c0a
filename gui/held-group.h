/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * Letters that wait for the same reason at the same domain: decided one by one, or all together,
 * and on wish the same from now on, by a rule.
 */
#define LL_TYPE_HELD_GROUP (ll_held_group_get_type ())
G_DECLARE_FINAL_TYPE (LlHeldGroup, ll_held_group, LL, HELD_GROUP, AdwPreferencesGroup)

/* What makes @recipient of a letter like another one: the group's key. NULL: nobody has to decide
 * about him. (transfer full) */
char *ll_held_group_key (GVariant *recipient);

/* @first: a recipient of the group, who has a key. (transfer floating) */
GtkWidget *ll_held_group_new (LlDaemon *daemon, GVariant *first);

/* Shows @letters (of GVariant, as of ListLetters) in place of those before. What did not change
 * stays as it is, open or marked. */
void ll_held_group_show (LlHeldGroup *group, GPtrArray *letters);

G_END_DECLS
