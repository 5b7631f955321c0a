/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/client.h"

#include "base/error.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server whose words are all said in advance: what the client sent is looked at afterwards. */
typedef struct
{
  LlClient *client;
  int peer;
} Talk;

static void
talk_begin (Talk *talk, const char *words)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  talk->client = ll_client_new (ll_connection_new (pair[0]));
  talk->peer = pair[1];
  g_assert_cmpint (write (talk->peer, words, strlen (words)), ==, strlen (words));
}

static void
talk_heard (Talk *talk, const char *expected)
{
  char heard[1024] = "";
  gssize got = recv (talk->peer, heard, sizeof heard - 1, MSG_DONTWAIT);

  g_assert_cmpint (got, ==, strlen (expected) > 0 ? (gssize) strlen (expected) : got);
  g_assert_cmpstr (heard, ==, expected);
}

static void
talk_end (Talk *talk)
{
  ll_client_free (talk->client);
  close (talk->peer);
}

static LlDeadline
soon (void)
{
  return ll_deadline_in (20000);
}

static void
test_steps (void)
{
  Talk talk;
  g_autoptr (LlServerReply) reply = NULL;

  talk_begin (&talk, "220-mail.example\r\n220 ready\r\n");
  reply = ll_client_read (talk.client, soon (), NULL, NULL);
  g_assert_cmpuint (reply->code, ==, 220);
  g_assert_false (ll_client_offers (talk.client)->known);
  g_assert_false (ll_client_has_input (talk.client));

  g_clear_pointer (&reply, ll_server_reply_free);
  g_assert_cmpint (write (talk.peer, "250-mail.example\r\n250 DSN\r\n", 27), ==, 27);
  reply = ll_client_ehlo (talk.client, "[127.0.0.1]", soon (), NULL, NULL);
  talk_heard (&talk, "EHLO [127.0.0.1]\r\n");
  g_assert_true (ll_client_offers (talk.client)->dsn);
  talk_end (&talk);
}

static void
test_helo (void)
{
  Talk talk;
  g_autoptr (LlServerReply) reply = NULL;

  talk_begin (&talk, "502 what?\r\n250 hello\r\n");
  reply = ll_client_ehlo (talk.client, "a", soon (), NULL, NULL);
  talk_heard (&talk, "EHLO a\r\nHELO a\r\n");
  g_assert_cmpuint (reply->code, ==, 250);
  g_assert_true (ll_client_offers (talk.client)->known);
  g_assert_false (ll_client_offers (talk.client)->starttls);
  talk_end (&talk);
}

/* Asked ahead, it is asked once; the next time it is asked anew. */
static void
test_ahead (void)
{
  Talk talk;
  g_autoptr (LlServerReply) first = NULL;
  g_autoptr (LlServerReply) second = NULL;

  talk_begin (&talk, "");
  g_assert_true (ll_client_ehlo_ahead (talk.client, "a", soon (), NULL, NULL));
  talk_heard (&talk, "EHLO a\r\n");
  g_assert_false (ll_client_offers (talk.client)->known);
  g_assert_cmpint (write (talk.peer, "250-x\r\n250 DSN\r\n250 x\r\n", 23), ==, 23);
  first = ll_client_ehlo (talk.client, "a", soon (), NULL, NULL);
  g_assert_true (ll_client_offers (talk.client)->dsn);
  second = ll_client_ehlo (talk.client, "b", soon (), NULL, NULL);
  talk_heard (&talk, "EHLO b\r\n");
  g_assert_true (ll_client_offers (talk.client)->known);
  g_assert_false (ll_client_offers (talk.client)->dsn);
  talk_end (&talk);
}

static void
test_flight (void)
{
  Talk talk;
  g_autoptr (LlServerReply) first = NULL;
  g_autoptr (LlServerReply) second = NULL;

  talk_begin (&talk, "250 2.1.0 a\r\n550 5.1.1 b\r\n");
  g_assert_true (ll_client_queue (talk.client, NULL, "MAIL FROM:<%s>", "a@b.example"));
  g_assert_true (ll_client_queue (talk.client, NULL, "RCPT TO:<%s>", "c@d.example"));
  g_assert_true (ll_client_flush (talk.client, soon (), NULL, NULL));
  talk_heard (&talk, "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n");
  first = ll_client_read (talk.client, soon (), NULL, NULL);
  second = ll_client_read (talk.client, soon (), NULL, NULL);
  g_assert_cmpuint (first->code, ==, 250);
  g_assert_cmpuint (second->code, ==, 550);
  talk_end (&talk);
}

static void
test_line_end_in_command (void)
{
  static const char *const bad[] = { "a\r\nRSET", "a\nRSET", "a\r" };
  Talk talk;

  talk_begin (&talk, "");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          ll_client_command (talk.client, soon (), NULL, &error, "MAIL FROM:<%s>", bad[i]));
      g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX);
    }
  g_assert_cmpuint (ll_client_queued (talk.client), ==, 0);
  talk_heard (&talk, "");
  talk_end (&talk);
}

/* T04, T34: what is said in clear after the 220 is never read after the handshake. */
static void
test_injected (void)
{
  static const char *const words[] = {
    "220 go\r\n250-REQUIRETLS\r\n",
    "220 go\r\n2",
    "220 go\r\n235 2.7.0 welcome\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      Talk talk;
      g_autoptr (GError) error = NULL;

      talk_begin (&talk, words[i]);
      /* before STARTTLS is sent, they are there already: refused without sending it */
      g_assert_null (ll_client_starttls (talk.client, soon (), NULL, &error));
      g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_INJECTED);
      talk_heard (&talk, "");
      talk_end (&talk);
    }
}

typedef struct
{
  int fd;
  const char *words;
} Answerer;

/* Answers STARTTLS once it has come. */
static gpointer
answer_thread (gpointer data)
{
  Answerer *answerer = data;
  char heard[64];

  g_assert_cmpint (read (answerer->fd, heard, sizeof heard), ==, 10);
  g_assert_cmpint (write (answerer->fd, answerer->words, strlen (answerer->words)), ==,
                   strlen (answerer->words));
  return NULL;
}

static void
test_starttls (void)
{
  static const struct
  {
    const char *words;
    guint code;
  } answers[] = {
    { "220 go\r\n", 220 },
    { "454 4.7.0 not now\r\n", 454 },
    { "502 5.5.1 what\r\n", 502 },
    { "220 go\r\n250-REQUIRETLS\r\n", 0 },
    { "220 go\r\n235 2.7.0 welcome\r\n", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Talk talk;
      g_autoptr (GError) error = NULL;
      g_autoptr (LlServerReply) reply = NULL;

      talk_begin (&talk, "");
      Answerer answerer = { talk.peer, answers[i].words };
      GThread *thread = g_thread_new ("answer", answer_thread, &answerer);
      reply = ll_client_starttls (talk.client, soon (), NULL, &error);
      g_thread_join (thread);
      if (answers[i].code != 0)
        g_assert_cmpuint (reply->code, ==, answers[i].code);
      else
        g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_INJECTED);
      talk_end (&talk);
    }
}

static void
test_closed (void)
{
  Talk talk;
  g_autoptr (GError) error = NULL;

  talk_begin (&talk, "220-half");
  shutdown (talk.peer, SHUT_WR);
  g_assert_null (ll_client_read (talk.client, soon (), NULL, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_CLOSED);
  talk_end (&talk);
}

static void
test_deadline (void)
{
  Talk talk;
  g_autoptr (GError) error = NULL;

  talk_begin (&talk, "");
  g_assert_null (ll_client_read (talk.client, ll_deadline_in (1), NULL, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TIMEOUT);
  talk_end (&talk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/client/steps", test_steps);
  g_test_add_func ("/wire/client/helo", test_helo);
  g_test_add_func ("/wire/client/ehlo-ahead", test_ahead);
  g_test_add_func ("/wire/client/flight", test_flight);
  g_test_add_func ("/wire/client/line-end-in-command", test_line_end_in_command);
  g_test_add_func ("/wire/client/injected", test_injected);
  g_test_add_func ("/wire/client/starttls", test_starttls);
  g_test_add_func ("/wire/client/closed", test_closed);
  g_test_add_func ("/wire/client/deadline", test_deadline);
  return g_test_run ();
}
