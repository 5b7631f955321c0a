/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/database.h"

#include "base/clock.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a database's pages in memory. */
#define CACHE_KB "512"

gboolean
ll_database_set_error (GError **error, sqlite3 *database, const char *what)
{
  int code = sqlite3_errcode (database) & 0xff;
  LlStoreError kind = LL_STORE_ERROR_IO;

  if (code == SQLITE_FULL)
    kind = LL_STORE_ERROR_FULL;
  else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
    kind = LL_STORE_ERROR_CORRUPT;
  g_set_error (error, LL_STORE_ERROR, (int) kind, "%s%s", what, sqlite3_errmsg (database));
  return FALSE;
}

gboolean
ll_database_run (sqlite3 *database, const char *sql, GError **error)
{
  if (sqlite3_exec (database, sql, NULL, NULL, NULL) != SQLITE_OK)
    return ll_database_set_error (error, database, "Cannot change the database: ");
  return TRUE;
}

sqlite3_stmt *
ll_database_prepare (sqlite3 *database, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL) != SQLITE_OK)
    {
      ll_database_set_error (error, database, "Cannot read the database: ");
      return NULL;
    }
  return statement;
}

sqlite3_stmt *
ll_database_borrow (sqlite3 *database, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  while ((statement = sqlite3_next_stmt (database, statement)) != NULL)
    if (!sqlite3_stmt_busy (statement) && strcmp (sqlite3_sql (statement), sql) == 0)
      return statement;
  return ll_database_prepare (database, sql, error);
}

void
ll_database_give_back (sqlite3_stmt *statement)
{
  if (statement == NULL)
    return;
  sqlite3_reset (statement); /* ends the reading, so that the log can be folded in */
  sqlite3_clear_bindings (statement);
}

int
ll_database_step (sqlite3_stmt *statement, GError **error)
{
  switch (sqlite3_step (statement))
    {
    case SQLITE_ROW:
      return 1;
    case SQLITE_DONE:
      return 0;
    default:
      ll_database_set_error (error, sqlite3_db_handle (statement), "Cannot use the database: ");
      return -1;
    }
}

void
ll_database_bind_text (sqlite3_stmt *statement, int index, const char *text)
{
  if (text == NULL)
    sqlite3_bind_null (statement, index);
  else
    sqlite3_bind_text (statement, index, text, -1, SQLITE_TRANSIENT);
}

char *
ll_database_dup_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

GBytes *
ll_database_dup_bytes (sqlite3_stmt *statement, int column)
{
  int length = sqlite3_column_bytes (statement, column);

  return length > 0 ? g_bytes_new (sqlite3_column_blob (statement, column), (gsize) length) : NULL;
}

static int
user_version (sqlite3 *database, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ll_database_prepare (database, "PRAGMA user_version", error);

  if (statement == NULL || ll_database_step (statement, error) < 0)
    return -1;
  return sqlite3_column_int (statement, 0);
}

static gboolean
migrate (sqlite3 *database, const char *const *steps, guint n_steps, GError **error)
{
  int version = user_version (database, error);

  if (version < 0)
    return FALSE;
  if ((guint) version > n_steps)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER,
                   "The database was written by a newer version of Letterlock (schema %d, this one "
                   "knows %u)",
                   version, n_steps);
      return FALSE;
    }
  for (guint i = (guint) version; i < n_steps; i++)
    {
      g_autofree char *step
          = g_strdup_printf ("BEGIN IMMEDIATE; %s; PRAGMA user_version = %u; COMMIT", steps[i],
                             i + 1);

      if (!ll_database_run (database, step, error))
        {
          sqlite3_exec (database, "ROLLBACK", NULL, NULL, NULL);
          return FALSE;
        }
    }
  return TRUE;
}

/* Each database takes room for 20 pages and a pool for small objects before it holds anything, and
 * keeps up to 2 MB of pages: for nine small databases, most of what we need at rest. */
static void
take_little (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      sqlite3_config (SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
      sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 256, 16);
      g_once_init_leave (&once, 1);
    }
}

static sqlite3 *
open_once (const char *path,
           const char *const *steps,
           guint n_steps,
           LlDatabaseFlags flags,
           GError **error)
{
  sqlite3 *database = NULL;
  mode_t old;
  int result;

  take_little ();
  old = umask (0077);
  result = sqlite3_open_v2 (path, &database,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  umask (old);
  if (result != SQLITE_OK)
    {
      ll_database_set_error (error, database, "Cannot open the database: ");
      g_prefix_error (error, "%s: ", path);
      sqlite3_close (database);
      return NULL;
    }
  sqlite3_busy_timeout (database, 5000);
  if (!ll_database_run (database, "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON", error)
      || !ll_database_run (database, "PRAGMA cache_size = -" CACHE_KB, error)
      || !ll_database_run (database,
                           flags & LL_DATABASE_DURABLE ? "PRAGMA synchronous = FULL"
                                                       : "PRAGMA synchronous = NORMAL",
                           error)
      || !migrate (database, steps, n_steps, error))
    {
      g_prefix_error (error, "%s: ", path);
      sqlite3_close (database);
      return NULL;
    }
  return database;
}

static void
move_aside (const char *path)
{
  g_autofree char *aside = g_strdup_printf ("%s.corrupt-%" G_GINT64_FORMAT, path, ll_clock_now ());
  static const char *const companions[] = { "-wal", "-shm" };

  if (rename (path, aside) == 0)
    g_warning ("%s was damaged; it was moved to %s and begun anew", path, aside);
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *companion = g_strconcat (path, companions[i], NULL);

      unlink (companion);
    }
}

sqlite3 *
ll_database_open (const char *path,
                  const char *const *steps,
                  guint n_steps,
                  LlDatabaseFlags flags,
                  GError **error)
{
  g_autoptr (GError) local = NULL;
  sqlite3 *database = open_once (path, steps, n_steps, flags, &local);

  if (database == NULL && (flags & LL_DATABASE_REPLACEABLE)
      && g_error_matches (local, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT))
    {
      g_clear_error (&local);
      move_aside (path);
      database = open_once (path, steps, n_steps, flags, &local);
    }
  if (database == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return database;
}

void
ll_database_close (sqlite3 *database)
{
  sqlite3_stmt *statement;

  if (database == NULL)
    return;
  while ((statement = sqlite3_next_stmt (database, NULL)) != NULL)
    sqlite3_finalize (statement);
  sqlite3_close (database);
}
