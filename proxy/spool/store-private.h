/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/folder.h"
#include "spool/format.h"
#include "spool/identity.h"
#include "spool/key.h"
#include "spool/log.h"
#include "spool/store.h"

G_BEGIN_DECLS

/* What the files of this room share; nobody else includes this. */

struct _LlStore
{
  char *folder;
  char *incoming; /* FOLDER/tmp */
  int lock_fd;
  LlFolder *letters;
  LlFolder *originals;
  LlLog *log;
  LlIdentity *identity;
  guint8 repeats[LL_IDENTITY_KEY]; /* what repeated letters are known by */
  LlStoreKey *key;
  GMutex lock; /* of all below */
  GHashTable *claims;
  GCond released; /* one of them */
  guint claiming; /* who waits for that */
  int reserve_fd;
  gboolean reserve_held;
};

/* What a LlLetter carries for us in its private field. */
typedef struct
{
  LlSecret *key;       /* of the content; NULL while it is not to be had */
  GPtrArray *recorded; /* of GVariant: each recipient's progress as on disk */
  GPtrArray *synced;   /* of GVariant: the same, as certainly on disk */
  guint64 end;         /* of the last whole record; 0: no record yet */
  guint32 sequence;    /* of that record */
  guint32 base;        /* of the last synced one */
  gboolean torn;       /* something follows the last whole record */
  gboolean logged;     /* it is in the log, and has no files; */
  gboolean unsynced;   /* nor is it synced there */
  LlLogPlace place;    /* where; until it moved out: what must be certain before its files go */
} LlLetterKept;

#define ll_letter_kept(letter) ((LlLetterKept *) (letter)->key)

/* Consumes @cause: a full disk is FULL, anything else IO. Returns FALSE. */
gboolean ll_store_take_error (GError **error, GError *cause);

/* "FOLDER/letters/ID.letter" and so on. (transfer full) */
char *ll_store_path (LlStore *store, const char *id, const char *suffix);
char *ll_store_incoming_path (LlStore *store, const char *id);

/* -- letter.c -------------------------------------------------------------------------- */

/* Opens ID.letter, or its bytes in the log, and reads what stands around its content. */
typedef struct
{
  int fd;
  guint64 at; /* of the letter in there */
  LlPreamble preamble;
  LlFooter footer;
  GBytes *header;
  GBytes *facts; /* sealed */
} LlLetterFile;

/* @kept: NULL when the letter is only being loaded */
gboolean ll_letter_file_open (
    LlStore *store, const char *id, const LlLetterKept *kept, LlLetterFile *out, GError **error);

/* A descriptor (the caller's) in which the letter's bytes are from *at on; -1: @error. */
int ll_letter_open_bytes (LlStore *store,
                          const char *id,
                          const LlLetterKept *kept,
                          guint64 *at,
                          guint64 *length,
                          GError **error);

/* The same from a descriptor that is in @file already. */
gboolean ll_letter_file_read (LlLetterFile *file, const char *id, guint64 length, GError **error);
void ll_letter_file_clear (LlLetterFile *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlLetterFile, ll_letter_file_clear)

LlLetterKept *ll_letter_keep (LlStore *store, LlLetter *letter);

/* The content key into @letter, and its facts with it. */
gboolean
ll_letter_unlock (LlStore *store, LlLetter *letter, const LlLetterFile *file, GError **error);

/* -- reader.c ---------------------------------------------------------------------------- */

/* Chunks of @size octets in all, from @begin of @fd on; takes over both. */
LlReader *ll_reader_new (LlSeal *seal, int fd, guint64 begin, guint64 size);

/* -- copy.c ------------------------------------------------------------------------------ */

/* Those of a letter that is about to go. */
void ll_copies_remove (LlStore *store, const LlLetter *letter);

/* Whether @name is that of a copy, and of which letter. */
gboolean ll_copies_name (const char *name, char id[LL_ID_LENGTH + 1]);

/* -- changes.c --------------------------------------------------------------------------- */

/* What differs from the last synced record; NULL when the last record says it all already, or with
 * @error. @now gets all recipients as they are. (floating) */
GVariant *ll_changes_of (LlLetter *letter, GPtrArray *now, gboolean durable, GError **error);

/* -- journal.c --------------------------------------------------------------------------- */

/* Applies the journal's records to @letter, as ll_parse_header left it. */
gboolean ll_journal_load (LlStore *store, LlLetter *letter, GError **error);

/* What the records of a letter usually take. */
gsize ll_journal_space (guint recipients);

/* An empty one with space for some records, so that they can be written on a full disk. */
gboolean ll_journal_prepare (LlStore *store, const char *id, guint recipients, GError **error);

/* -- rest.c: out of the log into files ------------------------------------------------------ */

/* Whether nothing happens to the letter for now, and something is still to. */
gboolean ll_rest_is_due (const LlLetter *letter);

/* Makes both files of a letter of the log, durably, or none. @records: its journal's. */
gboolean ll_rest_make_files (LlStore *store,
                             const char *id,
                             GBytes *letter,
                             GBytes *records,
                             guint recipients,
                             GError **error);

/* At start: what is in the log gets files, and the log is empty. */
gboolean ll_rest_recover (LlStore *store, GError **error);

/* -- room.c: space kept back for a full disk ------------------------------------------------ */

void ll_room_open (LlStore *store);
void ll_room_close (LlStore *store);

/* Gives the reserve away; FALSE when there was none. */
gboolean ll_room_release (LlStore *store);

/* Takes it again, if it was given away and the disk has room. */
void ll_room_refill (LlStore *store);

G_END_DECLS
