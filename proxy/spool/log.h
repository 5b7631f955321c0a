/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The log of the spool: what has just come in and leaves at once gets no files of its own. The
 * bytes of small letters and the records of their journeys are appended to it; any number of
 * threads wait together for one fdatasync. states.c says what may be in it, and its format.
 *
 * Two files, FOLDER/log.0 and FOLDER/log.1. All about a letter stands in one of them. When one is
 * full and nothing lives in the other any more, that one is begun anew; when something does, there
 * is no room, and the letter gets files. Room for its records is taken with the letter.
 *
 * Thread-safe; one letter is used by one thread at a time. Knows bytes, not what they mean.
 * Errors: G_FILE_ERROR, LL_STORE_ERROR_NEWER.
 */

typedef struct _LlLog LlLog;

/* Where a letter is. */
typedef struct
{
  guint half;    /* which of the two files */
  guint64 at;    /* of its bytes in there */
  gsize length;  /* of them */
  gsize space;   /* kept for its records */
  guint64 until; /* synced so far, its last entry is certain */
} LlLogPlace;

LlLog *ll_log_open (const char *folder, GError **error);
void ll_log_free (LlLog *log);

/* At start, before anything is appended: what a crash left behind, oldest first in each file.
 * @records: what was appended for it, one behind the other. FALSE from @visit ends it. */
typedef gboolean (*LlLogVisit) (
    const char *id, GBytes *letter, GBytes *records, gpointer data, GError **error);
gboolean ll_log_visit (LlLog *log, LlLogVisit visit, gpointer data, GError **error);

/* Empties both files. Durable when it returns: what was in them never comes back. */
gboolean ll_log_clear (LlLog *log, GError **error);

/* Appends a letter and keeps @space for its records. FALSE: no room, nothing happened. */
gboolean ll_log_add (LlLog *log, const char *id, GBytes *letter, gsize space, LlLogPlace *place);

/* Appends a record of it. FALSE: no room, nothing happened. */
gboolean ll_log_record (LlLog *log, const char *id, LlLogPlace *place, GBytes *record);

/* The letter is done, or has files now. From here on nothing of it is read. Durable after the
 * next ll_log_sync of @place. */
void ll_log_leave (LlLog *log, const char *id, LlLogPlace *place);

/* Returns when all that was appended for @place survives power loss. After a failure nothing in the
 * log is certain: it fails until all letters left, and the log was emptied. */
gboolean ll_log_sync (LlLog *log, const LlLogPlace *place, GError **error);

/* The same of all letters that were added, without what was appended for them since. */
gboolean ll_log_sync_letters (LlLog *log, GError **error);

/* The file that the letter's bytes are in. (not owned) */
int ll_log_fd (LlLog *log, const LlLogPlace *place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLog, ll_log_free)

G_END_DECLS
