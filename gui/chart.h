/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How many kinds a bar can be stacked of. */
#define LL_CHART_KINDS 6

/*
 * Bars over time, each stacked of kinds in one colour each. What it shows is said in words beside
 * it: the colours alone mean nothing to many.
 */
#define LL_TYPE_CHART (ll_chart_get_type ())
G_DECLARE_FINAL_TYPE (LlChart, ll_chart, LL, CHART, GtkWidget)

void ll_chart_clear (LlChart *chart);
/* One more bar, the latest: at the end of the line, as a text would go on. */
void ll_chart_add (LlChart *chart, const guint counts[LL_CHART_KINDS]);

/* The colour of a kind, for the words beside it. (transfer none) */
const GdkRGBA *ll_chart_colour (guint kind);

G_END_DECLS
