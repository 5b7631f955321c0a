/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-loopback.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

/* Browsers open connections ahead that they may never use. */
#define GUESTS_MAX 8

/* Nobody else has so many ports by chance. */
#define PORTS_TRIED 16

typedef struct
{
  GSocket *socket;
  LlDeadline until;
  gsize length;
  char bytes[LL_OAUTH_REQUEST_MAX];
} Guest;

struct _LlOauthLoopback
{
  GSocket *ports[2]; /* IPv4, and IPv6 or NULL */
  char *address;
  GPtrArray *guests;
  Guest *chosen; /* who brought the answer; not among the guests any more */
};

static void
guest_free (gpointer data)
{
  Guest *guest = data;

  if (guest == NULL)
    return;
  g_object_unref (guest->socket);
  ll_secret_wipe (guest->bytes, sizeof guest->bytes);
  g_free (guest);
}

static GSocket *
open_port (GSocketFamily family, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  g_autoptr (GSocket) opened
      = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (opened == NULL)
    return NULL;
  g_socket_set_blocking (opened, FALSE);
  if (!g_socket_bind (opened, address, FALSE, error) || !g_socket_listen (opened, error))
    return NULL;
  return g_steal_pointer (&opened);
}

/* The same port of both, where @both: a browser that is sent to "localhost" may ask either, and
 * whoever has the other one would be brought the answer. A machine without IPv6 does not mean it.
 * 0: none. */
static guint16
open_ports (LlOauthLoopback *loopback, gboolean both, GError **error)
{
  for (guint i = 0; i < PORTS_TRIED; i++)
    {
      g_autoptr (GSocketAddress) local = NULL;
      g_autoptr (GError) problem = NULL;
      guint16 port;

      g_clear_object (&loopback->ports[0]);
      loopback->ports[0] = open_port (G_SOCKET_FAMILY_IPV4, 0, error);
      if (loopback->ports[0] == NULL)
        return 0;
      local = g_socket_get_local_address (loopback->ports[0], error);
      if (local == NULL)
        return 0;
      port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
      if (!both)
        return port;
      loopback->ports[1] = open_port (G_SOCKET_FAMILY_IPV6, port, &problem);
      if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        return port;
    }
  g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE,
                       "the browser's answer could be brought to somebody else: every port that "
                       "was tried is taken for IPv6");
  return 0;
}

LlOauthLoopback *
ll_oauth_loopback_new (const char *host, GError **error)
{
  g_autoptr (LlOauthLoopback) loopback = g_new0 (LlOauthLoopback, 1);
  guint16 port;

  loopback->guests = g_ptr_array_new_with_free_func (guest_free);
  port = open_ports (loopback, !g_hostname_is_ip_address (host), error);
  if (port == 0)
    return NULL;
  loopback->address = g_strdup_printf ("http://%s:%u", host, port);
  return g_steal_pointer (&loopback);
}

void
ll_oauth_loopback_free (LlOauthLoopback *loopback)
{
  if (loopback == NULL)
    return;
  g_clear_object (&loopback->ports[0]);
  g_clear_object (&loopback->ports[1]);
  g_ptr_array_unref (loopback->guests);
  guest_free (loopback->chosen);
  g_free (loopback->address);
  g_free (loopback);
}

const char *
ll_oauth_loopback_address (LlOauthLoopback *loopback)
{
  return loopback->address;
}

/* -- pages ------------------------------------------------------------------------------------- */

/* Best effort: who went away does not read it. */
static void
send_page (GSocket *to, const char *status, const char *title, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_autofree char *body = g_strdup_printf ("<!DOCTYPE html><html lang=\"en\"><meta "
                                           "charset=\"utf-8\"><title>%s</title>"
                                           "<body style=\"font-family: sans-serif; margin: 4em "
                                           "auto; max-width: 32em\">"
                                           "<h1>%s</h1><p>%s</p></body></html>\n",
                                           title, title, escaped);
  g_autofree char *page
      = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\n"
                         "Content-Length: %zu\r\nCache-Control: no-store\r\n"
                         "Content-Security-Policy: default-src 'none'; style-src "
                         "'unsafe-inline'\r\n"
                         "Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n%s",
                         status, strlen (body), body);

  g_socket_send (to, page, strlen (page), NULL, NULL);
  g_socket_shutdown (to, FALSE, TRUE, NULL);
}

void
ll_oauth_loopback_answer (LlOauthLoopback *loopback, const char *problem)
{
  g_autofree char *text
      = problem != NULL ? g_strdup_printf ("Letterlock is not signed in: %s.", problem) : NULL;

  if (loopback->chosen == NULL)
    return;
  send_page (loopback->chosen->socket, "200 OK", problem == NULL ? "Signed in" : "Not signed in",
             problem == NULL ? "Letterlock can send for this account now. You can close this page."
                             : text);
}

/* -- guests ---------------------------------------------------------------------- */

static void
admit (LlOauthLoopback *loopback, GSocket *port)
{
  g_autoptr (GSocket) arrived = g_socket_accept (port, NULL, NULL);
  Guest *guest;

  if (arrived == NULL)
    return;
  g_socket_set_blocking (arrived, FALSE);
  if (loopback->guests->len == GUESTS_MAX)
    g_ptr_array_remove_index (loopback->guests, 0);
  guest = g_new0 (Guest, 1);
  guest->socket = g_steal_pointer (&arrived);
  guest->until = ll_deadline_in (LL_OAUTH_REQUEST_TIME);
  g_ptr_array_add (loopback->guests, guest);
}

typedef enum
{
  HEARD_MORE, /* to come */
  HEARD_ALL,
  HEARD_NOTHING, /* closed, or too much */
} Heard;

static Heard
hear (Guest *guest)
{
  gssize got = g_socket_receive (guest->socket, guest->bytes + guest->length,
                                 sizeof guest->bytes - guest->length, NULL, NULL);

  if (got <= 0)
    return HEARD_NOTHING;
  guest->length += (gsize) got;
  if (g_strstr_len (guest->bytes, (gssize) guest->length, "\r\n\r\n") != NULL)
    return HEARD_ALL;
  return guest->length < sizeof guest->bytes ? HEARD_MORE : HEARD_NOTHING;
}

/* In time that does not tell how much of it was right. */
static gboolean
is_ours (const LlOauthRedirect *redirect, const char *state)
{
  g_autoptr (LlSecret) wanted = ll_secret_new_string (state);

  return redirect != NULL && redirect->state != NULL
         && ll_secret_equal (wanted, redirect->state, strlen (redirect->state))
         && (redirect->code != NULL || redirect->error != NULL);
}

/* (transfer full) the answer, if it is this guest who brings it; he may be gone then. */
static LlOauthRedirect *
serve (LlOauthLoopback *loopback, guint i, const char *state)
{
  Guest *guest = g_ptr_array_index (loopback->guests, i);
  g_autoptr (LlOauthRedirect) redirect = NULL;
  Heard heard = hear (guest);

  if (heard == HEARD_MORE)
    return NULL;
  if (heard == HEARD_ALL)
    redirect = ll_oauth_redirect_parse (guest->bytes, guest->length);
  if (is_ours (redirect, state))
    {
      loopback->chosen = g_ptr_array_steal_index (loopback->guests, i);
      /* it counts once */
      g_clear_object (&loopback->ports[0]);
      g_clear_object (&loopback->ports[1]);
      return g_steal_pointer (&redirect);
    }
  if (heard == HEARD_ALL)
    send_page (guest->socket, "404 Not Found", "Nothing here",
               "Letterlock waits here for the answer to a sign-in, and this is none");
  g_ptr_array_remove_index (loopback->guests, i);
  return NULL;
}

static GPollFD
watch (GSocket *on)
{
  return (GPollFD){ .fd = g_socket_get_fd (on), .events = G_IO_IN };
}

/* Whoever said nothing in his time makes room. How long until the next one's time is over. */
static int
expire (LlOauthLoopback *loopback, LlDeadline deadline)
{
  LlDeadline next = deadline;

  for (guint i = loopback->guests->len; i-- > 0;)
    {
      const Guest *guest = g_ptr_array_index (loopback->guests, i);

      if (ll_deadline_left (guest->until) == 0)
        g_ptr_array_remove_index (loopback->guests, i);
      else
        next = ll_deadline_earlier (next, guest->until);
    }
  return ll_deadline_left (next);
}

/* One round; (transfer full) the answer, if it came. */
static LlOauthRedirect *
listen_once (LlOauthLoopback *loopback,
             const char *state,
             int milliseconds,
             GCancellable *cancellable)
{
  GPollFD polls[GUESTS_MAX + 3];
  guint n = 0;
  guint guests = loopback->guests->len;
  gboolean cancels = FALSE;
  LlOauthRedirect *redirect = NULL;

  for (guint i = 0; i < guests; i++)
    polls[n++] = watch (((Guest *) g_ptr_array_index (loopback->guests, i))->socket);
  polls[n++] = watch (loopback->ports[0]);
  if (loopback->ports[1] != NULL)
    polls[n++] = watch (loopback->ports[1]);
  cancels = cancellable != NULL && g_cancellable_make_pollfd (cancellable, &polls[n]);
  g_poll (polls, n + (cancels ? 1 : 0), milliseconds);
  if (cancels)
    g_cancellable_release_fd (cancellable);

  /* from the last, as one that is served may leave */
  for (guint i = guests; i-- > 0 && redirect == NULL;)
    if (polls[i].revents != 0)
      redirect = serve (loopback, i, state);
  for (guint i = 0; i < G_N_ELEMENTS (loopback->ports) && redirect == NULL; i++)
    if (loopback->ports[i] != NULL && polls[guests + i].revents != 0)
      admit (loopback, loopback->ports[i]);
  return redirect;
}

LlOauthRedirect *
ll_oauth_loopback_wait (LlOauthLoopback *loopback,
                        const char *state,
                        LlDeadline deadline,
                        GCancellable *cancellable,
                        GError **error)
{
  for (;;)
    {
      int left = expire (loopback, deadline);
      LlOauthRedirect *redirect;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (ll_deadline_left (deadline) == 0)
        {
          g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE,
                               "nobody came back from the browser in time");
          return NULL;
        }
      redirect = listen_once (loopback, state, left, cancellable);
      if (redirect != NULL)
        return redirect;
    }
}
