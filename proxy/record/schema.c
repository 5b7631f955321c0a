/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/schema.h"

/*
 * letters     one row per letter that a mail program began to hand over
 * recipients  one row per recipient; words as the numbers of api/names.h, NULL where
 *             nothing is known; `extra` is the whole a{sv} as it was decided
 * events      the timeline
 * overrides   what a person accepted for a domain; retention never touches them
 * subjects    where they are kept: sealed, see spool/aside.h
 * meta        `synced` is written by a flush that has nothing else to write
 *
 * `seq` is the order of arrival in the ledger and the key of the joins; `open` says that
 * some recipient's journey is not over, so that the queue is found without a scan.
 * `held` on a recipient stays 1 once a person had to decide: reports count it.
 */
static const char *const steps[] = {
  "CREATE TABLE letters ("
  "  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, received INTEGER NOT NULL,"
  "  updated INTEGER NOT NULL, account TEXT, sender TEXT NOT NULL, message_id TEXT,"
  "  digest TEXT, size INTEGER NOT NULL, state INTEGER NOT NULL, open INTEGER NOT NULL);"
  "CREATE INDEX letters_received ON letters (received, seq);"
  "CREATE INDEX letters_digest ON letters (digest) WHERE digest IS NOT NULL;"
  "CREATE INDEX letters_message_id ON letters (message_id) WHERE message_id IS NOT NULL;"
  "CREATE INDEX letters_open ON letters (open) WHERE open = 1;"
  "CREATE TABLE recipients ("
  "  letter INTEGER NOT NULL REFERENCES letters (seq) ON DELETE CASCADE, n INTEGER NOT NULL,"
  "  address TEXT NOT NULL, domain TEXT NOT NULL, state INTEGER NOT NULL,"
  "  method INTEGER NOT NULL, evidence INTEGER, source INTEGER, why INTEGER, bound INTEGER,"
  "  confidence INTEGER, code INTEGER, mode INTEGER, provider TEXT, rule INTEGER,"
  "  overridden INTEGER NOT NULL, requiretls INTEGER NOT NULL, held INTEGER NOT NULL,"
  "  tries INTEGER NOT NULL, next_try INTEGER NOT NULL, decided INTEGER NOT NULL,"
  "  reason TEXT, reply TEXT, extra BLOB, PRIMARY KEY (letter, n)) WITHOUT ROWID;"
  "CREATE INDEX recipients_domain ON recipients (domain);"
  "CREATE TABLE events ("
  "  seq INTEGER PRIMARY KEY, id TEXT NOT NULL, time INTEGER NOT NULL, event TEXT NOT NULL,"
  "  text TEXT);"
  "CREATE INDEX events_id ON events (id);"
  "CREATE TABLE overrides ("
  "  seq INTEGER PRIMARY KEY, domain TEXT NOT NULL, reason TEXT NOT NULL,"
  "  since INTEGER NOT NULL, until INTEGER NOT NULL);"
  "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
  "INSERT INTO meta VALUES ('synced', 0)",
  /* apart from the letters, so that lists do not read them and all can go at once */
  "CREATE TABLE subjects ("
  "  letter INTEGER PRIMARY KEY REFERENCES letters (seq) ON DELETE CASCADE,"
  "  sealed BLOB NOT NULL)",
};

sqlite3 *
ll_ledger_schema_open (const char *path, GError **error)
{
  return ll_database_open (path, steps, G_N_ELEMENTS (steps), LL_DATABASE_REPLACEABLE, error);
}
