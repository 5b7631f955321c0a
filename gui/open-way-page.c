/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/open-way-page.h"

#include "api/intl.h"
#include "api/read.h"
#include "api/sentence.h"
#include "gui/fact-row.h"
#include "gui/list.h"

struct _LlOpenWayPage
{
  AdwBin parent_instance;

  GtkListBox *tried;
  AdwActionRow *careful_row;
  GtkCheckButton *careful;
  GtkCheckButton *everyday;
};

G_DEFINE_FINAL_TYPE (LlOpenWayPage, ll_open_way_page, ADW_TYPE_BIN)

static void
add_tried (LlOpenWayPage *self, gboolean ok, const char *what, GVariant *answer)
{
  const char *icon = ok ? "object-select-symbolic" : "dialog-information-symbolic";
  g_autofree char *so = ll_sentence_read (answer, "reason");

  gtk_list_box_append (self->tried,
                       ll_fact_row_new_with_icon (what, so, icon, ok ? "success" : "dim-label"));
}

/* Only the button is greyed out: why, has to be read. */
static void
allow_careful (LlOpenWayPage *self, gboolean allowed)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->careful), allowed);
  gtk_check_button_set_active (allowed ? self->careful : self->everyday, TRUE);
  adw_action_row_set_subtitle (self->careful_row,
                               allowed ? _ ("Careful: the letter is locked on this computer if "
                                            "there is a key for its recipient. If not, it waits "
                                            "until you decide.")
                                       : _ ("Careful: cannot be chosen yet. There is nothing to "
                                            "lock letters with, so that each one whose way is "
                                            "open would wait for you."));
}

void
ll_open_way_page_show (LlOpenWayPage *self, const LlTrial *trial)
{
  gboolean works = ll_read_flag (trial->test, "ok");
  gboolean locks = g_str_equal (ll_read_text (trial->decision, "decision"), "lock");

  ll_list_fill (self->tried, NULL, NULL, NULL);
  add_tried (self, works,
             works ? _ ("Signing in at your provider works")
                   : _ ("Signing in at your provider does not work yet"),
             trial->test);
  add_tried (self, locks,
             locks ? _ ("A letter to yourself would be locked")
                   : _ ("Nothing to lock letters with was found yet"),
             trial->decision);
  allow_careful (self, locks);
}

gboolean
ll_open_way_page_is_careful (LlOpenWayPage *self)
{
  return gtk_check_button_get_active (self->careful);
}

/* -- class ------------------------------------------------------------------------------------ */

static void
ll_open_way_page_class_init (LlOpenWayPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/open-way-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlOpenWayPage, tried);
  gtk_widget_class_bind_template_child (widget_class, LlOpenWayPage, careful_row);
  gtk_widget_class_bind_template_child (widget_class, LlOpenWayPage, careful);
  gtk_widget_class_bind_template_child (widget_class, LlOpenWayPage, everyday);
}

static void
ll_open_way_page_init (LlOpenWayPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
