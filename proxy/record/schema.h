/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record/ledger.h"

G_BEGIN_DECLS

/*
 * What the files of this room share: the tables (schema.c), the writer thread
 * (ledger.c), and the readers' connections (query.c). For this room only.
 */

/* Opens the ledger's database and brings it up to date. Damaged: moved aside and begun anew,
 * because the spool completes it, and mail must not wait for a report. */
sqlite3 *ll_ledger_schema_open (const char *path, GError **error);

/* Runs @call inside a transaction on the writer thread and waits until it is on disk.
 * FALSE from it rolls back what it did. */
typedef gboolean (*LlLedgerCall) (sqlite3 *database, gpointer data, GError **error);
gboolean ll_ledger_call (LlLedger *ledger, LlLedgerCall call, gpointer data, GError **error);

/* A connection to read from, for one thread until it is given back. */
sqlite3 *ll_ledger_take_reader (LlLedger *ledger, GError **error);
void ll_ledger_give_reader (LlLedger *ledger, sqlite3 *reader);

/* What the ledger follows; each field is atomic. */
typedef struct
{
  LlStore *store; /* (not owned) or NULL */
  gint subjects;  /* they are kept, sealed to the store's key */
} LlLedgerFollows;

LlLedgerFollows *ll_ledger_follows (LlLedger *ledger);

/* The connections that rest between two readings; query.c keeps them, ledger.c owns them. */
typedef struct
{
  GMutex lock;
  GQueue idle; /* of sqlite3 */
  char *path;
  gint64 overridden_until; /* from then on no override is in force, and nobody looks for one */
} LlLedgerReaders;

void ll_ledger_readers_init (LlLedgerReaders *readers, const char *path);
void ll_ledger_readers_clear (LlLedgerReaders *readers);
LlLedgerReaders *ll_ledger_readers (LlLedger *ledger);

/* override.c: fills in overridden_until */
gboolean
ll_ledger_readers_find_overrides (LlLedgerReaders *readers, sqlite3 *database, GError **error);

G_END_DECLS
