/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/subject.h"

#include "record/schema.h"

/* What a seal of this kind is for: part of its context, so fixed for ever. */
#define PURPOSE "subject"

GBytes *
ll_subject_seal (LlLedger *ledger, const char *id, const char *subject)
{
  LlLedgerFollows *follows = ll_ledger_follows (ledger);
  LlStore *store = g_atomic_pointer_get (&follows->store);

  if (subject == NULL || store == NULL || !g_atomic_int_get (&follows->subjects))
    return NULL;
  return ll_aside_seal (store, id, PURPOSE, subject);
}

LlAsides *
ll_subject_asides (LlLedger *ledger)
{
  LlLedgerFollows *follows = ll_ledger_follows (ledger);
  LlStore *store = g_atomic_pointer_get (&follows->store);

  return store != NULL && g_atomic_int_get (&follows->subjects) ? ll_asides_new (store) : NULL;
}

void
ll_subject_show (
    GVariantDict *letter, const char *id, sqlite3_stmt *statement, int column, LlAsides *asides)
{
  g_autoptr (GBytes) sealed = asides != NULL ? ll_database_dup_bytes (statement, column) : NULL;
  g_autofree char *subject
      = sealed != NULL ? ll_asides_open (asides, id, PURPOSE, sealed, NULL) : NULL;

  if (subject != NULL)
    g_variant_dict_insert (letter, "subject", "s", subject);
}

/* -- the switch ---------------------------------------------------------------------------- */

gboolean
ll_subjects_erase (sqlite3 *database, GError **error)
{
  /* written over, not only given free: Debian has SQLite do so in any case, others do not */
  return ll_database_run (database, "PRAGMA secure_delete = ON; DELETE FROM subjects", error);
}

static gboolean
erase_call (sqlite3 *database, gpointer data, GError **error)
{
  gboolean *erased = data;

  if (!ll_subjects_erase (database, error))
    return FALSE;
  *erased = sqlite3_changes (database) > 0;
  return TRUE;
}

/* What was erased stands in the log of changes still, until that is folded in. */
static gboolean
fold_in (LlLedger *ledger, GError **error)
{
  sqlite3 *reader = ll_ledger_take_reader (ledger, error);
  gboolean folded;

  if (reader == NULL)
    return FALSE;
  folded = ll_database_run (reader, "PRAGMA wal_checkpoint (TRUNCATE)", error);
  ll_ledger_give_reader (ledger, reader);
  return folded;
}

gboolean
ll_ledger_keep_subjects (LlLedger *ledger, gboolean keep, GError **error)
{
  gboolean erased = FALSE;

  g_atomic_int_set (&ll_ledger_follows (ledger)->subjects, keep);
  if (keep)
    return TRUE;
  return ll_ledger_call (ledger, erase_call, &erased, error)
         && (!erased || fold_in (ledger, error));
}
