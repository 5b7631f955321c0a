/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/*
 * Notifications of the desktop: a letter is held and wants a decision, or something went wrong
 * with one. One for each letter, replaced and not piled up, taken back when it is decided; silent
 * when all goes well, unless [notices] sent = true. On a locked screen they name nobody and offer
 * nothing (design 4.5).
 *
 * Main thread.
 */
typedef struct _LlNotices LlNotices;

/* The user wants to see the letter @id. */
typedef void (*LlNoticesOpen) (const char *id, gpointer data);

LlNotices *
ll_notices_new (GDBusConnection *bus, LlDaemon *daemon, LlNoticesOpen open, gpointer data);
void ll_notices_free (LlNotices *notices);

/* Looks at @letter, as GetLetter gives it: tells, tells anew, or takes back. */
void ll_notices_look (LlNotices *notices, GVariant *letter);

/* What stands on the screen is said again, as the lock wants it. */
void ll_notices_lock (LlNotices *notices, gboolean locked);

/* Who showed them is gone: their numbers will be others'. */
void ll_notices_forget (LlNotices *notices);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlNotices, ll_notices_free)

G_END_DECLS
