/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/port.h"

#include "base/error.h"
#include "base/file.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* Bound and listening on 127.0.0.1, as systemd would do it. */
static int
open_socket_for_test (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 4), ==, 0);
  return fd;
}

static void
test_taken (void)
{
  LL_AUTO_FD held = open_socket_for_test ();
  LlListenerAddress one = { .fd = -1, .implicit_tls = TRUE };
  g_autoptr (GError) error = NULL;
  g_autofree char *start = NULL;
  g_autofree char *hint = NULL;
  g_autofree char *pid = g_strdup_printf ("(process %d)", getpid ());
  guint16 next;

  g_assert_true (ll_port_of_socket (held, &one.address, &one.port));
  g_assert_cmpstr (one.address, ==, "127.0.0.1");
  next = ll_port_next_free (one.address, one.port);
  g_assert_cmpuint (next, >, one.port);
  g_assert_cmpint (ll_port_bind (&one, &error), ==, -1);
  g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_RANGE);
  g_test_message ("%s", error->message);
  start = g_strdup_printf ("Port %u of 127.0.0.1 is taken by ", one.port);
  hint = g_strdup_printf ("[listen] smtps = 127.0.0.1:%u", next);
  g_assert_true (g_str_has_prefix (error->message, start));
  g_assert_nonnull (strstr (error->message, pid));
  g_assert_nonnull (strstr (error->message, g_get_user_name ()));
  g_assert_nonnull (strstr (error->message, hint));
}

static void
hold_port_as_nobody (int report, int hold)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  socklen_t size = sizeof address;
  int fd;
  char byte;

  if (setgid (NOBODY) != 0 || setuid (NOBODY) != 0)
    _exit (0);
  fd = socket (AF_INET, SOCK_STREAM, 0);
  if (bind (fd, (struct sockaddr *) &address, size) < 0 || listen (fd, 1) < 0
      || getsockname (fd, (struct sockaddr *) &address, &size) < 0)
    _exit (0);
  (void) !write (report, &address.sin_port, sizeof address.sin_port);
  (void) !read (hold, &byte, 1);
  _exit (0);
}

/* Another user's process at our port would be handed passwords. */
static void
test_taken_by_another (void)
{
  int report[2], hold[2];
  in_port_t port = 0;
  pid_t child;

  g_assert_cmpint (pipe (report), ==, 0);
  g_assert_cmpint (pipe (hold), ==, 0);
  child = fork ();
  if (child == 0)
    {
      close (hold[1]);
      hold_port_as_nobody (report[1], hold[0]);
    }
  close (report[1]);
  close (hold[0]);
  if (read (report[0], &port, sizeof port) != sizeof port)
    g_test_skip ("only root can become somebody else");
  else
    {
      LlListenerAddress one = { .address = "127.0.0.1", .port = ntohs (port), .fd = -1 };
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (ll_port_bind (&one, &error), ==, -1);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, "ALARM: "));
      g_assert_nonnull (strstr (error->message, "hand it your password"));
    }
  close (report[0]);
  close (hold[1]);
  waitpid (child, NULL, 0);
}

/* Runs in a child: its descriptors 3 to 5 are those that systemd would pass. */
static void
check_activation (void)
{
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());
  LlListenerAddress *found;
  guint n = 0;
  int smtp = open_socket_for_test ();
  int smtps = open_socket_for_test ();
  int file = open ("/dev/null", O_RDONLY);

  dup2 (smtp, 103);
  dup2 (file, 104);
  dup2 (smtps, 105);
  for (int i = 3; i < 6; i++)
    dup2 (i + 100, i);
  g_setenv ("LISTEN_FDS", "3", TRUE);
  g_setenv ("LISTEN_FDNAMES", "smtp:other:smtps", TRUE);
  g_setenv ("LISTEN_PID", "1", TRUE);
  g_free (ll_listener_activated (&n));
  if (n != 0)
    _exit (1);
  g_setenv ("LISTEN_PID", pid, TRUE);
  found = ll_listener_activated (&n);
  if (n != 2 || found[0].fd != 3 || found[0].implicit_tls || found[1].fd != 5
      || !found[1].implicit_tls || found[0].port == 0
      || strcmp (found[0].address, "127.0.0.1") != 0)
    _exit (2);
  g_free (found);
  _exit (0);
}

static void
test_activation (void)
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    check_activation ();
  waitpid (child, &status, 0);
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_true (WIFEXITED (status));
}

/* Promise 9: other hosts only by an explicit foreign listener. */
static void
test_not_loopback (void)
{
  static const char *const addresses[] = { "0.0.0.0", "::", "192.0.2.1", "localhost", "" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      LlListenerAddress one = { .address = addresses[i], .fd = -1 };
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (ll_port_bind (&one, &error), ==, -1);
      g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_RANGE);
    }
}

static void
test_loopback (void)
{
  static const struct
  {
    const char *address;
    gboolean loopback;
  } addresses[] = { { "127.0.0.1", TRUE },  { "127.1.2.3", TRUE },  { "::1", TRUE },
                    { "0.0.0.0", FALSE },   { "::", FALSE },        { "::ffff:127.0.0.1", FALSE },
                    { "192.0.2.1", FALSE }, { "localhost", FALSE }, { "", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    g_assert_cmpint (ll_port_is_loopback (addresses[i].address), ==, addresses[i].loopback);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port/taken", test_taken);
  g_test_add_func ("/port/taken-by-another", test_taken_by_another);
  g_test_add_func ("/port/activation", test_activation);
  g_test_add_func ("/port/not-loopback", test_not_loopback);
  g_test_add_func ("/port/loopback", test_loopback);
  return g_test_run ();
}
