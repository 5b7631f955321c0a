/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/report.h"

#include "base/error.h"
#include "letters.h"
#include "record/tally.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#define MONDAY 1699833600 /* 2023-11-13 */
#define DAY (24 * 60 * 60)

typedef struct
{
  char *folder;
  char *path;
  LlLedger *ledger;
} Fixture;

static void
put_decided (LlLedger *ledger,
             const char *id,
             gint64 received,
             const char *address,
             LlState state,
             LlMethod method,
             const char *extra)
{
  LlLetter *letter = make_letter (id, received);

  add_recipient (letter, address, state);
  ll_letter_progress (letter, 0)->method = method;
  ll_extra_put_all (ll_letter_progress (letter, 0)->extra,
                    g_variant_parse (G_VARIANT_TYPE_VARDICT, extra, NULL, NULL, NULL));
  ll_ledger_put (ledger, letter, NULL);
  free_letter (letter);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("report-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "ledger.sqlite", NULL);
  f->ledger = ll_ledger_open (f->path, NULL);
  put_decided (f->ledger, "000000000001", MONDAY, "a@bank.lab", LL_STATE_SENT, LL_METHOD_TLS,
               "{'evidence': <'dane'>, 'provider': <'Big <Mail> & Co'>, 'rule': <uint32 2>}");
  put_decided (f->ledger, "000000000002", MONDAY + DAY, "b@bank.lab", LL_STATE_SENT, LL_METHOD_TLS,
               "{'evidence': <'dane'>, 'overridden': <true>}");
  put_decided (f->ledger, "000000000003", MONDAY + 2 * DAY, "c@plain.lab", LL_STATE_HELD,
               LL_METHOD_NONE, "{'evidence': <'plain'>, 'rule': <uint32 2>}");
  put_decided (f->ledger, "000000000004", MONDAY + 3 * DAY, "=cmd@evil.lab", LL_STATE_SENT,
               LL_METHOD_OPEN, "@a{sv} {}");
  g_assert_true (ll_ledger_flush (f->ledger, NULL));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  ll_ledger_close (f->ledger);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (f->path, ends[i], NULL);

      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

static char *
render (Fixture *f, const char *query, const char *format)
{
  g_autoptr (GVariant) dictionary
      = g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE_VARDICT, query, NULL, NULL, NULL));
  g_autoptr (GError) error = NULL;
  char *document = ll_report_render (f->ledger, dictionary, format, &error);

  g_assert_no_error (error);
  return document;
}

#define WEEK "{'since': <'2023-11-13'>, 'until': <'2023-11-20'>}"

static void
test_json (Fixture *f, gconstpointer data)
{
  g_autofree char *document = render (f, WEEK, "json");
  g_auto (GStrv) lines = g_strsplit (document, "\n", -1);
  g_autoptr (JsonNode) summary = json_from_string (lines[0], NULL);
  JsonObject *object = json_node_get_object (summary);
  guint periods = 0;

  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "summary");
  g_assert_cmpint (json_object_get_int_member (object, "letters"), ==, 4);
  g_assert_cmpint (json_object_get_int_member (object, "held"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "overridden"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (object, "method"),
                                               "tls"),
                   ==, 2);
  g_assert_true (json_object_get_null_member (object, "account"));
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autoptr (JsonNode) line = json_from_string (lines[i], NULL);

      g_assert_nonnull (line);
      periods += strstr (lines[i], "\"period\"") != NULL;
    }
  g_assert_cmpuint (periods, ==, 7); /* days without a letter, too */
}

static void
test_csv (Fixture *f, gconstpointer data)
{
  g_autofree char *document = render (f, WEEK, "csv");
  g_auto (GStrv) lines = g_strsplit (document, "\r\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 6); /* head, four, nothing after the last end */
  g_assert_true (g_str_has_prefix (lines[0], "time,id,account,from,address,"));
  g_assert_nonnull (strstr (lines[1], ",tls,dane,"));
  g_assert_nonnull (strstr (lines[4], ",\"'=cmd@evil.lab\",")); /* no formula */
}

/* A name longer than its column makes that wider, and no line uneven. */
static void
test_table_is_even (Fixture *f, gconstpointer data)
{
  static const char name[] = "a@a-very-long-name-of-a-department.of-a-large.organisation.lab";
  g_autofree char *document = NULL;
  const char *head;
  const char *line;

  put_decided (f->ledger, "000000000005", MONDAY, name, LL_STATE_SENT, LL_METHOD_TLS,
               "{'provider': <'A provider with a long name'>}");
  g_assert_true (ll_ledger_flush (f->ledger, NULL));
  document = render (f, WEEK, "table");
  head = strstr (document, "Domain ");
  line = strstr (document, name + 2);
  g_assert_cmpint (strstr (head, "Provider") - head, ==, strstr (line, "A provider") - line);
  g_assert_cmpint (strstr (head, "mostly") - head, ==, strstr (line, "none") - line);
}

/* As somebody else's checker sees the page: no error, no warning. */
static void
test_html_is_valid (Fixture *f, gconstpointer data)
{
  static const char *const tidy[]
      = { "tidy", "-quiet", "-errors", "--show-info", "no", "--drop-empty-elements", "no", NULL };
  g_autofree char *document = render (f, WEEK, "html");
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_newv (tidy, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                           &error);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, document, NULL, NULL, &said, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (said, ==, "");
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
}

static void
test_html (Fixture *f, gconstpointer data)
{
  static const char *const never[]
      = { "<script", "http://", "https://", "src=", "url(", "@import" };
  g_autofree char *document = render (f, WEEK, "html");

  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    g_assert_null (strstr (document, never[i]));
  g_assert_nonnull (strstr (document, "Big &lt;Mail&gt; &amp; Co"));
  g_assert_nonnull (strstr (document, "<svg"));
  g_assert_nonnull (strstr (document, "2023-11-13: tls 1"));
  g_assert_nonnull (strstr (document, "prefers-color-scheme:dark"));
  g_assert_nonnull (strstr (document, "@media print"));
  /* the words of the program are explained where they stand */
  g_assert_nonnull (strstr (document, "</span>dane</td><td>publishes signed keys (DANE)</td>"));
}

static void
test_table (Fixture *f, gconstpointer data)
{
  g_autofree char *document = render (f, WEEK, "table");
  g_autofree char *nobody = render (f, "{'account': <'home'>}", "table");

  g_assert_nonnull (strstr (document, "4 letters to 4 recipients"));
  g_assert_nonnull (strstr (document, "bank.lab"));
  g_assert_nonnull (strstr (document, "(no rule)"));
  g_assert_nonnull (strstr (nobody, "0 letters to 0 recipients"));
}

static void
test_long_spans (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint least, most;
  } cases[] = {
    { "{'since': <'2023-11-13'>, 'until': <'2023-11-14'>}", 1, 1 },
    { "{'since': <'2023-06-01'>, 'until': <'2023-11-20'>}", 24, 26 },   /* weeks */
    { "{'since': <'2013-11-13'>, 'until': <'2023-11-20'>}", 120, 122 }, /* months */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *document = render (f, cases[i].query, "json");
      guint periods = 0;

      for (const char *at = document; (at = strstr (at, "\"period\"")) != NULL; at++)
        periods++;
      g_assert_cmpuint (periods, >=, cases[i].least);
      g_assert_cmpuint (periods, <=, cases[i].most);
    }
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *query, *format;
  } cases[] = {
    { WEEK, "pdf" },
    { "{'since': <'2023-11-13'>, 'until': <'2023-11-12'>}", "table" },
    { "{'since': <'1900-01-01'>}", "html" },
    { "{'state': <'held'>}", "table" },
    { "{'colour': <'red'>}", "table" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) query = g_variant_ref_sink (
          g_variant_parse (G_VARIANT_TYPE_VARDICT, cases[i].query, NULL, NULL, NULL));
      g_autoptr (GError) error = NULL;

      g_assert_null (ll_report_render (f->ledger, query, cases[i].format, &error));
      g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
    }
}

/* Of a provider counts what was seen from here, not what the table or DNS said. */
static void
test_provider (Fixture *f, gconstpointer data)
{
  static const char *const extras[] = {
    "{'evidence': <'sts'>, 'source': <'seen'>, 'provider': <'Hoster'>}",
    "{'evidence': <'pkix'>, 'source': <'seen'>, 'provider': <'Hoster'>}",
    "{'evidence': <'opp'>, 'source': <'listed'>, 'provider': <'Hoster'>}",
    "{'evidence': <'plain'>, 'source': <'seen'>, 'provider': <'Other'>}",
  };
  g_autoptr (GVariant) seen = NULL;
  g_autofree char *text = NULL;
  GError *error = NULL;
  guint domains;

  for (guint i = 0; i < G_N_ELEMENTS (extras); i++)
    {
      g_autofree char *id = g_strdup_printf ("%012x", 0x100 + i);

      put_decided (f->ledger, id, MONDAY, "a@hosted.lab", LL_STATE_SENT, LL_METHOD_TLS, extras[i]);
    }
  g_assert_true (ll_ledger_flush (f->ledger, NULL));
  seen = g_variant_ref_sink (ll_tally_provider (f->ledger, "Hoster", &domains, &error));
  g_assert_no_error (error);
  text = g_variant_print (seen, FALSE);
  g_assert_cmpstr (text, ==, "['pkix', 'sts']");
  g_assert_cmpuint (domains, ==, 1);
}

#define ADD(name, function) g_test_add ("/report/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("json", test_json);
  ADD ("csv", test_csv);
  ADD ("html", test_html);
  ADD ("html is valid", test_html_is_valid);
  ADD ("table is even", test_table_is_even);
  ADD ("table", test_table);
  ADD ("long spans", test_long_spans);
  ADD ("refusals", test_refusals);
  ADD ("provider", test_provider);
  return g_test_run ();
}
