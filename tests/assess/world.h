/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/assess.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The practice world (tests/support/engine_lab.py) with an engine in it: signed zones behind a
 * real resolver, Postfix as the recipients' servers, nginx for the policies. In a network of its
 * own, where port 25 is free; skipped where that cannot be had.
 */

#define ENOUGH 30000 /* ms */

typedef struct
{
  GSubprocess *process;
  GDataInputStream *out;
  GOutputStream *in;
  JsonParser *ready;
  LlResolver *resolver;
  LlHttps *https;
  LlNetwork *network;
  LlAssess *assess;
  char *folder;
} World;

static World world;

static inline char *
world_line (void)
{
  char *line = g_data_input_stream_read_line (world.out, NULL, NULL, NULL);

  g_assert_nonnull (line);
  return line;
}

static inline char *
world_tell (const char *command)
{
  g_autofree char *line = g_strconcat (command, "\n", NULL);

  g_assert_true (g_output_stream_write_all (world.in, line, strlen (line), NULL, NULL, NULL));
  g_assert_true (g_output_stream_flush (world.in, NULL, NULL));
  return world_line ();
}

static const char *
world_get (const char *key)
{
  return json_object_get_string_member (json_node_get_object (json_parser_get_root (world.ready)),
                                        key);
}

static inline void
start_world (void)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "support", "engine_lab.py", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  world.process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    &error, "/usr/bin/python3", "-B", script, NULL);
  g_assert_no_error (error);
  world.out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (world.process));
  world.in = g_subprocess_get_stdin_pipe (world.process);
  line = world_line ();
  world.ready = json_parser_new ();
  g_assert_true (json_parser_load_from_data (world.ready, line, -1, NULL));
}

static inline void
stop_world (void)
{
  g_output_stream_close (world.in, NULL, NULL);
  g_subprocess_wait (world.process, NULL, NULL);
  g_object_unref (world.out);
  g_object_unref (world.process);
  g_object_unref (world.ready);
}

/* -- an engine in it ------------------------------------------------------------------ */

static inline LlAssess *
engine_new (const char *folder, LlNetwork *network, gboolean probe)
{
  LlAssessOptions options = { .resolver = world.resolver,
                              .https = world.https,
                              .network = network,
                              .state = folder,
                              .cache = folder,
                              .ca_file = world_get ("ca"),
                              .mx_port = 25,
                              .allow_private = TRUE,
                              .probe = probe };
  g_autoptr (GError) error = NULL;
  LlAssess *assess = ll_assess_new (&options, &error);

  g_assert_no_error (error);
  return assess;
}

static inline LlNetwork *
network_new (void)
{
  static const char *const control[] = { "mx.provider.lab", NULL };
  LlNetworkOptions options = { .resolver = world.resolver,
                               .control = control,
                               .mx_port = 25,
                               .ca_file = world_get ("ca"),
                               .allow_private = TRUE };

  return ll_network_new (&options);
}

static inline void
start_engine (void)
{
  const char *servers[] = { world_get ("resolver"), NULL };
  LlResolverOptions options
      = { .resolvers = servers, .trust_anchor = world_get ("anchor"), .allow_private = TRUE };
  g_autoptr (GError) error = NULL;

  world.folder = g_dir_make_tmp ("ll-engine-XXXXXX", NULL);
  world.resolver = ll_resolver_new (&options, &error);
  g_assert_no_error (error);
  world.https = ll_https_new (world.resolver, world_get ("ca"), NULL, TRUE, 443);
  world.network = network_new ();
  world.assess = engine_new (world.folder, world.network, TRUE);
}

static inline void
stop_engine (void)
{
  static const char *const databases[] = { "assess.db", "policies.db" };

  ll_assess_free (world.assess);
  ll_network_free (world.network);
  ll_https_free (world.https);
  ll_resolver_free (world.resolver);
  for (guint i = 0; i < G_N_ELEMENTS (databases); i++)
    {
      g_autofree char *path = g_build_filename (world.folder, databases[i], NULL);

      unlink (path);
    }
  rmdir (world.folder);
  g_free (world.folder);
}

static inline LlVerdict *
look (const char *domain)
{
  gboolean done = FALSE;
  LlVerdict *verdict = ll_assess_wait (world.assess, domain, ll_deadline_in (ENOUGH), NULL, &done);

  g_test_message ("%s: %s %s %u/%u: %s", domain, ll_evidence_name (verdict->evidence),
                  ll_source_name (verdict->source), verdict->seen, verdict->total, verdict->detail);
  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      g_test_message ("   %s %s %s: %s", host->name, ll_evidence_name (host->evidence),
                      host->protocol, host->detail);
    }
  g_assert_true (done);
  return verdict;
}

/* -- a network of its own --------------------------------------------------------------------- */

static inline gboolean
can_be_alone (void)
{
  const char *command[] = { "unshare", "-n", "-m", "true", NULL };
  int status = 1;

  return geteuid () == 0
         && g_spawn_sync (NULL, (char **) command, NULL,
                          G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                              | G_SPAWN_STDERR_TO_DEV_NULL,
                          NULL, NULL, NULL, NULL, &status, NULL)
         && status == 0;
}

static inline void
become_alone (int argc, char **argv)
{
  GPtrArray *command = g_ptr_array_new ();
  const char *head[]
      = { "unshare", "-n", "-m", "bash", "-c", "ip link set lo up; exec \"$@\"", "-" };

  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    g_ptr_array_add (command, (char *) head[i]);
  for (int i = 0; i < argc; i++)
    g_ptr_array_add (command, argv[i]);
  g_ptr_array_add (command, NULL);
  g_setenv ("LL_TEST_ALONE", "1", TRUE);
  execvp ("unshare", (char **) command->pdata);
}

/* Goes on in a network of its own, or ends the test as skipped. */
static inline void
be_alone (int argc, char **argv)
{
  if (g_getenv ("LL_TEST_ALONE") != NULL)
    return;
  if (can_be_alone ())
    become_alone (argc, argv);
  g_print ("1..0 # SKIP needs a network of its own\n");
  exit (0);
}
