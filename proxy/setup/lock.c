/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/lock.h"

#include "base/error.h"
#include "base/file.h"
#include "base/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

/* "lock" points to "127.0.0.1:+4711". Without the "+", where record locks do not work (NFS), the
 * process itself is the lock. */
static gboolean
is_held_by_process (const char *profile)
{
  g_autofree char *path = g_build_filename (profile, "lock", NULL);
  char target[NAME_MAX + 1];
  gssize length = readlink (path, target, sizeof target);
  LlScan scan = ll_scan (target, length > 0 ? (gsize) length : 0);
  LlScan host;
  guint64 process;

  return ll_scan_until (&scan, ':', &host) && ll_scan_byte (&scan, ':')
         && ll_scan_number (&scan, G_MAXINT32, &process) && ll_scan_at_end (&scan) && process > 0
         && kill ((pid_t) process, 0) == 0;
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                       "Thunderbird is running with this profile: quit it first, since it would "
                       "write its own settings over it");
  return FALSE;
}

gboolean
ll_profile_lock (const char *profile, LlProfileLock *lock, GError **error)
{
  g_autofree char *path = g_build_filename (profile, ".parentlock", NULL);
  gboolean there = g_file_test (path, G_FILE_TEST_EXISTS);
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  if (is_held_by_process (profile))
    return refuse (error);
  lock->fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (lock->fd < 0)
    return ll_file_set_error (error, "lock", path);
  if (!there)
    lock->made = g_steal_pointer (&path);
  if (fcntl (lock->fd, F_SETLK, &whole) == 0)
    return TRUE;
  if (errno == EACCES || errno == EAGAIN)
    return refuse (error);
  return ll_file_set_error (error, "lock", profile);
}

void
ll_profile_lock_clear (LlProfileLock *lock)
{
  if (lock->made != NULL)
    unlink (lock->made);
  g_clear_pointer (&lock->made, g_free);
  ll_fd_clear (&lock->fd);
}
