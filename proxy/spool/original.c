/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/original.h"

#include "base/error.h"
#include "base/file.h"
#include "spool/store-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".letter"
#define PIECE 65536

/* (transfer full) */
static char *
path_of (LlStore *store, const char *id)
{
  return g_strconcat (ll_folder_path (store->originals), "/", id, SUFFIX, NULL);
}

/* -- keeping --------------------------------------------------------------------------------- */

/* @length octets of @from, beginning at @at, into @to. */
static gboolean
copy_bytes (int from, guint64 at, guint64 length, int to, GError **error)
{
  g_autofree char *piece = g_malloc (PIECE);

  while (length > 0)
    {
      gssize got = pread (from, piece, (gsize) MIN (length, PIECE), (off_t) at);

      if (got < 0 && errno == EINTR)
        continue;
      if (got == 0)
        errno = EIO; /* cut off */
      if (got <= 0)
        return ll_file_set_error (error, "Cannot read the letter: %m");
      if (!ll_file_write_all (to, piece, (gsize) got, error))
        return FALSE;
      at += (guint64) got;
      length -= (guint64) got;
    }
  return TRUE;
}

/* A letter of the log has no file, and not every file system has links. */
static gboolean
write_file (LlStore *store, const LlLetter *letter, const char *path, GError **error)
{
  g_autofree char *incoming = ll_store_incoming_path (store, letter->id);
  g_autoptr (GError) local = NULL;
  guint64 at, length;
  LL_AUTO_FD from = -1;
  LL_AUTO_FD to = -1;

  from = ll_letter_open_bytes (store, letter->id, ll_letter_kept (letter), &at, &length, error);
  if (from < 0)
    return FALSE;
  to = open (incoming, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (to >= 0 && copy_bytes (from, at, length, to, &local) && fdatasync (to) == 0
      && rename (incoming, path) == 0)
    return TRUE;
  if (local == NULL)
    ll_file_set_error (&local, "Cannot keep %s: %m", path);
  unlink (incoming);
  return ll_store_take_error (error, g_steal_pointer (&local));
}

gboolean
ll_store_keep_original (LlStore *store, const LlLetter *letter, GError **error)
{
  g_autofree char *path = path_of (store, letter->id);
  g_autofree char *file = ll_store_path (store, letter->id, SUFFIX);
  g_autoptr (GError) local = NULL;

  /* its file is never written again, so it can be the same one */
  if ((ll_letter_kept (letter)->logged || link (file, path) < 0) && access (path, F_OK) < 0
      && !write_file (store, letter, path, error))
    return FALSE;
  if (!ll_folder_sync (store->originals, &local))
    return ll_store_take_error (error, g_steal_pointer (&local));
  return TRUE;
}

/* -- reading --------------------------------------------------------------------------------- */

gint64
ll_store_original_time (LlStore *store, const char *id)
{
  g_autofree char *path = path_of (store, id);
  struct stat status;

  return ll_identity_is_valid (id) && lstat (path, &status) == 0 ? MAX (status.st_mtime, 1) : 0;
}

/* Damaged or not, it is @id's. */
static gboolean
open_original (LlStore *store, const char *id, LlLetterFile *file, GError **error)
{
  g_autofree char *path = path_of (store, id);
  struct stat status;
  int fd = ll_identity_is_valid (id) ? open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;

  if (fd < 0 && ll_identity_is_valid (id) && errno != ENOENT)
    return ll_store_take_error (error, ll_file_error ("Cannot read %s: %m", path));
  if (fd < 0)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT,
                   "The original of letter %s is not kept here", id);
      return FALSE;
    }
  file->fd = fd;
  if (fstat (fd, &status) < 0)
    return ll_store_take_error (error, ll_file_error ("Cannot read %s: %m", path));
  return ll_letter_file_read (file, id, (guint64) status.st_size, error);
}

LlReader *
ll_store_read_original (LlStore *store, const char *id, GError **error)
{
  g_auto (LlLetterFile) file = { .fd = -1 };
  g_autoptr (LlLetter) found = ll_letter_new ();

  if (!open_original (store, id, &file, error) || !ll_parse_header (file.header, found, error))
    return NULL;
  ll_letter_keep (store, found);
  if (!ll_letter_unlock (store, found, &file, error))
    return NULL;
  return ll_reader_new (ll_seal_new (ll_letter_kept (found)->key), ll_fd_steal (&file.fd),
                        LL_PREAMBLE_LENGTH, file.footer.size);
}

/* -- all of them ----------------------------------------------------------------------------- */

static void
original_free (gpointer data)
{
  LlOriginal *original = data;

  g_free (original->id);
  g_free (original);
}

static int
compare_originals (gconstpointer a, gconstpointer b)
{
  const LlOriginal *one = *(const LlOriginal *const *) a;
  const LlOriginal *other = *(const LlOriginal *const *) b;

  if (one->time != other->time)
    return one->time > other->time ? -1 : 1;
  return strcmp (other->id, one->id);
}

GPtrArray *
ll_store_list_originals (LlStore *store)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (original_free);
  DIR *folder = opendir (ll_folder_path (store->originals));
  struct dirent *entry;

  while (folder != NULL && (entry = readdir (folder)) != NULL)
    {
      g_autofree char *id = NULL;
      gint64 time;
      LlOriginal *original;

      if (!g_str_has_suffix (entry->d_name, SUFFIX))
        continue;
      id = g_strndup (entry->d_name, strlen (entry->d_name) - strlen (SUFFIX));
      time = ll_store_original_time (store, id);
      if (time == 0)
        continue;
      original = g_new (LlOriginal, 1);
      *original = (LlOriginal){ g_steal_pointer (&id), time };
      g_ptr_array_add (found, original);
    }
  if (folder != NULL)
    closedir (folder);
  g_ptr_array_sort (found, compare_originals);
  return found;
}

guint
ll_store_prune_originals (LlStore *store, gint64 before)
{
  g_autoptr (GPtrArray) originals = ll_store_list_originals (store);
  guint removed = 0;

  for (guint i = 0; i < originals->len; i++)
    {
      const LlOriginal *original = g_ptr_array_index (originals, i);
      g_autofree char *path = path_of (store, original->id);

      if (original->time < before && unlink (path) == 0)
        removed++;
    }
  return removed;
}
