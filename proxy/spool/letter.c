/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/store-private.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

LlProgress *
ll_progress_new (void)
{
  LlProgress *progress = g_new0 (LlProgress, 1);

  progress->extra = ll_extra_new ();
  return progress;
}

void
ll_progress_free (LlProgress *progress)
{
  if (progress == NULL)
    return;
  g_free (progress->reason);
  g_free (progress->reply);
  ll_extra_free (progress->extra);
  g_free (progress);
}

LlLetter *
ll_letter_new (void)
{
  LlLetter *letter = g_new0 (LlLetter, 1);

  letter->progress = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_progress_free);
  g_mutex_init (&letter->lock);
  return letter;
}

static void
kept_clear (LlLetterKept *kept)
{
  g_clear_pointer (&kept->key, ll_secret_free);
  g_clear_pointer (&kept->recorded, g_ptr_array_unref);
  g_clear_pointer (&kept->synced, g_ptr_array_unref);
}

static void
kept_free (LlLetterKept *kept)
{
  kept_clear (kept);
  g_free (kept);
}

void
ll_store_close (LlLetter *letter)
{
  kept_clear (ll_letter_kept (letter));
}

void
ll_letter_free (LlLetter *letter)
{
  if (letter == NULL)
    return;
  g_clear_pointer (&letter->key, kept_free);
  g_free (letter->id);
  g_free (letter->account);
  g_free (letter->message_id);
  g_free (letter->digest);
  g_clear_pointer (&letter->envelope, ll_envelope_free);
  g_clear_pointer (&letter->progress, g_ptr_array_unref);
  g_clear_pointer (&letter->facts, g_variant_unref);
  g_mutex_clear (&letter->lock);
  g_free (letter);
}

/* What is on disk begins as what the letter says now. */
LlLetterKept *
ll_letter_keep (LlStore *store, LlLetter *letter)
{
  LlLetterKept *kept = g_new0 (LlLetterKept, 1);

  kept->recorded = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  kept->synced = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  for (guint i = 0; i < letter->progress->len; i++)
    {
      GVariant *now = g_variant_ref_sink (ll_format_progress (ll_letter_progress (letter, i)));

      g_ptr_array_add (kept->recorded, now);
      g_ptr_array_add (kept->synced, g_variant_ref (now));
    }
  g_clear_pointer (&letter->key, kept_free);
  letter->store = store;
  letter->key = kept;
  return kept;
}

/* -- the file ------------------------------------------------------------------------------- */

void
ll_letter_file_clear (LlLetterFile *file)
{
  ll_fd_clear (&file->fd);
  g_clear_pointer (&file->header, g_bytes_unref);
  g_clear_pointer (&file->facts, g_bytes_unref);
}

static gboolean
read_at (const LlLetterFile *file, guint64 offset, guint8 *bytes, gsize length, GError **error)
{
  gsize done = 0;

  while (done < length)
    {
      gssize got
          = pread (file->fd, bytes + done, length - done, (off_t) (file->at + offset + done));
      g_autoptr (GError) local = NULL;

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          ll_file_set_error (&local, "Cannot read the letter: %m");
          return ll_store_take_error (error, g_steal_pointer (&local));
        }
      if (got == 0)
        {
          g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                       "The letter's file is cut off");
          return FALSE;
        }
      done += (gsize) got;
    }
  return TRUE;
}

static gboolean
read_frame (LlLetterFile *file, guint64 length, GError **error)
{
  guint8 preamble[LL_PREAMBLE_LENGTH];
  guint8 footer[LL_FOOTER_LENGTH];
  g_autofree guint8 *trailer = NULL;
  gsize trailer_length;

  if (length < LL_PREAMBLE_LENGTH + LL_SEAL_TAG + LL_FOOTER_LENGTH)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "The letter's file is cut off");
      return FALSE;
    }
  if (!read_at (file, 0, preamble, sizeof preamble, error)
      || !ll_parse_preamble (preamble, sizeof preamble, &file->preamble, error)
      || !read_at (file, length - sizeof footer, footer, sizeof footer, error)
      || !ll_parse_footer (footer, length, &file->footer, error))
    return FALSE;
  trailer_length = (gsize) (file->footer.header + file->footer.facts + LL_FOOTER_LENGTH);
  trailer = g_malloc (trailer_length);
  if (!read_at (file, length - trailer_length, trailer, trailer_length, error)
      || !ll_check_trailer (preamble, trailer, trailer_length, error))
    return FALSE;
  file->header = g_bytes_new (trailer, (gsize) file->footer.header);
  file->facts = g_bytes_new (trailer + file->footer.header, (gsize) file->footer.facts);
  return TRUE;
}

int
ll_letter_open_bytes (LlStore *store,
                      const char *id,
                      const LlLetterKept *kept,
                      guint64 *at,
                      guint64 *length,
                      GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) local = NULL;
  struct stat status = { 0 };
  LL_AUTO_FD fd = -1;

  if (kept != NULL && kept->logged)
    {
      *at = kept->place.at;
      *length = kept->place.length;
      fd = fcntl (ll_log_fd (store->log, &kept->place), F_DUPFD_CLOEXEC, 3);
    }
  else
    {
      path = ll_store_path (store, id, ".letter");
      fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
      if (fd < 0 && errno == ENOENT)
        {
          g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT, "There is no letter %s", id);
          return -1;
        }
      if (fd >= 0 && fstat (fd, &status) < 0)
        ll_fd_clear (&fd);
      *at = 0;
      *length = (guint64) status.st_size;
    }
  if (fd >= 0)
    return ll_fd_steal (&fd);
  ll_file_set_error (&local, "Cannot read letter %s: %m", id);
  ll_store_take_error (error, g_steal_pointer (&local));
  return -1;
}

gboolean
ll_letter_file_read (LlLetterFile *file, const char *id, guint64 length, GError **error)
{
  if (!read_frame (file, length, error))
    return FALSE;
  if (strcmp (file->preamble.id, id) == 0)
    return TRUE;
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
               "The file of letter %s holds another one", id);
  return FALSE;
}

gboolean
ll_letter_file_open (
    LlStore *store, const char *id, const LlLetterKept *kept, LlLetterFile *out, GError **error)
{
  g_auto (LlLetterFile) file = { .fd = -1 };
  guint64 length;

  file.fd = ll_letter_open_bytes (store, id, kept, &file.at, &length, error);
  if (file.fd < 0 || !ll_letter_file_read (&file, id, length, error))
    return FALSE;
  *out = file;
  file = (LlLetterFile){ .fd = -1 };
  return TRUE;
}

gboolean
ll_letter_unlock (LlStore *store, LlLetter *letter, const LlLetterFile *file, GError **error)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  guint8 context[LL_PREAMBLE_CONTEXT];
  g_autoptr (LlSecret) private_half = NULL;
  g_autoptr (LlSecret) key = NULL;
  g_autoptr (LlSeal) seal = NULL;
  g_autoptr (GBytes) facts = NULL;

  if (kept->key != NULL)
    return TRUE;
  private_half = ll_store_key_private (store->key, file->preamble.key_id, error);
  if (private_half == NULL)
    return FALSE;
  ll_format_preamble_context (&file->preamble, context);
  key = ll_seal_key_open (private_half, &file->preamble.sealed, context, sizeof context, error);
  if (key == NULL)
    return FALSE;
  seal = ll_seal_new (key);
  facts = ll_seal_header_open (seal, file->header, file->facts, error);
  if (facts == NULL)
    return FALSE;
  if (letter->facts == NULL && !ll_parse_dictionary (facts, &letter->facts, error))
    return FALSE;
  kept->key = g_steal_pointer (&key);
  return TRUE;
}

LlLetter *
ll_store_load (LlStore *store, const char *id, GError **error)
{
  g_autoptr (LlLetter) letter = NULL;
  g_auto (LlLetterFile) file = { .fd = -1 };
  g_autoptr (GError) local = NULL;

  if (!ll_identity_is_valid (id))
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT, "\"%s\" is not a letter's id", id);
      return NULL;
    }
  if (!ll_letter_file_open (store, id, NULL, &file, error))
    return NULL;
  letter = ll_letter_new ();
  if (!ll_parse_header (file.header, letter, error))
    return NULL;
  if (strcmp (letter->id, id) != 0 || letter->size != file.footer.size)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                   "The header of letter %s belongs to another one", id);
      return NULL;
    }
  ll_letter_keep (store, letter);
  if (!ll_journal_load (store, letter, error))
    return NULL;
  /* Envelope and progress can be read without the key; a letter that cannot be opened now, or
   * never again, is still one that people are told about. */
  if (!ll_letter_unlock (store, letter, &file, &local)
      && g_error_matches (local, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return g_steal_pointer (&letter);
}
