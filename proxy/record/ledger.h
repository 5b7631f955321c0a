/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/database.h"
#include "spool/store.h"

G_BEGIN_DECLS

/*
 * The ledger: what was done with every letter and why, for as long as retention
 * says. Written after the spool, by one writer thread; at start completed from the
 * spool. Addresses and times; subjects only if switched on, and sealed.
 *
 * Thread-safe. Readers have connections of their own (WAL).
 */

typedef struct _LlLedger LlLedger;

LlLedger *ll_ledger_open (const char *path, GError **error);
void ll_ledger_close (LlLedger *ledger); /* writes what is waiting */

/* Before each of its commits the letters of @store are synced: after a power loss it tells of none
 * that is gone. @store (not owned) lives longer. */
void ll_ledger_follow (LlLedger *ledger, LlStore *store);

/* Whether subjects are kept, sealed to the key of the store that is followed. FALSE, as it begins:
 * none is taken or shown, and those that there are are erased when this returns TRUE; where they
 * cannot be, ll_ledger_prune tries again. Waits for the writer thread. */
gboolean ll_ledger_keep_subjects (LlLedger *ledger, gboolean keep, GError **error);

/* A snapshot of the letter as it is now: inserts or updates. Queued to the writer, in order;
 * returns at once. @subject: LL_ASIDE_MAX octets at most; NULL: the one that is kept stays.
 *
 * Of each recipient's LlProgress.extra (a{sv}), these keys are understood, and all are shown:
 * evidence source why bound confidence code mode provider s; rule u; overridden requiretls b;
 * proof a{sv}. Words are those of api/names.h; an unknown word is shown, and not counted. */
void ll_ledger_put (LlLedger *ledger, const LlLetter *letter, const char *subject);

/* A point of the letter's timeline: "accepted", "decided", "sent"... with one sentence. */
void ll_ledger_event (LlLedger *ledger, const char *id, const char *event, const char *text);

/* Waits until all that was put before is committed and on disk: call it before a letter leaves the
 * spool. LL_STORE_ERROR_FULL and others: nothing is lost in memory, the writer tries again. */
gboolean ll_ledger_flush (LlLedger *ledger, GError **error);

/* Called on the writer thread after each commit with the ids that changed. */
typedef void (*LlLedgerChanged) (const char *const *ids, gpointer data);
void ll_ledger_watch (LlLedger *ledger, LlLedgerChanged changed, gpointer data);

/* -- reading --------------------------------------------------------------------------- */

typedef struct
{
  const char *state;   /* letter's own state by name, or NULL */
  const char *address; /* any recipient or sender contains it, or NULL */
  const char *account;
  gint64 since; /* 0: no bound */
  gint64 until;
  guint limit;               /* 1..1000 */
  const char *before;        /* id: page on below it, or NULL */
  const char *const *states; /* beside @state: any recipient has one of these; or NULL */
} LlLedgerQuery;

/* From the dictionary that comes over the bus (state states address account since until limit
 * before): LL_API_ERROR_INVALID names what is wrong. What is set points into @dictionary and, for
 * @states, into *strings, which the caller frees with g_free. */
gboolean ll_ledger_query_parse (GVariant *dictionary,
                                LlLedgerQuery *query,
                                const char ***strings,
                                GError **error);

/* a{sv} for each letter, newest first, fields as in design 4.7. (transfer full, element full) */
GPtrArray *ll_ledger_list (LlLedger *ledger, const LlLedgerQuery *query, GError **error);

/* The same for the bus: parses @dictionary, returns aa{sv} (transfer full), and in *next the
 * "before" of the next page, "" on the last (transfer full). */
GVariant *ll_ledger_list_page (LlLedger *ledger, GVariant *dictionary, char **next, GError **error);

/* The ids of all that match, whatever its limit, newest first: at (transfer full), the digits of
 * each read as one number. LL_LEDGER_IDS_MAX at most. */
GVariant *ll_ledger_list_ids (LlLedger *ledger, GVariant *dictionary, GError **error);

/* By unique prefix (at least 4 digits); with events. NULL and LL_STORE_ERROR_ABSENT: none or more
 * than one (the message says which). (transfer full) */
GVariant *ll_ledger_get (LlLedger *ledger, const char *prefix, GError **error);

/* Whether (account, digest) was taken since @since: the id, or NULL. (transfer full) */
char *
ll_ledger_find_digest (LlLedger *ledger, const char *account, const char *digest, gint64 since);

/* Whether an answer to @address would tell what one of @message_ids kept locked (design 4.4): it
 * went locked, and not open to this very address. */
gboolean
ll_ledger_was_locked (LlLedger *ledger, const char *address, const char *const *message_ids);

/* Letters received before @before that are done go; VACUUM is not run. Returns how many. Runs on
 * the writer thread and waits for it. */
guint ll_ledger_prune (LlLedger *ledger, gint64 before, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLedger, ll_ledger_close)

G_END_DECLS
