/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The state of the whole in words for people: @status is as Status of the bus, NULL while nobody
 * answers. No sentence ends. */

/* What stands in the way of all letters; NULL: nothing does. (static) */
const char *ll_status_trouble (GVariant *status);

/* Letters that wait: for the user first, then for anything. (transfer full) */
char *ll_status_counts (GVariant *status);

/* One sentence that is enough by itself: what the user can do something about, first.
 * (transfer full) */
char *ll_status_words (GVariant *status);

G_END_DECLS
