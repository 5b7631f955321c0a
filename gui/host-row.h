/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "gui/record-row.h"

G_BEGIN_DECLS

/* One mail server of a check: what its stages showed, so far as they are seen. */
#define LL_TYPE_HOST_ROW (ll_host_row_get_type ())
G_DECLARE_FINAL_TYPE (LlHostRow, ll_host_row, LL, HOST_ROW, LlRecordRow)

/* @host: of Check's hosts. */
GtkWidget *ll_host_row_new (GVariant *host);
void ll_host_row_update (LlHostRow *row, GVariant *host);

G_END_DECLS
