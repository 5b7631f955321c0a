/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

/*
 * The lab of tests/support/zones.py for a C test: started once, stopped when the test
 * closes its stdin (so also when the test dies). web.py works the same way.
 */

typedef struct
{
  GSubprocess *process;
  GDataInputStream *out;
  GOutputStream *in; /* (not owned) */
  JsonParser *ready;
} DnsLab;

static inline char *
dns_lab_line (DnsLab *lab)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (lab->out, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (line);
  return line;
}

static inline void
dns_lab_start_script (DnsLab *lab, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "support", name, NULL);
  g_autofree char *line = NULL;

  lab->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                   &error, "/usr/bin/python3", "-B", script, NULL);
  g_assert_no_error (error);
  lab->out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (lab->process));
  lab->in = g_subprocess_get_stdin_pipe (lab->process);
  line = dns_lab_line (lab);
  lab->ready = json_parser_new ();
  json_parser_load_from_data (lab->ready, line, -1, &error);
  g_assert_no_error (error);
}

static inline void
dns_lab_start (DnsLab *lab)
{
  dns_lab_start_script (lab, "zones.py");
}

/* (transfer none) a value of the ready line */
static inline const char *
dns_lab_get (DnsLab *lab, const char *key)
{
  JsonObject *object = json_node_get_object (json_parser_get_root (lab->ready));

  g_assert_true (json_object_has_member (object, key));
  return json_object_get_string_member (object, key);
}

static inline gint64
dns_lab_get_number (DnsLab *lab, const char *key)
{
  return json_object_get_int_member (json_node_get_object (json_parser_get_root (lab->ready)), key);
}

/* Throws the switch of the resolver "switch" (faults_dns.py, set_mode), and waits until it is. */
static inline void
dns_lab_switch (DnsLab *lab, const char *mode)
{
  g_autofree char *line = g_strconcat (mode, "\n", NULL);
  g_autofree char *reply = NULL;

  g_assert_true (g_output_stream_write_all (lab->in, line, strlen (line), NULL, NULL, NULL));
  g_assert_true (g_output_stream_flush (lab->in, NULL, NULL));
  reply = dns_lab_line (lab);
}

static inline void
dns_lab_stop (DnsLab *lab)
{
  g_output_stream_close (lab->in, NULL, NULL);
  g_assert_true (g_subprocess_wait (lab->process, NULL, NULL));
  g_clear_object (&lab->out);
  g_clear_object (&lab->ready);
  g_clear_object (&lab->process);
}
