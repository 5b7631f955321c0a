/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/proxy.h"

#include "base/error.h"
#include "base/file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What libcurl takes where none is given, so that one setting means one thing. */
#define PROXY_PORT 1080

/* "socks5h" is libcurl's word for what GIO always does: the proxy looks the name up. */
static const char *
protocol_of (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);

  return strcmp (scheme, "socks5h") == 0 ? "socks5" : scheme;
}

/* GIO knows both protocols; it wants a GSocketConnection, we want the descriptor back. */
static GSocketConnection *
connect_to_proxy (GUri *uri, LlDeadline deadline, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  int port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : PROXY_PORT;
  int seconds = MAX (1, ll_deadline_left (deadline) / 1000);

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, (guint) seconds);
  return g_socket_client_connect_to_host (client, g_uri_get_host (uri), (guint16) port, cancellable,
                                          error);
}

static GIOStream *
pass_through (GUri *uri,
              GSocketConnection *connection,
              const char *host,
              guint16 port,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GProxy) protocol = g_proxy_get_default_for_protocol (protocol_of (uri));
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, error);
  g_autoptr (GSocketAddress) address = NULL;

  if (remote == NULL)
    return NULL;
  if (protocol == NULL || !G_IS_INET_SOCKET_ADDRESS (remote))
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE,
                   "a proxy of kind \"%s\" is not known", g_uri_get_scheme (uri));
      return NULL;
    }
  address
      = g_object_new (G_TYPE_PROXY_ADDRESS, "address",
                      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)), "port",
                      (guint) g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (remote)),
                      "protocol", protocol_of (uri), "destination-hostname", host,
                      "destination-port", (guint) port, NULL);
  return g_proxy_connect (protocol, G_IO_STREAM (connection), G_PROXY_ADDRESS (address),
                          cancellable, error);
}

LlConnection *
ll_proxy_open (const char *proxy,
               const char *host,
               guint16 port,
               LlDeadline deadline,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (proxy, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) reason = NULL;
  int fd = -1;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE, "the proxy \"%s\" is no URL",
                   proxy);
      return NULL;
    }
  connection = connect_to_proxy (uri, deadline, cancellable, &reason);
  if (connection != NULL)
    stream = pass_through (uri, connection, host, port, cancellable, &reason);
  if (stream != NULL)
    fd = fcntl (g_socket_get_fd (g_socket_connection_get_socket (connection)), F_DUPFD_CLOEXEC, 3);
  if (fd >= 0)
    return ll_connection_new (fd);
  if (reason != NULL && g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE,
                 "no connection through the proxy: %s",
                 reason != NULL ? reason->message : "it was closed");
  return NULL;
}
