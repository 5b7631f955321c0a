/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"
#include "gui/record-row.h"

G_BEGIN_DECLS

/*
 * A recipient who waits for a decision: opened, who wrote to him, what can be done, and the way to
 * the letter.
 */
#define LL_TYPE_HELD_ROW (ll_held_row_get_type ())
G_DECLARE_FINAL_TYPE (LlHeldRow, ll_held_row, LL, HELD_ROW, LlRecordRow)

/* @letter: as of ListLetters; @recipient: one of its. (transfer floating) */
GtkWidget *ll_held_row_new (LlDaemon *daemon, GVariant *letter, GVariant *recipient);

/* Whether a new one would show the same, and offer the same. */
gboolean ll_held_row_is_of (LlHeldRow *row, GVariant *letter, GVariant *recipient);

G_END_DECLS
