/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/override.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "record/schema.h"

#include <string.h>

#define DAY (24 * 60 * 60)
#define KEPT (365 * DAY)

typedef struct
{
  const char *domain;
  const char *reason;
  gint64 since;
  gint64 until;
} Override;

static GVariant *
override_variant (const char *domain, const char *reason, gint64 since, gint64 until)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *from = ll_clock_format (since);
  g_autofree char *to = ll_clock_format (until);

  g_variant_dict_insert (&dict, "domain", "s", domain);
  g_variant_dict_insert (&dict, "reason", "s", reason);
  g_variant_dict_insert (&dict, "since", "s", from);
  g_variant_dict_insert (&dict, "until", "s", to);
  g_variant_dict_insert (&dict, "active", "b", until > ll_clock_now ());
  return g_variant_dict_end (&dict);
}

static void
set_overridden (LlLedgerReaders *readers, gint64 until)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&readers->lock);

  readers->overridden_until = MAX (readers->overridden_until, until);
}

/* Returns how many rows changed, -1 on error. */
static int
run (sqlite3 *database, const char *sql, const Override *override, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ll_database_prepare (database, sql, error);

  if (statement == NULL)
    return -1;
  ll_database_bind_text (statement, 1, override->domain);
  sqlite3_bind_int64 (statement, 2, override->since);
  if (sqlite3_bind_parameter_count (statement) > 2)
    {
      sqlite3_bind_int64 (statement, 3, override->until);
      ll_database_bind_text (statement, 4, override->reason);
    }
  return ll_database_step (statement, error) < 0 ? -1 : sqlite3_changes (database);
}

gboolean
ll_ledger_readers_find_overrides (LlLedgerReaders *readers, sqlite3 *database, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (database, "SELECT coalesce (max (until), 0) FROM overrides", error);

  if (statement == NULL || ll_database_step (statement, error) < 0)
    return FALSE;
  set_overridden (readers, sqlite3_column_int64 (statement, 0));
  return TRUE;
}

static const char end_sql[] = "UPDATE overrides SET until = ?2 WHERE domain = ?1 AND until > ?2";

static gboolean
note_call (sqlite3 *database, gpointer data, GError **error)
{
  const Override *override = data;
  const Override old = { .domain = "", .since = override->since - KEPT };

  return run (database, "DELETE FROM overrides WHERE ?1 = '' AND until < ?2", &old, error) >= 0
         && run (database,
                 "INSERT INTO overrides (domain, since, until, reason) VALUES (?1, ?2, ?3, ?4)",
                 override, error)
                >= 0;
}

static gboolean
add_call (sqlite3 *database, gpointer data, GError **error)
{
  return run (database, end_sql, data, error) >= 0 && note_call (database, data, error);
}

static gboolean
check_reason (const char *reason, GError **error)
{
  if (reason[strspn (reason, " \t\r\n")] != '\0' && strlen (reason) <= LL_QUERY_TEXT_MAX)
    return TRUE;
  g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                       "An override needs a reason of at most 1024 characters");
  return FALSE;
}

GVariant *
ll_ledger_override_add (
    LlLedger *ledger, const char *domain, const char *reason, guint days, GError **error)
{
  gint64 now = ll_clock_now ();
  Override override
      = { .domain = domain, .reason = reason, .since = now, .until = now + (gint64) days * DAY };

  if (days < 1 || days > LL_OVERRIDE_DAYS_MAX)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "An override lasts 1 to %d days, not %u", LL_OVERRIDE_DAYS_MAX, days);
      return NULL;
    }
  if (!check_reason (reason, error) || !ll_ledger_call (ledger, add_call, &override, error))
    return NULL;
  set_overridden (ll_ledger_readers (ledger), override.until);
  return g_variant_ref_sink (override_variant (domain, reason, override.since, override.until));
}

/* Hardly ever is there any, and every letter asks. */
static gboolean
may_be_overridden (LlLedger *ledger, gint64 now)
{
  LlLedgerReaders *readers = ll_ledger_readers (ledger);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&readers->lock);

  return now < readers->overridden_until;
}

GVariant *
ll_ledger_override_note (LlLedger *ledger, const char *domain, const char *reason, GError **error)
{
  gint64 now = ll_clock_now ();
  Override override = { .domain = domain, .reason = reason, .since = now, .until = now };

  if (!check_reason (reason, error) || !ll_ledger_call (ledger, note_call, &override, error))
    return NULL;
  return g_variant_ref_sink (override_variant (domain, reason, now, now));
}

char *
ll_ledger_override_find (LlLedger *ledger, const char *domain, gint64 now)
{
  /* the span, too: a clock that was set back must not stretch it */
  static const char sql[] = "SELECT reason FROM overrides WHERE domain = ?1 AND until > ?2"
                            " AND since <= ?2 + 86400 ORDER BY seq DESC LIMIT 1";
  sqlite3 *reader = may_be_overridden (ledger, now) ? ll_ledger_take_reader (ledger, NULL) : NULL;
  sqlite3_stmt *statement = reader != NULL ? ll_database_borrow (reader, sql, NULL) : NULL;
  char *reason = NULL;

  if (statement != NULL)
    {
      ll_database_bind_text (statement, 1, domain);
      sqlite3_bind_int64 (statement, 2, now);
      if (ll_database_step (statement, NULL) == 1)
        reason = ll_database_dup_text (statement, 0);
    }
  ll_database_give_back (statement);
  if (reader != NULL)
    ll_ledger_give_reader (ledger, reader);
  return reason;
}

GVariant *
ll_ledger_override_list (LlLedger *ledger, GError **error)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  sqlite3 *reader = ll_ledger_take_reader (ledger, error);
  sqlite3_stmt *statement;
  int step = -1;

  if (reader == NULL)
    return NULL;
  statement
      = ll_database_prepare (reader,
                             "SELECT domain, reason, since, until FROM overrides ORDER BY seq DESC",
                             error);
  while (statement != NULL && (step = ll_database_step (statement, error)) == 1)
    g_variant_builder_add_value (&list,
                                 override_variant ((const char *) sqlite3_column_text (statement,
                                                                                       0),
                                                   (const char *) sqlite3_column_text (statement,
                                                                                       1),
                                                   sqlite3_column_int64 (statement, 2),
                                                   sqlite3_column_int64 (statement, 3)));
  sqlite3_finalize (statement);
  ll_ledger_give_reader (ledger, reader);
  return step < 0 ? NULL : g_variant_ref_sink (g_variant_builder_end (&list));
}

typedef struct
{
  Override override;
  int changed;
} End;

static gboolean
end_call (sqlite3 *database, gpointer data, GError **error)
{
  End *end = data;

  end->changed = run (database, end_sql, &end->override, error);
  return end->changed >= 0;
}

gboolean
ll_ledger_override_end (LlLedger *ledger, const char *domain, GError **error)
{
  End end = { .override = { .domain = domain, .since = ll_clock_now () } };

  if (!ll_ledger_call (ledger, end_call, &end, error))
    return FALSE;
  if (end.changed == 0)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "No override is in force for %s",
                 domain);
  return end.changed > 0;
}
