/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a set-up changes, kept until it is undone: STATE/setup/NAME/ with the file "record" and, in
 * before/, the files as they were. It is whole on disk before the first change, so whatever ends
 * the program in between, undo finds each file as it was or as it was meant to be.
 *
 * The copies hold what the originals hold, saved passwords sealed by the mail program among them;
 * they are as private as those, and go with the record.
 */

typedef struct
{
  char *folder;
  int at_work;    /* the folder, locked while it is made; -1: not */
  GKeyFile *file; /* [setup] client, target, files, time; further groups are the client's */
} LlSetupRecord;

typedef enum
{
  LL_SETUP_BEFORE, /* as it was */
  LL_SETUP_AFTER,  /* as the set-up wrote it */
  LL_SETUP_OTHER,  /* written by somebody since */
} LlSetupState;

/* A new one for the mail program's @target (a folder). LL_API_ERROR_REFUSED: it has one, another
 * call makes it now, or its name is not UTF-8. */
LlSetupRecord *ll_setup_record_new (const char *client, const char *target, GError **error);
void ll_setup_record_free (LlSetupRecord *record); /* one that was not kept goes from the disk */

/* A file of the target, or elsewhere with an absolute @name, and what it will be; NULL: none.
 * Applied in the order of these calls. LL_API_ERROR_REFUSED: the name cannot be written down. */
gboolean ll_setup_record_add (
    LlSetupRecord *record, const char *name, GBytes *before, GBytes *after, GError **error);

/* From here on undo knows of it. */
gboolean ll_setup_record_keep (LlSetupRecord *record, GError **error);

/* Writes what was added into the target. */
gboolean ll_setup_record_apply (LlSetupRecord *record, GError **error);

/* All that were kept; @error: the first of those that cannot be read, which are left out and stay.
 * (transfer full) of LlSetupRecord */
GPtrArray *ll_setup_records (GError **error);

/* (transfer full) */
char *ll_setup_record_text (const LlSetupRecord *record, const char *key);

/* Of a file that the set-up touched, and that is @now (NULL: it is not there). */
LlSetupState ll_setup_record_state (const LlSetupRecord *record, const char *name, GBytes *now);
gboolean ll_setup_record_has (const LlSetupRecord *record, const char *name);

/* As it is now; NULL without @error: it is not there. (transfer full) */
GBytes *ll_setup_record_now (const LlSetupRecord *record, const char *name, GError **error);
gboolean ll_setup_record_write (const LlSetupRecord *record,
                                const char *name,
                                GBytes *bytes,
                                GError **error);

/* Of the file. (transfer full) */
char *ll_setup_record_folder (const LlSetupRecord *record, const char *name);

/* In the order of their making. (transfer full) */
GStrv ll_setup_record_files (const LlSetupRecord *record);

/* Puts a file back, byte for byte, where it is still as the set-up wrote it. What it is now
 * (transfer full) where that will not do, since somebody wrote it since, or our copy is not whole;
 * else NULL, and it is done, or failed with @error. */
GBytes *ll_setup_record_put_back (const LlSetupRecord *record, const char *name, GError **error);

/* As it was; NULL without @error: there was none. LL_STORE_ERROR_CORRUPT: the copy is not what was
 * kept. (transfer full) */
GBytes *ll_setup_record_before (const LlSetupRecord *record, const char *name, GError **error);

/* Its work is done: nothing of it stays, here or beside the target's files. */
void ll_setup_record_drop (LlSetupRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSetupRecord, ll_setup_record_free)

G_END_DECLS
