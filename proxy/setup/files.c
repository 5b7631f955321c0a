/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/files.h"

#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

GBytes *
ll_setup_read (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct stat status;

  if (lstat (path, &status) < 0)
    {
      if (errno != ENOENT)
        ll_file_set_error (error, "read", path);
      return NULL;
    }
  if (S_ISLNK (status.st_mode))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "%s is a link: Letterlock does not write through it", path);
      return NULL;
    }
  return ll_file_load (path, LL_SETUP_FILE_MAX, error);
}

/* (transfer full) where it is written before it takes its name */
static char *
beside (const char *folder, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".letterlock", NULL);

  return g_build_filename (folder, file, NULL);
}

void
ll_setup_tidy (const char *folder, const char *name)
{
  g_autofree char *path = beside (folder, name);

  unlink (path);
}

static mode_t
mode_of (const char *path)
{
  struct stat status;

  return lstat (path, &status) == 0 ? status.st_mode & 0777 : 0600;
}

gboolean
ll_setup_write (const char *folder, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *new_path = beside (folder, name);
  LL_AUTO_FD fd = -1;
  gsize length;
  const void *data;

  ll_setup_tidy (folder, name);
  if (bytes == NULL)
    {
      if (unlink (path) < 0 && errno != ENOENT)
        return ll_file_set_error (error, "remove", path);
      return ll_file_sync_folder (folder, error);
    }
  data = g_bytes_get_data (bytes, &length);
  fd = open (new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return ll_file_set_error (error, "write", new_path);
  if (!ll_file_write_all (fd, data, length, error))
    {
      unlink (new_path);
      return FALSE;
    }
  if (fchmod (fd, mode_of (path)) < 0 || fsync (fd) < 0 || rename (new_path, path) < 0)
    {
      ll_file_set_error (error, "write", path);
      unlink (new_path);
      return FALSE;
    }
  return ll_file_sync_folder (folder, error);
}

char *
ll_setup_digest (GBytes *bytes)
{
  return bytes != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : g_strdup ("");
}

void
ll_setup_remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      if (g_file_test (below, G_FILE_TEST_IS_DIR) && !g_file_test (below, G_FILE_TEST_IS_SYMLINK))
        ll_setup_remove_folder (below);
      else
        unlink (below);
    }
  rmdir (path);
}
