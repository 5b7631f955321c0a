/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/serve.h"

#include "base/limits.h"
#include "served.h"

/*
 * The times that a conversation may take (base/limits.h), without waiting for them: this program
 * is linked with its own ll_deadline_in() in front, which lets one of them be over at once.
 */

#define SIGN_IN "AUTH PLAIN AG1lAHNlY3JldA==\r\n"
#define ENVELOPE "MAIL FROM:<me@example.com>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n"

static GThread *own_thread = NULL; /* in which nothing is hurried */
static int hurried = 0;            /* milliseconds; atomic, as is the next */
static int spared = 0;

LlDeadline __real_ll_deadline_in (gint64 milliseconds);
LlDeadline __wrap_ll_deadline_in (gint64 milliseconds);

LlDeadline
__wrap_ll_deadline_in (gint64 milliseconds)
{
  gboolean is_over = g_thread_self () != own_thread && milliseconds == g_atomic_int_get (&hurried)
                     && g_atomic_int_add (&spared, -1) <= 0;

  return __real_ll_deadline_in (is_over ? 0 : milliseconds);
}

/* Waits of @milliseconds that begin from now on are over at once, but for the first @n. */
static void
hurry (int milliseconds, int n)
{
  g_atomic_int_set (&spared, n);
  g_atomic_int_set (&hurried, milliseconds);
}

static void
begin (Fixture *fixture, gconstpointer data)
{
  hurry (0, 0);
  set_up (fixture, data);
}

static LlConnection *
greeted (guint16 port)
{
  LlConnection *connection = dial (port);

  expect (connection, "220 ");
  say (connection, "EHLO x\r\n");
  expect (connection, "250-");
  return connection;
}

static void
expect_timeout (LlConnection *connection)
{
  expect (connection, "421 4.4.2 Nothing came for too long");
  expect_end (connection);
}

static void
test_idle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) connection = NULL;

  hurry (LL_SESSION_IDLE, 2); /* for EHLO, for NOOP */
  connection = greeted (fixture->smtp);
  say (connection, "NOOP\r\n");
  expect (connection, "250 ");
  expect_timeout (connection);
}

/* A letter that stops coming is none. */
static void
test_idle_in_letter (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) connection = NULL;

  hurry (LL_SESSION_IDLE, 3); /* for EHLO, for the envelope, for half a letter */
  connection = greeted (fixture->smtp);
  say (connection, SIGN_IN ENVELOPE);
  expect (connection, "235 ");
  expect (connection, "250 ");
  expect (connection, "250 ");
  expect (connection, "354 ");
  say (connection, "Subject: half\r\n\r\nand no more\r\n");
  expect_timeout (connection);
  wait_closed (fixture, 1);
  g_assert_true (g_str_has_suffix (events_of (fixture, 0), "reset\n"));
  g_assert_null (strstr (events_of (fixture, 0), "letter"));
}

/* However busy it is: no wait of its own is over here. */
static void
test_lifetime (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) connection = NULL;

  hurry (LL_SESSION_LIFETIME, 0);
  connection = dial (fixture->smtp);
  expect (connection, "220 ");
  expect_timeout (connection);
}

static void
test_handshake (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlConnection) at_once = NULL;
  g_autoptr (LlConnection) asked = greeted (fixture->smtp);

  hurry (LL_SESSION_HANDSHAKE, 0);
  at_once = dial (fixture->smtps);
  expect_end (at_once);
  say (asked, "STARTTLS\r\n");
  expect (asked, "220 ");
  expect_end (asked);
  wait_closed (fixture, 2);
  g_assert_cmpuint (fixture->secured, ==, 0);
}

/* Who reads no replies is not waited for, once they fill the line; letter after letter, as other
 * commands end the conversation by their number. */
static void
test_unread (Fixture *fixture, gconstpointer data)
{
  static const char letter[] = ENVELOPE ".\r\n";
  g_autoptr (LlConnection) connection = NULL;

  fixture->auth_optional = TRUE;
  connection = greeted (fixture->smtp);
  hurry (LL_SESSION_WRITE, 0);
  while (ll_connection_write (connection, letter, strlen (letter), LL_DEADLINE_NEVER, NULL, NULL))
    ;
  wait_closed (fixture, 1);
}

/* Strangers have less time than one's own programs, until they have signed in. */
static void
test_stranger (Fixture *fixture, gconstpointer data)
{
  guint16 port = add_address (fixture, "127.0.0.1", FALSE, TRUE);
  g_autoptr (LlConnection) own = greeted (fixture->smtp);
  g_autoptr (LlConnection) known = greeted (port);
  g_autoptr (LlConnection) unknown = NULL;

  say (known, "STARTTLS\r\n");
  expect (known, "220 ");
  start_tls (fixture, known);
  say (known, "EHLO x\r\n" SIGN_IN);
  expect (known, "250-");
  expect (known, "235 ");
  hurry (LL_SESSION_STRANGER_IDLE, 0);
  unknown = dial (port);
  expect (unknown, "220 ");
  expect_timeout (unknown);
  for (guint i = 0; i < 3; i++)
    {
      say (own, "NOOP\r\n");
      expect (own, "250 ");
      say (known, "NOOP\r\n");
      expect (known, "250 ");
    }
}

/* Strangers never take the last places. */
static void
test_strangers (Fixture *fixture, gconstpointer data)
{
  guint16 port = add_address (fixture, "127.0.0.1", FALSE, TRUE);
  LlConnection *all[LL_SESSIONS_FOREIGN_MAX];
  g_autoptr (LlConnection) one_more = NULL;
  g_autoptr (LlConnection) own = NULL;

  for (guint i = 0; i < LL_SESSIONS_FOREIGN_MAX; i++)
    all[i] = greeted (port);
  one_more = dial (port);
  expect (one_more, "421 4.3.2 ");
  expect_end (one_more);
  own = greeted (fixture->smtp);
  for (guint i = 0; i < LL_SESSIONS_FOREIGN_MAX; i++)
    ll_connection_free (all[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  own_thread = g_thread_self ();
#define ADD(path, function) g_test_add ("/serve/" path, Fixture, NULL, begin, function, tear_down)
  ADD ("idle", test_idle);
  ADD ("idle-in-letter", test_idle_in_letter);
  ADD ("lifetime", test_lifetime);
  ADD ("handshake", test_handshake);
  ADD ("unread", test_unread);
  ADD ("stranger", test_stranger);
  ADD ("strangers", test_strangers);
  return run_to_the_last_thread ();
}
