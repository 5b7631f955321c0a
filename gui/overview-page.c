/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/overview-page.h"

#include "api/intl.h"
#include "api/text.h"
#include "gui/chart.h"
#include "gui/list.h"
#include "gui/toast.h"

#include <json-glib/json-glib.h>

#define DAYS 30

struct _LlOverviewPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  LlChart *chart;
  GtkLabel *from;
  GtkLabel *to;
  GtkListBox *numbers;

  LlDaemon *daemon;
};

G_DEFINE_FINAL_TYPE (LlOverviewPage, ll_overview_page, ADW_TYPE_BIN)

/* The order of the stack, from below. */
static const LlMethod kinds[LL_CHART_KINDS] = {
  LL_METHOD_TLS, LL_METHOD_PGP, LL_METHOD_SMIME, LL_METHOD_ESCROW, LL_METHOD_OPEN, LL_METHOD_NONE,
};

static const char *
kind_in_words (LlMethod method)
{
  return method == LL_METHOD_NONE ? _ ("not sent, or not decided yet") : ll_text_method (method);
}

static void
read_counts (JsonObject *line, guint counts[LL_CHART_KINDS])
{
  JsonObject *methods = json_object_get_object_member (line, "method");

  for (guint i = 0; i < LL_CHART_KINDS; i++)
    {
      const char *name = ll_method_name (kinds[i]);

      counts[i] = (guint) json_object_get_int_member_with_default (methods,
                                                                   name != NULL ? name : "none", 0);
    }
}

/* -- numbers ------------------------------------------------------------------------------- */

static void
paint_cb (GtkDrawingArea *area, cairo_t *cairo, int width, int height, gpointer data)
{
  gdk_cairo_set_source_rgba (cairo, data);
  cairo_paint (cairo);
}

static GtkWidget *
swatch_new (guint kind)
{
  GtkWidget *swatch = gtk_drawing_area_new ();

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), 14);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), 14);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), paint_cb,
                                  (gpointer) ll_chart_colour (kind), NULL);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  return swatch;
}

static void
add_number (LlOverviewPage *self, GtkWidget *swatch, const char *what, guint n, guint of)
{
  GtkWidget *row = adw_action_row_new ();
  /* Translators: a number of recipients, and its share of all */
  g_autofree char *number = g_strdup_printf (_ ("%u (%u %%)"), n, of > 0 ? n * 100 / of : 0);
  GtkWidget *label = gtk_label_new (number);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), what);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  if (swatch != NULL)
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), swatch);
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_list_box_append (self->numbers, row);
}

static void
show_summary (LlOverviewPage *self, JsonObject *summary)
{
  guint all = (guint) json_object_get_int_member_with_default (summary, "recipients", 0);
  guint counts[LL_CHART_KINDS];

  read_counts (summary, counts);
  for (guint i = 0; i < LL_CHART_KINDS; i++)
    if (counts[i] > 0)
      add_number (self, swatch_new (i), kind_in_words (kinds[i]), counts[i], all);
  add_number (self, NULL, _ ("You had to decide"),
              (guint) json_object_get_int_member_with_default (summary, "held", 0), all);
  gtk_stack_set_visible_child_name (self->stack, all > 0 ? "mail" : "nothing");
}

/* -- the report ------------------------------------------------------------------------------ */

static void
show_period (LlOverviewPage *self, JsonObject *period, gboolean is_first)
{
  const char *start = json_object_get_string_member_with_default (period, "start", "");
  guint counts[LL_CHART_KINDS];

  read_counts (period, counts);
  ll_chart_add (self->chart, counts);
  if (is_first)
    gtk_label_set_text (self->from, start);
  gtk_label_set_text (self->to, start);
}

/* One object a line: a summary, then the periods, then what is not shown here. */
static void
show_line (LlOverviewPage *self, const char *line, gboolean *is_first)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object;
  const char *kind;

  if (!json_parser_load_from_data (parser, line, -1, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return;
  object = json_node_get_object (json_parser_get_root (parser));
  kind = json_object_get_string_member_with_default (object, "kind", "");
  if (g_str_equal (kind, "summary"))
    show_summary (self, object);
  else if (g_str_equal (kind, "period"))
    {
      show_period (self, object, *is_first);
      *is_first = FALSE;
    }
}

static void
report_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlOverviewPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_auto (GStrv) lines = NULL;
  const char *document;
  gboolean is_first = TRUE;

  if (reply == NULL)
    {
      ll_toast (GTK_WIDGET (self), error->message);
      return;
    }
  ll_chart_clear (self->chart);
  ll_list_fill (self->numbers, NULL, NULL, NULL);
  g_variant_get (reply, "(&s)", &document);
  lines = g_strsplit (document, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      show_line (self, lines[i], &is_first);
}

static void
ask (GtkWidget *page)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, 1 - DAYS);
  g_autofree char *since = g_date_time_format (then, "%Y-%m-%d");
  g_auto (GVariantDict) query = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&query, "since", "s", since);
  ll_daemon_call (LL_OVERVIEW_PAGE (page)->daemon, "Report",
                  g_variant_new ("(@a{sv}s)", g_variant_dict_end (&query), "json"), NULL, report_cb,
                  g_object_ref (page));
}

/* -- class ----------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  g_clear_object (&LL_OVERVIEW_PAGE (object)->daemon);
  G_OBJECT_CLASS (ll_overview_page_parent_class)->dispose (object);
}

static void
ll_overview_page_class_init (LlOverviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  g_type_ensure (LL_TYPE_CHART);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlOverviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, LlOverviewPage, chart);
  gtk_widget_class_bind_template_child (widget_class, LlOverviewPage, from);
  gtk_widget_class_bind_template_child (widget_class, LlOverviewPage, to);
  gtk_widget_class_bind_template_child (widget_class, LlOverviewPage, numbers);
}

static void
ll_overview_page_init (LlOverviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ll_overview_page_new (LlDaemon *daemon)
{
  LlOverviewPage *self = g_object_new (LL_TYPE_OVERVIEW_PAGE, NULL);

  self->daemon = g_object_ref (daemon);
  ll_list_keep_fresh (GTK_WIDGET (self), daemon, ask);
  return GTK_WIDGET (self);
}
