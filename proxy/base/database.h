/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * SQLite, opened the same way everywhere: WAL, foreign keys, a busy timeout,
 * mode 0600, and a schema brought up to date by numbered steps. Nothing of mail.
 *
 * A database of a newer version is refused (LL_STORE_ERROR_NEWER) and never
 * touched; a corrupt one is moved aside to NAME.corrupt-DATE when
 * LL_DATABASE_REPLACEABLE is set, else LL_STORE_ERROR_CORRUPT.
 *
 * One connection may be used by one thread at a time; callers lock.
 */

typedef enum
{
  LL_DATABASE_DURABLE = 1 << 0,     /* synchronous=FULL, else NORMAL */
  LL_DATABASE_REPLACEABLE = 1 << 1, /* a cache: start afresh rather than fail */
} LlDatabaseFlags;

/* Opens @path; runs steps[version..] each in one transaction. The array is fixed for ever:
 * later versions only append. Pass ":memory:" in tests. */
sqlite3 *ll_database_open (const char *path,
                           const char *const *steps,
                           guint n_steps,
                           LlDatabaseFlags flags,
                           GError **error);

/* NULL is fine. Statements that were borrowed go with it. */
void ll_database_close (sqlite3 *database);

/* Statements without results or parameters. */
gboolean ll_database_run (sqlite3 *database, const char *sql, GError **error);

/* (transfer full), finalize with sqlite3_finalize or g_autoptr (sqlite3_stmt) */
sqlite3_stmt *ll_database_prepare (sqlite3 *database, const char *sql, GError **error);

/* The same for what is asked again and again: the connection keeps the statement. Give it back with
 * ll_database_give_back, NULL is fine there, or g_autoptr (LlBorrowed). */
typedef sqlite3_stmt LlBorrowed;
sqlite3_stmt *ll_database_borrow (sqlite3 *database, const char *sql, GError **error);
void ll_database_give_back (sqlite3_stmt *statement);

/* One row is there: 1, done: 0, error: -1. */
int ll_database_step (sqlite3_stmt *statement, GError **error);

/* NULL-safe, 1-based like sqlite's own; text is copied. */
void ll_database_bind_text (sqlite3_stmt *statement, int index, const char *text);

/* NULL for SQL NULL. (transfer full) */
char *ll_database_dup_text (sqlite3_stmt *statement, int column);

/* NULL for SQL NULL and for nothing. (transfer full) */
GBytes *ll_database_dup_bytes (sqlite3_stmt *statement, int column);

/* What the connection says, behind @what: "Cannot read the database: ". Returns FALSE. */
gboolean ll_database_set_error (GError **error, sqlite3 *database, const char *what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlBorrowed, ll_database_give_back)

G_END_DECLS
