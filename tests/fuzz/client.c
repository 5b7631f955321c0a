/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/sasl.h"
#include "wire/client.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/*
 * All that a server will ever say is there before we begin, and then it ends. The first byte
 * says what we want of it: STARTTLS, or one of the ways to sign in.
 */

#define ALL_AT_ONCE 65536

static const char *const mechanisms[] = { "PLAIN", "LOGIN", "SCRAM-SHA-256", "EXTERNAL" };

static LlClient *
client_of (const char *bytes, gsize size, int *peer)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), ==,
                   0);
  g_assert_cmpint (write (pair[1], bytes, size), ==, (gssize) size);
  g_assert_cmpint (shutdown (pair[1], SHUT_WR), ==, 0);
  *peer = pair[1];
  return ll_client_new (ll_connection_new (pair[0]));
}

/* How many bytes the first @n replies take; 0: there are not as many. */
static gsize
length_of_replies (const char *bytes, gsize size, guint n)
{
  g_autoptr (LlReplyParser) parser = ll_reply_parser_new ();
  gsize at = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LlServerReply) reply = NULL;
      gssize taken = ll_reply_parser_push (parser, bytes + at, size - at, &reply, NULL);

      if (taken < 0 || reply == NULL)
        return 0;
      at += (gsize) taken;
    }
  return at;
}

/* RFC 3207 4.2, CVE-2011-0411: nothing of what came in clear is left for after the handshake. */
static void
want_tls (LlClient *client, const char *bytes, gsize size, guint replies)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply
      = ll_client_starttls (client, ll_deadline_in (1000), NULL, &error);

  g_assert_true ((reply == NULL) == (error != NULL));
  if (reply != NULL && reply->code == 220)
    g_assert_cmpuint (length_of_replies (bytes, size, replies + 1), ==, size);
}

/* Nobody here knows the password, so nobody can prove it; else 235 says yes and nothing else. */
static void
want_sign_in (LlClient *client, const char *mechanism, const char *bytes, gsize size)
{
  g_autoptr (LlSecret) password = ll_secret_new ("secret", 6);
  g_autoptr (LlResult) result
      = ll_sasl_sign_in (client, mechanism, "ada", password, ll_deadline_in (1000), NULL);

  g_assert_nonnull (result);
  if (result->outcome != LL_OUTCOME_SENT)
    return;
  g_assert_cmpuint (result->code, ==, 235);
  g_assert_cmpstr (mechanism, !=, "SCRAM-SHA-256");
  g_assert_nonnull (g_strstr_len (bytes, (gssize) size, "235"));
}

/* What we said was whole lines. */
static void
check_said (int peer)
{
  char said[ALL_AT_ONCE];
  gssize n = recv (peer, said, sizeof said, MSG_DONTWAIT);

  if (n <= 0)
    return;
  g_assert_true (n >= 2 && said[n - 2] == '\r' && said[n - 1] == '\n');
  for (gssize i = 0; i < n; i++)
    {
      g_assert_true (said[i] != '\0' && (said[i] != '\n' || (i > 0 && said[i - 1] == '\r')));
      g_assert_true (said[i] != '\r' || said[i + 1] == '\n');
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const char *bytes = (const char *) data + 1;
  g_autoptr (LlClient) client = NULL;
  g_autoptr (LlServerReply) greeting = NULL;
  g_autoptr (LlServerReply) ehlo = NULL;
  guint replies = 2;
  int peer;

  if (size < 1 || size > ALL_AT_ONCE)
    return 0;
  size--;
  client = client_of (bytes, size, &peer);
  greeting = ll_client_read (client, ll_deadline_in (1000), NULL, NULL);
  if (greeting != NULL)
    ehlo = ll_client_ehlo (client, "[127.0.0.1]", ll_deadline_in (1000), NULL, NULL);
  if (ehlo != NULL)
    {
      g_assert_true (ll_client_offers (client)->known || ehlo->code != 250
                     || length_of_replies (bytes, size, 3) > 0); /* to HELO */
      replies += ll_client_offers (client)->known || ehlo->code != 250 ? 0 : 1;
      if (data[0] % 5 == 0)
        want_tls (client, bytes, size, replies);
      else
        want_sign_in (client, mechanisms[data[0] % 5 - 1], bytes, size);
    }
  check_said (peer);
  close (peer);
  return 0;
}
