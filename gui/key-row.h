/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include "gui/record-row.h"

G_BEGIN_DECLS

/*
 * One key or certificate of somebody: whether it would be used, why, and your word about it.
 * After that the action "people.decided" is called.
 */
#define LL_TYPE_KEY_ROW (ll_key_row_get_type ())
G_DECLARE_FINAL_TYPE (LlKeyRow, ll_key_row, LL, KEY_ROW, LlRecordRow)

/* @key: as ListKeys gives it for @address. */
GtkWidget *ll_key_row_new (LlDaemon *daemon, const char *address, GVariant *key);

G_END_DECLS
