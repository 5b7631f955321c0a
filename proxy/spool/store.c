/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/store.h"

#include "base/error.h"
#include "base/file.h"
#include "spool/store-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LETTER ".letter"
#define JOURNAL ".journal"

gboolean
ll_store_take_error (GError **error, GError *cause)
{
  gboolean full = g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOSPC);

  g_set_error (error, LL_STORE_ERROR, full ? LL_STORE_ERROR_FULL : LL_STORE_ERROR_IO, "%s",
               cause->message);
  g_error_free (cause);
  return FALSE;
}

char *
ll_store_path (LlStore *store, const char *id, const char *suffix)
{
  return g_strconcat (ll_folder_path (store->letters), "/", id, suffix, NULL);
}

char *
ll_store_incoming_path (LlStore *store, const char *id)
{
  return g_strconcat (store->incoming, "/", id, NULL);
}

/* -- at start ------------------------------------------------------------------------------ */

/* What came in half when we ended was never promised to anybody (S2, S3). */
static void
clear_incoming (LlStore *store)
{
  DIR *folder = opendir (store->incoming);
  struct dirent *entry;
  char id[LL_ID_LENGTH + 1];

  while (folder != NULL && (entry = readdir (folder)) != NULL)
    if (ll_identity_is_valid (entry->d_name) || ll_copies_name (entry->d_name, id))
      unlinkat (dirfd (folder), entry->d_name, 0);
  if (folder != NULL)
    closedir (folder);
}

/* "0123456789ab.letter" -> TRUE and the id */
static gboolean
id_of (const char *name, const char *suffix, char id[LL_ID_LENGTH + 1])
{
  if (strlen (name) != LL_ID_LENGTH + strlen (suffix) || strcmp (name + LL_ID_LENGTH, suffix) != 0)
    return FALSE;
  memcpy (id, name, LL_ID_LENGTH);
  id[LL_ID_LENGTH] = '\0';
  return ll_identity_is_valid (id);
}

/* What belongs to a letter that is not there: done, or never promised (S5). That the letter is gone
 * must itself be certain before its journal goes. */
static void
clear_leftovers (LlStore *store, gboolean (*is_one) (const char *name, char id[LL_ID_LENGTH + 1]))
{
  DIR *folder = opendir (ll_folder_path (store->letters));
  struct dirent *entry;

  while (folder != NULL && (entry = readdir (folder)) != NULL)
    {
      char id[LL_ID_LENGTH + 1];
      g_autofree char *letter = NULL;

      if (!is_one (entry->d_name, id))
        continue;
      letter = g_strconcat (id, LETTER, NULL);
      if (faccessat (dirfd (folder), letter, F_OK, 0) < 0 && errno == ENOENT)
        ll_folder_unlink_later (store->letters, g_strdup (entry->d_name));
    }
  if (folder != NULL)
    closedir (folder);
}

static gboolean
is_journal (const char *name, char id[LL_ID_LENGTH + 1])
{
  return id_of (name, JOURNAL, id);
}

static gboolean
lock_folder (LlStore *store, GError **error)
{
  g_autofree char *path = g_build_filename (store->folder, "lock", NULL);
  g_autoptr (GError) local = NULL;

  store->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (store->lock_fd < 0)
    {
      ll_file_set_error (&local, "Cannot open %s: %m", path);
      return ll_store_take_error (error, g_steal_pointer (&local));
    }
  if (flock (store->lock_fd, LOCK_EX | LOCK_NB) < 0)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_IO, "Another letterlockd has the spool %s",
                   store->folder);
      return FALSE;
    }
  return TRUE;
}

static gboolean
open_folders (LlStore *store, GError **error)
{
  g_autofree char *letters = g_build_filename (store->folder, "letters", NULL);
  g_autofree char *originals = g_build_filename (store->folder, "originals", NULL);
  g_autofree char *ids = g_build_filename (store->folder, "ids", NULL);
  g_autoptr (GError) local = NULL;

  store->incoming = g_build_filename (store->folder, "tmp", NULL);
  if (!ll_file_make_folder (store->incoming, &local)
      || (store->letters = ll_folder_new (letters, &local)) == NULL
      || (store->originals = ll_folder_new (originals, &local)) == NULL)
    return ll_store_take_error (error, g_steal_pointer (&local));
  if (!lock_folder (store, error))
    return FALSE;
  store->log = ll_log_open (store->folder, &local);
  if (store->log == NULL)
    return ll_store_take_error (error, g_steal_pointer (&local));
  store->identity = ll_identity_new (ids);
  ll_identity_derive (store->identity, "repeats", store->repeats);
  if (!ll_file_sync_folder (store->folder, &local))
    return ll_store_take_error (error, g_steal_pointer (&local));
  return TRUE;
}

LlStore *
ll_store_new (const char *folder, LlSecretStore *secrets, GError **error)
{
  g_autoptr (LlStore) store = g_new0 (LlStore, 1);

  g_mutex_init (&store->lock);
  g_cond_init (&store->released);
  store->folder = g_strdup (folder);
  store->lock_fd = -1;
  store->reserve_fd = -1;
  store->claims = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!open_folders (store, error))
    return NULL;
  clear_incoming (store);
  clear_leftovers (store, is_journal);
  ll_room_open (store);
  if (!ll_rest_recover (store, error))
    return NULL;
  clear_leftovers (store, ll_copies_name); /* letters of the log have their files by now */
  store->key = ll_store_key_new (folder, secrets, error);
  if (store->key == NULL)
    return NULL;
  return g_steal_pointer (&store);
}

void
ll_store_free (LlStore *store)
{
  if (store == NULL)
    return;
  ll_store_key_free (store->key);
  ll_log_free (store->log);
  ll_folder_free (store->letters);
  ll_folder_free (store->originals);
  ll_identity_free (store->identity);
  ll_room_close (store);
  ll_fd_clear (&store->lock_fd);
  ll_secret_wipe (store->repeats, sizeof store->repeats);
  g_hash_table_unref (store->claims);
  g_cond_clear (&store->released);
  g_mutex_clear (&store->lock);
  g_free (store->incoming);
  g_free (store->folder);
  g_free (store);
}

/* -- all letters ------------------------------------------------------------------------------ */

typedef struct
{
  struct timespec time; /* the kernel's clock ticks slower than letters may come in */
  guint64 number;
  char id[LL_ID_LENGTH + 1];
} Listed;

static int
compare_listed (gconstpointer a, gconstpointer b)
{
  const Listed *one = a;
  const Listed *other = b;

  if (one->time.tv_sec != other->time.tv_sec)
    return one->time.tv_sec < other->time.tv_sec ? -1 : 1;
  if (one->time.tv_nsec != other->time.tv_nsec)
    return one->time.tv_nsec < other->time.tv_nsec ? -1 : 1;
  return one->number < other->number ? -1 : one->number > other->number;
}

GStrv
ll_store_list (LlStore *store)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Listed));
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  DIR *folder = opendir (ll_folder_path (store->letters));
  struct dirent *entry;

  while (folder != NULL && (entry = readdir (folder)) != NULL)
    {
      struct stat status;
      Listed one;

      if (!id_of (entry->d_name, LETTER, one.id)
          || fstatat (dirfd (folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        continue;
      /* a letter's file is written once, so this is when it came in */
      one.time = status.st_mtim;
      one.number = ll_identity_number (store->identity, one.id);
      g_array_append_val (found, one);
    }
  if (folder != NULL)
    closedir (folder);
  g_array_sort (found, compare_listed);
  for (guint i = 0; i < found->len; i++)
    g_strv_builder_add (ids, g_array_index (found, Listed, i).id);
  return g_strv_builder_end (ids);
}

gboolean
ll_store_claim (LlStore *store, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);

  return g_hash_table_add (store->claims, g_strdup (id));
}

gboolean
ll_store_claim_wait (LlStore *store, const char *id, LlDeadline deadline)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);
  gboolean in_time = TRUE;

  store->claiming++;
  while (in_time && g_hash_table_contains (store->claims, id))
    in_time = g_cond_wait_until (&store->released, &store->lock, deadline);
  store->claiming--;
  return in_time && g_hash_table_add (store->claims, g_strdup (id));
}

void
ll_store_release (LlStore *store, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);

  g_hash_table_remove (store->claims, id);
  if (store->claiming > 0)
    g_cond_broadcast (&store->released);
}

gboolean
ll_store_sync (LlStore *store, GError **error)
{
  g_autoptr (GError) local = NULL;

  return ll_log_sync_letters (store->log, &local)
         || ll_store_take_error (error, g_steal_pointer (&local));
}

gboolean
ll_store_remove (LlStore *store, LlLetter *letter, GError **error)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  g_autofree char *path = ll_store_path (store, letter->id, LETTER);
  g_autoptr (GError) local = NULL;

  ll_copies_remove (store, letter);
  if (kept->logged)
    {
      kept->logged = FALSE;
      ll_log_leave (store->log, letter->id, &kept->place);
      return TRUE;
    }
  /* without its files the log would bring it back */
  if (!ll_log_sync (store->log, &kept->place, &local))
    return ll_store_take_error (error, g_steal_pointer (&local));
  if (unlink (path) < 0 && errno != ENOENT)
    {
      ll_file_set_error (&local, "Cannot remove %s: %m", path);
      return ll_store_take_error (error, g_steal_pointer (&local));
    }
  ll_folder_unlink_later (store->letters, g_strconcat (letter->id, JOURNAL, NULL));
  ll_room_refill (store);
  return TRUE;
}
