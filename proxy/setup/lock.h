/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The lock by which Thunderbird keeps a profile to itself: a record lock on .parentlock, held by
 * us while we write, so that it cannot start then. It counts through the walls of Flatpak and Snap.
 */

typedef struct
{
  int fd;
  char *made; /* the file, if it was not there before; else NULL */
} LlProfileLock;

#define LL_PROFILE_LOCK_INIT                                                                       \
  {                                                                                                \
    .fd = -1                                                                                       \
  }

/* FALSE: LL_API_ERROR_REFUSED while Thunderbird runs with it. */
gboolean ll_profile_lock (const char *profile, LlProfileLock *lock, GError **error);
void ll_profile_lock_clear (LlProfileLock *lock);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlProfileLock, ll_profile_lock_clear)

G_END_DECLS
