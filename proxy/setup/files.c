/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/files.h"

#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
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
        ll_file_set_error (error, "Cannot read %s: %m", path);
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

  ll_setup_tidy (folder, name);
  if (bytes == NULL)
    {
      if (unlink (path) < 0 && errno != ENOENT)
        return ll_file_set_error (error, "Cannot remove %s: %m", path);
      return ll_file_sync_folder (folder, error);
    }
  fd = open (new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return ll_file_set_error (error, "Cannot write %s: %m", new_path);
  if (fchmod (fd, mode_of (path)) < 0)
    {
      ll_file_set_error (error, "Cannot write %s: %m", new_path);
      unlink (new_path);
      return FALSE;
    }
  return ll_file_replace_by (fd, new_path, path, g_bytes_get_data (bytes, NULL),
                             g_bytes_get_size (bytes), error);
}

char *
ll_setup_digest (GBytes *bytes)
{
  return bytes != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : g_strdup ("");
}

char *
ll_setup_scratch (GError **error)
{
  g_autofree char *runtime = ll_folder_runtime ();
  g_autofree char *scratch = g_build_filename (runtime, "scratch-XXXXXX", NULL);

  if (!ll_file_make_folder (runtime, error))
    return NULL;
  if (g_mkdtemp (scratch) != NULL)
    return g_steal_pointer (&scratch);
  ll_file_set_error (error, "Cannot make %s: %m", scratch);
  return NULL;
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
