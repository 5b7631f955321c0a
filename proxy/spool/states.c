/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/states.h"

/*
 * THE STATES OF A LETTER ON DISK
 *
 * FOLDER/ holds key.pub, ids, lock, reserve, log.0, log.1, tmp/, letters/ and originals/. A letter
 * is in one of these states; + there, - not there, ? either; in the log: its bytes are, and no
 * "gone" follows:
 *
 *       log  tmp/ID  letters/ID.letter  letters/ID.journal  what it is
 *   S0   +     ?            -                  ?            ours once it is synced, its states by
 *                                                           its records in the log; it leaves soon,
 *                                                           or moves out
 *   S1   -     -            -                  -            unknown: never here, or gone
 *   S2   -     +            -                  -            coming in; nothing was promised
 *   S3   -     +            -                  +            coming in; about to be promised
 *   S4   ?     ?            +                  ?            ours, its states by the journal
 *   S5   -     -            -                  +            done, or never promised: being cleared
 *
 *   from   by                                                              to
 *   S1     commit of a letter that is in memory only: its bytes into the
 *          log; no room there: as a larger one                             S0
 *   S0     fdatasync of the log                                            S0   250 only after this
 *   S0     record: append to the log; a durable one: fdatasync of it,
 *          which is the letter's, too                                      S0   so is the dot
 *   S0     a record by which it rests (held, waiting, queued, uncertain),
 *          or no room in the log: writes tmp/ID and ID.journal with a
 *          single record, fdatasync of both; rename to letters/ID.letter,
 *          fsync of letters/; then "gone" into the log                     S4
 *   S0     remove: "gone" into the log                                     S1
 *   S1     intake writes its first bytes to tmp/ID                         S2
 *   S2     commit: writes the trailer, fdatasync; makes ID.journal with
 *          its space reserved                                              S3
 *   S3     commit: rename to letters/ID.letter, fsync of letters/          S4   250 only after this
 *   S2 S3  abandon, disk full, any failure: unlink of both                 S1
 *   S4     record: append to ID.journal (made anew if it is not there)     S4
 *   S4     record, when the journal is long: a new one of a single record in tmp/ID,
 *          fdatasync, rename to letters/ID.journal, fsync of letters/     S4
 *   S4     remove: fdatasync of the log, if the letter was ever in it: its
 *          "gone" is certain; unlink of ID.letter                          S5
 *   S5     unlink of ID.journal, only after an fsync of letters/: a power
 *          loss must never bring the letter back without its journal       S1
 *
 * A letter in S0 or S4 may have locked copies, letters/ID.copyN: written in tmp/, fdatasync,
 * rename, fsync of letters/; made before anything of the letter leaves. They go with the letter,
 * and at start when there is none (after S0 became S4); what was half made in tmp/ goes at start.
 *
 * The original of a letter whose locked copy left is kept for its sender: originals/ID.letter, a
 * link to letters/ID.letter, or the same bytes from the log by tmp/ID, fdatasync, rename; fsync of
 * originals/; made in S0 or S4 when all is done, before anything of it goes. So a letter that is to
 * be kept is in S0 or S4, or its original is there. It stays until its time is over (unlink);
 * no letter depends on it.
 *
 * A letter in S0 that was not synced is in S1 after a power loss. So until it is, nobody is
 * promised anything, its dot is not sent, and the ledger says nothing of it (ll_ledger_follow).
 *
 * No other change is made by anybody. After a crash or a power loss, at start:
 *   S2 S3  tmp/ID goes (no 250 was said), then as S5;   S5   ID.journal goes;
 *   S4     stays, a tmp/ID beside it goes;
 *   S0     tmp/ID and ID.journal go; then it moves out, all its records in its journal. After that
 *          both files of the log are emptied, fsync, before anything else happens to a letter.
 * Only one process at a time has the folder: flock on FOLDER/lock.
 *
 * The log is two files. A letter and all about it are in one of them; one is begun anew, with a new
 * epoch, when the other is full and every letter in it is gone. What is gone stays there, sealed,
 * until it is written over or the program starts again.
 *
 * A full disk: an intake fails with FULL and leaves S1. A record that meets a full disk
 * takes the space of FOLDER/reserve (given back when there is room again); its journal, or the log,
 * also has space of its own since the commit. Letters that move out at start may take it, too.
 *
 * FILE FORMATS (numbers are big-endian; GVariants little-endian and in normal form)
 *
 * key.pub                     ID.letter
 *   0  8  "LLkey\0\0\1"         0    8  "LLletter"
 *   8 32  X25519 public half    8    4  version, 1
 *  40 16  SHA-256 of 0..39,    12   12  id
 *         cut to 16            24    8  key id: SHA-256 of the public half, cut to 8
 *                              32   32  ephemeral public half
 * ids: spool/identity.c        64   48  sealed content key; AAD is 0..31
 *                             112   32  commitment
 *                             144   16  SHA-256 of 0..143, cut to 16
 *                             160       content: chunks of 65536 + 16; the last one shorter,
 *                                       0 + 16 when the letter is empty
 *                                       header: GVariant (sxsmsstva(uubuxxmsmsma{sv})), in clear:
 *                                         id, received, account, Message-ID, digest, size,
 *                                         envelope (wire/envelope.h), progress per recipient
 *                                       facts: GVariant a{sv}, sealed, the header as AAD
 *                             -64    8  "LLfooter"
 *                             -56    8  size of the content
 *                             -48    8  length of the header
 *                             -40    8  length of the sealed facts
 *                             -32   32  SHA-256 of 0..159, header, facts, and -64..-33
 *
 * ID.copyN
 *   0  8  "LLcopy\0\1"
 *   8 12  id
 *  20  4  N
 *  24  8  zero
 *  32     chunks as in ID.letter, under HKDF-SHA256 (content key, info "letterlock copy N")
 *
 * ID.journal
 *   0  8  "LLjourna"
 *   8  4  version, 1
 *  12 12  id
 *  24  8  zero
 *  32     records, each at a multiple of 8:
 *           0  4  length of the payload
 *           4  4  sequence: 1, 2, 3...
 *           8  4  base: sequence of the last record that was synced before this one
 *          12  4  zero
 *          16 16  SHA-256 of id, 0..15 and payload, cut to 16
 *          32     payload: GVariant a(u(uubuxxmsmsma{sv})): recipient, progress; of all
 *                 recipients that differ from what the base says
 *         zeros to the end of the file: reserved space
 *
 * log.0, log.1
 *   0  8  "LLlog\0\0\0"
 *   8  8  version, 1
 *  16  8  epoch: above that of the other file when it was begun
 *  24  8  zero
 *  32     entries, one behind the other:
 *           0  4  length of the payload
 *           4  4  kind: 1 letter, 2 record, 3 gone
 *           8  8  epoch
 *          16 12  id
 *          28  4  zero
 *          32 16  SHA-256 of 0..31 and payload, cut to 16
 *          48     payload: the bytes of ID.letter; a record as in ID.journal; nothing. Zeros up to
 * a multiple of 8 the first that is no entry of this epoch is the end: nothing behind it was ever
 * synced
 *
 * an aside, kept elsewhere (spool/aside.h)
 *   0   1  version, 1
 *   1   8  key id, as in ID.letter
 *   9  16  random
 *  25 112  ephemeral public half, sealed key, commitment, as in ID.letter; the context is purpose
 *          and id, each with a zero behind it, and 1..24
 * 137      the text, sealed with the header key of that key, the same context as AAD
 *
 * A record counts when its checksum is right, its sequence is above the last that counted, and
 * its base is not. So an unsynced record that a power loss tore out leaves no gap that matters.
 * What follows the last record that counts is overwritten. A record whose base is missing means
 * that synced records were damaged: CORRUPT, for an older state must never be taken for true (it
 * could send twice).
 *
 * THE JOURNEY OF A RECIPIENT
 *
 * Rows: from; columns: to; x: may follow. Staying is always allowed.
 */

typedef struct
{
  gboolean begin; /* a letter may come in with it */
  guint32 next;   /* bit for each state that may follow */
} Edges;

#define TO(state) (1u << LL_STATE_##state)

/* Not yet handed to the provider: everything but the outcomes of a delivery. */
#define OPEN                                                                                       \
  (TO (CHECKING) | TO (HELD) | TO (WAITING) | TO (QUEUED) | TO (SENDING) | TO (REFUSED)            \
   | TO (DROPPED) | TO (FAILED) | TO (EXPIRED))

static const Edges edges[] = {
  [LL_STATE_CHECKING] = { TRUE, OPEN },
  [LL_STATE_HELD] = { TRUE, OPEN },
  [LL_STATE_WAITING] = { TRUE, OPEN },
  [LL_STATE_QUEUED] = { TRUE, OPEN },
  /* Every end of a delivery; CHECKING: decided again (REQUIRETLS refused, promise 4) */
  [LL_STATE_SENDING] = { TRUE, OPEN | TO (SENT) | TO (UNCERTAIN) },
  /* Only what a person says or the provider's bounce tells; never SENDING: no blind repeat
   * (promise 3), the way to a second try leads through QUEUED or CHECKING. */
  [LL_STATE_UNCERTAIN] = { FALSE, TO (SENT) | TO (CHECKING) | TO (QUEUED) | TO (HELD) | TO (WAITING)
                                      | TO (DROPPED) | TO (FAILED) | TO (BOUNCED) },
  [LL_STATE_SENT]
  = { FALSE, TO (BOUNCED) | TO (OPENED) | TO (REPLIED) | TO (EXPIRED) | TO (RETRACTED) },
  [LL_STATE_OPENED] = { FALSE, TO (REPLIED) | TO (EXPIRED) | TO (RETRACTED) },
  [LL_STATE_REPLIED] = { FALSE, TO (EXPIRED) | TO (RETRACTED) },
  /* Ends; REFUSED and DROPPED may stand beside recipients whose letter goes on. What the mail
   * program hears can still change the word: refused, but 250 was said for the others: FAILED;
   * dropped, and nobody is left: it hears a 5xx, REFUSED. */
  [LL_STATE_REFUSED] = { TRUE, TO (FAILED) },
  [LL_STATE_DROPPED] = { TRUE, TO (REFUSED) },
  [LL_STATE_BOUNCED] = { FALSE, 0 },
  [LL_STATE_FAILED] = { TRUE, 0 },
  [LL_STATE_EXPIRED] = { FALSE, 0 },
  [LL_STATE_RETRACTED] = { FALSE, 0 },
};

gboolean
ll_states_is_state (guint32 number)
{
  return number < G_N_ELEMENTS (edges);
}

gboolean
ll_states_may_begin (LlState state)
{
  return ll_states_is_state (state) && edges[state].begin;
}

gboolean
ll_states_may_follow (LlState from, LlState to)
{
  if (!ll_states_is_state (from) || !ll_states_is_state (to))
    return FALSE;
  return from == to || (edges[from].next & (1u << to)) != 0;
}
