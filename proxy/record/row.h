/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * One letter as the ledger keeps it: copied from the pipeline's thread, written by
 * the writer's. Content and subject are not in it.
 */

typedef struct _LlRow LlRow;

LlRow *ll_row_new (const LlLetter *letter);
void ll_row_free (LlRow *row);

/* Whether a person has to decide for some recipient. */
gboolean ll_row_is_held (const LlRow *row);

/* The statements that write rows, prepared once. */
typedef struct
{
  sqlite3_stmt *letter;
  sqlite3_stmt *recipient;
  sqlite3_stmt *event;
} LlRowStatements;

gboolean ll_row_statements_init (LlRowStatements *statements, sqlite3 *database, GError **error);
void ll_row_statements_clear (LlRowStatements *statements);

gboolean ll_row_write (LlRow *row, LlRowStatements *statements, GError **error);
gboolean ll_row_write_event (LlRowStatements *statements,
                             const char *id,
                             gint64 when,
                             const char *event,
                             const char *text,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlRow, ll_row_free)

G_END_DECLS
