/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/database.h"
#include "base/error.h"
#include "base/file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const steps[] = {
  "CREATE TABLE letter (id TEXT PRIMARY KEY)",
  "ALTER TABLE letter ADD COLUMN state INTEGER NOT NULL DEFAULT 0",
};

static char *
make_folder (void)
{
  char *folder = g_dir_make_tmp ("letterlock-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

static void
remove_folder (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_dir_close (dir);
  g_rmdir (folder);
}

static void
test_migration (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "a.db", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3 *database = ll_database_open (path, steps, 1, LL_DATABASE_DURABLE, &error);
  struct stat status;

  g_assert_no_error (error);
  g_assert_true (ll_database_run (database, "INSERT INTO letter VALUES ('7f3a')", &error));
  ll_database_close (database);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  database = ll_database_open (path, steps, 2, 0, &error);
  g_assert_no_error (error);
  {
    g_autoptr (sqlite3_stmt) statement
        = ll_database_prepare (database, "SELECT id, state FROM letter", &error);
    g_autofree char *id = NULL;

    g_assert_cmpint (ll_database_step (statement, &error), ==, 1);
    id = ll_database_dup_text (statement, 0);
    g_assert_cmpstr (id, ==, "7f3a");
    g_assert_cmpint (ll_database_step (statement, &error), ==, 0);
  }
  ll_database_close (database);

  g_assert_null (ll_database_open (path, steps, 1, 0, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER);
  remove_folder (folder);
}

static void
test_damage (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "a.db", NULL);
  g_autoptr (GError) error = NULL;
  char garbage[4096];
  sqlite3 *database;

  memset (garbage, 'x', sizeof garbage);
  g_assert_true (ll_file_replace (path, garbage, sizeof garbage, &error));
  g_assert_null (ll_database_open (path, steps, 2, 0, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
  g_clear_error (&error);

  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*was damaged*");
  database = ll_database_open (path, steps, 2, LL_DATABASE_REPLACEABLE, &error);
  g_test_assert_expected_messages ();
  g_assert_no_error (error);
  ll_database_close (database);
  remove_folder (folder);
}

static void
test_files (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "file", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (ll_file_replace (path, "one", 3, &error));
  g_assert_true (ll_file_replace (path, "second", 6, &error));
  bytes = ll_file_load (path, 6, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "second", 6);
  g_assert_null (ll_file_load (path, 5, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_clear_error (&error);
  g_assert_null (ll_file_load (folder, 5, &error));
  g_assert_nonnull (error);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/database/migration", test_migration);
  g_test_add_func ("/database/damage", test_damage);
  g_test_add_func ("/file/replace", test_files);
  return g_test_run ();
}
