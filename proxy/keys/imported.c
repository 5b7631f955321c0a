/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/imported.h"

#include "base/database.h"
#include "base/error.h"
#include "base/trust.h"
#include "keys/armor.h"
#include "keys/certificate.h"
#include "keys/gnupg.h"

#include <string.h>

/* A row for each address that a key names; certificates of issuers stand under "". */
static const char *const steps[] = {
  "CREATE TABLE imported ("
  "  address TEXT NOT NULL COLLATE NOCASE,"
  "  method INTEGER NOT NULL,"
  "  fingerprint TEXT NOT NULL,"
  "  blob BLOB NOT NULL,"
  "  time INTEGER NOT NULL,"
  "  PRIMARY KEY (address, method, fingerprint)) WITHOUT ROWID;",
  /* certificates whose owner announced AES-256-GCM in a letter that he signed */
  "CREATE TABLE announced ("
  "  fingerprint TEXT NOT NULL PRIMARY KEY,"
  "  time INTEGER NOT NULL) WITHOUT ROWID;",
};

struct _LlImported
{
  LlWorker *worker; /* (not owned) */
  char *ca_file;    /* under the lock */
  GMutex lock;
  sqlite3 *database;
};

LlImported *
ll_imported_new (const char *folder, const char *ca_file, LlWorker *worker, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "keys.db", NULL);
  sqlite3 *database
      = ll_database_open (path, steps, G_N_ELEMENTS (steps), LL_DATABASE_DURABLE, error);
  LlImported *imported;

  if (database == NULL)
    return NULL;
  imported = g_new0 (LlImported, 1);
  imported->worker = worker;
  imported->ca_file = g_strdup (ca_file);
  imported->database = database;
  g_mutex_init (&imported->lock);
  return imported;
}

void
ll_imported_free (LlImported *imported)
{
  if (imported == NULL)
    return;
  ll_database_close (imported->database);
  g_mutex_clear (&imported->lock);
  g_free (imported->ca_file);
  g_free (imported);
}

void
ll_imported_trust (LlImported *imported, const char *ca_file)
{
  g_mutex_lock (&imported->lock);
  g_free (imported->ca_file);
  imported->ca_file = g_strdup (ca_file);
  g_mutex_unlock (&imported->lock);
}

/* -- rows ------------------------------------------------------------------------------------- */

static gboolean
put (LlImported *imported, const char *address, const LlKey *key, GBytes *blob, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&imported->lock);
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (imported->database,
                             "INSERT OR REPLACE INTO imported VALUES (?, ?, ?, ?, ?)", error);

  if (statement == NULL)
    return FALSE;
  ll_database_bind_text (statement, 1, address);
  sqlite3_bind_int (statement, 2, (int) key->method);
  ll_database_bind_text (statement, 3, key->fingerprint);
  sqlite3_bind_blob (statement, 4, g_bytes_get_data (blob, NULL), (int) g_bytes_get_size (blob),
                     SQLITE_TRANSIENT);
  sqlite3_bind_int64 (statement, 5, ll_clock_now ());
  return ll_database_step (statement, error) >= 0;
}

/* (transfer full) of GBytes */
static GPtrArray *
blobs_of (LlImported *imported, const char *address, LlMethod method)
{
  GPtrArray *blobs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&imported->lock);
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (imported->database,
                             "SELECT blob FROM imported WHERE address = ? AND method = ?", NULL);

  if (statement == NULL)
    return blobs;
  ll_database_bind_text (statement, 1, address);
  sqlite3_bind_int (statement, 2, (int) method);
  while (ll_database_step (statement, NULL) == 1)
    g_ptr_array_add (blobs, g_bytes_new (sqlite3_column_blob (statement, 0),
                                         (gsize) sqlite3_column_bytes (statement, 0)));
  return blobs;
}

static gboolean
keep_announced (LlImported *imported, const char *fingerprint, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&imported->lock);
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (imported->database, "INSERT OR REPLACE INTO announced VALUES (?, ?)",
                             error);

  if (statement == NULL)
    return FALSE;
  ll_database_bind_text (statement, 1, fingerprint);
  sqlite3_bind_int64 (statement, 2, ll_clock_now ());
  return ll_database_step (statement, error) >= 0;
}

static gboolean
is_announced (LlImported *imported, const char *fingerprint)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&imported->lock);
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (imported->database, "SELECT 1 FROM announced WHERE fingerprint = ?",
                             NULL);

  if (statement == NULL)
    return FALSE;
  ll_database_bind_text (statement, 1, fingerprint);
  return ll_database_step (statement, NULL) == 1;
}

/* -- adding ---------------------------------------------------------------------------------- */

static gboolean
add_key (LlImported *imported, LlKey *key, GBytes *blob, GPtrArray *added, GError **error)
{
  gboolean named = key->addresses != NULL && key->addresses[0] != NULL;

  if (!named && key->method == LL_METHOD_SMIME)
    return put (imported, "", key, blob, error);
  for (guint i = 0; named && key->addresses[i] != NULL; i++)
    if (!put (imported, key->addresses[i], key, blob, error))
      return FALSE;
  if (named)
    g_ptr_array_add (added, ll_key_ref (key));
  return TRUE;
}

/* A list of octets in what the worker found; never NULL. */
static GPtrArray *
list_of (GVariant *found, const char *name)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GVariant) all = g_variant_lookup_value (found, name, G_VARIANT_TYPE ("aay"));

  for (gsize i = 0; all != NULL && i < g_variant_n_children (all); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (all, i);

      g_ptr_array_add (list, g_variant_get_data_as_bytes (one));
    }
  return list;
}

static gboolean
add_certificates (LlImported *imported, GVariant *found, GPtrArray *added, GError **error)
{
  g_autoptr (GPtrArray) ders = list_of (found, "certificates");
  g_auto (GStrv) announced = NULL;

  for (guint i = 0; i < ders->len; i++)
    {
      GBytes *der = g_ptr_array_index (ders, i);
      g_autoptr (LlKey) key = ll_certificate_parse (der, LL_KEY_SOURCE_IMPORTED, error);

      if (key == NULL || !add_key (imported, key, der, added, error))
        return FALSE;
    }
  g_variant_lookup (found, "announced", "^as", &announced);
  for (guint i = 0; announced != NULL && announced[i] != NULL; i++)
    if (!keep_announced (imported, announced[i], error))
      return FALSE;
  return TRUE;
}

typedef struct
{
  LlImported *imported;
  LlDeadline deadline;
  GCancellable *cancellable;
  GPtrArray *added; /* of LlKey */
} Import;

/* @only: the one address that it is kept for; NULL: all that it names. */
static gboolean
add_pgp (const Import *import, GBytes *bytes, const char *only, GError **error)
{
  const char *addresses[] = { only, NULL };
  g_autoptr (GPtrArray) keys
      = ll_gnupg_inspect (import->imported->worker, bytes, only != NULL ? only : "",
                          LL_KEY_SOURCE_IMPORTED, import->deadline, import->cancellable, error);
  LlKey *key;

  if (keys == NULL)
    return FALSE;
  if (keys->len > 1)
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
                           "This file holds more than one key; export them one by one");
      return FALSE;
    }
  if (keys->len == 0)
    return TRUE;
  key = g_ptr_array_index (keys, 0);
  if (only != NULL)
    {
      g_strfreev (key->addresses);
      key->addresses = g_strdupv ((char **) addresses);
    }
  return add_key (import->imported, key, bytes, import->added, error);
}

static gboolean
add_autocrypt (const Import *import, GVariant *found, char **prefers, GError **error)
{
  g_autoptr (GVariant) packets
      = g_variant_lookup_value (found, "autocrypt", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (GBytes) bytes = packets != NULL ? g_variant_get_data_as_bytes (packets) : NULL;
  g_autofree char *author = NULL;
  gboolean mutual = FALSE;

  if (bytes == NULL || !g_variant_lookup (found, "author", "s", &author))
    return TRUE;
  if (!add_pgp (import, bytes, author, error))
    return FALSE;
  if (g_variant_lookup (found, "mutual", "b", &mutual) && mutual)
    *prefers = g_steal_pointer (&author);
  return TRUE;
}

static gboolean
add_keys (const Import *import, GVariant *found, GError **error)
{
  g_autoptr (GPtrArray) blobs = list_of (found, "keys");

  for (guint i = 0; i < blobs->len; i++)
    if (!add_pgp (import, g_ptr_array_index (blobs, i), NULL, error))
      return FALSE;
  return TRUE;
}

static gboolean
is_empty (GVariant *found)
{
  g_autoptr (GPtrArray) ders = list_of (found, "certificates");
  g_autoptr (GPtrArray) blobs = list_of (found, "keys");
  g_autoptr (GVariant) autocrypt = g_variant_lookup_value (found, "autocrypt", NULL);

  return ders->len == 0 && blobs->len == 0 && autocrypt == NULL;
}

static gboolean
refuse_empty (GVariant *found, GError **error)
{
  gboolean full = FALSE;

  g_variant_lookup (found, "full", "b", &full);
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
                       full ? "The key in this file is too large"
                            : "There is no key and no certificate in this file");
  return FALSE;
}

GPtrArray *
ll_imported_add (LlImported *imported,
                 int file,
                 LlDeadline deadline,
                 GCancellable *cancellable,
                 char **prefers,
                 GError **error)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  g_autofree char *author = NULL;
  Import import = { imported, deadline, cancellable, added };
  g_autoptr (GVariant) found
      = ll_worker_call (imported->worker, "harvest", NULL, &file, 1, deadline, cancellable, error);

  if (found == NULL)
    return NULL;
  if (is_empty (found) ? !refuse_empty (found, error)
                       : !add_certificates (imported, found, added, error)
                             || !add_autocrypt (&import, found, &author, error)
                             || !add_keys (&import, found, error))
    return NULL;
  *prefers = g_steal_pointer (&author);
  return g_steal_pointer (&added);
}

/* -- finding --------------------------------------------------------------------------------- */

LlKey *
ll_imported_verify (LlImported *imported, const LlKey *key)
{
  g_autoptr (GPtrArray) issuers = blobs_of (imported, "", LL_METHOD_SMIME);
  g_autofree char *ca_file = NULL;
  X509_STORE *roots = X509_STORE_new ();
  LlKey *seen;

  g_mutex_lock (&imported->lock);
  ca_file = g_strdup (imported->ca_file);
  g_mutex_unlock (&imported->lock);
  ll_trust_fill (roots, ca_file);
  seen = ll_certificate_verify (key, issuers, roots, ll_clock_now ());
  X509_STORE_free (roots);
  return seen;
}

static void
find_certificates (LlImported *imported, const char *address, GPtrArray *found)
{
  g_autoptr (GPtrArray) ders = blobs_of (imported, address, LL_METHOD_SMIME);

  for (guint i = 0; i < ders->len; i++)
    {
      g_autoptr (LlKey) key
          = ll_certificate_parse (g_ptr_array_index (ders, i), LL_KEY_SOURCE_IMPORTED, NULL);

      if (key == NULL)
        continue;
      key->gcm = key->gcm || is_announced (imported, key->fingerprint);
      g_ptr_array_add (found, ll_imported_verify (imported, key));
    }
}

char *
ll_imported_find (gpointer data, const LlKeyQuery *query, GPtrArray *found)
{
  LlImported *imported = data;
  g_autoptr (GPtrArray) blobs = blobs_of (imported, query->address, LL_METHOD_PGP);
  g_autoptr (GError) error = NULL;

  find_certificates (imported, query->address, found);
  for (guint i = 0; i < blobs->len; i++)
    {
      g_autoptr (GPtrArray) keys
          = ll_gnupg_inspect (imported->worker, g_ptr_array_index (blobs, i), query->address,
                              LL_KEY_SOURCE_IMPORTED, query->deadline, query->cancellable, &error);

      if (keys == NULL)
        return g_strdup (error->message);
      g_ptr_array_extend_and_steal (found, g_steal_pointer (&keys));
    }
  return NULL;
}

/* -- giving out -------------------------------------------------------------------------------- */

char *
ll_imported_export (LlImported *imported, const char *fingerprint)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&imported->lock);
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (imported->database,
                             "SELECT DISTINCT method, blob FROM imported WHERE"
                             "  substr (fingerprint, 1, length (?1)) = ?1 LIMIT 2",
                             NULL);
  g_autoptr (GBytes) blob = NULL;
  LlMethod method;

  if (statement == NULL)
    return NULL;
  ll_database_bind_text (statement, 1, fingerprint);
  if (ll_database_step (statement, NULL) != 1)
    return NULL;
  method = (LlMethod) sqlite3_column_int (statement, 0);
  blob = g_bytes_new (sqlite3_column_blob (statement, 1),
                      (gsize) sqlite3_column_bytes (statement, 1));
  if (ll_database_step (statement, NULL) == 1)
    return NULL;
  return method == LL_METHOD_SMIME ? ll_armor_certificate (blob) : ll_armor_pgp (blob);
}
