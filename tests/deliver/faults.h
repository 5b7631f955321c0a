/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* tests/support/smtp_faults.py as a child: mail servers that misbehave where they are told to. */

typedef struct
{
  GPid pid;
  int to;
  GDataInputStream *from;
} Faults;

/* One order, one answer. (transfer full) */
static inline JsonObject *faults_order (Faults *faults, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static inline JsonObject *
faults_order (Faults *faults, const char *format, ...)
{
  va_list arguments;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *order = NULL;
  g_autofree char *answer = NULL;

  va_start (arguments, format);
  order = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_assert_cmpint (write (faults->to, order, strlen (order)), ==, strlen (order));
  g_assert_cmpint (write (faults->to, "\n", 1), ==, 1);
  answer = g_data_input_stream_read_line (faults->from, NULL, NULL, NULL);
  g_assert_nonnull (answer);
  g_assert_true (json_parser_load_from_data (parser, answer, -1, NULL));
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

/* FALSE: Python or its cryptography is not here, and the test is to be skipped. */
static inline gboolean
faults_begin (Faults *faults)
{
  g_autofree char *script
      = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "support", "smtp_faults.py", NULL);
  char *argv[] = { (char *) "/usr/bin/python3", (char *) "-B", script, NULL };
  int from;

  if (system ("/usr/bin/python3 -c 'import cryptography' 2>/dev/null") != 0)
    return FALSE;
  signal (SIGPIPE, SIG_IGN);
  g_assert_true (g_spawn_async_with_pipes (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                           &faults->pid, &faults->to, &from, NULL, NULL));
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (from, TRUE);
  faults->from = g_data_input_stream_new (stream);
  return TRUE;
}

static inline void
faults_end (Faults *faults)
{
  close (faults->to);
  waitpid (faults->pid, NULL, 0);
  g_object_unref (faults->from);
}

static inline guint
faults_listen (Faults *faults, const char *arguments)
{
  g_autoptr (JsonObject) answer = faults_order (faults, "{\"listen\": %s}", arguments);

  return (guint) json_object_get_int_member (answer, "port");
}

/* "ca", "chain", "key", "both" or "pin" of a named certificate. (transfer full) */
static inline char *
faults_certificate (Faults *faults, const char *name, const char *what)
{
  g_autoptr (JsonObject) answer = faults_order (faults, "{\"certificate\": \"%s\"}", name);

  return g_strdup (json_object_get_string_member (answer, what));
}

static inline JsonObject *
faults_ask (Faults *faults, guint port)
{
  return faults_order (faults, "{\"ask\": %u}", port);
}

/* When no connection to it is open any more. */
static inline JsonObject *
faults_ask_idle (Faults *faults, guint port)
{
  return faults_order (faults, "{\"ask\": %u, \"idle\": true}", port);
}

/* All commands, joined by '|'. (transfer full) */
static inline char *
faults_commands (Faults *faults, guint port)
{
  g_autoptr (JsonObject) answer = faults_ask (faults, port);
  JsonArray *commands = json_object_get_array_member (answer, "commands");
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (commands); i++)
    g_string_append_printf (all, "%s|", json_array_get_string_element (commands, i));
  return g_string_free (all, FALSE);
}
