/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * How fast one account may send: at most so many letters in any minute, and not at all while the
 * provider throttles. Times are seconds of one clock, given by the caller. The queue keeps one for
 * each account, under its lock.
 */

typedef struct _LlPace LlPace;

LlPace *ll_pace_new (void);
void ll_pace_free (LlPace *pace);

/* Whether @n letters may go at @now, at most @rate in any minute (0: no limit); then they count. */
gboolean ll_pace_take (LlPace *pace, guint rate, guint n, gint64 now);

/* Before that there is no use in asking again. 0: at once. */
gint64 ll_pace_ready (const LlPace *pace);

/* The provider throttles: nothing for 1, 5, 15 minutes in a row. */
void ll_pace_slow (LlPace *pace, gint64 now);

/* A letter went through: as fast as ever. */
void ll_pace_unslow (LlPace *pace);

/* Worth asking again now: a person wants it, or the rate is another one. The next throttling is
 * still the next in a row, and what went in the last minute still counts. */
void ll_pace_hurry (LlPace *pace);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlPace, ll_pace_free)

G_END_DECLS
