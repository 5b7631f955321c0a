/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/listener.h"

#include "base/file.h"
#include "base/limits.h"
#include "served.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

#define SIGN_IN "AUTH PLAIN AG1lAHNlY3JldA==\r\n"
#define WRONG "AUTH PLAIN AG1lAHdyb25n\r\n"
#define ENVELOPE "MAIL FROM:<me@example.com>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n"

/* Signs in and gets as far as 354. */
static LlConnection *
begin_letter (Fixture *fixture)
{
  LlConnection *connection = dial (fixture->smtp);

  expect (connection, "220 ");
  say (connection, "EHLO x\r\n" SIGN_IN ENVELOPE);
  expect (connection, "250-");
  expect (connection, "235 ");
  expect (connection, "250 ");
  expect (connection, "250 ");
  expect (connection, "354 ");
  return connection;
}

static void
test_starttls (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) connection = dial (fixture->smtp);

  expect (connection, "220 localhost ESMTP");
  say (connection, "EHLO x\r\nSTARTTLS\r\n");
  expect (connection, "250-localhost");
  expect (connection, "220 ");
  start_tls (fixture, connection);
  say (connection, "MAIL FROM:<me@example.com>\r\n");
  expect (connection, "503 ");
  say (connection, "EHLO x\r\n" SIGN_IN ENVELOPE);
  expect (connection, "250-");
  expect (connection, "235 ");
  expect (connection, "250 ");
  expect (connection, "250 ");
  expect (connection, "354 ");
  say (connection, "Subject: x\r\n\r\nhello\r\n.\r\n");
  expect (connection, "250 2.0.0 Taken");
  ll_connection_close (connection);
  wait_closed (fixture, 1);
  g_assert_cmpuint (fixture->secured, ==, 1);
  /* a clean TLS close says that the reply was received (promise 3) */
  g_assert_cmpstr (events_of (fixture, 0), ==,
                   "auth me\nmail <me@example.com>\nrcpt <a@example.com>\n"
                   "letter 1 recipients 21 bytes\nreceived\n");
}

/* In clear, or without close_notify, an end of the stream says nothing. */
static void
test_cut_off (Fixture *fixture, gconstpointer data)
{
  for (guint tls = 0; tls < 2; tls++)
    {
      g_autoptr (LlConnection) connection = dial (tls ? fixture->smtps : fixture->smtp);

      if (tls)
        start_tls (fixture, connection);
      expect (connection, "220 ");
      say (connection, "EHLO x\r\n" SIGN_IN ENVELOPE);
      for (guint i = 0; i < 5; i++)
        g_free (read_reply (connection));
      say (connection, "x\r\n.\r\n");
      expect (connection, "250 2.0.0 Taken");
      shutdown (ll_connection_fd (connection), SHUT_RDWR);
      wait_closed (fixture, tls + 1);
      g_assert_null (strstr (events_of (fixture, tls), "received"));
    }
}

/* The other program's close of the line inside a letter: nothing is taken. */
static void
test_half_letter (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) connection = begin_letter (fixture);

  say (connection, "Subject: half\r\n\r\n.\r");
  shutdown (ll_connection_fd (connection), SHUT_WR);
  wait_closed (fixture, 1);
  g_assert_true (g_str_has_suffix (events_of (fixture, 0), "reset\n"));
  g_assert_null (strstr (events_of (fixture, 0), "letter"));
}

static void
test_injected (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) connection = dial (fixture->smtp);

  expect (connection, "220 ");
  say (connection, "EHLO x\r\nSTARTTLS\r\nEHLO y\r\n" SIGN_IN ENVELOPE);
  expect (connection, "250-");
  expect (connection, "220 ");
  expect (connection, "554 ");
  expect_end (connection);
  wait_closed (fixture, 1);
  g_assert_cmpstr (events_of (fixture, 0), ==, "");
}

/* Garbage where TLS should start harms this connection only. */
static void
test_no_tls (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) connection = dial (fixture->smtps);
  g_autoptr (LlConnection) other = NULL;

  say (connection, "EHLO x\r\n");
  {
    char bytes[64];

    while (ll_connection_read (connection, bytes, sizeof bytes, ll_deadline_in (60000), NULL, NULL)
           > 0)
      ;
  }
  wait_closed (fixture, 1);
  other = begin_letter (fixture);
  say (other, ".\r\n");
  expect (other, "250 ");
}

/* Who floods is told why the connection ends, though it has not stopped speaking. */
static void
test_flood (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) connection = dial (fixture->smtp);
  g_autoptr (GString) flood = g_string_new (NULL);

  for (guint i = 0; i < 20000; i++)
    g_string_append (flood, "XYZZY\r\n");
  expect (connection, "220 ");
  say (connection, flood->str);
  for (guint i = 1; i < LL_SESSION_ERRORS_MAX; i++)
    expect (connection, "500 ");
  expect (connection, "421 4.7.0 ");
  expect_end (connection);
}

static void
test_ipv6 (Fixture *fixture, gconstpointer data)
{
  LlListenerAddress one = { .address = "::1", .fd = -1 };
  g_autoptr (LlConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  if (!ll_listener_add (fixture->listener, &one, &error))
    {
      g_test_skip ("no IPv6 on loopback");
      return;
    }
  connection
      = ll_connection_open ("::1", ll_listener_port (fixture->listener, fixture->addresses++),
                            ll_deadline_in (10000), NULL, &error);
  g_assert_no_error (error);
  expect (connection, "220 ");
  say (connection, "EHLO x\r\nSTARTTLS\r\n");
  expect (connection, "250-");
  expect (connection, "220 ");
  start_tls (fixture, connection);
  say (connection, "EHLO x\r\n" SIGN_IN "MAIL FROM:<me@example.com>\r\n");
  expect (connection, "250-");
  expect (connection, "235 ");
  expect (connection, "250 ");
}

/* -- who may come -------------------------------------------------------------------- */

static void
say_as_nobody (guint16 port, int report)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr = { htonl (INADDR_LOOPBACK) } };
  char bytes[64];
  int client;
  gssize got;

  if (setgid (NOBODY) != 0 || setuid (NOBODY) != 0)
    _exit (0);
  client = socket (AF_INET, SOCK_STREAM, 0);
  if (connect (client, (struct sockaddr *) &address, sizeof address) < 0)
    _exit (0);
  got = read (client, bytes, sizeof bytes);
  (void) !write (report, got > 0 ? "served" : "closed", 6);
  _exit (0);
}

/* Promise 9: not a byte for another user's process; a foreign listener does serve it. */
static void
test_other_user (Fixture *fixture, gconstpointer data)
{
  guint16 foreign = add_address (fixture, "127.0.0.1", FALSE, TRUE);
  const guint16 ports[] = { fixture->smtp, fixture->smtps, foreign };
  static const char *const expected[] = { "closed", "closed", "served" };

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      int report[2];
      char said[8] = "";
      pid_t child;

      g_assert_cmpint (pipe (report), ==, 0);
      child = fork ();
      if (child == 0)
        say_as_nobody (ports[i], report[1]);
      close (report[1]);
      (void) !read (report[0], said, 6);
      close (report[0]);
      waitpid (child, NULL, 0);
      if (said[0] == '\0')
        {
          g_test_skip ("only root can become somebody else");
          return;
        }
      g_assert_cmpstr (said, ==, expected[i]);
    }
  wait_closed (fixture, 1);
  g_assert_cmpuint (fixture->opened, ==, 1);
}

/* A foreign listener asks for TLS and AUTH, whatever the factory said. */
static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  guint16 port;
  g_autoptr (LlConnection) connection = NULL;

  fixture->auth_optional = TRUE;
  port = add_address (fixture, "127.0.0.1", FALSE, TRUE);
  connection = dial (port);
  expect (connection, "220 ");
  say (connection, "EHLO x\r\nMAIL FROM:<me@example.com>\r\n" SIGN_IN "STARTTLS\r\n");
  expect (connection, "250-");
  expect (connection, "530 5.7.0 Say STARTTLS");
  expect (connection, "538 ");
  expect (connection, "220 ");
  start_tls (fixture, connection);
  say (connection,
       "EHLO x\r\nMAIL FROM:<me@example.com>\r\n" SIGN_IN "MAIL FROM:<me@example.com>\r\n");
  expect (connection, "250-");
  expect (connection, "530 5.7.0 Sign in");
  expect (connection, "235 ");
  expect (connection, "250 ");
}

/* -- how many, how often ----------------------------------------------------------------- */

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  LlConnection *all[LL_SESSIONS_MAX];
  g_autoptr (LlConnection) one_more = NULL;
  g_autoptr (LlConnection) in_tls = NULL;
  g_autoptr (LlConnection) after = NULL;

  for (guint i = 0; i < LL_SESSIONS_MAX; i++)
    {
      all[i] = dial (fixture->smtp);
      expect (all[i], "220 ");
    }
  one_more = dial (fixture->smtp);
  expect (one_more, "421 4.3.2 ");
  expect_end (one_more);
  in_tls = dial (fixture->smtps);
  expect_end (in_tls);
  for (guint i = 0; i < LL_SESSIONS_MAX; i++)
    ll_connection_free (all[i]);
  wait_closed (fixture, LL_SESSIONS_MAX);
  do
    {
      /* close() of the last one is told just before its place is free */
      g_autofree char *greeting = NULL;

      g_clear_pointer (&after, ll_connection_free);
      after = dial (fixture->smtp);
      greeting = read_reply (after);
      if (g_str_has_prefix (greeting, "220 "))
        break;
      g_assert_true (g_str_has_prefix (greeting, "421 "));
    }
  while (TRUE);
}

/* Nobody is locked out, but who guesses waits; also across connections. */
static void
test_wrong_passwords (Fixture *fixture, gconstpointer data)
{
  gint64 start;

  for (guint i = 0; i < LL_AUTH_FREE_TRIES; i++)
    {
      g_autoptr (LlConnection) connection = dial (fixture->smtp);

      expect (connection, "220 ");
      say (connection, "EHLO x\r\n" WRONG);
      expect (connection, "250-");
      expect (connection, "535 5.7.8 ");
    }
  {
    g_autoptr (LlConnection) connection = dial (fixture->smtp);

    expect (connection, "220 ");
    say (connection, "EHLO x\r\n");
    expect (connection, "250-");
    start = g_get_monotonic_time ();
    say (connection, WRONG);
    expect (connection, "535 5.7.8 ");
    g_assert_cmpint (g_get_monotonic_time () - start, >=, LL_AUTH_SLOW * 1000);
    say (connection, SIGN_IN);
    expect (connection, "235 ");
  }
}

static gpointer
send_letters_thread (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (LlConnection) connection = dial (fixture->smtps);

  start_tls (fixture, connection);
  expect (connection, "220 ");
  say (connection, "EHLO x\r\n" SIGN_IN);
  expect (connection, "250-");
  expect (connection, "235 ");
  for (guint i = 0; i < 25; i++)
    {
      say (connection, ENVELOPE);
      expect (connection, "250 ");
      expect (connection, "250 ");
      expect (connection, "354 ");
      say (connection, "Subject: x\r\n\r\n..\r\n.\r\n");
      expect (connection, "250 2.0.0 Taken");
    }
  ll_connection_close (connection);
  return NULL;
}

static void
test_parallel (Fixture *fixture, gconstpointer data)
{
  GThread *threads[8];
  guint taken = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("client", send_letters_thread, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  wait_closed (fixture, G_N_ELEMENTS (threads));
  for (guint i = 0; i < fixture->recorders->len; i++)
    taken += ((Recorder *) fixture->recorders->pdata[i])->taken;
  g_assert_cmpuint (taken, ==, 8 * 25);
}

static void
test_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) connection = begin_letter (fixture);
  g_autoptr (GString) letter = g_string_new (NULL);
  Recorder *recorder = fixture->recorders->pdata[0];

  while (letter->len < 8 * 1024 * 1024)
    g_string_append_printf (letter, "line at %" G_GSIZE_FORMAT "\r\n", letter->len);
  say (connection, letter->str);
  say (connection, ".\r\n");
  expect (connection, "250 2.0.0 Taken");
  g_assert_true (g_string_equal (recorder->letters, letter));
}

/* -- stopping ------------------------------------------------------------------------------- */

static gpointer
stop_thread (gpointer data)
{
  ll_listener_stop (data, LL_DEADLINE_NEVER);
  return NULL;
}

/* Who is between letters is told; who is inside one may finish it. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) idle = dial (fixture->smtp);
  g_autoptr (LlConnection) busy = NULL;
  GThread *stopper;

  expect (idle, "220 ");
  busy = begin_letter (fixture);
  stopper = g_thread_new ("stop", stop_thread, fixture->listener);
  expect (idle, "421 4.4.2 ");
  expect_end (idle);
  say (busy, "x\r\n.\r\n");
  expect (busy, "250 2.0.0 Taken");
  expect (busy, "421 4.4.2 ");
  expect_end (busy);
  g_thread_join (stopper);
}

/* Past the deadline even a letter is cut off; it was not answered, so it is not lost. */
static void
test_stop_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) busy = begin_letter (fixture);

  ll_listener_stop (fixture->listener, 0);
  expect (busy, "421 4.4.2 ");
  expect_end (busy);
  wait_closed (fixture, 1);
  g_assert_true (g_str_has_suffix (events_of (fixture, 0), "reset\n"));
}

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
test_activated_socket (Fixture *fixture, gconstpointer data)
{
  LlListenerAddress one = { .address = "127.0.0.1", .fd = open_socket_for_test () };
  g_autoptr (LlConnection) connection = NULL;
  guint16 port;

  g_assert_true (ll_listener_add (fixture->listener, &one, NULL));
  port = ll_listener_port (fixture->listener, fixture->addresses++);
  g_assert_cmpuint (port, !=, 0);
  connection = dial (port);
  expect (connection, "220 ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/listener/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("starttls", test_starttls);
  ADD ("cut-off", test_cut_off);
  ADD ("half-letter", test_half_letter);
  ADD ("T05-injected", test_injected);
  ADD ("no-tls", test_no_tls);
  ADD ("flood", test_flood);
  ADD ("ipv6", test_ipv6);
  ADD ("other-user", test_other_user);
  ADD ("foreign", test_foreign);
  ADD ("too-many", test_too_many);
  ADD ("wrong-passwords", test_wrong_passwords);
  ADD ("parallel", test_parallel);
  ADD ("large", test_large);
  ADD ("stop", test_stop);
  ADD ("stop-at-once", test_stop_at_once);
  ADD ("activated-socket", test_activated_socket);
  return run_to_the_last_thread ();
}
