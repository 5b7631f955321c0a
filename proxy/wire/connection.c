/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/connection.h"

#include "base/error.h"
#include "base/file.h"
#include "wire/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long a farewell may take: nobody waits for a peer that has nothing more to say. */
#define CLOSE_TIMEOUT 1000

struct _LlConnection
{
  int fd;
  SSL *ssl;          /* (owned) or NULL */
  gboolean verified; /* the handshake was completed */
};

/* OpenSSL writes with write(), so a peer that went away would end the program. */
static void
ignore_broken_pipes (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      signal (SIGPIPE, SIG_IGN);
      g_once_init_leave (&once, 1);
    }
}

LlConnection *
ll_connection_new (int fd)
{
  LlConnection *connection = g_new0 (LlConnection, 1);
  int on = 1;

  ignore_broken_pipes ();
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* fails on a socketpair: no matter */
  connection->fd = fd;
  return connection;
}

void
ll_connection_free (LlConnection *connection)
{
  if (connection == NULL)
    return;
  SSL_free (connection->ssl);
  if (connection->fd >= 0)
    close (connection->fd);
  g_free (connection);
}

int
ll_connection_fd (LlConnection *connection)
{
  return connection->fd;
}

SSL *
ll_connection_ssl (LlConnection *connection)
{
  return connection->ssl;
}

/* Waits for @events on @fd. */
static gboolean
wait_for (int fd, short events, LlDeadline deadline, GCancellable *cancellable, GError **error)
{
  struct pollfd polls[2] = { { .fd = fd, .events = events } };
  GPollFD cancel;
  gboolean with_cancel = cancellable != NULL && g_cancellable_make_pollfd (cancellable, &cancel);
  int ready;

  if (with_cancel)
    polls[1] = (struct pollfd){ .fd = cancel.fd, .events = POLLIN };
  do
    ready = poll (polls, with_cancel ? 2 : 1,
                  deadline == LL_DEADLINE_NEVER ? -1 : ll_deadline_left (deadline));
  while (ready < 0 && errno == EINTR);
  if (with_cancel)
    g_cancellable_release_fd (cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (ready == 0)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TIMEOUT, "no answer in time");
      return FALSE;
    }
  return TRUE;
}

static gboolean
set_unreachable (GError **error, const char *address, guint16 port, int code)
{
  g_set_error (error, LL_WIRE_ERROR,
               code == ETIMEDOUT ? LL_WIRE_ERROR_TIMEOUT : LL_WIRE_ERROR_UNREACHABLE,
               "cannot connect to %s port %u: %s", address, port, g_strerror (code));
  return FALSE;
}

static gboolean
connect_socket (int fd,
                const struct addrinfo *info,
                const char *address,
                guint16 port,
                LlDeadline deadline,
                GCancellable *cancellable,
                GError **error)
{
  int code = 0;
  socklen_t size = sizeof code;

  if (connect (fd, info->ai_addr, info->ai_addrlen) == 0)
    return TRUE;
  if (errno != EINPROGRESS)
    return set_unreachable (error, address, port, errno);
  if (!wait_for (fd, POLLOUT, deadline, cancellable, error))
    {
      g_prefix_error (error, "connecting to %s port %u: ", address, port);
      return FALSE;
    }
  if (getsockopt (fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0)
    code = errno;
  return code == 0 ? TRUE : set_unreachable (error, address, port, code);
}

LlConnection *
ll_connection_open (const char *address,
                    guint16 port,
                    LlDeadline deadline,
                    GCancellable *cancellable,
                    GError **error)
{
  struct addrinfo hints
      = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
  struct addrinfo *info = NULL;
  char service[8];
  LL_AUTO_FD fd = -1;
  gboolean connected;

  g_snprintf (service, sizeof service, "%u", port);
  if (getaddrinfo (address, service, &hints, &info) != 0)
    {
      set_unreachable (error, address, port, EADDRNOTAVAIL);
      return NULL;
    }
  fd = socket (info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  connected = fd >= 0 ? connect_socket (fd, info, address, port, deadline, cancellable, error)
                      : set_unreachable (error, address, port, errno);
  freeaddrinfo (info);
  return connected ? ll_connection_new (ll_fd_steal (&fd)) : NULL;
}

static void
set_closed (GError **error)
{
  g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_CLOSED, "the connection was closed");
}

/* After an SSL call returned @result: TRUE to call it again, FALSE with @error set. */
static gboolean
tls_again (LlConnection *connection,
           int result,
           LlDeadline deadline,
           GCancellable *cancellable,
           GError **error)
{
  unsigned long reason;
  g_autofree char *text = NULL;

  switch (SSL_get_error (connection->ssl, result))
    {
    case SSL_ERROR_WANT_READ:
      return wait_for (connection->fd, POLLIN, deadline, cancellable, error);
    case SSL_ERROR_WANT_WRITE:
      return wait_for (connection->fd, POLLOUT, deadline, cancellable, error);
    case SSL_ERROR_SYSCALL:
    case SSL_ERROR_ZERO_RETURN:
      ERR_clear_error ();
      set_closed (error);
      return FALSE;
    default:
      reason = ERR_peek_error ();
      if (ERR_GET_LIB (reason) == ERR_LIB_SSL
          && ERR_GET_REASON (reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        {
          ERR_clear_error ();
          set_closed (error);
          return FALSE;
        }
      text = ll_tls_last_error ();
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS, "TLS failed: %s", text);
      return FALSE;
    }
}

static gssize
read_tls (LlConnection *connection,
          void *bytes,
          gsize length,
          LlDeadline deadline,
          GCancellable *cancellable,
          GError **error)
{
  for (;;)
    {
      int result;

      ERR_clear_error ();
      result = SSL_read (connection->ssl, bytes, (int) MIN (length, G_MAXINT));
      if (result > 0)
        return result;
      if (SSL_get_error (connection->ssl, result) == SSL_ERROR_ZERO_RETURN)
        return 0;
      if (!tls_again (connection, result, deadline, cancellable, error))
        return -1;
    }
}

static gssize
read_clear (LlConnection *connection,
            void *bytes,
            gsize length,
            LlDeadline deadline,
            GCancellable *cancellable,
            GError **error)
{
  for (;;)
    {
      gssize result = recv (connection->fd, bytes, length, 0);

      if (result >= 0)
        return result;
      if (errno == EAGAIN || errno == EINTR)
        {
          if (!wait_for (connection->fd, POLLIN, deadline, cancellable, error))
            return -1;
          continue;
        }
      set_closed (error);
      return -1;
    }
}

gssize
ll_connection_read (LlConnection *connection,
                    void *bytes,
                    gsize length,
                    LlDeadline deadline,
                    GCancellable *cancellable,
                    GError **error)
{
  return connection->ssl != NULL
             ? read_tls (connection, bytes, length, deadline, cancellable, error)
             : read_clear (connection, bytes, length, deadline, cancellable, error);
}

gboolean
ll_connection_write (LlConnection *connection,
                     const void *bytes,
                     gsize length,
                     LlDeadline deadline,
                     GCancellable *cancellable,
                     GError **error)
{
  const char *at = bytes;

  while (length > 0)
    {
      gssize written;

      if (connection->ssl != NULL)
        {
          ERR_clear_error ();
          written = SSL_write (connection->ssl, at, (int) MIN (length, G_MAXINT));
          if (written <= 0)
            {
              if (!tls_again (connection, (int) written, deadline, cancellable, error))
                return FALSE;
              continue;
            }
        }
      else
        {
          written = send (connection->fd, at, length, MSG_NOSIGNAL);
          if (written < 0)
            {
              if (errno != EAGAIN && errno != EINTR)
                {
                  set_closed (error);
                  return FALSE;
                }
              if (!wait_for (connection->fd, POLLOUT, deadline, cancellable, error))
                return FALSE;
              continue;
            }
        }
      at += written;
      length -= (gsize) written;
    }
  return TRUE;
}

gboolean
ll_connection_has_input (LlConnection *connection)
{
  struct pollfd one = { .fd = connection->fd, .events = POLLIN };

  if (connection->ssl != NULL)
    {
      char byte;
      int result;
      int reason;

      /* session tickets make the socket readable without a byte for us */
      ERR_clear_error ();
      result = SSL_peek (connection->ssl, &byte, 1);
      reason = SSL_get_error (connection->ssl, result);
      ERR_clear_error ();
      return result > 0 || (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE);
    }
  return poll (&one, 1, 0) > 0;
}

gboolean
ll_connection_handshake (LlConnection *connection,
                         SSL *ssl,
                         gboolean as_server,
                         LlDeadline deadline,
                         GCancellable *cancellable,
                         GError **error)
{
  g_return_val_if_fail (connection->ssl == NULL, FALSE);

  connection->ssl = ssl;
  SSL_set_fd (ssl, connection->fd);
  for (;;)
    {
      int result;

      ERR_clear_error ();
      result = as_server ? SSL_accept (ssl) : SSL_connect (ssl);
      if (result == 1)
        {
          connection->verified = TRUE;
          return TRUE;
        }
      if (!tls_again (connection, result, deadline, cancellable, error))
        return FALSE;
    }
}

void
ll_connection_close (LlConnection *connection)
{
  LlDeadline deadline = ll_deadline_in (CLOSE_TIMEOUT);

  /* SSL_shutdown after a failed handshake is an error, not a farewell */
  if (connection->ssl != NULL && connection->verified)
    for (;;)
      {
        int result;

        ERR_clear_error ();
        result = SSL_shutdown (connection->ssl);
        /* 0: ours is sent; waiting for theirs would only cost a round trip */
        if (result >= 0 || !tls_again (connection, result, deadline, NULL, NULL))
          break;
      }
  ERR_clear_error ();
  if (connection->fd >= 0)
    close (connection->fd);
  connection->fd = -1;
}
