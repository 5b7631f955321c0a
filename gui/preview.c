/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/preview.h"

#include "api/intl.h"
#include "api/read.h"
#include "api/sentence.h"
#include "gui/fact-row.h"

static const struct
{
  const char *decision;
  const char *words;
  const char *icon;
  const char *style;
} decisions[] = {
  { "send", N_ ("It would be sent"), "object-select-symbolic", "success" },
  { "lock", N_ ("It would be locked on this computer"), "object-select-symbolic", "success" },
  { "hold", N_ ("It would be held for your decision"), "media-playback-pause-symbolic", "warning" },
  { "refuse", N_ ("It would be refused"), "action-unavailable-symbolic", "error" },
};

GtkWidget *
ll_preview_row_new (GVariant *decision, gpointer data)
{
  const char *kind = ll_read_text (decision, "decision");
  g_autofree char *reason = ll_sentence_read (decision, "reason");
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (decisions) && !g_str_equal (kind, decisions[i].decision))
    i++;
  return ll_fact_row_new_with_icon (_ (decisions[i].words), reason, decisions[i].icon,
                                    decisions[i].style);
}
