/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/ledger.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "record/schema.h"
#include "record/shown.h"
#include "record/subject.h"

#include <string.h>

/*
 * Reading: which letters, and one of them. Each reader has a
 * connection of its own for as long as it reads; WAL keeps it from ever waiting
 * for the writer.
 */

#define READERS_IDLE_MAX 4
#define ID_PREFIX_MIN 4

/* -- connections --------------------------------------------------------------------- */

void
ll_ledger_readers_init (LlLedgerReaders *readers, const char *path)
{
  g_mutex_init (&readers->lock);
  g_queue_init (&readers->idle);
  readers->path = g_strdup (path);
}

void
ll_ledger_readers_clear (LlLedgerReaders *readers)
{
  g_queue_clear_full (&readers->idle, (GDestroyNotify) ll_database_close);
  g_mutex_clear (&readers->lock);
  g_free (readers->path);
}

sqlite3 *
ll_ledger_take_reader (LlLedger *ledger, GError **error)
{
  LlLedgerReaders *readers = ll_ledger_readers (ledger);
  sqlite3 *reader;

  g_mutex_lock (&readers->lock);
  reader = g_queue_pop_head (&readers->idle);
  g_mutex_unlock (&readers->lock);
  return reader != NULL ? reader : ll_ledger_schema_open (readers->path, error);
}

void
ll_ledger_give_reader (LlLedger *ledger, sqlite3 *reader)
{
  LlLedgerReaders *readers = ll_ledger_readers (ledger);

  g_mutex_lock (&readers->lock);
  if (readers->idle.length < READERS_IDLE_MAX)
    {
      g_queue_push_head (&readers->idle, reader);
      reader = NULL;
    }
  g_mutex_unlock (&readers->lock);
  ll_database_close (reader);
}

/* -- lists --------------------------------------------------------------------------------- */

/* The states asked for as a list of numbers for SQL; *open: none of them is final. FALSE when one
 * is no state. Numbers of our own enum: nothing of the caller's text gets into the statement. */
static gboolean
state_numbers (const char *const *names, GString *numbers, gboolean *open, GError **error)
{
  *open = TRUE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      LlState state;

      if (!ll_state_from_name (names[i], &state))
        {
          g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID, "\"%s\" is not a state",
                       names[i]);
          return FALSE;
        }
      *open &= !ll_state_is_final (state);
      g_string_append_printf (numbers, "%s%d", i > 0 ? ", " : "", (int) state);
    }
  return TRUE;
}

static gboolean
add_states (GString *sql, const LlLedgerQuery *query, GError **error)
{
  gboolean open;

  if (query->state != NULL)
    {
      const char *const one[] = { query->state, NULL };
      g_autoptr (GString) numbers = g_string_new (NULL);

      if (!state_numbers (one, numbers, &open, error))
        return FALSE;
      g_string_append_printf (sql, " AND l.state = %s%s", numbers->str,
                              open ? " AND l.open = 1" : "");
    }
  if (query->states != NULL)
    {
      g_autoptr (GString) numbers = g_string_new (NULL);

      if (!state_numbers (query->states, numbers, &open, error))
        return FALSE;
      g_string_append_printf (sql,
                              "%s AND EXISTS (SELECT 1 FROM recipients r WHERE r.letter = l.seq"
                              " AND r.state IN (%s))",
                              open ? " AND l.open = 1" : "", numbers->str);
    }
  return TRUE;
}

static sqlite3_stmt *
prepare_list (
    sqlite3 *reader, const char *columns, const LlLedgerQuery *query, guint limit, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  g_autofree char *address = NULL;
  sqlite3_stmt *statement;

  g_string_append_printf (sql,
                          "SELECT %s FROM letters l WHERE (?1 IS NULL OR account = ?1)"
                          " AND received >= ?2 AND received < ?3",
                          columns);
  if (!add_states (sql, query, error))
    return NULL;
  if (query->address != NULL)
    g_string_append (sql, " AND (instr (lower (l.sender), ?4) OR EXISTS (SELECT 1 FROM recipients r"
                          " WHERE r.letter = l.seq AND instr (lower (r.address), ?4)))");
  if (query->before != NULL)
    g_string_append (sql, " AND (l.received, l.seq) <"
                          " (SELECT b.received, b.seq FROM letters b WHERE b.id = ?5)");
  g_string_append (sql, " ORDER BY l.received DESC, l.seq DESC LIMIT ?6");
  statement = ll_database_prepare (reader, sql->str, error);
  if (statement == NULL)
    return NULL;
  address = query->address != NULL ? g_ascii_strdown (query->address, -1) : NULL;
  ll_database_bind_text (statement, 1, query->account);
  sqlite3_bind_int64 (statement, 2, query->since != 0 ? query->since : G_MININT64);
  sqlite3_bind_int64 (statement, 3, query->until != 0 ? query->until : G_MAXINT64);
  if (address != NULL)
    ll_database_bind_text (statement, 4, address);
  if (query->before != NULL)
    ll_database_bind_text (statement, 5, query->before);
  sqlite3_bind_int64 (statement, 6, limit);
  return statement;
}

GPtrArray *
ll_ledger_list (LlLedger *ledger, const LlLedgerQuery *query, GError **error)
{
  g_autoptr (GPtrArray) letters = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  sqlite3 *reader = ll_ledger_take_reader (ledger, error);
  g_autoptr (LlAsides) asides = ll_subject_asides (ledger);
  guint limit = CLAMP (query->limit, 1, LL_LEDGER_PAGE_MAX + 1);
  sqlite3_stmt *statement
      = reader != NULL ? prepare_list (reader, LL_SHOWN_COLUMNS, query, limit, error) : NULL;
  int step = -1;

  while (statement != NULL && (step = ll_database_step (statement, error)) == 1)
    {
      GVariant *letter = ll_shown_letter (reader, statement, asides, FALSE, error);

      if (letter == NULL)
        {
          step = -1;
          break;
        }
      g_ptr_array_add (letters, letter);
    }
  sqlite3_finalize (statement);
  if (reader != NULL)
    ll_ledger_give_reader (ledger, reader);
  return step == 0 ? g_steal_pointer (&letters) : NULL;
}

GVariant *
ll_ledger_list_ids (LlLedger *ledger, GVariant *dictionary, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autofree const char **strings = NULL;
  LlLedgerQuery query;
  sqlite3 *reader;
  sqlite3_stmt *statement;
  int step = -1;

  if (!ll_ledger_query_parse (dictionary, &query, &strings, error))
    return NULL;
  reader = ll_ledger_take_reader (ledger, error);
  statement
      = reader != NULL ? prepare_list (reader, "l.id", &query, LL_LEDGER_IDS_MAX, error) : NULL;
  while (statement != NULL && (step = ll_database_step (statement, error)) == 1)
    {
      guint64 id = g_ascii_strtoull ((const char *) sqlite3_column_text (statement, 0), NULL, 16);

      g_array_append_val (ids, id);
    }
  sqlite3_finalize (statement);
  if (reader != NULL)
    ll_ledger_give_reader (ledger, reader);
  if (step != 0)
    return NULL;
  return g_variant_ref_sink (
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, ids->data, ids->len, sizeof (guint64)));
}

GVariant *
ll_ledger_list_page (LlLedger *ledger, GVariant *dictionary, char **next, GError **error)
{
  LlLedgerQuery query;
  g_autofree const char **strings = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  guint limit;

  if (!ll_ledger_query_parse (dictionary, &query, &strings, error))
    return NULL;
  limit = query.limit++; /* one more tells whether there is a next page */
  letters = ll_ledger_list (ledger, &query, error);
  if (letters == NULL)
    return NULL;
  for (guint i = 0; i < MIN (letters->len, limit); i++)
    g_variant_builder_add_value (&list, g_ptr_array_index (letters, i));
  *next = NULL;
  if (letters->len > limit)
    g_variant_lookup (g_ptr_array_index (letters, limit - 1), "id", "s", next);
  if (*next == NULL)
    *next = g_strdup ("");
  return g_variant_ref_sink (g_variant_builder_end (&list));
}

/* -- one letter ------------------------------------------------------------------------------- */

static gboolean
is_prefix (const char *prefix)
{
  gsize length = strlen (prefix);

  return length >= ID_PREFIX_MIN && length <= 64
         && strspn (prefix, "0123456789abcdefABCDEF") == length;
}

/* The only letter that begins with @prefix. */
static GVariant *
find_letter (sqlite3 *reader, LlAsides *asides, const char *prefix, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (reader,
                             "SELECT " LL_SHOWN_COLUMNS
                             " FROM letters l WHERE id >= ?1 AND id < ?1 || 'g' LIMIT 2",
                             error);
  g_autoptr (GVariant) letter = NULL;
  int step;

  if (statement == NULL)
    return NULL;
  ll_database_bind_text (statement, 1, prefix);
  step = ll_database_step (statement, error);
  if (step == 0)
    g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT, "No letter has the id %s", prefix);
  if (step != 1)
    return NULL;
  letter = ll_shown_letter (reader, statement, asides, TRUE, error);
  if (letter == NULL)
    return NULL;
  step = ll_database_step (statement, error);
  if (step == 1)
    g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT,
                 "More than one letter has an id that begins with %s: give more digits", prefix);
  return step == 0 ? g_steal_pointer (&letter) : NULL;
}

GVariant *
ll_ledger_get (LlLedger *ledger, const char *prefix, GError **error)
{
  g_autoptr (LlAsides) asides = ll_subject_asides (ledger);
  g_autofree char *lower = NULL;
  GVariant *letter;
  sqlite3 *reader;

  if (!is_prefix (prefix))
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "A letter's id is 4 to 12 hexadecimal digits");
      return NULL;
    }
  lower = g_ascii_strdown (prefix, -1);
  reader = ll_ledger_take_reader (ledger, error);
  if (reader == NULL)
    return NULL;
  letter = find_letter (reader, asides, lower, error);
  ll_ledger_give_reader (ledger, reader);
  return letter;
}

char *
ll_ledger_find_digest (LlLedger *ledger, const char *account, const char *digest, gint64 since)
{
  static const char sql[] = "SELECT id FROM letters WHERE digest = ?1 AND account IS ?2"
                            " AND received >= ?3 ORDER BY seq DESC LIMIT 1";
  sqlite3 *reader = ll_ledger_take_reader (ledger, NULL);
  sqlite3_stmt *statement = reader != NULL ? ll_database_borrow (reader, sql, NULL) : NULL;
  char *id = NULL;

  if (statement != NULL)
    {
      ll_database_bind_text (statement, 1, digest);
      ll_database_bind_text (statement, 2, account);
      sqlite3_bind_int64 (statement, 3, since);
      if (ll_database_step (statement, NULL) == 1)
        id = ll_database_dup_text (statement, 0);
    }
  ll_database_give_back (statement);
  if (reader != NULL)
    ll_ledger_give_reader (ledger, reader);
  return id;
}

gboolean
ll_ledger_was_locked (LlLedger *ledger, const char *address, const char *const *message_ids)
{
  static const char sql[]
      = "SELECT max (locked) AND NOT max (mine AND open) FROM (SELECT lower (r.address) = ?2 AS "
        "mine,"
        "  r.method IN (?3, ?4, ?5) OR r.bound IS ?6 AS locked,"
        "  r.method IN (?7, ?8) AND r.bound IS NOT ?6 AS open"
        " FROM letters l JOIN recipients r ON r.letter = l.seq WHERE l.message_id = ?1)";
  sqlite3 *reader = ll_ledger_take_reader (ledger, NULL);
  sqlite3_stmt *statement = reader != NULL ? ll_database_borrow (reader, sql, NULL) : NULL;
  g_autofree char *lower = g_ascii_strdown (address, -1);
  gboolean locked = FALSE;

  for (guint i = 0; statement != NULL && !locked && message_ids[i] != NULL; i++)
    {
      ll_database_bind_text (statement, 1, message_ids[i]);
      ll_database_bind_text (statement, 2, lower);
      sqlite3_bind_int (statement, 3, LL_METHOD_PGP);
      sqlite3_bind_int (statement, 4, LL_METHOD_SMIME);
      sqlite3_bind_int (statement, 5, LL_METHOD_ESCROW);
      sqlite3_bind_int (statement, 6, LL_BOUND_CONTENT);
      sqlite3_bind_int (statement, 7, LL_METHOD_TLS);
      sqlite3_bind_int (statement, 8, LL_METHOD_OPEN);
      locked = ll_database_step (statement, NULL) == 1 && sqlite3_column_int (statement, 0) != 0;
      sqlite3_reset (statement);
    }
  ll_database_give_back (statement);
  if (reader != NULL)
    ll_ledger_give_reader (ledger, reader);
  return locked;
}
