/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * When to try again (design 4.5). Pure arithmetic on wall seconds; a clock that was set
 * back never makes a letter wait longer than one step.
 */

/* Retries after 1, 5, 15, 60 minutes, then hourly. @tries: failed ones so far, at least 1. */
gint64 ll_retry_next (guint tries, gint64 now);

/* An account that signs in wrongly too often is locked by its provider. */
gint64 ll_retry_next_sign_in (gint64 now);

/* Waits for 4 hours or more: time to tell. */
gboolean ll_retry_is_delayed (gint64 received, gint64 now);

/* @lifetime: seconds. */
gboolean ll_retry_is_expired (gint64 received, gint64 now, gint64 lifetime);

/* What was known when it was decided is too old: 10 minutes, or never decided (0). A resume or
 * a network change is said by the caller setting decided to 0. */
gboolean ll_retry_decide_anew (gint64 decided, gint64 now);

/* How long a throttled account is left alone: the @times-th time in a row, at least 1. */
gint64 ll_retry_throttled (guint times, gint64 now);

G_END_DECLS
