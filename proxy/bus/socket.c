/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/socket.h"

#include "base/error.h"
#include "base/file.h"

#include <gio/gio.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

gboolean
ll_bus_socket_clear (const char *path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct stat info;
  LL_AUTO_FD fd = -1;

  if (strlen (path) >= sizeof address.sun_path)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "The path of the socket, %s, is longer than the system allows", path);
      return FALSE;
    }
  if (lstat (path, &info) != 0)
    return TRUE;
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "Letterlock already runs: somebody answers on %s", path);
      return FALSE;
    }
  if (unlink (path) != 0 && errno != ENOENT)
    return ll_file_set_error (error, "Cannot take away %s: %m", path);
  return TRUE;
}

char *
ll_bus_session_address (void)
{
  const char *given = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *path = NULL;
  g_autofree char *escaped = NULL;

  if (given != NULL && *given != '\0')
    return g_str_has_prefix (given, "unix:") || g_str_has_prefix (given, "tcp:") ? g_strdup (given)
                                                                                 : NULL;
  if (runtime == NULL)
    return NULL;
  path = g_build_filename (runtime, "bus", NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  escaped = g_dbus_address_escape_value (path);
  return g_strconcat ("unix:path=", escaped, NULL);
}
