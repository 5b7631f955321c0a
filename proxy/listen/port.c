/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/port.h"

#include "base/error.h"
#include "base/file.h"
#include "base/scan.h"
#include "listen/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* How far to look for a free port, and how many mail programs may wait to be accepted. */
#define NEXT_PORTS 200
#define BACKLOG 128

/* systemd's sd_listen_fds(3) */
#define FIRST_PASSED_FD 3
#define PASSED_MAX 64

static gboolean
fill_sockaddr (const char *address, guint16 port, struct sockaddr_storage *out, socklen_t *size)
{
  struct sockaddr_in *v4 = (struct sockaddr_in *) out;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) out;

  memset (out, 0, sizeof *out);
  if (inet_pton (AF_INET, address, &v4->sin_addr) == 1)
    {
      v4->sin_family = AF_INET;
      v4->sin_port = htons (port);
      *size = sizeof *v4;
      return TRUE;
    }
  if (inet_pton (AF_INET6, address, &v6->sin6_addr) == 1)
    {
      v6->sin6_family = AF_INET6;
      v6->sin6_port = htons (port);
      *size = sizeof *v6;
      return TRUE;
    }
  return FALSE;
}

/* A bound and listening socket, or -1 with errno. */
static int
open_socket (const char *address, guint16 port)
{
  struct sockaddr_storage name;
  socklen_t size;
  LL_AUTO_FD fd = -1;
  int on = 1;

  if (!fill_sockaddr (address, port, &name, &size))
    {
      errno = EADDRNOTAVAIL;
      return -1;
    }
  fd = socket (name.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  /* Connections of a daemon that just ended must not keep a new one from starting. */
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (name.ss_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind (fd, (struct sockaddr *) &name, size) < 0 || listen (fd, BACKLOG) < 0)
    return -1;
  return ll_fd_steal (&fd);
}

gboolean
ll_port_is_loopback (const char *address)
{
  struct in_addr v4;
  struct in6_addr v6;

  if (inet_pton (AF_INET, address, &v4) == 1)
    return ntohl (v4.s_addr) >> 24 == IN_LOOPBACKNET;
  return inet_pton (AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK (&v6);
}

guint16
ll_port_next_free (const char *address, guint16 port)
{
  for (int next = port + 1; next <= MIN (port + NEXT_PORTS, G_MAXUINT16); next++)
    {
      int fd = open_socket (address, (guint16) next);

      if (fd < 0)
        continue;
      close (fd);
      return (guint16) next;
    }
  return 0;
}

/* "Port 1587 of 127.0.0.1 is taken by master (process 812) of user joe. The next free port is
 * 1588; choose it with [listen] smtp = 127.0.0.1:1588" */
static void
set_taken (GError **error, const LlListenerAddress *address)
{
  guint16 next = ll_port_next_free (address->address, address->port);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *owner_text = NULL;
  LlPeerOwner owner;
  gboolean found = ll_peer_of_port (address->address, address->port, &owner);

  owner_text = found ? ll_peer_describe (&owner) : g_strdup ("an unknown program");
  if (found && owner.uid != geteuid ())
    g_string_append (text, "ALARM: ");
  g_string_append_printf (text, "Port %u of %s is taken by %s", address->port, address->address,
                          owner_text);
  if (found && owner.uid != geteuid ())
    g_string_append (text, "; mail programs set up for Letterlock would hand it your password");
  if (next != 0)
    g_string_append_printf (text,
                            strchr (address->address, ':')
                                ? ". The next free port is %u: [listen] %s = [%s]:%u"
                                : ". The next free port is %u: [listen] %s = %s:%u",
                            next, address->implicit_tls ? "smtps" : "smtp", address->address, next);
  g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_RANGE, text->str);
}

int
ll_port_bind (const LlListenerAddress *address, GError **error)
{
  int fd;

  if (!address->foreign && !ll_port_is_loopback (address->address))
    {
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_RANGE,
                   "%s is not a loopback address; other hosts are served only by a [foreign NAME] "
                   "listener",
                   address->address);
      return -1;
    }
  if (address->fd >= 0)
    return address->fd;
  fd = open_socket (address->address, address->port);
  if (fd < 0 && errno == EADDRINUSE)
    set_taken (error, address);
  else if (fd < 0)
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_RANGE, "Cannot listen on %s port %u: %s",
                 address->address, address->port, g_strerror (errno));
  return fd;
}

gboolean
ll_port_of_socket (int fd, const char **address, guint16 *port)
{
  struct sockaddr_storage name = { 0 };
  socklen_t size = sizeof name;
  char text[INET6_ADDRSTRLEN];
  gboolean v6;

  if (getsockname (fd, (struct sockaddr *) &name, &size) < 0
      || (name.ss_family != AF_INET && name.ss_family != AF_INET6))
    return FALSE;
  v6 = name.ss_family == AF_INET6;
  if (inet_ntop (name.ss_family,
                 v6 ? (const void *) &((struct sockaddr_in6 *) &name)->sin6_addr
                    : (const void *) &((struct sockaddr_in *) &name)->sin_addr,
                 text, sizeof text)
      == NULL)
    return FALSE;
  *address = g_intern_string (text);
  *port = ntohs (v6 ? ((struct sockaddr_in6 *) &name)->sin6_port
                    : ((struct sockaddr_in *) &name)->sin_port);
  return TRUE;
}

/* -- sockets that systemd passed ------------------------------------------------------ */

static gboolean
variable_number (const char *name, guint64 *number)
{
  const char *value = g_getenv (name);
  LlScan scan = ll_scan_string (value ? value : "");

  return ll_scan_number (&scan, G_MAXINT, number) && ll_scan_at_end (&scan);
}

static gboolean
is_listening_tcp (int fd)
{
  int listening = 0, type = 0;
  socklen_t size = sizeof listening;

  return getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening
         && getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

LlListenerAddress *
ll_listener_activated (guint *n)
{
  static const char *const variables[] = { "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };
  const char *all_names = g_getenv ("LISTEN_FDNAMES");
  g_auto (GStrv) names = g_strsplit (all_names ? all_names : "", ":", -1);
  guint n_names = g_strv_length (names);
  GArray *found = g_array_new (FALSE, TRUE, sizeof (LlListenerAddress));
  guint64 pid = 0, count = 0;

  if (variable_number ("LISTEN_PID", &pid) && pid == (guint64) getpid ()
      && variable_number ("LISTEN_FDS", &count))
    for (guint i = 0; i < MIN (count, PASSED_MAX); i++)
      {
        LlListenerAddress one = { .fd = FIRST_PASSED_FD + (int) i };

        fcntl (one.fd, F_SETFD, FD_CLOEXEC);
        if (!is_listening_tcp (one.fd) || !ll_port_of_socket (one.fd, &one.address, &one.port))
          continue; /* the D-Bus socket, or another room's */
        fcntl (one.fd, F_SETFL, fcntl (one.fd, F_GETFL) | O_NONBLOCK);
        one.implicit_tls = i < n_names && g_str_has_prefix (names[i], "smtps");
        g_array_append_val (found, one);
      }
  /* A program that we start (password-command) must not think they are its own. */
  for (guint i = 0; pid == (guint64) getpid () && i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
  *n = found->len;
  return (LlListenerAddress *) (void *) g_array_free (found, FALSE);
}
