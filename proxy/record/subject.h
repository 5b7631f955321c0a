/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record/ledger.h"
#include "spool/aside.h"

G_BEGIN_DECLS

/* Subjects in the ledger: sealed before they come into its queue, opened for those who read. For
 * this room only. */

/* NULL where @subject is, where none are kept, or no store is followed. (transfer full) */
GBytes *ll_subject_seal (LlLedger *ledger, const char *id, const char *subject);

/* What opens those of one answer; NULL: none is shown. (transfer full) */
LlAsides *ll_subject_asides (LlLedger *ledger);

/* Into @letter as "subject", where there is one in @column and its key can be had now. */
void ll_subject_show (
    GVariantDict *letter, const char *id, sqlite3_stmt *statement, int column, LlAsides *asides);

/* On the writer thread: all go. */
gboolean ll_subjects_erase (sqlite3 *database, GError **error);

G_END_DECLS
