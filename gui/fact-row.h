/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * "What: so it is", one under the other, so that nothing is cut off at 360 px; what it says can be
 * selected and copied.
 */

/* A row of a list box or an expander row. (transfer floating) */
GtkWidget *ll_fact_row_new (const char *what, const char *so);
GtkWidget *
ll_fact_row_new_with_icon (const char *what, const char *so, const char *icon, const char *style);

G_END_DECLS
