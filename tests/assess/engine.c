/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real engine in the practice world: signed zones behind a real resolver, Postfix as the
 * recipients' servers, nginx for the policies. Runs in a network of its own, where port 25 is
 * free; skipped where that cannot be had. */

#include "assess/assess.h"

#include "config/account.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static char *
world_line (void)
{
  char *line = g_data_input_stream_read_line (world.out, NULL, NULL, NULL);

  g_assert_nonnull (line);
  return line;
}

static char *
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

static void
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

static void
stop_world (void)
{
  g_output_stream_close (world.in, NULL, NULL);
  g_subprocess_wait (world.process, NULL, NULL);
  g_object_unref (world.out);
  g_object_unref (world.process);
  g_object_unref (world.ready);
}

/* -- an engine in it ------------------------------------------------------------------ */

static LlAssess *
engine_new (const char *folder, LlNetwork *network, gboolean probe)
{
  LlAssessOptions options = { .resolver = world.resolver,
                              .https = world.https,
                              .network = network,
                              .folder = folder,
                              .ca_file = world_get ("ca"),
                              .mx_port = 25,
                              .allow_private = TRUE,
                              .probe = probe };
  g_autoptr (GError) error = NULL;
  LlAssess *assess = ll_assess_new (&options, &error);

  g_assert_no_error (error);
  return assess;
}

static LlNetwork *
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

static void
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

static void
stop_engine (void)
{
  g_autofree char *database = g_build_filename (world.folder, "assess.db", NULL);

  ll_assess_free (world.assess);
  ll_network_free (world.network);
  ll_https_free (world.https);
  ll_resolver_free (world.resolver);
  unlink (database);
  rmdir (world.folder);
  g_free (world.folder);
}

static LlVerdict *
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

/* -- tests -------------------------------------------------------------------------------- */

static void
test_expected (void)
{
  JsonObject *expected
      = json_object_get_object_member (json_node_get_object (json_parser_get_root (world.ready)),
                                       "expected");
  g_autoptr (GList) domains = json_object_get_members (expected);

  for (GList *at = domains; at != NULL; at = at->next)
    ll_assess_start (world.assess, at->data);
  for (GList *at = domains; at != NULL; at = at->next)
    {
      g_autoptr (LlVerdict) verdict = look (at->data);

      g_assert_cmpstr (ll_evidence_name (verdict->evidence), ==,
                       json_object_get_string_member (expected, at->data));
    }
}

static const struct
{
  const char *domain;
  LlEvidence evidence;
  LlEvidence if_sts;
  LlSource source;
  LlCode code;
  guint seen, total;
} cases[] = {
  { "partly.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 2 },
  { "backup.lab", LL_EVIDENCE_PLAIN, LL_EVIDENCE_PLAIN, LL_SOURCE_SEEN,
    LL_CODE_STARTTLS_NOT_SUPPORTED, 2, 2 },
  { "mixed.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 2, 2 },
  { "nameless.lab", LL_EVIDENCE_NOMAIL, LL_EVIDENCE_NOMAIL, LL_SOURCE_PUBLISHED,
    LL_CODE_NO_SUCH_DOMAIN, 0, 0 },
  { "unnamed.lab", LL_EVIDENCE_BROKEN, LL_EVIDENCE_BROKEN, LL_SOURCE_PUBLISHED,
    LL_CODE_VALIDATION_FAILURE, 1, 1 },
  { "excluded.lab", LL_EVIDENCE_PLAIN, LL_EVIDENCE_STS, LL_SOURCE_SEEN,
    LL_CODE_STARTTLS_NOT_SUPPORTED, 2, 2 },
  { "both.lab", LL_EVIDENCE_DANE, LL_EVIDENCE_DANE, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "unfetched.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "disowned.lab", LL_EVIDENCE_PKIX, LL_EVIDENCE_PKIX, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "deaddane.lab", LL_EVIDENCE_DANE, LL_EVIDENCE_DANE, LL_SOURCE_PUBLISHED, LL_CODE_NONE, 0, 1 },
  { "alias.lab", LL_EVIDENCE_DANE, LL_EVIDENCE_DANE, LL_SOURCE_SEEN, LL_CODE_NONE, 1, 1 },
  { "no.such.lab", LL_EVIDENCE_NOMAIL, LL_EVIDENCE_NOMAIL, LL_SOURCE_PUBLISHED,
    LL_CODE_NO_SUCH_DOMAIN, 0, 0 },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ll_assess_start (world.assess, cases[i].domain);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlVerdict) verdict = look (cases[i].domain);

      g_assert_cmpint (verdict->evidence, ==, cases[i].evidence);
      g_assert_cmpint (ll_verdict_evidence_for (verdict, LL_HONOURS_STS), ==, cases[i].if_sts);
      g_assert_cmpint (ll_verdict_evidence_for (verdict, 0), ==, cases[i].evidence);
      g_assert_cmpint (verdict->source, ==, cases[i].source);
      g_assert_cmpint (verdict->code, ==, cases[i].code);
      g_assert_cmpuint (verdict->seen, ==, cases[i].seen);
      g_assert_cmpuint (verdict->total, ==, cases[i].total);
    }
}

/* A cached verdict is the same value, not another look. */
static void
test_cached (void)
{
  g_autoptr (LlVerdict) first = look ("dane.lab");
  g_autoptr (LlVerdict) second = look ("DANE.lab.");

  g_assert_true (first == second);
}

/* N24: a hundred domains behind one server are one connection; T31: nothing but EHLO, STARTTLS,
 * EHLO, QUIT was ever said. */
static void
test_shared (void)
{
  g_autofree char *before = world_tell ("connections");
  g_autofree char *after = NULL;
  g_autofree char *commands = NULL;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *domain = g_strdup_printf ("d%u.hosted.lab", i);

      ll_assess_start (world.assess, domain);
    }
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *domain = g_strdup_printf ("d%u.hosted.lab", i);
      gboolean done;
      g_autoptr (LlVerdict) verdict
          = ll_assess_wait (world.assess, domain, ll_deadline_in (ENOUGH), NULL, &done);

      g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_DANE);
    }
  after = world_tell ("connections");
  commands = world_tell ("commands");
  g_assert_cmpint (atoi (after) - atoi (before), <=, 1);
  g_assert_cmpstr (commands, ==, "0");
}

/* T25: two names, one address: one connection, plus one for a name that the certificate is not
 * for, in case the server chooses by name. */
static void
test_twins (void)
{
  g_autoptr (LlVerdict) verdict = look ("twins.lab");

  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_OPP);
  g_assert_cmpuint (verdict->seen, ==, 2);
}

static void
progress_cb (LlVerdict *partial, gpointer data)
{
  guint *calls = data;

  g_assert_nonnull (partial->detail);
  (*calls)++;
}

static void
test_check (void)
{
  guint calls = 0;
  g_autoptr (LlVerdict) verdict = ll_assess_check (world.assess, "sts.lab", ll_deadline_in (ENOUGH),
                                                   NULL, progress_cb, &calls);
  g_autoptr (GVariant) json = g_variant_ref_sink (ll_verdict_to_variant (verdict));
  g_autoptr (GVariant) hosts = g_variant_lookup_value (json, "hosts", NULL);
  g_autoptr (GVariant) sts = g_variant_lookup_value (json, "mta_sts", NULL);
  g_autofree char *text = g_variant_print (json, FALSE);
  const char *word;

  g_test_message ("%s", text);
  g_assert_cmpuint (calls, >=, 2);
  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_STS);
  g_assert_true (g_variant_lookup (json, "evidence", "&s", &word));
  g_assert_cmpstr (word, ==, "sts");
  g_assert_true (g_variant_lookup (sts, "mode", "&s", &word));
  g_assert_cmpstr (word, ==, "enforce");
  g_assert_cmpuint (g_variant_n_children (hosts), ==, 1);
}

/* probe = never: DNS and HTTPS only, and no connection to any mail server. */
static void
test_never (void)
{
  static const struct
  {
    const char *domain;
    LlEvidence evidence;
  } published[] = {
    { "dane.lab", LL_EVIDENCE_DANE },    { "sts.lab", LL_EVIDENCE_STS },
    { "half.lab", LL_EVIDENCE_HALF },    { "plain.lab", LL_EVIDENCE_UNKNOWN },
    { "bogus.lab", LL_EVIDENCE_BROKEN }, { "null.lab", LL_EVIDENCE_NOMAIL },
  };
  g_autofree char *before = world_tell ("connections");
  g_autofree char *after = NULL;
  LlAssess *kept = world.assess;

  world.assess = engine_new (NULL, world.network, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (published); i++)
    {
      g_autoptr (LlVerdict) verdict = look (published[i].domain);

      g_assert_cmpint (verdict->evidence, ==, published[i].evidence);
      g_assert_cmpuint (verdict->seen, ==, 0);
      g_assert_cmpint (verdict->code, !=, LL_CODE_UNKNOWN_PORT25_BLOCKED);
    }
  ll_assess_free (world.assess);
  world.assess = kept;
  after = world_tell ("connections");
  g_assert_cmpstr (before, ==, after);
}

/* Nobody has to wait: the answer at once is "overdue", and the look goes on. */
static void
test_overdue (void)
{
  LlAssess *kept = world.assess;
  g_autoptr (LlVerdict) early = NULL;
  g_autoptr (LlVerdict) late = NULL;
  gboolean done = TRUE;

  world.assess = engine_new (NULL, world.network, TRUE);
  early = ll_assess_wait (world.assess, "valid.lab", ll_deadline_in (0), NULL, &done);
  if (!done)
    {
      g_assert_cmpint (early->evidence, ==, LL_EVIDENCE_UNKNOWN);
      g_assert_cmpint (early->why, ==, LL_WHY_OVERDUE);
      g_assert_false (early->settled);
    }
  late = look ("valid.lab");
  g_assert_cmpint (late->evidence, ==, LL_EVIDENCE_PKIX);
  ll_assess_free (world.assess);
  world.assess = kept;
}

/* K04, K13: the policy outlives the program and its web server. */
static void
test_restart (void)
{
  g_autofree char *stopped = NULL;
  g_autoptr (LlVerdict) verdict = NULL;

  ll_assess_free (world.assess);
  stopped = world_tell ("stop policies");
  world.assess = engine_new (world.folder, world.network, TRUE);
  verdict = look ("sts.lab");
  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_STS);
  g_assert_cmpint (ll_assess_refresh (world.assess, NULL), >, 0);
}

static void
test_literal (void)
{
  g_autoptr (LlVerdict) verdict = look ("[127.0.1.1]");

  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_OPP);
  g_assert_cmpint (verdict->sts.mode, ==, LL_STS_NONE);
}

static void
test_internal (void)
{
  static const char *const domains[] = { "corp.lab", NULL };
  g_autoptr (LlVerdict) verdict = NULL;
  g_autoptr (LlVerdict) single = NULL;

  ll_network_set_internal (world.network, domains);
  verdict = look ("office.corp.lab");
  g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_UNKNOWN);
  g_assert_cmpint (verdict->why, ==, LL_WHY_INTERNAL);
  single = look ("printer");
  g_assert_cmpint (single->why, ==, LL_WHY_INTERNAL);
}

/* -- a network of its own --------------------------------------------------------------------- */

static gboolean
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

static void
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

int
main (int argc, char **argv)
{
  int result;

  if (g_getenv ("LL_TEST_ALONE") == NULL)
    {
      if (!can_be_alone ())
        {
          g_print ("1..0 # SKIP needs a network of its own\n");
          return 0;
        }
      become_alone (argc, argv);
      return 1;
    }
  g_test_init (&argc, &argv, NULL);
  start_world ();
  start_engine ();
  g_test_add_func ("/assess/engine/expected", test_expected);
  g_test_add_func ("/assess/engine/cases", test_cases);
  g_test_add_func ("/assess/engine/cached", test_cached);
  g_test_add_func ("/assess/engine/N24-T31-shared", test_shared);
  g_test_add_func ("/assess/engine/T25-twins", test_twins);
  g_test_add_func ("/assess/engine/check", test_check);
  g_test_add_func ("/assess/engine/never", test_never);
  g_test_add_func ("/assess/engine/overdue", test_overdue);
  g_test_add_func ("/assess/engine/SA16-literal", test_literal);
  g_test_add_func ("/assess/engine/internal", test_internal);
  g_test_add_func ("/assess/engine/K04-K13-restart", test_restart);
  result = g_test_run ();
  stop_engine ();
  stop_world ();
  return result;
}
