/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sts-cache.h"

#include "base/limits.h"

#include <string.h>

#define DAY (24 * 60 * 60)
/* RFC 8461 10.2 asks for about a day; spread, so that not all are due at once. */
#define REFRESH_AFTER (22 * 60 * 60)
#define REFRESH_SPREAD (3 * 60 * 60)
#define FORGET_AFTER (180 * DAY)

/* A cache that cannot be read is an empty one; one that cannot be written is refilled. */
static LlBorrowed *
borrow (LlMemory *memory, const char *sql)
{
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = ll_database_borrow (memory->policies, sql, &error);

  if (statement == NULL)
    g_debug ("%s", error->message);
  return statement;
}

/* How old something is at most young: the greatest age that any clock gives. @latest is the
 * latest wall time that was ever seen since. */
static gint64
age_of (gint64 wall, gint64 latest, gint64 boot, const char *boot_id, const LlMoment *now)
{
  gint64 by_wall = MAX (now->wall, latest) - wall;
  /* in another boot the time since this one began has passed at least */
  gint64 by_boot = g_strcmp0 (boot_id, now->boot_id) == 0 ? now->boot - boot : now->boot;

  return MAX (MAX (by_wall, by_boot), 0);
}

static void
touch (LlMemory *memory, const char *domain, const LlMoment *now)
{
  g_autoptr (LlBorrowed) statement
      = borrow (memory, "UPDATE policy SET latest = max(latest, ?2), used = ?2 "
                        "WHERE domain = ?1 AND (used < ?2 - 3600 OR latest < ?2 - 3600)");

  ll_database_bind_text (statement, 1, domain);
  sqlite3_bind_int64 (statement, 2, now->wall);
  ll_memory_step (statement);
}

LlStsEntry *
ll_sts_cache_get (LlMemory *memory, const char *domain, const LlMoment *now)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (LlBorrowed) statement
      = borrow (memory, "SELECT id, mode, patterns, max_age, fetched, fetched_boot, boot_id, "
                        "latest FROM policy WHERE domain = ?");
  LlStsEntry *entry;
  gint64 max_age, age;

  ll_database_bind_text (statement, 1, domain);
  if (!ll_memory_step (statement))
    return NULL;
  max_age = sqlite3_column_int64 (statement, 3);
  age = age_of (sqlite3_column_int64 (statement, 4), sqlite3_column_int64 (statement, 7),
                sqlite3_column_int64 (statement, 5),
                (const char *) sqlite3_column_text (statement, 6), now);
  if (age >= max_age)
    return NULL;
  entry = g_new0 (LlStsEntry, 1);
  entry->id = ll_database_dup_text (statement, 0);
  entry->mode = (LlStsMode) sqlite3_column_int (statement, 1);
  entry->patterns = g_strsplit ((const char *) sqlite3_column_text (statement, 2), " ", -1);
  entry->fetched = sqlite3_column_int64 (statement, 4);
  entry->expires = now->wall + (max_age - age);
  touch (memory, domain, now);
  return entry;
}

void
ll_sts_entry_free (LlStsEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->id);
  g_strfreev (entry->patterns);
  g_free (entry);
}

static void
forget_failure (LlMemory *memory, const char *domain)
{
  g_autoptr (LlBorrowed) statement = borrow (memory, "DELETE FROM failure WHERE domain = ?");

  ll_database_bind_text (statement, 1, domain);
  ll_memory_step (statement);
}

void
ll_sts_cache_put (LlMemory *memory,
                  const char *domain,
                  const char *id,
                  const LlStsPolicy *policy,
                  const LlMoment *now)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autofree char *patterns = g_strjoinv (" ", policy->patterns);
  g_autoptr (LlBorrowed) statement
      = borrow (memory, "INSERT OR REPLACE INTO policy (domain, id, mode, patterns, max_age, "
                        "fetched, fetched_boot, boot_id, latest, used, checked) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?6, ?6, ?6)");

  ll_database_bind_text (statement, 1, domain);
  ll_database_bind_text (statement, 2, id);
  sqlite3_bind_int (statement, 3, (int) policy->mode);
  ll_database_bind_text (statement, 4, patterns);
  sqlite3_bind_int64 (statement, 5, policy->max_age);
  sqlite3_bind_int64 (statement, 6, now->wall);
  sqlite3_bind_int64 (statement, 7, now->boot);
  ll_database_bind_text (statement, 8, now->boot_id);
  ll_memory_step (statement);
  forget_failure (memory, domain);
}

void
ll_sts_cache_failed (LlMemory *memory,
                     const char *domain,
                     const char *id,
                     LlCode code,
                     const char *detail,
                     const LlMoment *now)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (LlBorrowed) statement
      = borrow (memory, "INSERT OR REPLACE INTO failure (domain, id, time, boot, boot_id, code, "
                        "detail) VALUES (?, ?, ?, ?, ?, ?, ?)");

  ll_database_bind_text (statement, 1, domain);
  ll_database_bind_text (statement, 2, id);
  sqlite3_bind_int64 (statement, 3, now->wall);
  sqlite3_bind_int64 (statement, 4, now->boot);
  ll_database_bind_text (statement, 5, now->boot_id);
  sqlite3_bind_int (statement, 6, (int) code);
  ll_database_bind_text (statement, 7, detail);
  ll_memory_step (statement);
}

gboolean
ll_sts_cache_may_fetch (LlMemory *memory,
                        const char *domain,
                        const char *id,
                        const LlMoment *now,
                        LlCode *code,
                        char **detail)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (LlBorrowed) statement
      = borrow (memory, "SELECT time, boot, boot_id, code, detail FROM failure "
                        "WHERE domain = ? AND id = ?");
  gint64 time;

  ll_database_bind_text (statement, 1, domain);
  ll_database_bind_text (statement, 2, id);
  if (!ll_memory_step (statement))
    return TRUE;
  time = sqlite3_column_int64 (statement, 0);
  if (age_of (time, time, sqlite3_column_int64 (statement, 1),
              (const char *) sqlite3_column_text (statement, 2), now)
      >= LL_STS_FETCH_BACKOFF_SECONDS)
    return TRUE;
  *code = (LlCode) sqlite3_column_int (statement, 3);
  *detail = ll_database_dup_text (statement, 4);
  return FALSE;
}

gboolean
ll_sts_cache_enter (LlMemory *memory, const char *domain, LlDeadline deadline)
{
  gboolean free;

  g_mutex_lock (&memory->lock);
  while (!(free = !g_hash_table_contains (memory->fetching, domain))
         && g_cond_wait_until (&memory->fetched, &memory->lock, deadline))
    ;
  if (free)
    g_hash_table_add (memory->fetching, g_strdup (domain));
  g_mutex_unlock (&memory->lock);
  return free;
}

void
ll_sts_cache_leave (LlMemory *memory, const char *domain)
{
  g_mutex_lock (&memory->lock);
  g_hash_table_remove (memory->fetching, domain);
  g_cond_broadcast (&memory->fetched);
  g_mutex_unlock (&memory->lock);
}

/* -- the daily look --------------------------------------------------------------- */

static gint64
due_time (const char *domain, gint64 checked)
{
  return checked + REFRESH_AFTER + g_str_hash (domain) % REFRESH_SPREAD;
}

static void
forget_unused (LlMemory *memory, const LlMoment *now)
{
  g_autoptr (LlBorrowed) statement = borrow (memory, "DELETE FROM policy WHERE used < ?");

  sqlite3_bind_int64 (statement, 1, now->wall - FORGET_AFTER);
  ll_memory_step (statement);
}

GStrv
ll_sts_cache_due (LlMemory *memory, const LlMoment *now, gint64 *next)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (GStrvBuilder) due = g_strv_builder_new ();
  g_autoptr (LlBorrowed) statement = NULL;

  *next = 0;
  forget_unused (memory, now);
  statement = borrow (memory, "SELECT domain, checked FROM policy");
  while (ll_memory_step (statement))
    {
      const char *domain = (const char *) sqlite3_column_text (statement, 0);
      gint64 checked = sqlite3_column_int64 (statement, 1);
      /* a look that lies in the future was made by a wrong clock */
      gint64 when = checked > now->wall ? now->wall : due_time (domain, checked);

      if (when <= now->wall)
        {
          g_strv_builder_add (due, domain);
          when = due_time (domain, now->wall);
        }
      *next = *next == 0 ? when : MIN (*next, when);
    }
  return g_strv_builder_end (due);
}

void
ll_sts_cache_checked (LlMemory *memory, const char *domain, const LlMoment *now)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (LlBorrowed) statement
      = borrow (memory, "UPDATE policy SET checked = ?2 WHERE domain = ?1");

  ll_database_bind_text (statement, 1, domain);
  sqlite3_bind_int64 (statement, 2, now->wall);
  ll_memory_step (statement);
}
