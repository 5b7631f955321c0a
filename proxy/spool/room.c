/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Space kept back: on a full disk no new letter comes in, but what happens to those that
 * are here must still be written down, or a restart would send them twice.
 */

#include "spool/store-private.h"

#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

/* Some hundred records of ordinary letters. */
#define RESERVE (1024 * 1024)

static gboolean
take (LlStore *store)
{
  /* not every file system can; then a record may fail on a full disk, and says so */
  if (fallocate (store->reserve_fd, 0, 0, RESERVE) == 0)
    return TRUE;
  if (ftruncate (store->reserve_fd, 0) < 0)
    g_debug ("The spool's reserve stays half-taken");
  return FALSE;
}

void
ll_room_open (LlStore *store)
{
  g_autofree char *path = g_build_filename (store->folder, "reserve", NULL);

  store->reserve_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (store->reserve_fd >= 0)
    store->reserve_held = take (store);
}

void
ll_room_close (LlStore *store)
{
  ll_fd_clear (&store->reserve_fd);
}

gboolean
ll_room_release (LlStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);

  if (!store->reserve_held)
    return FALSE;
  store->reserve_held = FALSE;
  return ftruncate (store->reserve_fd, 0) == 0;
}

void
ll_room_refill (LlStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);

  if (!store->reserve_held && store->reserve_fd >= 0)
    store->reserve_held = take (store);
}
