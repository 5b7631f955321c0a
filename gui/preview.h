/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What would happen to a letter: @decision as one of Preview's answer. A row as of gui/list.h;
 * @data is not looked at. (transfer floating) */
GtkWidget *ll_preview_row_new (GVariant *decision, gpointer data);

G_END_DECLS
