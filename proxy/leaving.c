/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who leaves now, and with whom: recipients share a transaction unless its bytes (locked copies)
 * or MAIL parameters (REQUIRETLS) differ. */

#include "pipeline-private.h"

gboolean
ll_departs (const LlProgress *progress)
{
  gboolean whole = progress->method == LL_METHOD_TLS || progress->method == LL_METHOD_OPEN;

  return (whole || ll_locked_copy (progress) > 0) && !ll_progress_has (progress, "unsigned")
         && ll_progress_is_due (progress);
}

static void
leaving_free (gpointer data)
{
  LlLeaving *leaving = data;

  g_array_unref (leaving->recipients);
  g_free (leaving);
}

/* The transaction that @progress can share. */
static LlLeaving *
leaving_with (GPtrArray *all, const LlProgress *progress)
{
  guint locked = ll_locked_copy (progress);
  LlLeaving *leaving;

  for (guint i = 0; i < all->len; i++)
    {
      leaving = g_ptr_array_index (all, i);
      if (leaving->locked == locked && leaving->requiretls == progress->requiretls)
        return leaving;
    }
  leaving = g_new (LlLeaving, 1);
  *leaving = (LlLeaving){
    .locked = locked,
    .requiretls = progress->requiretls,
    .recipients = g_array_new (FALSE, FALSE, sizeof (guint)),
  };
  g_ptr_array_add (all, leaving);
  return leaving;
}

GPtrArray *
ll_leaving (const LlLetter *letter)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (leaving_free);

  for (guint i = 0; i < letter->progress->len; i++)
    if (ll_departs (ll_letter_progress (letter, i)))
      g_array_append_val (leaving_with (all, ll_letter_progress (letter, i))->recipients, i);
  return all;
}
