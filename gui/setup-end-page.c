/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/setup-end-page.h"

#include "api/intl.h"

struct _LlSetupEndPage
{
  AdwBin parent_instance;

  GtkLabel *chosen;
};

G_DEFINE_FINAL_TYPE (LlSetupEndPage, ll_setup_end_page, ADW_TYPE_BIN)

static const char *
words_of (LlSetupChoice choice)
{
  switch (choice)
    {
    case LL_SETUP_CHOSE_NOTHING:
      return "";
    case LL_SETUP_CHOSE_CAREFUL:
      return _ ("Letters whose way is open are locked, or wait for you. For a letter to yourself a "
                "key was found.");
    case LL_SETUP_CHOSE_EVERYDAY:
      return _ ("Letters always leave (Everyday). Those whose way was open are marked.");
    }
  g_return_val_if_reached ("");
}

void
ll_setup_end_page_show (LlSetupEndPage *self, const char *program, LlSetupChoice choice)
{
  const char *chosen = words_of (choice);
  g_autofree char *both
      = program == NULL
            ? g_strdup (chosen)
            : g_strdup_printf (_ ("%s sends through Letterlock from its next start on. %s"),
                               program, chosen);

  gtk_label_set_text (self->chosen, g_strchomp (both));
}

/* -- class ------------------------------------------------------------------------------------ */

static void
ll_setup_end_page_class_init (LlSetupEndPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/setup-end-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlSetupEndPage, chosen);
}

static void
ll_setup_end_page_init (LlSetupEndPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
