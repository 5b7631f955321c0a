/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "base/file.h"
#include "spool/store-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct _LlReader
{
  int fd;
  guint64 begin; /* of the first chunk in there */
  LlSeal *seal;
  guint64 next;   /* chunk to read */
  guint64 chunks; /* that many are in the file */
  gsize last;     /* octets in the last chunk of the file */
  guint8 *sealed;
  guint8 *plain;
  gsize have;
  gsize at;
  gsize chunk; /* room in plain: the largest that comes */
};

LlReader *
ll_reader_new (LlSeal *seal, int fd, guint64 begin, guint64 size)
{
  LlReader *reader = g_new0 (LlReader, 1);

  reader->fd = fd;
  reader->begin = begin;
  reader->seal = seal;
  reader->chunks = (ll_format_content_length (size) - size) / LL_SEAL_TAG;
  reader->last = (gsize) (size - (reader->chunks - 1) * LL_SEAL_CHUNK);
  reader->chunk = (gsize) MIN (size, LL_SEAL_CHUNK);
  reader->sealed = g_malloc (reader->chunk + LL_SEAL_TAG);
  reader->plain = g_malloc (reader->chunk);
  return reader;
}

void
ll_reader_free (LlReader *reader)
{
  if (reader == NULL)
    return;
  ll_fd_clear (&reader->fd);
  ll_seal_free (reader->seal);
  ll_secret_wipe (reader->plain, reader->chunk);
  g_free (reader->plain);
  g_free (reader->sealed);
  g_free (reader);
}

/* With the key at hand, what stands around the content was read before, or is as we wrote it. */
LlReader *
ll_store_read (LlStore *store, LlLetter *letter, GError **error)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  g_auto (LlLetterFile) file = { .fd = -1 };
  guint64 length;

  if (kept->key != NULL)
    {
      file.fd = ll_letter_open_bytes (store, letter->id, kept, &file.at, &length, error);
      if (file.fd < 0)
        return NULL;
    }
  else if (!ll_letter_file_open (store, letter->id, kept, &file, error)
           || !ll_letter_unlock (store, letter, &file, error))
    return NULL;
  return ll_reader_new (ll_seal_new (kept->key), ll_fd_steal (&file.fd),
                        file.at + LL_PREAMBLE_LENGTH, letter->size);
}

/* pread: others read the log through the same offset */
static gboolean
read_sealed (LlReader *reader, gsize length, GError **error)
{
  guint64 offset = reader->begin + reader->next * (LL_SEAL_CHUNK + LL_SEAL_TAG);
  g_autoptr (GError) local = NULL;
  gsize got = 0;

  while (got < length)
    {
      gssize n = pread (reader->fd, reader->sealed + got, length - got, (off_t) (offset + got));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          ll_file_set_error (&local, "Cannot read the letter: %m");
          return ll_store_take_error (error, g_steal_pointer (&local));
        }
      if (n == 0)
        {
          g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                       "The letter's file is cut off");
          return FALSE;
        }
      got += (gsize) n;
    }
  return TRUE;
}

/* The next chunk into plain; have stays 0 at the end. */
static gboolean
fill (LlReader *reader, GError **error)
{
  gboolean last = reader->next + 1 == reader->chunks;
  gsize length = last ? reader->last : LL_SEAL_CHUNK;

  reader->at = 0;
  reader->have = 0;
  if (reader->next == reader->chunks)
    return TRUE;
  if (!read_sealed (reader, length + LL_SEAL_TAG, error)
      || !ll_seal_chunk_open (reader->seal, reader->next, last, reader->sealed,
                              length + LL_SEAL_TAG, reader->plain, error))
    return FALSE;
  reader->next++;
  reader->have = length;
  return TRUE;
}

gssize
ll_reader_read (LlReader *reader, void *bytes, gsize length, GError **error)
{
  gsize n;

  if (reader->at == reader->have && !fill (reader, error))
    return -1;
  n = MIN (length, reader->have - reader->at);
  if (n > 0)
    memcpy (bytes, reader->plain + reader->at, n);
  reader->at += n;
  return (gssize) n;
}
