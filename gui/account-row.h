/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include "gui/record-row.h"

G_BEGIN_DECLS

/* One account: what it is, and a test of it that sends nothing. */
#define LL_TYPE_ACCOUNT_ROW (ll_account_row_get_type ())
G_DECLARE_FINAL_TYPE (LlAccountRow, ll_account_row, LL, ACCOUNT_ROW, LlRecordRow)

/* @account: as ListAccounts gives it. */
GtkWidget *ll_account_row_new (LlDaemon *daemon, GVariant *account);

G_END_DECLS
