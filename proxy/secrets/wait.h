/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * libsecret's calls wait inside a main context of their own, so their only way out is a
 * cancellable, and only another thread can pull it.
 */
typedef struct
{
  GCancellable *cancellable;
  GCancellable *outer; /* (not owned) */
  gulong outer_id;
  LlDeadline deadline;
  GThread *thread;
  GMutex lock;
  GCond ended;
  gboolean over;
  gboolean expired;
} LlWait;

void ll_wait_begin (LlWait *wait, int milliseconds, GCancellable *outer);

/* Returns whether the deadline passed. */
gboolean ll_wait_end (LlWait *wait);

G_END_DECLS
