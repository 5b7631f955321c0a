/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/trace.h"

#include "base/clock.h"
#include "message/headers.h"

void
ll_message_trace (LlMessageFacts *facts, const char *id, gint64 received)
{
  g_autofree char *date = ll_clock_format_mail (received);
  g_autofree char *field = g_strdup_printf ("Received: from localhost by localhost (Letterlock) "
                                            "with ESMTP id %s;\r\n\t%s\r\n",
                                            id, date);

  if (facts->edits == NULL)
    facts->edits = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_edit_free);
  g_ptr_array_insert (facts->edits, 0, ll_edit_new (0, 0, field, LL_EDIT_TRACE));
}

gboolean
ll_edit_is_trace (const LlEdit *edit)
{
  return edit->offset == 0 && edit->length == 0;
}
