/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/contacts.h"

#include "base/clock.h"
#include "base/database.h"

/* word: what the user said of a key; used: the last key of each method. Numbers of the enums are
 * stored, which are never renumbered (api/names.h). */
static const char *const steps[] = {
  "CREATE TABLE word ("
  "  address TEXT NOT NULL COLLATE NOCASE,"
  "  method INTEGER NOT NULL,"
  "  fingerprint TEXT NOT NULL,"
  "  accepted INTEGER NOT NULL," /* else rejected */
  "  time INTEGER NOT NULL,"
  "  PRIMARY KEY (address, method, fingerprint)) WITHOUT ROWID;"
  "CREATE TABLE used ("
  "  address TEXT NOT NULL COLLATE NOCASE,"
  "  method INTEGER NOT NULL,"
  "  fingerprint TEXT NOT NULL,"
  "  source INTEGER NOT NULL,"
  "  time INTEGER NOT NULL,"
  "  PRIMARY KEY (address, method)) WITHOUT ROWID;"
  "CREATE TABLE preferred ("
  "  address TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,"
  "  method INTEGER NOT NULL) WITHOUT ROWID;",
  /* subject: what the user wants to stand outside of locked letters to somebody */
  "CREATE TABLE subject ("
  "  address TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,"
  "  subject INTEGER NOT NULL) WITHOUT ROWID;",
};

struct _LlContacts
{
  GMutex lock;
  sqlite3 *database;
};

LlContacts *
ll_contacts_new (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "contacts.db", NULL);
  sqlite3 *database
      = ll_database_open (path, steps, G_N_ELEMENTS (steps), LL_DATABASE_DURABLE, error);
  LlContacts *contacts;

  if (database == NULL)
    return NULL;
  contacts = g_new0 (LlContacts, 1);
  g_mutex_init (&contacts->lock);
  contacts->database = database;
  return contacts;
}

void
ll_contacts_free (LlContacts *contacts)
{
  if (contacts == NULL)
    return;
  ll_database_close (contacts->database);
  g_mutex_clear (&contacts->lock);
  g_free (contacts);
}

void
ll_contact_key_clear (LlContactKey *key)
{
  g_clear_pointer (&key->accepted, g_free);
  g_clear_pointer (&key->rejected, g_strfreev);
  g_clear_pointer (&key->used, g_free);
}

/* With @address and @method bound. */
static sqlite3_stmt *
about (LlContacts *contacts, const char *sql, const char *address, LlMethod method, GError **error)
{
  sqlite3_stmt *statement = ll_database_prepare (contacts->database, sql, error);

  if (statement == NULL)
    return NULL;
  ll_database_bind_text (statement, 1, address);
  sqlite3_bind_int (statement, 2, (int) method);
  return statement;
}

void
ll_contacts_load (LlContacts *contacts, const char *address, LlMethod method, LlContactKey *out)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&contacts->lock);
  g_autoptr (GStrvBuilder) rejected = g_strv_builder_new ();
  g_autoptr (sqlite3_stmt) words
      = about (contacts, "SELECT fingerprint, accepted FROM word WHERE address = ? AND method = ?",
               address, method, NULL);
  g_autoptr (sqlite3_stmt) used
      = about (contacts, "SELECT fingerprint, source FROM used WHERE address = ? AND method = ?",
               address, method, NULL);

  *out = (LlContactKey){ NULL, NULL, NULL, LL_KEY_SOURCE_GNUPG };
  while (words != NULL && ll_database_step (words, NULL) == 1)
    {
      char *fingerprint = ll_database_dup_text (words, 0);

      if (sqlite3_column_int (words, 1) != 0)
        {
          g_free (out->accepted);
          out->accepted = fingerprint;
          continue;
        }
      g_strv_builder_add (rejected, fingerprint);
      g_free (fingerprint);
    }
  out->rejected = g_strv_builder_end (rejected);
  if (used == NULL || ll_database_step (used, NULL) != 1)
    return;
  out->used = ll_database_dup_text (used, 0);
  out->from = (LlKeySource) sqlite3_column_int (used, 1);
}

static gboolean
say (LlContacts *contacts,
     const char *address,
     LlMethod method,
     const char *fingerprint,
     gboolean accepted,
     GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&contacts->lock);
  g_autoptr (sqlite3_stmt) others = NULL;
  g_autoptr (sqlite3_stmt) word = NULL;

  if (accepted)
    {
      others
          = about (contacts, "DELETE FROM word WHERE address = ? AND method = ? AND accepted = 1",
                   address, method, error);
      if (others == NULL || ll_database_step (others, error) < 0)
        return FALSE;
    }
  word = about (contacts, "INSERT OR REPLACE INTO word VALUES (?, ?, ?, ?, ?)", address, method,
                error);
  if (word == NULL)
    return FALSE;
  ll_database_bind_text (word, 3, fingerprint);
  sqlite3_bind_int (word, 4, accepted);
  sqlite3_bind_int64 (word, 5, ll_clock_now ());
  return ll_database_step (word, error) >= 0;
}

gboolean
ll_contacts_accept (LlContacts *contacts,
                    const char *address,
                    LlMethod method,
                    const char *fingerprint,
                    GError **error)
{
  return say (contacts, address, method, fingerprint, TRUE, error);
}

gboolean
ll_contacts_reject (LlContacts *contacts,
                    const char *address,
                    LlMethod method,
                    const char *fingerprint,
                    GError **error)
{
  return say (contacts, address, method, fingerprint, FALSE, error);
}

void
ll_contacts_used (LlContacts *contacts, const char *address, const LlKey *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&contacts->lock);
  g_autoptr (GError) error = NULL;
  g_autoptr (sqlite3_stmt) used
      = about (contacts, "INSERT OR REPLACE INTO used VALUES (?, ?, ?, ?, ?)", address, key->method,
               &error);

  if (used != NULL)
    {
      ll_database_bind_text (used, 3, key->fingerprint);
      sqlite3_bind_int (used, 4, (int) key->source);
      sqlite3_bind_int64 (used, 5, ll_clock_now ());
      ll_database_step (used, &error);
    }
  if (error != NULL)
    g_warning ("the key that was used is not remembered: %s", error->message);
}

/* One number about an address; 0: nothing was said. */
static guint
number_of (LlContacts *contacts, const char *sql, const char *address)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&contacts->lock);
  g_autoptr (sqlite3_stmt) statement = ll_database_prepare (contacts->database, sql, NULL);

  if (statement == NULL)
    return 0;
  ll_database_bind_text (statement, 1, address);
  return ll_database_step (statement, NULL) == 1 ? (guint) sqlite3_column_int (statement, 0) : 0;
}

static gboolean
set_number (
    LlContacts *contacts, const char *sql, const char *address, guint number, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&contacts->lock);
  g_autoptr (sqlite3_stmt) statement = ll_database_prepare (contacts->database, sql, error);

  if (statement == NULL)
    return FALSE;
  ll_database_bind_text (statement, 1, address);
  sqlite3_bind_int (statement, 2, (int) number);
  return ll_database_step (statement, error) >= 0;
}

LlMethod
ll_contacts_preferred (LlContacts *contacts, const char *address)
{
  return (LlMethod) number_of (contacts, "SELECT method FROM preferred WHERE address = ?", address);
}

gboolean
ll_contacts_prefer (LlContacts *contacts, const char *address, LlMethod method, GError **error)
{
  return set_number (contacts, "INSERT OR REPLACE INTO preferred VALUES (?, ?)", address, method,
                     error);
}

LlSubject
ll_contacts_subject (LlContacts *contacts, const char *address)
{
  return (LlSubject) number_of (contacts, "SELECT subject FROM subject WHERE address = ?", address);
}

gboolean
ll_contacts_set_subject (LlContacts *contacts,
                         const char *address,
                         LlSubject subject,
                         GError **error)
{
  return set_number (contacts, "INSERT OR REPLACE INTO subject VALUES (?, ?)", address, subject,
                     error);
}
