/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Time: deadlines that a changed wall clock cannot move, and dates for people.
 *
 * A deadline is a point of the monotonic clock in microseconds. It is handed
 * down unchanged through every wait, so that a chain of waits has one end.
 */

typedef gint64 LlDeadline;

#define LL_DEADLINE_NEVER G_MAXINT64

/* The point @milliseconds from now. */
LlDeadline ll_deadline_in (gint64 milliseconds);

/* Milliseconds left, 0 when past, rounded up; G_MAXINT for LL_DEADLINE_NEVER. Fits poll(). */
int ll_deadline_left (LlDeadline deadline);

LlDeadline ll_deadline_earlier (LlDeadline a, LlDeadline b);

/* Seconds since 1970 (wall clock). */
gint64 ll_clock_now (void);

/* Seconds since boot, sleep included; unmoved by wall clock changes. */
gint64 ll_clock_boot (void);

/* "2026-11-22T16:31:00Z" (RFC 3339, UTC); NULL for 0, which means "no time". (transfer full) */
char *ll_clock_format (gint64 when);

/* "Sun, 22 Nov 2026 16:31:00 +0000" (RFC 5322 3.3). (transfer full) */
char *ll_clock_format_mail (gint64 when);

/* The reverse of ll_clock_format; also takes "2026-11-22" (midnight UTC). Returns FALSE on anything
 * else. */
gboolean ll_clock_parse (const char *text, gint64 *when);

G_END_DECLS
