/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "../support/certificates.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A mail server that misbehaves by the book: what real ones cannot be made to do. Each connection
 * plays one script; steps are separated by "|":
 *
 *   text   sent as it is, "\n" becomes CRLF
 *   <      reads one line
 *   TLS    a handshake
 *   RST    closes hard
 *   HELLO  answers whatever comes with a hand-made ServerHello (fake_hello)
 *   WAIT   until the client goes
 */

typedef struct
{
  int fd;
  guint16 port;
  GThread *thread;
  const char *const *scripts; /* one per connection; the last one repeats */
  SSL_CTX *context;
  guint8 hello_version; /* minor number */
  guint16 hello_cipher;
  GString *heard;
  guint connections;
  guint resumed; /* handshakes that went on with an earlier session */
} Fake;

typedef struct
{
  Fake *fake;
  int fd;
  SSL *ssl;
} FakeTalk;

static inline void
fake_send (FakeTalk *talk, const char *text)
{
  g_autoptr (GString) out = g_string_new (text);

  g_string_replace (out, "\n", "\r\n", 0);
  if (talk->ssl != NULL)
    SSL_write (talk->ssl, out->str, (int) out->len);
  else
    (void) !send (talk->fd, out->str, out->len, MSG_NOSIGNAL);
}

static inline gboolean
fake_read_byte (FakeTalk *talk, char *byte)
{
  return (talk->ssl != NULL ? SSL_read (talk->ssl, byte, 1) : (int) read (talk->fd, byte, 1)) == 1;
}

static inline gboolean
fake_read_line (FakeTalk *talk)
{
  char byte;

  do
    {
      if (!fake_read_byte (talk, &byte))
        return FALSE;
      g_string_append_c (talk->fake->heard, byte);
    }
  while (byte != '\n');
  return TRUE;
}

/* A ServerHello that chooses what OpenSSL no longer can. */
static inline void
fake_hello (FakeTalk *talk)
{
  guint8 hello[5 + 4 + 38] = { 22, 3, talk->fake->hello_version, 0, 42, 2, 0, 0, 38 };
  char ignored[4096];

  (void) !read (talk->fd, ignored, sizeof ignored);
  hello[9] = 3;
  hello[10] = talk->fake->hello_version;
  memset (hello + 11, 0x5a, 32);
  hello[44] = (guint8) (talk->fake->hello_cipher >> 8);
  hello[45] = (guint8) talk->fake->hello_cipher;
  (void) !send (talk->fd, hello, sizeof hello, MSG_NOSIGNAL);
}

static inline gboolean
fake_step (FakeTalk *talk, const char *step)
{
  struct linger hard = { 1, 0 };
  char byte;

  if (strcmp (step, "<") == 0)
    return fake_read_line (talk);
  if (strcmp (step, "TLS") == 0)
    {
      talk->ssl = SSL_new (talk->fake->context);
      SSL_set_fd (talk->ssl, talk->fd);
      if (SSL_accept (talk->ssl) != 1)
        return FALSE;
      talk->fake->resumed += SSL_session_reused (talk->ssl) ? 1 : 0;
      return TRUE;
    }
  if (strcmp (step, "HELLO") == 0)
    fake_hello (talk);
  else if (strcmp (step, "RST") == 0)
    {
      setsockopt (talk->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
      return FALSE;
    }
  else if (strcmp (step, "WAIT") == 0)
    while (fake_read_byte (talk, &byte))
      ;
  else
    fake_send (talk, step);
  return TRUE;
}

static inline void
fake_play (Fake *fake, int fd, const char *script)
{
  FakeTalk talk = { .fake = fake, .fd = fd };
  g_auto (GStrv) steps = g_strsplit (script, "|", -1);

  for (guint i = 0; steps[i] != NULL && fake_step (&talk, steps[i]); i++)
    ;
  SSL_free (talk.ssl);
  ERR_clear_error ();
  close (fd);
}

static inline gpointer
fake_thread (gpointer data)
{
  Fake *fake = data;
  guint last = g_strv_length ((GStrv) fake->scripts) - 1;

  for (;;)
    {
      int fd = accept (fake->fd, NULL, NULL);

      if (fd < 0)
        return NULL;
      fake_play (fake, fd, fake->scripts[MIN (fake->connections, last)]);
      fake->connections++;
    }
}

/* @context: for TLS, or NULL; taken over. */
static inline void
fake_start (Fake *fake, const char *const *scripts, SSL_CTX *context)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  fake->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (fake->fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fake->fd, 8), ==, 0);
  getsockname (fake->fd, (struct sockaddr *) &address, &length);
  fake->port = ntohs (address.sin_port);
  fake->scripts = scripts;
  fake->context = context;
  fake->heard = g_string_new (NULL);
  fake->thread = g_thread_new ("fake", fake_thread, fake);
}

static inline void
fake_stop (Fake *fake)
{
  shutdown (fake->fd, SHUT_RDWR);
  g_thread_join (fake->thread);
  close (fake->fd);
  SSL_CTX_free (fake->context);
  g_string_free (fake->heard, TRUE);
}
