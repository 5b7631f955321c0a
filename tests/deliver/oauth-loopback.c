/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-loopback.h"

#include "base/limits.h"

#include <string.h>

/* A guest who says nothing: linked with a clock in front that lets the first one's time be over at
 * once. The rest of the page is in tests/system/oauth.py, with a browser. */

/* Only for a test that is red: nothing here waits for it. */
#define RED_SECONDS 20

#define ANSWER "GET /?state=ours&code=x HTTP/1.1\r\n\r\n"

LlDeadline __real_ll_deadline_in (gint64 milliseconds);
LlDeadline __wrap_ll_deadline_in (gint64 milliseconds);

LlDeadline
__wrap_ll_deadline_in (gint64 milliseconds)
{
  static int guests = 0;
  gboolean is_over = milliseconds == LL_OAUTH_REQUEST_TIME && g_atomic_int_add (&guests, 1) == 0;

  return __real_ll_deadline_in (is_over ? 0 : milliseconds);
}

gboolean
__real_g_socket_bind (GSocket *socket, GSocketAddress *address, gboolean reuse, GError **error);
gboolean
__wrap_g_socket_bind (GSocket *socket, GSocketAddress *address, gboolean reuse, GError **error);

static guint taken; /* so many ports of IPv6 are somebody else's */
static gboolean has_ipv6;

gboolean
__wrap_g_socket_bind (GSocket *socket, GSocketAddress *address, gboolean reuse, GError **error)
{
  gboolean ipv6 = g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  gboolean bound;

  if (ipv6 && taken > 0)
    {
      taken--;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "taken");
      return FALSE;
    }
  bound = __real_g_socket_bind (socket, address, reuse, error);
  has_ipv6 = has_ipv6 || (ipv6 && bound);
  return bound;
}

static GSocketConnection *
visit (LlOauthLoopback *loopback)
{
  const char *place = ll_oauth_loopback_address (loopback) + strlen ("http://");
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *visitor;

  g_socket_client_set_timeout (client, RED_SECONDS);
  g_socket_client_set_enable_proxy (client, FALSE); /* a module of C++, which ASan does not know */
  visitor = g_socket_client_connect_to_host (client, place, 0, NULL, &error);
  g_assert_no_error (error);
  return visitor;
}

/* "": closed. (transfer full) */
static char *
hear (GSocketConnection *visitor)
{
  char bytes[100] = "";
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (visitor)), bytes,
                                  sizeof bytes - 1, NULL, &error);

  g_assert_no_error (error);
  return g_strndup (bytes, (gsize) n);
}

static gpointer
wait_thread (gpointer loopback)
{
  return ll_oauth_loopback_wait (loopback, "ours", __real_ll_deadline_in (RED_SECONDS * 1000), NULL,
                                 NULL);
}

/* He is sent away, and the one after him is heard. */
static void
test_silent (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlOauthLoopback) loopback = ll_oauth_loopback_new ("127.0.0.1", &error);
  g_autoptr (GSocketConnection) silent = visit (loopback);
  GThread *waiting = g_thread_new ("wait", wait_thread, loopback);
  g_autofree char *heard = hear (silent);
  g_autoptr (GSocketConnection) browser = visit (loopback);
  g_autoptr (LlOauthRedirect) redirect = NULL;

  g_assert_cmpstr (heard, ==, "");
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (browser)), ANSWER,
                             strlen (ANSWER), NULL, NULL, &error);
  g_assert_no_error (error);
  redirect = g_thread_join (waiting);
  g_assert_nonnull (redirect);
  g_assert_true (ll_secret_equal (redirect->code, "x", 1));
}

/* "localhost" means both. Whoever has that port of the other one would be brought the answer: then
 * another port is taken. */
static void
test_taken (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) visitor = NULL;
  g_autoptr (LlOauthLoopback) loopback = NULL;
  g_autofree char *place = NULL;

  taken = 1;
  loopback = ll_oauth_loopback_new ("localhost", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (taken, ==, 0);
  g_socket_client_set_enable_proxy (client, FALSE);
  place = g_strconcat ("[::1]", strrchr (ll_oauth_loopback_address (loopback), ':'), NULL);
  visitor = g_socket_client_connect_to_host (client, place, 0, NULL, &error);
  if (!has_ipv6)
    g_test_skip ("this machine has no IPv6");
  else
    g_assert_no_error (error);
}

/* An address means itself, and nobody looks for the other one. */
static void
test_address (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlOauthLoopback) loopback = NULL;

  taken = 1;
  loopback = ll_oauth_loopback_new ("127.0.0.1", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (taken, ==, 1);
  taken = 0;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/oauth-loopback/silent", test_silent);
  g_test_add_func ("/deliver/oauth-loopback/taken", test_taken);
  g_test_add_func ("/deliver/oauth-loopback/address", test_address);
  return g_test_run ();
}
