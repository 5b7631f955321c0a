/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/lock.h"

#include "base/error.h"
#include "base/file.h"
#include "base/scan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

/* Whether its processes are ours to look for. The loopback is what a machine says that does not
 * know its own address. */
static gboolean
is_this_machine (const char *host)
{
  gboolean found = g_str_has_prefix (host, "127.");
  struct ifaddrs *all = NULL;

  if (found || getifaddrs (&all) != 0)
    return found;
  for (struct ifaddrs *one = all; one != NULL && !found; one = one->ifa_next)
    {
      char own[INET_ADDRSTRLEN];

      if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET)
        continue;
      inet_ntop (AF_INET, &((struct sockaddr_in *) (void *) one->ifa_addr)->sin_addr, own,
                 sizeof own);
      found = g_str_equal (own, host);
    }
  freeifaddrs (all);
  return found;
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                       "Thunderbird is running with this profile: quit it first, since it would "
                       "write its own settings over it");
  return FALSE;
}

/* "lock" points to "127.0.0.1:+4711". Without the "+", where record locks do not work (NFS), the
 * process itself is the lock; whether one of another machine still runs cannot be seen from here.
 */
static gboolean
check_process (const char *profile, GError **error)
{
  g_autofree char *path = g_build_filename (profile, "lock", NULL);
  g_autofree char *name = NULL;
  char target[NAME_MAX + 1];
  gssize length = readlink (path, target, sizeof target);
  LlScan scan = ll_scan (target, length > 0 ? (gsize) length : 0);
  LlScan host;
  guint64 process;

  if (!ll_scan_until (&scan, ':', &host) || !ll_scan_byte (&scan, ':')
      || !ll_scan_number (&scan, G_MAXINT32, &process) || !ll_scan_at_end (&scan) || process == 0)
    return TRUE;
  if (kill ((pid_t) process, 0) == 0)
    return refuse (error);
  name = g_strndup (host.at, (gsize) (host.end - host.at));
  if (is_this_machine (name))
    return TRUE;
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
               "%s says that Thunderbird runs with this profile on another machine, %s, which "
               "cannot be seen from here: quit it there; if none runs, remove that file",
               path, name);
  return FALSE;
}

gboolean
ll_profile_lock (const char *profile, LlProfileLock *lock, GError **error)
{
  g_autofree char *path = g_build_filename (profile, ".parentlock", NULL);
  gboolean there;
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  if (!check_process (profile, error))
    return FALSE;
  lock->fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  there = lock->fd < 0 && errno == EEXIST;
  if (there)
    lock->fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (lock->fd < 0)
    return ll_file_set_error (error, "Cannot lock %s: %m", path);
  if (fcntl (lock->fd, F_SETLK, &whole) == 0)
    {
      if (!there)
        lock->made = g_steal_pointer (&path);
      return TRUE;
    }
  if (errno == EACCES || errno == EAGAIN)
    return refuse (error);
  return ll_file_set_error (error, "Cannot lock %s: %m", profile);
}

void
ll_profile_lock_clear (LlProfileLock *lock)
{
  if (lock->made != NULL)
    unlink (lock->made);
  g_clear_pointer (&lock->made, g_free);
  ll_fd_clear (&lock->fd);
}
