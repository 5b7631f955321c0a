/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/folder.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Enough leftovers to be worth a sync of their own. */
#define LEFTOVERS_MAX 64

struct _LlFolder
{
  char *path;
  int fd;
  GMutex lock; /* of all below */
  GCond synced;
  guint64 wanted; /* the last sync that somebody waits for */
  guint64 done;
  guint64 failed; /* the last sync that failed, and why */
  int error;
  gboolean running;
  GPtrArray *leftovers; /* of char *: to unlink after the next sync that begins */
};

LlFolder *
ll_folder_new (const char *path, GError **error)
{
  LlFolder *folder;
  int fd;

  if (!ll_file_make_folder (path, error))
    return NULL;
  fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    {
      ll_file_set_error (error, "Cannot open the folder %s: %m", path);
      return NULL;
    }
  folder = g_new0 (LlFolder, 1);
  folder->path = g_strdup (path);
  folder->fd = fd;
  folder->leftovers = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&folder->lock);
  g_cond_init (&folder->synced);
  return folder;
}

void
ll_folder_free (LlFolder *folder)
{
  if (folder == NULL)
    return;
  if (folder->leftovers->len > 0)
    (void) ll_folder_sync (folder, NULL);
  g_ptr_array_unref (folder->leftovers);
  g_cond_clear (&folder->synced);
  g_mutex_clear (&folder->lock);
  close (folder->fd);
  g_free (folder->path);
  g_free (folder);
}

const char *
ll_folder_path (LlFolder *folder)
{
  return folder->path;
}

/* With the lock held, which is let go meanwhile. */
static void
sync_now (LlFolder *folder)
{
  g_autoptr (GPtrArray) leftovers = folder->leftovers;
  guint64 covers = folder->wanted;
  int result;

  folder->leftovers = g_ptr_array_new_with_free_func (g_free);
  folder->running = TRUE;
  g_mutex_unlock (&folder->lock);
  result = fsync (folder->fd) < 0 ? errno : 0;
  for (guint i = 0; result == 0 && i < leftovers->len; i++)
    unlinkat (folder->fd, g_ptr_array_index (leftovers, i), 0);
  g_mutex_lock (&folder->lock);
  folder->running = FALSE;
  folder->done = covers;
  if (result != 0)
    {
      folder->failed = covers;
      folder->error = result;
    }
  g_cond_broadcast (&folder->synced);
}

gboolean
ll_folder_sync (LlFolder *folder, GError **error)
{
  guint64 mine;
  int failure = 0;

  g_mutex_lock (&folder->lock);
  mine = ++folder->wanted;
  while (folder->done < mine)
    if (folder->running)
      g_cond_wait (&folder->synced, &folder->lock);
    else
      sync_now (folder);
  if (folder->failed >= mine)
    failure = folder->error;
  g_mutex_unlock (&folder->lock);
  if (failure == 0)
    return TRUE;
  errno = failure;
  return ll_file_set_error (error, "Cannot sync %s: %m", folder->path);
}

void
ll_folder_unlink_later (LlFolder *folder, char *name)
{
  gboolean many;

  g_mutex_lock (&folder->lock);
  g_ptr_array_add (folder->leftovers, name);
  many = folder->leftovers->len >= LEFTOVERS_MAX;
  g_mutex_unlock (&folder->lock);
  if (many)
    (void) ll_folder_sync (folder, NULL);
}
