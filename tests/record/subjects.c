/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/ledger.h"

#include "../spool/keyring.h"
#include "letters.h"

/* Made up, so that it is nowhere by chance. */
#define SUBJECT "Zwetschgenkuchen 4711"
#define OTHER "Mirabellenkompott 0815"

typedef struct
{
  Place place;
  char *path;
  LlLedger *ledger;
} Fixture;

static void
open_ledger (Fixture *f, gboolean keep)
{
  g_autoptr (GError) error = NULL;

  f->ledger = ll_ledger_open (f->path, &error);
  g_assert_no_error (error);
  ll_ledger_follow (f->ledger, f->place.store);
  g_assert_true (ll_ledger_keep_subjects (f->ledger, keep, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  place_set_up (&f->place, NULL);
  f->path = g_build_filename (f->place.folder, "ledger.db", NULL);
  open_ledger (f, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ll_ledger_close (f->ledger);
  place_tear_down (&f->place, NULL);
  g_free (f->path);
}

static void
put_with (Fixture *f, const char *id, const char *subject, LlState state)
{
  LlLetter *letter = make_letter (id, 1700000000);

  add_recipient (letter, "ada@bank.lab", state);
  ll_ledger_put (f->ledger, letter, subject);
  free_letter (letter);
}

/* What the ledger shows, alone and in the list: the same. */
static void
expect (Fixture *f, const char *id, const char *subject)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) letter = NULL;
  g_autoptr (GPtrArray) list = NULL;
  const LlLedgerQuery all = { .limit = 100 };
  const char *shown = NULL;

  g_assert_true (ll_ledger_flush (f->ledger, &error));
  letter = ll_ledger_get (f->ledger, id, &error);
  g_assert_no_error (error);
  g_variant_lookup (letter, "subject", "&s", &shown);
  g_assert_cmpstr (shown, ==, subject);
  list = ll_ledger_list (f->ledger, &all, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      const char *listed = NULL;
      const char *its = "";

      g_variant_lookup (g_ptr_array_index (list, i), "id", "&s", &its);
      g_variant_lookup (g_ptr_array_index (list, i), "subject", "&s", &listed);
      if (strcmp (its, id) == 0)
        g_assert_cmpstr (listed, ==, subject);
    }
}

/* Whether @bytes are anywhere in the database's files. */
static gboolean
on_disk (Fixture *f, const void *bytes, gsize length)
{
  static const char *const ends[] = { "", "-wal" };
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (f->path, ends[i], NULL);
      g_autofree char *content = NULL;
      gsize size;

      if (g_file_get_contents (path, &content, &size, NULL))
        found |= memmem (content, size, bytes, length) != NULL;
    }
  return found;
}

static gint64
number_in (Fixture *f, const char *sql)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  sqlite3 *database;
  gint64 number;

  g_assert_cmpint (sqlite3_open (f->path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL), ==, SQLITE_OK);
  number = sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : -1;
  g_clear_pointer (&statement, sqlite3_finalize);
  sqlite3_close (database);
  return number;
}

/* The sealed bytes of the only one there is. (transfer full) */
static GBytes *
sealed_in (Fixture *f)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  sqlite3 *database;
  GBytes *sealed;

  g_assert_cmpint (sqlite3_open (f->path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (database, "SELECT sealed FROM subjects", -1, &statement,
                                       NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  sealed = ll_database_dup_bytes (statement, 0);
  g_clear_pointer (&statement, sqlite3_finalize);
  sqlite3_close (database);
  return sealed;
}

static void
test_kept (Fixture *f, gconstpointer data)
{
  put_with (f, "000000000001", SUBJECT, LL_STATE_CHECKING);
  put_with (f, "000000000002", NULL, LL_STATE_CHECKING);
  put_with (f, "000000000003", "", LL_STATE_CHECKING);
  expect (f, "000000000001", SUBJECT);
  expect (f, "000000000002", NULL);
  expect (f, "000000000003", "");
  g_assert_false (on_disk (f, SUBJECT, 8));
  g_assert_true (on_disk (f, "ada@bank.lab", 12)); /* what is in clear would be found */
}

/* What is put later says nothing of it, in the same group of the writer and in another. */
static void
test_stays (Fixture *f, gconstpointer data)
{
  put_with (f, "000000000001", SUBJECT, LL_STATE_CHECKING);
  put_with (f, "000000000001", NULL, LL_STATE_SENDING);
  expect (f, "000000000001", SUBJECT);
  put_with (f, "000000000001", NULL, LL_STATE_SENT);
  expect (f, "000000000001", SUBJECT);
  put_with (f, "000000000001", OTHER, LL_STATE_SENT);
  expect (f, "000000000001", OTHER);
}

/* One letter's subject is not shown as another's. */
static void
test_swapped (Fixture *f, gconstpointer data)
{
  sqlite3 *database;

  put_with (f, "000000000001", SUBJECT, LL_STATE_SENT);
  put_with (f, "000000000002", OTHER, LL_STATE_SENT);
  expect (f, "000000000002", OTHER);
  g_assert_cmpint (sqlite3_open (f->path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database,
                                 "UPDATE subjects SET sealed = (SELECT s.sealed FROM subjects s"
                                 " WHERE s.letter = 2) WHERE letter = 1",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (database);
  expect (f, "000000000001", NULL);
  expect (f, "000000000002", OTHER);
}

static void
test_locked (Fixture *f, gconstpointer data)
{
  g_autofree char *path = place_secrets_path (&f->place);
  g_autofree char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  ll_ledger_close (f->ledger);
  place_lock_secrets (&f->place);
  place_reopen (&f->place);
  open_ledger (f, TRUE);
  put_with (f, "000000000001", SUBJECT, LL_STATE_WAITING);
  expect (f, "000000000001", NULL);

  ll_ledger_close (f->ledger);
  g_assert_true (g_file_set_contents (path, bytes, -1, NULL));
  place_reopen (&f->place);
  open_ledger (f, TRUE);
  expect (f, "000000000001", SUBJECT);
}

/* They go with their letters. */
static void
test_pruned (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_with (f, "000000000001", SUBJECT, LL_STATE_SENT);
  put_with (f, "000000000002", SUBJECT, LL_STATE_HELD);
  g_assert_true (ll_ledger_flush (f->ledger, &error));
  g_assert_cmpint (number_in (f, "SELECT count (*) FROM subjects"), ==, 2);
  g_assert_cmpuint (ll_ledger_prune (f->ledger, 1800000000, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (number_in (f, "SELECT count (*) FROM subjects"), ==, 1);
  expect (f, "000000000002", SUBJECT);
}

/* Switched off: nothing of them is left in its files, and none comes any more. */
static void
test_off (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sealed = NULL;

  put_with (f, "000000000001", SUBJECT, LL_STATE_SENT);
  expect (f, "000000000001", SUBJECT);
  sealed = sealed_in (f);
  g_assert_true (on_disk (f, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed)));
  put_with (f, "000000000002", OTHER, LL_STATE_SENT); /* may still wait for the writer */
  g_assert_true (ll_ledger_keep_subjects (f->ledger, FALSE, &error));
  g_assert_no_error (error);
  g_assert_false (on_disk (f, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed)));
  put_with (f, "000000000003", SUBJECT, LL_STATE_SENT);
  for (char id[] = "000000000001"; id[11] < '4'; id[11]++)
    expect (f, id, NULL);
  g_assert_cmpint (number_in (f, "SELECT count (*) FROM subjects"), ==, 0);
  g_assert_cmpint (number_in (f, "SELECT count (*) FROM letters"), ==, 3);
  g_assert_true (ll_ledger_keep_subjects (f->ledger, TRUE, &error));
  expect (f, "000000000001", NULL);
}

/* Off at the start, after it was on before. */
static void
test_off_at_start (Fixture *f, gconstpointer data)
{
  put_with (f, "000000000001", SUBJECT, LL_STATE_SENT);
  ll_ledger_close (f->ledger);
  g_assert_cmpint (number_in (f, "SELECT count (*) FROM subjects"), ==, 1);
  open_ledger (f, FALSE);
  g_assert_cmpint (number_in (f, "SELECT count (*) FROM subjects"), ==, 0);
}

/* A ledger from before there were any: its letters stay, and new ones have theirs. */
static void
test_migrated (Fixture *f, gconstpointer data)
{
  put_with (f, "000000000001", NULL, LL_STATE_SENT);
  ll_ledger_close (f->ledger);
  g_assert_cmpint (number_in (f, "PRAGMA user_version"), ==, 2);
  number_in (f, "DROP TABLE subjects");
  number_in (f, "PRAGMA user_version = 1");
  g_assert_cmpint (number_in (f, "SELECT count (*) FROM sqlite_schema WHERE name = 'subjects'"), ==,
                   0);
  open_ledger (f, TRUE);
  expect (f, "000000000001", NULL);
  put_with (f, "000000000001", SUBJECT, LL_STATE_SENT);
  put_with (f, "000000000002", OTHER, LL_STATE_SENT);
  expect (f, "000000000001", SUBJECT);
  expect (f, "000000000002", OTHER);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  place_init (&argc, &argv);
  ADD ("/subjects/kept", test_kept);
  ADD ("/subjects/stays", test_stays);
  ADD ("/subjects/swapped", test_swapped);
  ADD ("/subjects/locked", test_locked);
  ADD ("/subjects/pruned", test_pruned);
  ADD ("/subjects/off", test_off);
  ADD ("/subjects/off at start", test_off_at_start);
  ADD ("/subjects/migrated", test_migrated);
  return g_test_run ();
}
