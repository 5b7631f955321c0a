/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/store-private.h"

#include "base/error.h"
#include "base/file.h"
#include "spool/states.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a letter's records usually take; more is taken as it comes. */
#define SPACE 4096
#define SPACE_PER_RECIPIENT 512

/* Longer than this, a journal is written anew when most of it is past. */
#define LONG (1024 * 1024)

/* Far above what 1000 recipients write in five days of retries. */
#define JOURNAL_MAX (256 * 1024 * 1024)

static gboolean
corrupt (GError **error, const char *id)
{
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "The journal of letter %s is damaged",
               id);
  return FALSE;
}

/* -- reading -------------------------------------------------------------------------------- */

static gboolean
apply (LlLetter *letter, GVariant *changes, GError **error)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  gsize n = g_variant_n_children (changes);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (changes, i);
      g_autoptr (GVariant) variant = g_variant_get_child_value (change, 1);
      LlProgress *progress;
      guint32 index;

      g_variant_get_child (change, 0, "u", &index);
      if (index >= letter->progress->len)
        return corrupt (error, letter->id);
      progress = ll_parse_progress (variant, error);
      if (progress == NULL)
        return FALSE;
      ll_progress_free (ll_letter_progress (letter, index));
      letter->progress->pdata[index] = progress;
      g_variant_unref (kept->recorded->pdata[index]);
      kept->recorded->pdata[index] = g_steal_pointer (&variant);
    }
  return TRUE;
}

static void
set_synced (LlLetterKept *kept)
{
  for (guint i = 0; i < kept->recorded->len; i++)
    {
      g_variant_unref (kept->synced->pdata[i]);
      kept->synced->pdata[i] = g_variant_ref (kept->recorded->pdata[i]);
    }
  kept->base = kept->sequence;
}

/* Records are looked for at every multiple of 8, also behind one that does not count: what
 * follows a torn one may be whole, and must then not be overlooked (states.c). */
static gboolean
replay (LlLetter *letter, const guint8 *bytes, gsize length, GError **error)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  gsize at = LL_JOURNAL_HEADER;

  while (at < length)
    {
      LlRecord record;
      g_autoptr (GVariant) changes = NULL;
      gsize taken;

      if (!ll_parse_record (bytes + at, length - at, letter->id, &record, &taken))
        {
          at += 8;
          continue;
        }
      changes = record.changes;
      at += taken;
      if (record.sequence <= kept->sequence)
        continue;
      if (record.base > kept->sequence)
        return corrupt (error, letter->id);
      if (!apply (letter, changes, error))
        return FALSE;
      kept->sequence = record.sequence;
      kept->end = at;
    }
  for (at = MIN (MAX (kept->end, LL_JOURNAL_HEADER), length); at < length && !kept->torn; at++)
    kept->torn = bytes[at] != 0;
  return TRUE;
}

/* What was read may still be in memory only, from before a crash of the program; later records
 * are written as changes to it. */
static gboolean
sync_read (const char *path, GError **error)
{
  LL_AUTO_FD fd = open (path, O_RDONLY | O_CLOEXEC);
  g_autoptr (GError) local = NULL;

  if (fd >= 0 && fdatasync (fd) == 0)
    return TRUE;
  ll_file_set_error (&local, "Cannot sync %s: %m", path);
  return ll_store_take_error (error, g_steal_pointer (&local));
}

gboolean
ll_journal_load (LlStore *store, LlLetter *letter, GError **error)
{
  g_autofree char *path = ll_store_path (store, letter->id, ".journal");
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = ll_file_load (path, JOURNAL_MAX, &local);
  const guint8 *data;
  gsize length;

  /* none yet: the letter's header says all there is */
  if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  if (bytes == NULL)
    return ll_store_take_error (error, g_steal_pointer (&local));
  data = g_bytes_get_data (bytes, &length);
  (void) ll_parse_journal_header (data, length, letter->id, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!replay (letter, data, length, error))
    return FALSE;
  if (ll_letter_kept (letter)->sequence > 0 && !sync_read (path, error))
    return FALSE;
  set_synced (ll_letter_kept (letter));
  return TRUE;
}

/* -- writing -------------------------------------------------------------------------------- */

gsize
ll_journal_space (guint recipients)
{
  return SPACE + SPACE_PER_RECIPIENT * (gsize) recipients;
}

gboolean
ll_journal_prepare (LlStore *store, const char *id, guint recipients, GError **error)
{
  g_autofree char *path = ll_store_path (store, id, ".journal");
  LL_AUTO_FD fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  off_t space = (off_t) ll_journal_space (recipients);
  g_autoptr (GError) local = NULL;

  if (fd >= 0 && (fallocate (fd, 0, 0, space) == 0 || errno == EOPNOTSUPP))
    return TRUE;
  ll_file_set_error (&local, "Cannot make %s: %m", path);
  if (fd >= 0)
    unlink (path);
  return ll_store_take_error (error, g_steal_pointer (&local));
}

/* The journal, made if it is not there. */
static int
open_journal (LlStore *store, const char *path, GError **error)
{
  LL_AUTO_FD fd = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  gboolean made = fd < 0 && errno == ENOENT;

  if (made)
    fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      ll_file_set_error (error, "Cannot open %s: %m", path);
      return -1;
    }
  /* before the first record: what is synced must be found again */
  if (made && !ll_folder_sync (store->letters, error))
    return -1;
  return ll_fd_steal (&fd);
}

static gboolean
write_at (int fd, guint64 offset, const guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      gssize written = pwrite (fd, bytes, length, (off_t) offset);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      offset += (guint64) written;
      bytes += written;
      length -= (gsize) written;
    }
  return TRUE;
}

/* Nothing but zeros after @end, and the space that was reserved there again if it can be had. */
static void
cut (int fd, guint64 end)
{
  struct stat status;
  int saved = errno;

  if (fstat (fd, &status) == 0 && (guint64) status.st_size > end
      && ftruncate (fd, (off_t) end) == 0)
    (void) fallocate (fd, 0, (off_t) end, status.st_size - (off_t) end);
  errno = saved;
}

static gboolean
append (LlStore *store, LlLetter *letter, int fd, GBytes *record, gboolean durable)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  guint64 end = MAX (kept->end, LL_JOURNAL_HEADER);
  guint8 header[LL_JOURNAL_HEADER];
  gsize length;
  const guint8 *bytes = g_bytes_get_data (record, &length);
  gboolean written = TRUE;

  if (kept->torn)
    cut (fd, end);
  if (kept->end == 0)
    {
      ll_format_journal_header (letter->id, header);
      written = write_at (fd, 0, header, sizeof header);
    }
  written = written && write_at (fd, end, bytes, length) && (!durable || fdatasync (fd) == 0);
  if (!written)
    {
      cut (fd, end);
      return FALSE;
    }
  kept->torn = FALSE;
  kept->end = end + length;
  return TRUE;
}

static gboolean
is_full (void)
{
  return errno == ENOSPC || errno == EDQUOT;
}

/* All recipients in one record that needs none before it. */
static GBytes *
whole_record (LlLetter *letter, GPtrArray *now)
{
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE ("a(u(uubuxxmsmsma{sv}))"));
  for (guint i = 0; i < now->len; i++)
    g_variant_builder_add (&all, "(u@(uubuxxmsmsma{sv}))", i, g_ptr_array_index (now, i));
  return ll_format_record (letter->id, ll_letter_kept (letter)->sequence + 1, 0,
                           g_variant_builder_end (&all));
}

/* Writes a journal of one record beside the letters, then puts it in the old one's place. FALSE:
 * the old one stays, and is appended to. */
static gboolean
write_anew (LlStore *store, LlLetter *letter, const char *path, GPtrArray *now)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  g_autoptr (GBytes) record = whole_record (letter, now);
  g_autofree char *beside = ll_store_incoming_path (store, letter->id);
  LL_AUTO_FD fd = -1;
  gsize length = g_bytes_get_size (record);
  guint8 header[LL_JOURNAL_HEADER];

  if (length * 8 > kept->end)
    return FALSE;
  fd = open (beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  ll_format_journal_header (letter->id, header);
  if (fd < 0 || !write_at (fd, 0, header, sizeof header)
      || !write_at (fd, sizeof header, g_bytes_get_data (record, NULL), length)
      || fdatasync (fd) < 0 || rename (beside, path) < 0)
    {
      unlink (beside);
      return FALSE;
    }
  kept->end = sizeof header + length;
  kept->torn = FALSE;
  return TRUE;
}

static void
set_recorded (LlLetterKept *kept, GPtrArray *now, gboolean synced)
{
  kept->sequence++;
  g_ptr_array_unref (kept->recorded);
  kept->recorded = g_ptr_array_ref (now);
  if (synced)
    set_synced (kept);
}

/* -- in the log -------------------------------------------------------------------------------- */

/* (transfer full) */
static GBytes *
read_logged (LlStore *store, const LlLogPlace *place, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (place->length);
  gsize done = 0;

  while (done < place->length)
    {
      gssize got = pread (ll_log_fd (store->log, place), bytes + done, place->length - done,
                          (off_t) (place->at + done));

      if (got < 0 && errno == EINTR)
        continue;
      if (got == 0)
        errno = EIO; /* it was there */
      if (got <= 0)
        {
          ll_file_set_error (error, "Cannot read the log: %m");
          return NULL;
        }
      done += (gsize) got;
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), place->length);
}

/* The letter gets files, with one record of all that is so now. FALSE: it stays in the log. */
static gboolean
move_out (LlStore *store, LlLetter *letter, GPtrArray *now, GError **error)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  g_autoptr (GBytes) record = whole_record (letter, now);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = read_logged (store, &kept->place, &local);

  if (bytes == NULL)
    return ll_store_take_error (error, g_steal_pointer (&local));
  if (!ll_rest_make_files (store, letter->id, bytes, record, now->len, error))
    return FALSE;
  kept->logged = FALSE;
  kept->unsynced = FALSE;
  ll_log_leave (store->log, letter->id, &kept->place);
  kept->end = LL_JOURNAL_HEADER + g_bytes_get_size (record);
  kept->torn = FALSE;
  set_recorded (kept, now, TRUE);
  return TRUE;
}

/* @changes: NULL when nothing is new */
static gboolean
record_logged (LlStore *store,
               LlLetter *letter,
               GPtrArray *now,
               GVariant *changes,
               gboolean durable,
               GError **error)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  g_autoptr (GVariant) sunk = changes != NULL ? g_variant_ref_sink (changes) : NULL;
  g_autoptr (GBytes) record = NULL;

  if (ll_rest_is_due (letter) && move_out (store, letter, now, NULL))
    return TRUE;
  if (changes != NULL)
    record = ll_format_record (letter->id, kept->sequence + 1, kept->base, changes);
  if (record != NULL && !ll_log_record (store->log, letter->id, &kept->place, record))
    return move_out (store, letter, now, error);
  /* the letter stands before its records: what makes them certain does the same for it */
  if (durable && !ll_log_sync (store->log, &kept->place, NULL))
    return move_out (store, letter, now, error);
  if (durable)
    kept->unsynced = FALSE;
  if (record != NULL)
    set_recorded (kept, now, durable);
  return TRUE;
}

gboolean
ll_store_is_synced (const LlLetter *letter)
{
  return !ll_letter_kept (letter)->unsynced;
}

guint
ll_store_records (const LlLetter *letter)
{
  return ll_letter_kept (letter)->sequence;
}

gboolean
ll_store_record (LlStore *store, LlLetter *letter, gboolean durable, GError **error)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  g_autoptr (GPtrArray) now
      = g_ptr_array_new_full (letter->progress->len, (GDestroyNotify) g_variant_unref);
  g_autofree char *path = ll_store_path (store, letter->id, ".journal");
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) record = NULL;
  GVariant *changes;
  LL_AUTO_FD fd = -1;

  changes = ll_changes_of (letter, now, durable, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (kept->logged)
    return record_logged (store, letter, now, changes, durable, error);
  if (changes == NULL)
    return TRUE;
  if (kept->end > LONG && write_anew (store, letter, path, now))
    {
      g_variant_unref (g_variant_ref_sink (changes));
      set_recorded (kept, now, TRUE);
      /* in any case: the next record is synced into this file, and must be found again */
      return ll_folder_sync (store->letters, &local)
             || ll_store_take_error (error, g_steal_pointer (&local));
    }
  record = ll_format_record (letter->id, kept->sequence + 1, kept->base, changes);
  fd = open_journal (store, path, &local);
  if (fd < 0)
    return ll_store_take_error (error, g_steal_pointer (&local));
  if (!append (store, letter, fd, record, durable)
      && !(is_full () && ll_room_release (store) && append (store, letter, fd, record, durable)))
    {
      ll_file_set_error (&local, "Cannot write %s: %m", path);
      return ll_store_take_error (error, g_steal_pointer (&local));
    }
  set_recorded (kept, now, durable);
  return TRUE;
}
