/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/ledger.h"

#include "base/error.h"
#include "record/override.h"

#include "letters.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *path;
  LlLedger *ledger;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("ledger-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "ledger.sqlite", NULL);
  f->ledger = ll_ledger_open (f->path, NULL);
  g_assert_nonnull (f->ledger);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  ll_ledger_close (f->ledger);
  dir = g_dir_open (f->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

static void
flush (LlLedger *ledger)
{
  g_autoptr (GError) error = NULL;

  ll_ledger_flush (ledger, &error);
  g_assert_no_error (error);
}

static void
assert_string (GVariant *dict, const char *key, const char *expected)
{
  const char *value = NULL;

  g_variant_lookup (dict, key, "&s", &value);
  g_assert_cmpstr (value, ==, expected);
}

static GVariant *
first_recipient (GVariant *letter)
{
  g_autoptr (GVariant) list
      = g_variant_lookup_value (letter, "recipients", G_VARIANT_TYPE ("aa{sv}"));

  g_assert_nonnull (list);
  return g_variant_get_child_value (list, 0);
}

static void
test_put_and_get (Fixture *f, gconstpointer data)
{
  LlLetter *letter = make_letter ("7f3a00112233", 1700000000);
  g_autoptr (GVariant) shown = NULL;
  g_autoptr (GVariant) recipient = NULL;
  g_autoptr (GVariant) events = NULL;
  g_autoptr (GVariant) proof = NULL;
  g_autoptr (GError) error = NULL;
  LlProgress *progress;

  add_recipient (letter, "ada@bank.lab", LL_STATE_SENT);
  add_recipient (letter, "bob@plain.lab", LL_STATE_HELD);
  progress = ll_letter_progress (letter, 0);
  progress->method = LL_METHOD_TLS;
  progress->reason = g_strdup ("The way is encrypted.");
  ll_extra_put_all (progress->extra,
                    g_variant_new_parsed (
                        "{'evidence': <'dane'>, 'source': <'seen'>, 'bound': <'honours'>, 'rule': "
                        "<uint32 3>,"
                        " 'proof': <{'mx': <'mx.bank.lab'>}>, 'later': <'kept'>}"));
  ll_ledger_put (f->ledger, letter, NULL);
  ll_ledger_event (f->ledger, letter->id, "accepted", "Taken from the mail program.");
  ll_ledger_event (f->ledger, letter->id, "sent", NULL);
  free_letter (letter);
  flush (f->ledger);

  shown = ll_ledger_get (f->ledger, "7F3A", &error);
  g_assert_no_error (error);
  assert_string (shown, "id", "7f3a00112233");
  assert_string (shown, "time", "2023-11-14T22:13:20Z");
  assert_string (shown, "state", "held"); /* held before sent */
  assert_string (shown, "from", "me@office.lab");
  recipient = first_recipient (shown);
  assert_string (recipient, "address", "ada@bank.lab");
  assert_string (recipient, "method", "tls");
  assert_string (recipient, "evidence", "dane");
  assert_string (recipient, "later", "kept");
  assert_string (recipient, "reason", "The way is encrypted.");
  proof = g_variant_lookup_value (recipient, "proof", G_VARIANT_TYPE_VARDICT);
  g_assert_nonnull (proof);
  assert_string (proof, "mx", "mx.bank.lab");
  events = g_variant_lookup_value (shown, "events", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (events), ==, 2);
}

static void
test_update_keeps_held (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) shown = NULL;
  g_autoptr (GVariant) recipient = NULL;
  gboolean was_held = FALSE;

  put (f->ledger, "aaaa00000001", 1700000000, "a@b.lab", LL_STATE_HELD);
  put (f->ledger, "aaaa00000001", 1700000000, "a@b.lab", LL_STATE_SENT);
  flush (f->ledger);
  shown = ll_ledger_get (f->ledger, "aaaa00000001", NULL);
  assert_string (shown, "state", "sent");
  recipient = first_recipient (shown);
  g_assert_true (g_variant_lookup (recipient, "was_held", "b", &was_held));
  g_assert_true (was_held);
}

static void
test_prefix (Fixture *f, gconstpointer data)
{
  static const char *const wrong[] = { "abc", "", "zzzz", "abcd%", "ffff", "abcd" };

  put (f->ledger, "abcd00000001", 1700000000, "a@b.lab", LL_STATE_SENT);
  put (f->ledger, "abcd00000002", 1700000001, "a@b.lab", LL_STATE_SENT);
  flush (f->ledger);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ll_ledger_get (f->ledger, wrong[i], &error));
      if (i < 4) /* no id at all */
        g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
      else
        g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT);
    }
}

static guint
count_list (LlLedger *ledger, const char *text)
{
  g_autoptr (GVariant) query
      = g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL));
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *next = NULL;

  list = ll_ledger_list_page (ledger, query, &next, &error);
  g_assert_no_error (error);
  return (guint) g_variant_n_children (list);
}

/* Whatever the limit, the ids are those that the pages would show, in their order. */
static guint
count_ids (LlLedger *ledger, const char *text)
{
  g_autoptr (GVariant) query
      = g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL));
  g_autoptr (GVariant) ids = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *next = NULL;
  const guint64 *numbers;
  gsize n = 0;

  ids = ll_ledger_list_ids (ledger, query, &error);
  g_assert_no_error (error);
  list = ll_ledger_list_page (ledger, query, &next, NULL);
  numbers = g_variant_get_fixed_array (ids, &n, sizeof *numbers);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) letter = g_variant_get_child_value (list, i);
      const char *id;

      g_assert_true (g_variant_lookup (letter, "id", "&s", &id));
      g_assert_cmpuint (numbers[i], ==, g_ascii_strtoull (id, NULL, 16));
    }
  return (guint) n;
}

static void
test_list (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint n;
  } cases[] = {
    { "@a{sv} {}", 4 },
    { "{'state': <'held'>}", 1 },
    { "{'states': <['held', 'queued']>}", 2 },
    { "{'states': <['sent']>}", 2 },
    { "{'states': <@as []>}", 4 },
    { "{'address': <'BANK'>}", 2 },
    { "{'address': <'me@office'>}", 4 },
    { "{'address': <'nobody'>}", 0 },
    { "{'address': <'%'>}", 0 },
    { "{'account': <'office'>}", 4 },
    { "{'account': <'home'>}", 0 },
    { "{'since': <'2023-11-14T22:13:21Z'>}", 3 },
    { "{'until': <'2023-11-14T22:13:21Z'>}", 1 },
    { "{'before': <'000000000003'>}", 2 },
    { "{'before': <''>, 'limit': <uint32 3>}", 3 },
    { "{'before': <'00000000ffff'>}", 0 },
  };

  put (f->ledger, "000000000001", 1700000000, "a@bank.lab", LL_STATE_SENT);
  put (f->ledger, "000000000002", 1700000001, "b@shop.lab", LL_STATE_HELD);
  put (f->ledger, "000000000003", 1700000002, "c@bank.lab", LL_STATE_QUEUED);
  put (f->ledger, "000000000004", 1700000003, "d@shop.lab", LL_STATE_SENT);
  flush (f->ledger);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].query);
      g_assert_cmpuint (count_list (f->ledger, cases[i].query), ==, cases[i].n);
      g_assert_cmpuint (count_ids (f->ledger, cases[i].query), ==,
                        strstr (cases[i].query, "limit") != NULL ? 4 : cases[i].n);
    }
}

static void
test_pages (Fixture *f, gconstpointer data)
{
  g_autofree char *before = g_strdup ("");
  g_autoptr (GString) seen = g_string_new (NULL);
  guint pages = 0;

  for (guint i = 0; i < 7; i++)
    {
      g_autofree char *id = g_strdup_printf ("00000000000%u", i);

      put (f->ledger, id, 1700000000, "a@b.lab", LL_STATE_SENT); /* all at the same time */
    }
  flush (f->ledger);
  do
    {
      g_autoptr (GVariant) query = g_variant_ref_sink (
          g_variant_new_parsed ("{'limit': <uint32 3>, 'before': <%s>}", before));
      g_autoptr (GVariant) list = NULL;
      g_autofree char *next = NULL;

      list = ll_ledger_list_page (f->ledger, query, &next, NULL);
      for (gsize i = 0; i < g_variant_n_children (list); i++)
        {
          g_autoptr (GVariant) letter = g_variant_get_child_value (list, i);
          const char *id = NULL;

          g_variant_lookup (letter, "id", "&s", &id);
          g_string_append_c (seen, id[11]);
        }
      g_free (before);
      before = g_steal_pointer (&next);
      pages++;
    }
  while (*before != '\0' && pages < 10);
  g_assert_cmpstr (seen->str, ==, "6543210");
  g_assert_cmpuint (pages, ==, 3);
}

static void
test_refused_queries (Fixture *f, gconstpointer data)
{
  static const char *const wrong[] = {
    "{'colour': <'red'>}",  "{'state': <'gone'>}",      "{'state': <1>}",
    "{'states': <'held'>}", "{'states': <['gone']>}",   "{'limit': <uint32 0>}",
    "{'since': <'today'>}", "{'limit': <uint32 1001>}", "{'limit': <'5'>}",
    "{'before': <'x y'>}",  "{'since': <12>}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GVariant) query = g_variant_ref_sink (
          g_variant_parse (G_VARIANT_TYPE_VARDICT, wrong[i], NULL, NULL, NULL));
      g_autoptr (GError) error = NULL;
      g_autofree char *next = NULL;

      g_assert_null (ll_ledger_list_page (f->ledger, query, &next, &error));
      g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
    }
}

static void
test_digest_and_lock (Fixture *f, gconstpointer data)
{
  static const char *const ids[] = { "other@lab", "m-0000000000aa@lab", NULL };
  static const char *const others[] = { "other@lab", NULL };
  g_autofree char *found = NULL;
  LlLetter *letter = make_letter ("0000000000aa", 1700000000);

  add_recipient (letter, "Ada@bank.lab", LL_STATE_SENT);
  ll_letter_progress (letter, 0)->method = LL_METHOD_PGP;
  add_recipient (letter, "cyd@bank.lab", LL_STATE_SENT);
  ll_letter_progress (letter, 1)->method = LL_METHOD_TLS;
  ll_ledger_put (f->ledger, letter, NULL);
  free_letter (letter);
  flush (f->ledger);
  found = ll_ledger_find_digest (f->ledger, "office", "digest-0000000000aa", 1699999999);
  g_assert_cmpstr (found, ==, "0000000000aa");
  g_assert_null (ll_ledger_find_digest (f->ledger, "office", "digest-0000000000aa", 1700000001));
  g_assert_null (ll_ledger_find_digest (f->ledger, "home", "digest-0000000000aa", 0));
  g_assert_true (ll_ledger_was_locked (f->ledger, "ada@bank.lab", ids));
  /* who had it open may be answered open; who never had it may not */
  g_assert_false (ll_ledger_was_locked (f->ledger, "Cyd@bank.lab", ids));
  g_assert_true (ll_ledger_was_locked (f->ledger, "bob@bank.lab", ids));
  g_assert_false (ll_ledger_was_locked (f->ledger, "bob@bank.lab", others));
}

static void
test_prune (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put (f->ledger, "000000000001", 1000, "a@bank.lab", LL_STATE_SENT);
  put (f->ledger, "000000000002", 1000, "b@bank.lab", LL_STATE_HELD);
  put (f->ledger, "000000000003", 2000, "b@bank.lab", LL_STATE_SENT);
  ll_ledger_event (f->ledger, "000000000003", "sent", NULL);
  g_assert_cmpuint (ll_ledger_prune (f->ledger, 1500, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (count_list (f->ledger, "@a{sv} {}"), ==, 2);
}

static void
test_survives (Fixture *f, gconstpointer data)
{
  put (f->ledger, "000000000001", 1000, "a@bank.lab", LL_STATE_SENT);
  ll_ledger_close (f->ledger); /* writes what waits */
  f->ledger = ll_ledger_open (f->path, NULL);
  g_assert_cmpuint (count_list (f->ledger, "@a{sv} {}"), ==, 1);
}

static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ll_ledger_close (f->ledger);
  g_assert_true (g_file_set_contents (f->path,
                                      "this was a database once, and is not any more, "
                                      "for it was written over with a sentence of text",
                                      -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*was damaged*");
  f->ledger = ll_ledger_open (f->path, &error);
  g_test_assert_expected_messages ();
  g_assert_no_error (error);
  g_assert_cmpuint (count_list (f->ledger, "@a{sv} {}"), ==, 0);
}

typedef struct
{
  GMutex lock;
  guint calls;
  guint ids;
} Seen;

static void
changed_cb (const char *const *ids, gpointer data)
{
  Seen *seen = data;

  g_mutex_lock (&seen->lock);
  seen->calls++;
  seen->ids += g_strv_length ((GStrv) ids);
  g_mutex_unlock (&seen->lock);
}

static void
test_watch (Fixture *f, gconstpointer data)
{
  Seen seen = { .calls = 0 };

  g_mutex_init (&seen.lock);
  ll_ledger_watch (f->ledger, changed_cb, &seen);
  put (f->ledger, "000000000001", 1000, "a@bank.lab", LL_STATE_SENT);
  flush (f->ledger); /* told before the flush returns */
  g_mutex_lock (&seen.lock);
  g_assert_cmpuint (seen.calls, ==, 1);
  g_assert_cmpuint (seen.ids, ==, 1);
  g_mutex_unlock (&seen.lock);
  ll_ledger_watch (f->ledger, NULL, NULL);
  g_mutex_clear (&seen.lock);
}

static gint serial = 0;

static gpointer
put_many_thread (gpointer data)
{
  Fixture *f = data;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *id = g_strdup_printf ("%012x", (guint) g_atomic_int_add (&serial, 1));

      put (f->ledger, id, 1000 + i, "a@bank.lab", LL_STATE_SENT);
      if (i % 50 == 0)
        flush (f->ledger);
    }
  return NULL;
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("put", put_many_thread, f);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  flush (f->ledger);
  g_assert_cmpuint (count_list (f->ledger, "{'limit': <uint32 1000>}"), ==, 800);
}

static void
test_overrides (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) added = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) noted = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_assert_null (ll_ledger_override_add (f->ledger, "a.lab", "why", 31, &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (ll_ledger_override_add (f->ledger, "a.lab", "  ", 3, &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
  g_clear_error (&error);
  added = ll_ledger_override_add (f->ledger, "a.lab", "their certificate lapsed", 3, &error);
  g_assert_no_error (error);
  assert_string (added, "domain", "a.lab");
  reason = ll_ledger_override_find (f->ledger, "a.lab", now);
  g_assert_cmpstr (reason, ==, "their certificate lapsed");
  g_assert_null (ll_ledger_override_find (f->ledger, "b.lab", now));
  g_assert_null (ll_ledger_override_find (f->ledger, "a.lab", now + 4 * 86400));
  ll_ledger_prune (f->ledger, G_MAXINT32, NULL);
  g_assert_true (ll_ledger_override_end (f->ledger, "a.lab", &error));
  g_assert_null (ll_ledger_override_find (f->ledger, "a.lab", now + 1));
  g_assert_false (ll_ledger_override_end (f->ledger, "b.lab", &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND);
  g_clear_error (&error);
  noted = ll_ledger_override_note (f->ledger, "c.lab", "they moved", &error);
  g_assert_no_error (error);
  assert_string (noted, "reason", "they moved");
  /* it ended when it was noted, which may be long after the beginning of this test */
  now = g_get_real_time () / G_USEC_PER_SEC;
  g_assert_null (ll_ledger_override_find (f->ledger, "c.lab", now));
  g_assert_null (ll_ledger_override_note (f->ledger, "c.lab", " ", NULL));
  list = ll_ledger_override_list (f->ledger, NULL);
  g_assert_cmpuint (g_variant_n_children (list), ==, 2);
}

#define ADD(name, function) g_test_add ("/record/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("put and get", test_put_and_get);
  ADD ("update keeps held", test_update_keeps_held);
  ADD ("prefix", test_prefix);
  ADD ("list", test_list);
  ADD ("pages", test_pages);
  ADD ("refused queries", test_refused_queries);
  ADD ("digest and lock", test_digest_and_lock);
  ADD ("prune", test_prune);
  ADD ("survives", test_survives);
  ADD ("damaged", test_damaged);
  ADD ("watch", test_watch);
  ADD ("threads", test_threads);
  ADD ("overrides", test_overrides);
  return g_test_run ();
}
