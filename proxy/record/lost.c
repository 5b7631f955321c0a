/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/lost.h"

#include "base/clock.h"
#include "record/schema.h"

typedef struct
{
  const char *id;
  const char *reason;
  gboolean known;
} Lost;

/* "(4,5,...)": the states in which nothing more happens to a recipient. (transfer full) */
static char *
final_states (void)
{
  GString *list = g_string_new ("(");

  for (LlState state = LL_STATE_CHECKING; state <= LL_STATE_RETRACTED; state++)
    if (ll_state_is_final (state))
      g_string_append_printf (list, "%s%d", list->len > 1 ? "," : "", (int) state);
  g_string_append_c (list, ')');
  return g_string_free (list, FALSE);
}

static gboolean
run (sqlite3 *database, const char *sql, const Lost *lost, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ll_database_prepare (database, sql, error);

  if (statement == NULL)
    return FALSE;
  ll_database_bind_text (statement, 1, lost->id);
  sqlite3_bind_int (statement, 2, LL_STATE_FAILED);
  if (sqlite3_bind_parameter_count (statement) == 3)
    ll_database_bind_text (statement, 3, lost->reason);
  return ll_database_step (statement, error) >= 0;
}

static gboolean
lose_call (sqlite3 *database, gpointer data, GError **error)
{
  Lost *lost = data;
  g_autofree char *final = final_states ();
  g_autofree char *recipients
      = g_strdup_printf ("UPDATE recipients SET state = ?2, reason = ?3, next_try = 0"
                         " WHERE letter = (SELECT seq FROM letters WHERE id = ?1 AND open = 1)"
                         " AND state NOT IN %s",
                         final);

  if (!run (database, recipients, lost, error))
    return FALSE;
  lost->known = sqlite3_changes (database) > 0;
  return run (database, "UPDATE letters SET state = ?2, open = 0 WHERE id = ?1 AND open = 1", lost,
              error);
}

gboolean
ll_ledger_lose (LlLedger *ledger, const char *id, const char *reason)
{
  Lost lost = { .id = id, .reason = reason };

  return ll_ledger_call (ledger, lose_call, &lost, NULL) && lost.known;
}
