/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The timer and the order of what waits. Knows ids, accounts and times; what a
 * step does, and that it is durable, is the spool's and the pipeline's.
 *
 * One thread sleeps until the earliest item is due, and does not wake up when
 * there is none; steps run in a pool of their own. One step per id at a time, at
 * most LL_QUEUE_STEPS_MAX per account. Earliest first.
 *
 * How fast an account may send is kept here too: a step asks for its turn before it sends
 * (ll_queue_take_turn), and gets in line when there is none. Who waits in line goes first. The
 * count of the last minute does not survive a restart.
 *
 * Times are wall seconds; a changed wall clock does not move what is already here.
 * A suspended machine is late: kick at resume. Thread-safe.
 */

typedef struct _LlQueue LlQueue;

/* One step of the letter @id, in a thread of the pool. It may add its own id again. */
typedef void (*LlQueueStep) (const char *id, const char *account, gpointer data);

LlQueue *ll_queue_new (LlQueueStep step, gpointer data, guint threads);

/* Begins no more steps and waits for the ones that run. NULL is fine. */
void ll_queue_free (LlQueue *queue);

/* @when: wall seconds, 0 or past: at once. An id that is here already keeps the earlier time;
 * one whose step is running is run again after it. */
void ll_queue_add (LlQueue *queue, const char *id, const char *account, gint64 when);

/* It waits until its account may send again. */
void ll_queue_add_in_line (LlQueue *queue, const char *id, const char *account);

/* Called by the step of @id: whether it may hand @n letters to the provider now. Not while the
 * provider throttles, no more than @rate in any minute (0: no limit), and not before those in
 * line. */
gboolean
ll_queue_take_turn (LlQueue *queue, const char *id, const char *account, guint rate, guint n);

/* All of @account (NULL: all) are due now, also slowed ones: network change, resume, sign-in,
 * `retry`. */
void ll_queue_kick (LlQueue *queue, const char *account);

/* The provider throttles: no turn for @account within the back-off (1, 5, 15 minutes in a row). */
void ll_queue_slow (LlQueue *queue, const char *account);

/* A letter went through: the account is as fast as ever. */
void ll_queue_unslow (LlQueue *queue, const char *account);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlQueue, ll_queue_free)

G_END_DECLS
