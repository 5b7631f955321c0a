/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/schema.h"
#include "record/subject.h"

/*
 * Retention: letters that are done and old go, with their recipients and timeline.
 * What still waits stays however old it is, and overrides are not touched.
 */

typedef struct
{
  gint64 before;
  gboolean subjects; /* they may stay with their letters */
  guint removed;
} Prune;

static gboolean
prune_call (sqlite3 *database, gpointer data, GError **error)
{
  Prune *prune = data;
  static const char *const statements[] = {
    "DELETE FROM letters WHERE received < ?1 AND open = 0",
    /* also those whose letter never came to be */
    "DELETE FROM events WHERE time < ?1 AND NOT EXISTS"
    " (SELECT 1 FROM letters WHERE letters.id = events.id)",
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      g_autoptr (sqlite3_stmt) statement = ll_database_prepare (database, statements[i], error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, prune->before);
      if (ll_database_step (statement, error) < 0)
        return FALSE;
      if (i == 0)
        prune->removed = (guint) sqlite3_changes (database);
    }
  return prune->subjects || ll_subjects_erase (database, error);
}

guint
ll_ledger_prune (LlLedger *ledger, gint64 before, GError **error)
{
  Prune prune
      = { .before = before, .subjects = g_atomic_int_get (&ll_ledger_follows (ledger)->subjects) };

  return ll_ledger_call (ledger, prune_call, &prune, error) ? prune.removed : 0;
}
