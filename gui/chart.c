/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/chart.h"

/* Between two bars, as a share of one. */
#define GAP 0.25
#define HEIGHT 140
/* So that a day alone is a bar and no wall. */
#define BAR_MAX 48

struct _LlChart
{
  GtkWidget parent_instance;

  GArray *bars; /* of Bar */
  guint highest;
};

typedef struct
{
  guint counts[LL_CHART_KINDS];
} Bar;

G_DEFINE_FINAL_TYPE (LlChart, ll_chart, GTK_TYPE_WIDGET)

/* Told apart also by those who see red and green alike (after Okabe and Ito). */
static const GdkRGBA colours[LL_CHART_KINDS] = {
  { 0.00f, 0.45f, 0.70f, 1 }, { 0.00f, 0.62f, 0.45f, 1 }, { 0.34f, 0.71f, 0.91f, 1 },
  { 0.80f, 0.47f, 0.65f, 1 }, { 0.90f, 0.62f, 0.00f, 1 }, { 0.60f, 0.60f, 0.60f, 1 },
};

const GdkRGBA *
ll_chart_colour (guint kind)
{
  return &colours[kind % LL_CHART_KINDS];
}

void
ll_chart_clear (LlChart *self)
{
  g_array_set_size (self->bars, 0);
  self->highest = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ll_chart_add (LlChart *self, const guint counts[LL_CHART_KINDS])
{
  Bar bar;
  guint sum = 0;

  for (guint i = 0; i < LL_CHART_KINDS; i++)
    {
      bar.counts[i] = counts[i];
      sum += counts[i];
    }
  g_array_append_val (self->bars, bar);
  self->highest = MAX (self->highest, sum);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
draw_bar (LlChart *self, GtkSnapshot *snapshot, const Bar *bar, float left, float width)
{
  float bottom = (float) gtk_widget_get_height (GTK_WIDGET (self));
  float unit = bottom / (float) self->highest;

  for (guint i = 0; i < LL_CHART_KINDS; i++)
    {
      float height = (float) bar->counts[i] * unit;

      gtk_snapshot_append_color (snapshot, &colours[i],
                                 &GRAPHENE_RECT_INIT (left, bottom - height, width, height));
      bottom -= height;
    }
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LlChart *self = LL_CHART (widget);
  gboolean is_mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float whole = (float) gtk_widget_get_width (widget);
  float step, width;

  if (self->bars->len == 0 || self->highest == 0)
    return;
  step = MIN (whole / (float) self->bars->len, BAR_MAX);
  width = step * (1 - (float) GAP);
  for (guint i = 0; i < self->bars->len; i++)
    draw_bar (self, snapshot, &g_array_index (self->bars, Bar, i),
              is_mirrored ? whole - (float) i * step - width : (float) i * step, width);
}

static void
measure (GtkWidget *widget,
         GtkOrientation orientation,
         int for_size,
         int *minimum,
         int *natural,
         int *minimum_baseline,
         int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 100;
}

static void
finalize (GObject *object)
{
  g_array_unref (LL_CHART (object)->bars);
  G_OBJECT_CLASS (ll_chart_parent_class)->finalize (object);
}

static void
ll_chart_class_init (LlChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ll_chart_init (LlChart *self)
{
  self->bars = g_array_new (FALSE, FALSE, sizeof (Bar));
}
