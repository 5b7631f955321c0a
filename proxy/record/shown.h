/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/aside.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* One letter of the ledger as the dictionary that bus and JSON show. For this room only. */

/* Of "letters l". */
#define LL_SHOWN_COLUMNS                                                                           \
  "l.seq, l.id, l.received, l.updated, l.account, l.sender, l.message_id, l.size, l.state,"        \
  " (SELECT sealed FROM subjects s WHERE s.letter = l.seq)"

/* A row of LL_SHOWN_COLUMNS. @asides: NULL where no subject is to be shown. @events: with its
 * timeline. (transfer full) a{sv} */
GVariant *ll_shown_letter (
    sqlite3 *reader, sqlite3_stmt *statement, LlAsides *asides, gboolean events, GError **error);

G_END_DECLS
