/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
ll_fd_clear (int *fd)
{
  int saved = errno;

  if (*fd >= 0)
    close (*fd);
  *fd = -1;
  errno = saved;
}

int
ll_fd_steal (int *fd)
{
  int value = *fd;

  *fd = -1;
  return value;
}

G_GNUC_PRINTF (1, 0)
static GError *
error_new (const char *format, va_list arguments)
{
  int number = errno == EDQUOT ? ENOSPC : errno;

  return g_error_new_valist (G_FILE_ERROR, (int) g_file_error_from_errno (number), format,
                             arguments);
}

GError *
ll_file_error (const char *format, ...)
{
  GError *error;
  va_list arguments;

  va_start (arguments, format);
  error = error_new (format, arguments);
  va_end (arguments);
  return error;
}

gboolean
ll_file_set_error (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, error_new (format, arguments));
  va_end (arguments);
  return FALSE;
}

gboolean
ll_file_write_all (int fd, const void *bytes, gsize length, GError **error)
{
  const char *at = bytes;

  while (length > 0)
    {
      gssize written = write (fd, at, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return ll_file_set_error (error, "Cannot write the file: %m");
      at += written;
      length -= (gsize) written;
    }
  return TRUE;
}

gssize
ll_file_read_full (int fd, void *bytes, gsize length, GError **error)
{
  gsize got = 0;

  while (got < length)
    {
      gssize n = read (fd, (char *) bytes + got, length - got);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          ll_file_set_error (error, "Cannot read the file: %m");
          return -1;
        }
      if (n == 0)
        break;
      got += (gsize) n;
    }
  return (gssize) got;
}

GBytes *
ll_file_load (const char *path, gsize limit, GError **error)
{
  /* a pipe that nobody writes to would be waited for */
  LL_AUTO_FD fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  g_autofree char *bytes = NULL;
  struct stat status;
  gssize got;

  if (fd < 0 || fstat (fd, &status) < 0)
    {
      ll_file_set_error (error, "Cannot read %s: %m", path);
      return NULL;
    }
  if (!S_ISREG (status.st_mode) || (guint64) status.st_size > limit)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is not a file of at most %zu bytes",
                   path, limit);
      return NULL;
    }
  bytes = g_malloc ((gsize) status.st_size + 1);
  got = ll_file_read_full (fd, bytes, (gsize) status.st_size, error);
  if (got < 0)
    return NULL;
  bytes[got] = '\0';
  return g_bytes_new_take (g_steal_pointer (&bytes), (gsize) got);
}

gboolean
ll_file_sync_folder (const char *folder, GError **error)
{
  LL_AUTO_FD fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0 || fsync (fd) < 0)
    return ll_file_set_error (error, "Cannot sync %s: %m", folder);
  return TRUE;
}

gboolean
ll_file_replace (const char *path, const void *bytes, gsize length, GError **error)
{
  g_autofree char *beside = g_strconcat (path, ".XXXXXX", NULL);
  LL_AUTO_FD fd = g_mkstemp_full (beside, O_WRONLY | O_CLOEXEC, 0600);

  if (fd < 0)
    return ll_file_set_error (error, "Cannot create %s: %m", beside);
  return ll_file_replace_by (fd, beside, path, bytes, length, error);
}

gboolean
ll_file_replace_by (
    int fd, const char *beside, const char *path, const void *bytes, gsize length, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (!ll_file_write_all (fd, bytes, length, error))
    {
      unlink (beside);
      return FALSE;
    }
  if (fdatasync (fd) < 0 || rename (beside, path) < 0)
    {
      ll_file_set_error (error, "Cannot write %s: %m", path);
      unlink (beside);
      return FALSE;
    }
  return ll_file_sync_folder (folder, error);
}

gboolean
ll_file_make_folder (const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0700) < 0)
    return ll_file_set_error (error, "Cannot make the folder %s: %m", folder);
  return TRUE;
}

static char *
folder_from (const char *variable, const char *fallback)
{
  const char *base = g_getenv (variable);

  if (base != NULL && g_path_is_absolute (base))
    return g_build_filename (base, "letterlock", NULL);
  return fallback ? g_build_filename (g_get_home_dir (), fallback, "letterlock", NULL) : NULL;
}

char *
ll_folder_state (void)
{
  return folder_from ("XDG_STATE_HOME", ".local/state");
}

char *
ll_folder_cache (void)
{
  return folder_from ("XDG_CACHE_HOME", ".cache");
}

char *
ll_folder_config (void)
{
  return folder_from ("XDG_CONFIG_HOME", ".config");
}

char *
ll_folder_runtime (void)
{
  char *runtime = folder_from ("XDG_RUNTIME_DIR", NULL);
  g_autofree char *state = NULL;

  if (runtime != NULL)
    return runtime;
  state = ll_folder_state ();
  return g_build_filename (state, "run", NULL);
}
