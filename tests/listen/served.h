/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"
#include "listen/listener.h"
#include "recorder.h"
#include "wire/connection.h"
#include "wire/tls.h"

#include <glib/gstdio.h>
#include <string.h>

/*
 * A real listener with a trivial handler. Each connection has a recorder of its
 * own; the fixture keeps them all until the end.
 */

typedef struct
{
  char *folder;
  char *ca_file;
  LlListener *listener;
  guint16 smtp, smtps;
  guint addresses;
  gboolean auth_optional;

  GMutex lock;
  GCond changed;
  GPtrArray *recorders; /* under lock, also what is in them */
  guint opened, closed, secured;
} Fixture;

static Fixture *fixture_of_data; /* secured() and close() get the handler's data only */

static G_GNUC_UNUSED gpointer
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

static G_GNUC_UNUSED void
close_cb (gpointer data)
{
  Fixture *fixture = fixture_of_data;

  g_mutex_lock (&fixture->lock);
  fixture->closed++;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

static G_GNUC_UNUSED void
secured_cb (gpointer data)
{
  g_mutex_lock (&fixture_of_data->lock);
  fixture_of_data->secured++;
  g_mutex_unlock (&fixture_of_data->lock);
}

static G_GNUC_UNUSED guint16
add_address (Fixture *fixture, const char *address, gboolean implicit_tls, gboolean foreign)
{
  LlListenerAddress one
      = { .address = address, .implicit_tls = implicit_tls, .foreign = foreign, .fd = -1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (ll_listener_add (fixture->listener, &one, &error));
  g_assert_no_error (error);
  return ll_listener_port (fixture->listener, fixture->addresses++);
}

static G_GNUC_UNUSED void
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

static G_GNUC_UNUSED void
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

static G_GNUC_UNUSED void
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

static G_GNUC_UNUSED void
wait_closed (Fixture *fixture, guint n)
{
  g_mutex_lock (&fixture->lock);
  while (fixture->closed < n)
    g_cond_wait (&fixture->changed, &fixture->lock);
  g_mutex_unlock (&fixture->lock);
}

static G_GNUC_UNUSED const char *
events_of (Fixture *fixture, guint n)
{
  return ((Recorder *) fixture->recorders->pdata[n])->events->str;
}

/* -- a client by hand ----------------------------------------------------------------- */

static G_GNUC_UNUSED LlConnection *
dial (guint16 port)
{
  g_autoptr (GError) error = NULL;
  LlConnection *connection
      = ll_connection_open ("127.0.0.1", port, ll_deadline_in (10000), NULL, &error);

  g_assert_no_error (error);
  return connection;
}

/* Reads until the last line of a reply has come; "" at the end of the stream. (transfer full) */
static G_GNUC_UNUSED char *
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

static G_GNUC_UNUSED void
say (LlConnection *connection, const char *text)
{
  g_assert_true (
      ll_connection_write (connection, text, strlen (text), ll_deadline_in (10000), NULL, NULL));
}

static G_GNUC_UNUSED void
expect (LlConnection *connection, const char *prefix)
{
  g_autofree char *reply = read_reply (connection);

  g_test_message ("%s", reply);
  if (!g_str_has_prefix (reply, prefix))
    g_error ("expected %s, got %s", prefix, reply);
}

/* The server closed: nothing, or an error of the connection. */
static G_GNUC_UNUSED void
expect_end (LlConnection *connection)
{
  g_autofree char *rest = read_reply (connection);

  g_assert_cmpstr (rest, ==, "");
}

static G_GNUC_UNUSED void
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

static G_GNUC_UNUSED guint
count_threads (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (tasks != NULL && g_dir_read_name (tasks) != NULL)
    n++;
  return n;
}

/* g_test_run(). What OpenSSL keeps for each thread goes with it: one that is just ending looks like
 * a leak. */
static G_GNUC_UNUSED int
run_to_the_last_thread (void)
{
  int status = g_test_run ();

  g_thread_pool_stop_unused_threads ();
  for (guint i = 0; i < 5000 && count_threads () > 1; i++)
    g_usleep (1000);
  return status;
}
