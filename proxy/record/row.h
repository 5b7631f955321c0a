/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * One letter as the ledger keeps it: copied from the pipeline's thread, written by
 * the writer's. Content is not in it, and its subject is sealed.
 */

typedef struct _LlRow LlRow;

/* @subject: sealed, or NULL. (transfer full) */
LlRow *ll_row_new (const LlLetter *letter, GBytes *subject);
void ll_row_free (LlRow *row);

/* Whether a person has to decide for some recipient. */
gboolean ll_row_is_held (const LlRow *row);

gboolean ll_row_has_subject (const LlRow *row);

/* The statements that write rows, prepared once. */
typedef struct
{
  sqlite3_stmt *letter;
  sqlite3_stmt *recipient;
  sqlite3_stmt *subject;
  sqlite3_stmt *event;
} LlRowStatements;

gboolean ll_row_statements_init (LlRowStatements *statements, sqlite3 *database, GError **error);
void ll_row_statements_clear (LlRowStatements *statements);

/* @subjects: whether its subject is written, where it has one. */
gboolean ll_row_write (LlRow *row, LlRowStatements *statements, gboolean subjects, GError **error);
gboolean ll_row_write_event (LlRowStatements *statements,
                             const char *id,
                             gint64 when,
                             const char *event,
                             const char *text,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlRow, ll_row_free)

G_END_DECLS
