/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A list box that shows what the daemon answered, and pages that ask for it whenever they come to
 * be seen: the command line may have changed it meanwhile. */

/* A row for one dictionary of the bus. (transfer floating) */
typedef GtkWidget *(*LlListRow) (GVariant *one, gpointer data);

/* A row for each of @of (aa{sv}) in place of those that are there; the list is seen from then on.
 * NULL: none. */
void ll_list_fill (GtkListBox *list, GVariant *of, LlListRow make, gpointer data);

/* Calls @ask (@page) when @page is shown or @daemon comes, if both are so. */
void ll_list_keep_fresh (GtkWidget *page, LlDaemon *daemon, void (*ask) (GtkWidget *page));

G_END_DECLS
