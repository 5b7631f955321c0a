/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/memory.h"

#include "base/clock.h"
#include "base/file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define POLICY_TABLES                                                                              \
  "CREATE TABLE policy ("                                                                          \
  "  domain TEXT PRIMARY KEY, id TEXT NOT NULL, mode INTEGER NOT NULL, patterns TEXT NOT NULL,"    \
  "  max_age INTEGER NOT NULL, fetched INTEGER NOT NULL, fetched_boot INTEGER NOT NULL,"           \
  "  boot_id TEXT NOT NULL, latest INTEGER NOT NULL, used INTEGER NOT NULL,"                       \
  "  checked INTEGER NOT NULL) WITHOUT ROWID;"                                                     \
  "CREATE TABLE failure ("                                                                         \
  "  domain TEXT PRIMARY KEY, id TEXT NOT NULL, time INTEGER NOT NULL, boot INTEGER NOT NULL,"     \
  "  boot_id TEXT NOT NULL, code INTEGER NOT NULL, detail TEXT) WITHOUT ROWID;"

/* Both are only ever appended to. */
static const char *const policy_steps[] = { POLICY_TABLES };

static const char *const history_steps[] = {
  POLICY_TABLES
  "CREATE TABLE history ("
  "  domain TEXT PRIMARY KEY, first INTEGER NOT NULL, best INTEGER NOT NULL,"
  "  best_time INTEGER NOT NULL, last INTEGER NOT NULL, last_time INTEGER NOT NULL,"
  "  dane INTEGER NOT NULL, dane_time INTEGER NOT NULL, sts INTEGER NOT NULL,"
  "  sts_time INTEGER NOT NULL, starttls INTEGER NOT NULL, starttls_time INTEGER NOT NULL"
  ") WITHOUT ROWID",
  /* they stand in the cache now */
  "DROP TABLE policy; DROP TABLE failure",
  "CREATE TABLE broken ("
  "  domain TEXT PRIMARY KEY, culprit TEXT, time INTEGER NOT NULL, source INTEGER NOT NULL,"
  "  code INTEGER NOT NULL, detail TEXT) WITHOUT ROWID",
};

static sqlite3 *
open_database (
    const char *folder, const char *name, const char *const *steps, guint n_steps, GError **error)
{
  g_autofree char *path = folder ? g_build_filename (folder, name, NULL) : NULL;

  if (folder != NULL && !ll_file_make_folder (folder, error))
    return NULL;
  return ll_database_open (path ? path : ":memory:", steps, n_steps, LL_DATABASE_REPLACEABLE,
                           error);
}

/* A cache that cannot be kept is kept until the end of the program. */
static sqlite3 *
open_policies (const char *cache, GError **error)
{
  g_autoptr (GError) local = NULL;
  sqlite3 *database
      = open_database (cache, "policies.db", policy_steps, G_N_ELEMENTS (policy_steps), &local);

  if (database != NULL)
    return database;
  g_warning ("MTA-STS policies are not kept: %s", local->message);
  return open_database (NULL, NULL, policy_steps, G_N_ELEMENTS (policy_steps), error);
}

LlMemory *
ll_memory_new (const char *state, const char *cache, GError **error)
{
  LlMemory *memory = g_new0 (LlMemory, 1);

  g_mutex_init (&memory->lock);
  g_cond_init (&memory->fetched);
  memory->fetching = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  memory->history
      = open_database (state, "assess.db", history_steps, G_N_ELEMENTS (history_steps), error);
  if (memory->history != NULL)
    memory->policies = open_policies (cache, error);
  if (memory->policies == NULL)
    g_clear_pointer (&memory, ll_memory_free);
  return memory;
}

void
ll_memory_free (LlMemory *memory)
{
  if (memory == NULL)
    return;
  ll_database_close (memory->history);
  ll_database_close (memory->policies);
  g_hash_table_unref (memory->fetching);
  g_cond_clear (&memory->fetched);
  g_mutex_clear (&memory->lock);
  g_free (memory);
}

LlMoment
ll_moment_now (void)
{
  LlMoment now = { .wall = ll_clock_now (), .boot = ll_clock_boot () };
  LL_AUTO_FD fd = open ("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  gssize got = fd >= 0 ? read (fd, now.boot_id, sizeof now.boot_id - 1) : 0;

  now.boot_id[MAX (got, 0)] = '\0';
  return now;
}

gboolean
ll_memory_step (sqlite3_stmt *statement)
{
  g_autoptr (GError) error = NULL;
  int result = statement != NULL ? ll_database_step (statement, &error) : -1;

  if (error != NULL)
    g_debug ("%s", error->message);
  return result > 0;
}
