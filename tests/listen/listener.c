/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/listener.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "recorder.h"
#include "wire/connection.h"
#include "wire/tls.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A real listener with a trivial handler. Each connection has a recorder of its
 * own; the fixture keeps them all until the end.
 */

typedef struct
{
  char *folder;
  char *ca_file;
  LlListener *listener;
  guint16 smtp, smtps, smtp6;
  gboolean auth_optional;

  GMutex lock;
  GCond changed;
  GPtrArray *recorders; /* under lock, also what is in them */
  guint opened, closed, secured;
} Fixture;

static Fixture *fixture_of_data; /* secured() and close() get the handler's data only */

static gpointer
open_cb (gpointer factory_data, const char *peer, gboolean foreign, LlSessionOptions *options)
{
  Fixture *fixture = factory_data;
  Recorder *recorder = recorder_new ();

  g_assert_nonnull (strrchr (peer, ':'));
  g_mutex_lock (&fixture->lock);
  options->auth_required = !fixture->auth_optional;
  options->requiretls = TRUE;
  g_ptr_array_add (fixture->recorders, recorder);
  fixture->opened++;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
  return recorder;
}

static void
close_cb (gpointer data)
{
  Fixture *fixture = fixture_of_data;

  g_mutex_lock (&fixture->lock);
  fixture->closed++;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

static void
secured_cb (gpointer data)
{
  g_mutex_lock (&fixture_of_data->lock);
  fixture_of_data->secured++;
  g_mutex_unlock (&fixture_of_data->lock);
}

static guint16
add_address (Fixture *fixture, const char *address, gboolean implicit_tls, gboolean foreign)
{
  static guint n;
  LlListenerAddress one
      = { .address = address, .implicit_tls = implicit_tls, .foreign = foreign, .fd = -1 };
  g_autoptr (GError) error = NULL;

  if (fixture->smtp == 0)
    n = 0;
  g_assert_true (ll_listener_add (fixture->listener, &one, &error));
  g_assert_no_error (error);
  return ll_listener_port (fixture->listener, n++);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *certificates = NULL;
  g_autofree char *pem = NULL;
  g_autoptr (GError) error = NULL;
  LlListenerFactory factory = { .open = open_cb,
                                .close = close_cb,
                                .secured = secured_cb,
                                .handler = &recorder_handler,
                                .factory_data = fixture };

  fixture_of_data = fixture;
  fixture->folder = g_dir_make_tmp ("letterlock-XXXXXX", NULL);
  fixture->recorders = g_ptr_array_new_with_free_func ((GDestroyNotify) recorder_free);
  g_mutex_init (&fixture->lock);
  g_cond_init (&fixture->changed);
  certificates = g_build_filename (fixture->folder, "certificates", NULL);
  fixture->listener = ll_listener_new (&factory, certificates, &error);
  g_assert_no_error (error);
  fixture->smtp = add_address (fixture, "127.0.0.1", FALSE, FALSE);
  fixture->smtps = add_address (fixture, "127.0.0.1", TRUE, FALSE);
  pem = ll_listener_export_authority (fixture->listener);
  fixture->ca_file = g_build_filename (fixture->folder, "exported.pem", NULL);
  g_assert_true (g_file_set_contents (fixture->ca_file, pem, -1, NULL));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_tree (inner);
    }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ll_listener_free (fixture->listener);
  g_assert_cmpuint (fixture->opened, ==, fixture->closed);
  g_ptr_array_unref (fixture->recorders);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->ca_file);
  g_mutex_clear (&fixture->lock);
  g_cond_clear (&fixture->changed);
}

static void
wait_closed (Fixture *fixture, guint n)
{
  g_mutex_lock (&fixture->lock);
  while (fixture->closed < n)
    g_cond_wait (&fixture->changed, &fixture->lock);
  g_mutex_unlock (&fixture->lock);
}

/* -- a client by hand ----------------------------------------------------------------- */

static LlConnection *
dial (guint16 port)
{
  g_autoptr (GError) error = NULL;
  LlConnection *connection
      = ll_connection_open ("127.0.0.1", port, ll_deadline_in (10000), NULL, &error);

  g_assert_no_error (error);
  return connection;
}

/* Reads until the last line of a reply has come; "" at the end of the stream. (transfer full) */
static char *
read_reply (LlConnection *connection)
{
  GString *text = g_string_new (NULL);
  char byte;

  for (;;)
    {
      const char *line;

      if (ll_connection_read (connection, &byte, 1, ll_deadline_in (60000), NULL, NULL) <= 0)
        break;
      g_string_append_c (text, byte);
      if (byte != '\n')
        continue;
      g_string_truncate (text, text->len - 1);
      line = strrchr (text->str, '\n');
      line = line ? line + 1 : text->str;
      if (strlen (line) >= 4 && line[3] == ' ')
        break;
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static void
say (LlConnection *connection, const char *text)
{
  g_assert_true (
      ll_connection_write (connection, text, strlen (text), ll_deadline_in (10000), NULL, NULL));
}

static void
expect (LlConnection *connection, const char *prefix)
{
  g_autofree char *reply = read_reply (connection);

  g_test_message ("%s", reply);
  if (!g_str_has_prefix (reply, prefix))
    g_error ("expected %s, got %s", prefix, reply);
}

static void
start_tls (Fixture *fixture, LlConnection *connection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SSL_CTX) context = ll_tls_client_context (LL_TLS_UPSTREAM, fixture->ca_file, &error);
  SSL *ssl;

  g_assert_no_error (error);
  ssl = ll_tls_client_new (context, "localhost", &error);
  ll_connection_handshake (connection, ssl, FALSE, ll_deadline_in (10000), NULL, &error);
  g_assert_no_error (error);
}

#define SIGN_IN "AUTH PLAIN AG1lAHNlY3JldA==\r\n"
#define LETTER "MAIL FROM:<me@example.com>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n"

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
  say (connection, "EHLO x\r\n" SIGN_IN LETTER);
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
  g_assert_cmpstr (((Recorder *) fixture->recorders->pdata[0])->events->str, ==,
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
      say (connection, "EHLO x\r\n" SIGN_IN LETTER);
      for (guint i = 0; i < 5; i++)
        g_free (read_reply (connection));
      say (connection, "x\r\n.\r\n");
      expect (connection, "250 2.0.0 Taken");
      shutdown (ll_connection_fd (connection), SHUT_RDWR);
      wait_closed (fixture, tls + 1);
      g_assert_null (
          strstr (((Recorder *) fixture->recorders->pdata[tls])->events->str, "received"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/listener/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("starttls", test_starttls);
  ADD ("cut-off", test_cut_off);
  return g_test_run ();
}
