/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/log.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "spool/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Space is taken in steps: a file grows to its full size only where many letters come. */
#define STEP (256 * 1024)

static guint8 zeros[64 * 1024];
G_STATIC_ASSERT (STEP % sizeof zeros == 0);

typedef struct
{
  GCond cond;
  guint waiting;
} Crowd;

typedef struct
{
  int fd;
  guint64 epoch;     /* grows each time that one of the files is begun */
  guint64 used;      /* the next entry goes here */
  guint64 reserved;  /* beyond that, for those that live here */
  guint64 allocated; /* the file has blocks up to here */
  guint live;        /* letters that did not leave */

  guint64 letters; /* octets ever appended, up to the last letter, */
  guint64 written; /* and in all; */
  guint64 synced;  /* of these certain, */
  guint64 covered; /* and by the sync that began last, */
  guint round;     /* whose number is this */
  gboolean syncing;
  Crowd crowds[2]; /* who waits for the round that runs, and for the next */
} Half;

struct _LlLog
{
  char *folder;
  GMutex lock; /* of all below */
  Half halves[2];
  guint current; /* where letters are added */
  int error;     /* errno of the first failure that leaves something uncertain */
};

static char *
path_of (const LlLog *log, guint half)
{
  return g_strdup_printf ("%s/log.%u", log->folder, half);
}

LlLog *
ll_log_open (const char *folder, GError **error)
{
  g_autoptr (LlLog) log = g_new0 (LlLog, 1);

  log->folder = g_strdup (folder);
  g_mutex_init (&log->lock);
  for (guint i = 0; i < 2; i++)
    {
      log->halves[i].fd = -1;
      for (guint c = 0; c < 2; c++)
        g_cond_init (&log->halves[i].crowds[c].cond);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = path_of (log, i);

      log->halves[i].used = LL_LOG_MAX; /* to be begun */
      log->halves[i].fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (log->halves[i].fd < 0)
        {
          ll_file_set_error (error, "Cannot open %s: %m", path);
          return NULL;
        }
    }
  return g_steal_pointer (&log);
}

/* What was begun here and holds nobody any more is left empty: whoever looks at the folder sees
 * that no letter waits (packaging/uninstall). */
static void
close_half (Half *half)
{
  if (half->allocated > 0 && half->live == 0 && ftruncate (half->fd, 0) < 0)
    g_debug ("the log stays as it is: %s", g_strerror (errno));
  ll_fd_clear (&half->fd);
  for (guint i = 0; i < 2; i++)
    g_cond_clear (&half->crowds[i].cond);
}

void
ll_log_free (LlLog *log)
{
  if (log == NULL)
    return;
  for (guint i = 0; i < 2; i++)
    close_half (&log->halves[i]);
  g_mutex_clear (&log->lock);
  g_free (log->folder);
  g_free (log);
}

int
ll_log_fd (LlLog *log, const LlLogPlace *place)
{
  return log->halves[place->half].fd; /* never changes */
}

/* -- at start ------------------------------------------------------------------------------ */

typedef struct
{
  char id[LL_ID_LENGTH + 1];
  GBytes *letter;
  GByteArray *records;
} Found;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_bytes_unref (found->letter);
  g_byte_array_unref (found->records);
  g_free (found);
}

static Found *
find (GPtrArray *all, const char *id, guint *index)
{
  /* from the end: a record follows its letter closely */
  for (guint i = all->len; i-- > 0;)
    if (strcmp (((Found *) all->pdata[i])->id, id) == 0)
      {
        *index = i;
        return all->pdata[i];
      }
  return NULL;
}

static void
take_entry (GPtrArray *all, const LlLogEntry *entry)
{
  guint index = 0;
  Found *found = find (all, entry->id, &index);

  if (entry->kind == LL_LOG_LETTER && found == NULL)
    {
      found = g_new0 (Found, 1);
      memcpy (found->id, entry->id, sizeof found->id);
      found->letter = g_bytes_new (entry->payload, entry->length);
      found->records = g_byte_array_new ();
      g_ptr_array_add (all, found);
    }
  else if (entry->kind == LL_LOG_RECORD && found != NULL)
    g_byte_array_append (found->records, entry->payload, (guint) entry->length);
  else if (entry->kind == LL_LOG_GONE && found != NULL)
    g_ptr_array_remove_index (all, index);
}

/* Entries are written one behind the other, so what follows a torn one was never synced. */
static GPtrArray *
read_half (LlLog *log, guint half, GError **error)
{
  g_autofree char *path = path_of (log, half);
  g_autoptr (GBytes) bytes = ll_file_load (path, LL_LOG_MAX + STEP, error);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (found_free);
  g_autoptr (GError) local = NULL;
  const guint8 *data;
  LlLogEntry entry;
  gsize length, taken;
  gsize at = LL_LOG_HEADER;
  guint64 epoch;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  if (!ll_parse_log_header (data, length, &epoch, &local))
    {
      if (local == NULL)
        return g_steal_pointer (&all);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  log->halves[half].epoch = epoch;
  for (; at < length && ll_parse_log_entry (data + at, length - at, epoch, &entry, &taken);
       at += taken)
    take_entry (all, &entry);
  return g_steal_pointer (&all);
}

gboolean
ll_log_visit (LlLog *log, LlLogVisit visit, gpointer data, GError **error)
{
  for (guint half = 0; half < 2; half++)
    {
      g_autoptr (GPtrArray) all = read_half (log, half, error);

      if (all == NULL)
        return FALSE;
      for (guint i = 0; i < all->len; i++)
        {
          Found *found = all->pdata[i];
          g_autoptr (GBytes) records = g_bytes_new (found->records->data, found->records->len);

          if (!visit (found->id, found->letter, records, data, error))
            return FALSE;
        }
    }
  return TRUE;
}

gboolean
ll_log_clear (LlLog *log, GError **error)
{
  for (guint i = 0; i < 2; i++)
    {
      Half *half = &log->halves[i];
      off_t length = lseek (half->fd, 0, SEEK_END);

      if (length == 0)
        continue;
      if (length < 0 || ftruncate (half->fd, 0) < 0 || fsync (half->fd) < 0)
        return ll_file_set_error (error, "Cannot empty the log in %s: %m", log->folder);
    }
  return TRUE;
}

/* -- appending: with the lock held ------------------------------------------------------------ */

static gboolean
write_at (Half *half, guint64 at, const guint8 *bytes, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n = pwrite (half->fd, bytes + done, length - done, (off_t) (at + done));

      if (n < 0 && errno != EINTR)
        return FALSE;
      done += n > 0 ? (gsize) n : 0;
    }
  return TRUE;
}

/* A sync is twice as fast where it changes nothing but octets: in blocks that were only promised,
 * the file system would have to note each time which of them hold something now. */
static gboolean
take_blocks (Half *half, guint64 end)
{
  if (fallocate (half->fd, 0, 0, (off_t) end) < 0)
    return FALSE;
  for (guint64 at = half->allocated; at < end; at += sizeof zeros)
    if (!write_at (half, at, zeros, sizeof zeros))
      return FALSE;
  half->allocated = end;
  return TRUE;
}

/* Whether @length more octets are to be had, as blocks and not only as a promise. */
static gboolean
has_room (Half *half, gsize length)
{
  guint64 wanted = half->used + half->reserved + length;
  guint64 end = (wanted + STEP - 1) / STEP * STEP;

  if (wanted > LL_LOG_MAX)
    return FALSE;
  return wanted <= half->allocated || take_blocks (half, end);
}

/* Nothing lives in @half, so nothing of it counts from here on. */
static gboolean
begin (LlLog *log, guint number)
{
  Half *half = &log->halves[number];
  guint64 epoch = MAX (log->halves[0].epoch, log->halves[1].epoch) + 1;
  guint8 header[LL_LOG_HEADER];

  half->used = LL_LOG_HEADER;
  half->reserved = 0;
  ll_format_log_header (epoch, header);
  if (!has_room (half, 0) || !write_at (half, 0, header, sizeof header))
    {
      half->used = LL_LOG_MAX;
      return FALSE;
    }
  half->written += sizeof header;
  half->epoch = epoch;
  log->current = number;
  return TRUE;
}

static gboolean
append (LlLog *log,
        const char *id,
        LlLogPlace *place,
        LlLogKind kind,
        const void *payload,
        gsize length)
{
  Half *half = &log->halves[place->half];
  g_autoptr (GBytes) entry = ll_format_log_entry (half->epoch, kind, id, payload, length);
  gsize whole = g_bytes_get_size (entry);

  if (!write_at (half, half->used, g_bytes_get_data (entry, NULL), whole))
    return FALSE;
  half->used += whole;
  half->written += whole;
  place->until = half->written;
  return TRUE;
}

/* After a failure, once nothing lives here any more: an empty log is a certain one. */
static gboolean
recover (LlLog *log)
{
  for (guint i = 0; i < 2; i++)
    if (log->halves[i].live > 0 || log->halves[i].syncing)
      return FALSE;
  if (!ll_log_clear (log, NULL))
    return FALSE;
  for (guint i = 0; i < 2; i++)
    {
      log->halves[i].used = LL_LOG_MAX;
      log->halves[i].allocated = 0;
      log->halves[i].synced = log->halves[i].written;
    }
  log->error = 0;
  return TRUE;
}

gboolean
ll_log_add (LlLog *log, const char *id, GBytes *letter, gsize space, LlLogPlace *place)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log->lock);
  gsize length = g_bytes_get_size (letter);
  gsize kept = LL_LOG_ENTRY_OF (0) + space; /* that it leaves needs room, too */
  gsize whole = LL_LOG_ENTRY_OF (length) + kept;
  guint other = 1 - log->current;
  Half *half;

  if (log->error != 0 && !recover (log))
    return FALSE;
  if (!has_room (&log->halves[log->current], whole)
      && (log->halves[other].live > 0 || !begin (log, other)
          || !has_room (&log->halves[other], whole)))
    return FALSE;
  half = &log->halves[log->current];
  *place = (LlLogPlace){
    .half = log->current, .at = half->used + LL_LOG_ENTRY_HEADER, .length = length, .space = space
  };
  if (!append (log, id, place, LL_LOG_LETTER, g_bytes_get_data (letter, NULL), length))
    return FALSE;
  half->reserved += kept;
  half->letters = half->written;
  half->live++;
  return TRUE;
}

gboolean
ll_log_record (LlLog *log, const char *id, LlLogPlace *place, GBytes *record)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log->lock);
  Half *half = &log->halves[place->half];
  gsize length = g_bytes_get_size (record);
  gsize whole = LL_LOG_ENTRY_OF (length);
  gsize kept = MIN (whole, place->space);

  if (log->error != 0 || (kept < whole && !has_room (half, whole - kept))
      || !append (log, id, place, LL_LOG_RECORD, g_bytes_get_data (record, NULL), length))
    return FALSE;
  place->space -= kept;
  half->reserved -= kept;
  return TRUE;
}

void
ll_log_leave (LlLog *log, const char *id, LlLogPlace *place)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log->lock);
  Half *half = &log->halves[place->half];

  if (!append (log, id, place, LL_LOG_GONE, NULL, 0) && log->error == 0)
    log->error = errno; /* or it would come back */
  half->reserved -= LL_LOG_ENTRY_OF (0) + place->space;
  half->live--;
}

static Crowd *
crowd_of (Half *half, guint round)
{
  return &half->crowds[round % G_N_ELEMENTS (half->crowds)];
}

/* To wake nobody costs as much as to wake one. */
static void
wake (Crowd *crowd, guint n)
{
  if (crowd->waiting > 0 && n > 1)
    g_cond_broadcast (&crowd->cond);
  else if (crowd->waiting > 0)
    g_cond_signal (&crowd->cond);
}

/* With the lock held, which is let go meanwhile. Who came while it ran waits for the next round:
 * one of them is woken to begin it, and the others sleep until it is through. */
static void
sync_half (LlLog *log, Half *half)
{
  guint round = ++half->round;
  Crowd *covered = crowd_of (half, round);
  Crowd *next = crowd_of (half, round + 1);
  int result;

  half->covered = half->written;
  half->syncing = TRUE;
  g_mutex_unlock (&log->lock);
  result = fdatasync (half->fd) < 0 ? errno : 0;
  g_mutex_lock (&log->lock);
  half->syncing = FALSE;
  if (result == 0)
    half->synced = half->covered;
  else
    log->error = result;
  wake (covered, covered->waiting);
  wake (next, result == 0 ? 1 : next->waiting); /* nobody begins after a failure: all hear it */
}

static void
wait_for_round (LlLog *log, Half *half, guint64 until)
{
  Crowd *crowd = crowd_of (half, half->round + (until > half->covered ? 1 : 0));

  crowd->waiting++;
  g_cond_wait (&crowd->cond, &log->lock);
  crowd->waiting--;
}

/* With the lock held. 0, or why not: errno. */
static int
sync_until (LlLog *log, Half *half, guint64 until)
{
  int failure = 0;

  while (half->synced < until && failure == 0)
    if (log->error != 0)
      failure = recover (log) ? 0 : log->error;
    else if (half->syncing)
      wait_for_round (log, half, until);
    else
      sync_half (log, half);
  return failure;
}

static gboolean
take_failure (const LlLog *log, int failure, GError **error)
{
  if (failure == 0)
    return TRUE;
  errno = failure;
  return ll_file_set_error (error, "Cannot sync the log in %s: %m", log->folder);
}

gboolean
ll_log_sync (LlLog *log, const LlLogPlace *place, GError **error)
{
  int failure;

  g_mutex_lock (&log->lock);
  failure = sync_until (log, &log->halves[place->half], place->until);
  g_mutex_unlock (&log->lock);
  return take_failure (log, failure, error);
}

gboolean
ll_log_sync_letters (LlLog *log, GError **error)
{
  int failure = 0;

  g_mutex_lock (&log->lock);
  for (guint i = 0; i < 2 && failure == 0; i++)
    failure = sync_until (log, &log->halves[i], log->halves[i].letters);
  g_mutex_unlock (&log->lock);
  return take_failure (log, failure, error);
}
