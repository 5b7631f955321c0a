/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What would happen to a letter. */

/* To @address, if @rule (may be floating; NULL: none more) stood there: @list shows it once it is
 * known, until then it is hidden and @spinner turns. Returns what ends the question, for
 * ll_preview_end. (transfer full) */
GCancellable *ll_preview_start (
    GtkListBox *list, GtkSpinner *spinner, LlDaemon *daemon, const char *address, GVariant *rule);

/* Ends it where it is still under way, since it was about another letter or rule, and clears
 * @looking (may be NULL). */
void ll_preview_end (GCancellable **looking);

G_END_DECLS
