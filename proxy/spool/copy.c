/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/copy.h"

#include "base/error.h"
#include "base/file.h"
#include "spool/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ID.copyN: "LLcopy\0\1", id, number (big-endian), zeros to 32, then chunks as in ID.letter. */
#define HEAD 32

struct _LlCopyWriter
{
  LlStore *store; /* (not owned) */
  LlSeal *seal;
  int fd;
  char *path; /* in tmp/ */
  char *to;
  guint8 *chunk;
  gsize filled;
  guint8 *sealed;
  guint64 chunks;
};

static void
format_head (const char *id, guint number, guint8 head[HEAD])
{
  guint32 n = GUINT32_TO_BE (number);

  memset (head, 0, HEAD);
  memcpy (head, "LLcopy\0\1", 8);
  memcpy (head + 8, id, LL_ID_LENGTH);
  memcpy (head + 8 + LL_ID_LENGTH, &n, sizeof n);
}

/* Under the letter's key, which is opened if need be. (transfer full) */
static LlSeal *
seal_of (LlStore *store, LlLetter *letter, guint number, GError **error)
{
  g_auto (LlLetterFile) file = { .fd = -1 };
  g_autofree char *purpose = g_strdup_printf ("copy %u", number);
  g_autoptr (LlSecret) key = NULL;

  if (ll_letter_kept (letter) == NULL || ll_letter_kept (letter)->key == NULL)
    if (!ll_letter_file_open (store, letter->id, ll_letter_kept (letter), &file, error)
        || !ll_letter_unlock (store, letter, &file, error))
      return NULL;
  key = ll_seal_subkey (ll_letter_kept (letter)->key, purpose);
  return ll_seal_new (key);
}

/* -- writing ---------------------------------------------------------------------------------- */

static void
writer_free (LlCopyWriter *writer)
{
  ll_fd_clear (&writer->fd);
  ll_seal_free (writer->seal);
  g_free (writer->chunk);
  g_free (writer->sealed);
  g_free (writer->path);
  g_free (writer->to);
  g_free (writer);
}

LlCopyWriter *
ll_store_copy_begin (LlStore *store, LlLetter *letter, guint number, GError **error)
{
  g_autofree char *suffix = g_strdup_printf (".copy%u", number);
  g_autoptr (LlSeal) seal = seal_of (store, letter, number, error);
  g_autoptr (LlCopyWriter) writer = NULL;
  guint8 head[HEAD];

  if (seal == NULL)
    return NULL;
  writer = g_new0 (LlCopyWriter, 1);
  writer->store = store;
  writer->seal = g_steal_pointer (&seal);
  writer->to = ll_store_path (store, letter->id, suffix);
  writer->path = g_strconcat (store->incoming, "/", letter->id, suffix, NULL);
  writer->chunk = g_malloc (LL_SEAL_CHUNK);
  writer->sealed = g_malloc (LL_SEAL_CHUNK + LL_SEAL_TAG);
  writer->fd = open (writer->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (writer->fd < 0)
    {
      ll_store_take_error (error, ll_file_error ("Cannot create %s: %m", writer->path));
      return NULL;
    }
  format_head (letter->id, number, head);
  if (write (writer->fd, head, sizeof head) == (gssize) sizeof head)
    return g_steal_pointer (&writer);
  ll_store_take_error (error, ll_file_error ("Cannot write %s: %m", writer->path));
  return NULL;
}

static gboolean
flush (LlCopyWriter *writer, gboolean last, GError **error)
{
  g_autoptr (GError) local = NULL;

  ll_seal_chunk (writer->seal, writer->chunks++, last, writer->chunk, writer->filled,
                 writer->sealed);
  if (!ll_file_write_all (writer->fd, writer->sealed, writer->filled + LL_SEAL_TAG, &local))
    return ll_store_take_error (error, g_steal_pointer (&local));
  writer->filled = 0;
  return TRUE;
}

gboolean
ll_copy_write (LlCopyWriter *writer, const void *bytes, gsize length, GError **error)
{
  const guint8 *from = bytes;

  while (length > 0)
    {
      gsize n;

      /* a full chunk waits for the byte after it: it may be the last one */
      if (writer->filled == LL_SEAL_CHUNK && !flush (writer, FALSE, error))
        return FALSE;
      n = MIN (length, LL_SEAL_CHUNK - writer->filled);
      memcpy (writer->chunk + writer->filled, from, n);
      writer->filled += n;
      from += n;
      length -= n;
    }
  return TRUE;
}

static gboolean
commit (LlCopyWriter *writer, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!flush (writer, TRUE, error))
    return FALSE;
  if (fdatasync (writer->fd) < 0)
    return ll_store_take_error (error, ll_file_error ("Cannot sync %s: %m", writer->path));
  if (rename (writer->path, writer->to) < 0)
    return ll_store_take_error (error, ll_file_error ("Cannot keep %s: %m", writer->to));
  if (!ll_folder_sync (writer->store->letters, &local))
    return ll_store_take_error (error, g_steal_pointer (&local));
  return TRUE;
}

gboolean
ll_copy_commit (LlCopyWriter *writer, GError **error)
{
  if (!commit (writer, error))
    {
      ll_copy_abandon (writer);
      return FALSE;
    }
  writer_free (writer);
  return TRUE;
}

void
ll_copy_abandon (LlCopyWriter *writer)
{
  if (writer == NULL)
    return;
  if (writer->fd >= 0)
    unlink (writer->path);
  writer_free (writer);
}

/* -- reading --------------------------------------------------------------------------------- */

static gboolean
check_head (int fd, const char *id, guint number, guint64 *sealed, GError **error)
{
  struct stat status;
  guint8 head[HEAD];
  guint8 expected[HEAD];

  format_head (id, number, expected);
  if (fstat (fd, &status) == 0 && pread (fd, head, sizeof head, 0) == (gssize) sizeof head
      && memcmp (head, expected, sizeof head) == 0 && status.st_size >= HEAD + LL_SEAL_TAG)
    {
      *sealed = (guint64) status.st_size - HEAD;
      return TRUE;
    }
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
               "The locked copy of the letter is damaged");
  return FALSE;
}

LlReader *
ll_store_read_copy (LlStore *store, LlLetter *letter, guint number, guint64 *size, GError **error)
{
  g_autofree char *suffix = g_strdup_printf (".copy%u", number);
  g_autofree char *path = ll_store_path (store, letter->id, suffix);
  g_autoptr (LlSeal) seal = NULL;
  LL_AUTO_FD fd = open (path, O_RDONLY | O_CLOEXEC);
  guint64 sealed, chunks;

  if (fd < 0 && errno == ENOENT)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT, "There is no such copy");
      return NULL;
    }
  if (fd < 0)
    {
      ll_store_take_error (error, ll_file_error ("Cannot open %s: %m", path));
      return NULL;
    }
  if (!check_head (fd, letter->id, number, &sealed, error))
    return NULL;
  seal = seal_of (store, letter, number, error);
  if (seal == NULL)
    return NULL;
  chunks = (sealed + LL_SEAL_CHUNK + LL_SEAL_TAG - 1) / (LL_SEAL_CHUNK + LL_SEAL_TAG);
  *size = sealed - chunks * LL_SEAL_TAG;
  return ll_reader_new (g_steal_pointer (&seal), ll_fd_steal (&fd), HEAD, *size);
}

/* -- the end of a letter --------------------------------------------------------------------- */

/* Locked, or signed and open: then its number is kept with it (proxy/signatures.c). */
static gboolean
has_copy (const LlProgress *progress)
{
  return (progress->method != LL_METHOD_NONE && progress->method != LL_METHOD_TLS
          && progress->method != LL_METHOD_OPEN)
         || ll_extra_number (progress->extra, "copy") > 0;
}

/* Their numbers are those of recipients (proxy/locking.c), and most letters have none. What is left
 * by a recipient who was decided otherwise later goes at the next start. */
void
ll_copies_remove (LlStore *store, const LlLetter *letter)
{
  gboolean some = FALSE;

  for (guint i = 0; i < letter->progress->len; i++)
    some |= has_copy (ll_letter_progress (letter, i));
  for (guint number = 1; some && number <= letter->progress->len; number++)
    {
      g_autofree char *suffix = g_strdup_printf (".copy%u", number);
      g_autofree char *path = ll_store_path (store, letter->id, suffix);

      unlink (path);
    }
}

gboolean
ll_copies_name (const char *name, char id[LL_ID_LENGTH + 1])
{
  const char *rest = name + LL_ID_LENGTH;

  if (strlen (name) <= LL_ID_LENGTH || !g_str_has_prefix (rest, ".copy"))
    return FALSE;
  memcpy (id, name, LL_ID_LENGTH);
  id[LL_ID_LENGTH] = '\0';
  return ll_identity_is_valid (id);
}
