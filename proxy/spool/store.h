/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"
#include "base/clock.h"
#include "secrets/store.h"
#include "spool/extra.h"
#include "wire/envelope.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The durable, encrypted letter store: the truth about every letter that was
 * accepted and is not yet done (promise 2). The table of legal on-disk states
 * and the file formats stand at the top of spool/states.c.
 *
 * A letter is two files: ID.letter, written once (header with envelope in clear,
 * content sealed in chunks), and ID.journal, append-only records of its state, each
 * with a checksum and fdatasync'd before the call returns. The journal's last whole
 * record counts. A small letter that leaves at once never gets them: it and its
 * records are in a log that many letters share, one fdatasync for all that wait.
 *
 * The content key is made at intake, sealed to the public half of the user's key
 * pair, and kept in memory for as long as the LlLetter lives: delivery at once
 * needs no keyring, and a locked keyring never stops intake.
 *
 * Thread-safe as a whole; one LlLetter is used by one thread at a time (claim it).
 * Errors: LL_STORE_ERROR.
 */

/* One recipient's place in the journey, as the journal keeps it. */
typedef struct
{
  LlState state;
  LlMethod method;
  gboolean requiretls; /* decided: MAIL carries REQUIRETLS */
  guint tries;
  gint64 next_try; /* wall seconds, 0: none */
  gint64 decided;  /* wall seconds of the last decision, 0: decide anew */
  char *reason;    /* one sentence, or NULL */
  char *reply;     /* the provider's last reply, or NULL */
  LlExtra *extra;  /* what the ledger shows (evidence, source, bound, ..., proof), and marks */
} LlProgress;

typedef struct
{
  char *id;         /* 12 lower-case hex digits; unique for ever on this machine */
  gint64 received;  /* wall seconds */
  char *account;    /* name */
  char *message_id; /* or NULL */
  char *digest;     /* of account, envelope and bytes, hex: repeats (promise 3) */
  guint64 size;     /* content octets */
  LlEnvelope *envelope;
  GPtrArray *progress; /* of LlProgress, one per recipient of the envelope, same order */
  GVariant *facts;     /* a{sv}: what message/ found that later stages need, or NULL */
  /* private */
  gpointer store;
  gpointer key;
  GMutex lock;
} LlLetter;

typedef struct _LlStore LlStore;

/* Opens (and makes) @folder; makes the key pair on first use: public half in the folder,
 * private half in @secrets. Finishes or clears what a crash left half-done. */
LlStore *ll_store_new (const char *folder, LlSecretStore *secrets, GError **error);
void ll_store_free (LlStore *store);

/* Ids of all letters that have files, oldest first; after ll_store_new that is all of them, later
 * those on their way are known to who took them only. (transfer full) */
GStrv ll_store_list (LlStore *store);

/* (transfer full) reads header and journal of a letter that has files; the content may still be
 * LOCKED (facts are NULL then: they are sealed as the content is). */
LlLetter *ll_store_load (LlStore *store, const char *id, GError **error);

/* -- intake: begin, write, then commit or abandon ---------------------------- */

typedef struct _LlIntake LlIntake;

/* Reserves an id and a file in tmp/. */
LlIntake *ll_store_begin (LlStore *store, GError **error);
const char *ll_intake_id (LlIntake *intake);
gboolean ll_intake_write (LlIntake *intake, const char *bytes, gsize length, GError **error);

/* Over @account, sender, recipients and the bytes so far, 64 hex digits: what LlLetter.digest
 * holds, computed while writing (promise 3). Keyed with a key of this store: it tells nobody else
 * anything about the letter. (transfer full) */
char *ll_intake_digest (LlIntake *intake, const char *account, const LlEnvelope *envelope);

/* After this returns TRUE the letter survives kill -9 and a full disk, and with @durable power
 * loss; without it a small one does after its first durable record, or ll_store_sync.
 * Fills @letter's id, size and key; everything else in it was set by the caller.
 * Consumes the intake in every case. */
gboolean ll_intake_commit (LlIntake *intake, LlLetter *letter, gboolean durable, GError **error);
void ll_intake_abandon (LlIntake *intake);

/* -- reading content ----------------------------------------------------------- */

typedef struct _LlReader LlReader;

/* From the first byte. LOCKED when the key is neither in memory nor in an open keyring, LOST
 * when it is gone for good: report the letter as lost, by its id (promise 2). Fills
 * @letter's facts where a locked keyring left them out at load. */
LlReader *ll_store_read (LlStore *store, LlLetter *letter, GError **error);

/* Up to @length bytes, 0 at the end, -1 on error (CORRUPT). */
gssize ll_reader_read (LlReader *reader, void *bytes, gsize length, GError **error);
void ll_reader_free (LlReader *reader);

/* -- the journey ------------------------------------------------------------------ */

/* From here on every letter that was committed survives power loss. */
gboolean ll_store_sync (LlStore *store, GError **error);

/* Appends the letter's progress to its journal. @durable: fdatasync before returning. Illegal
 * transitions (spool/states.c) are a bug: refused with CORRUPT and logged. */
gboolean ll_store_record (LlStore *store, LlLetter *letter, gboolean durable, GError **error);

/* Grows with each record: ll_store_record writes none when the journal says it all already. */
guint ll_store_records (const LlLetter *letter);

/* Whether the letter itself survives power loss. */
gboolean ll_store_is_synced (const LlLetter *letter);

/* Nothing of the letter is read or recorded any more: what was kept for that, its key first, goes
 * from memory. */
void ll_store_close (LlLetter *letter);

/* The letter is done and the ledger has it: its files go, if it has any. */
gboolean ll_store_remove (LlStore *store, LlLetter *letter, GError **error);

/* One owner at a time: TRUE when the caller now owns @id (and must release it). */
gboolean ll_store_claim (LlStore *store, const char *id);
/* Waits for the owner there is. */
gboolean ll_store_claim_wait (LlStore *store, const char *id, LlDeadline deadline);
void ll_store_release (LlStore *store, const char *id);

LlLetter *ll_letter_new (void);
void ll_letter_free (LlLetter *letter);
LlProgress *ll_progress_new (void);
void ll_progress_free (LlProgress *progress);

#define ll_letter_progress(letter, i) ((LlProgress *) g_ptr_array_index ((letter)->progress, (i)))

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlStore, ll_store_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlReader, ll_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLetter, ll_letter_free)

G_END_DECLS
