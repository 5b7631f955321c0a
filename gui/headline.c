/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/headline.h"

#include "api/read.h"
#include "gui/look.h"

struct _LlHeadline
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *what;
  GtkLabel *why;
};

G_DEFINE_FINAL_TYPE (LlHeadline, ll_headline, ADW_TYPE_BIN)

void
ll_headline_show (
    LlHeadline *self, const char *icon, const char *style, const char *what, const char *why)
{
  g_autofree char *heading = ll_read_as_heading (what);

  ll_look_show (self->icon, icon, style);
  gtk_label_set_text (self->what, heading);
  gtk_label_set_text (self->why, why);
  gtk_widget_set_visible (GTK_WIDGET (self->why), *why != '\0');
}

static void
ll_headline_class_init (LlHeadlineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/headline.ui");
  gtk_widget_class_bind_template_child (widget_class, LlHeadline, icon);
  gtk_widget_class_bind_template_child (widget_class, LlHeadline, what);
  gtk_widget_class_bind_template_child (widget_class, LlHeadline, why);
}

static void
ll_headline_init (LlHeadline *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
