/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What waits while every byte costs somebody money (a telephone's network): large letters that
 * could not be sent at once. The first try is never spared, nor one that the user asks for. */

#include "pipeline-private.h"

#include "base/limits.h"

static gboolean
is_large (const LlLetter *letter)
{
  return letter->size > LL_METERED_SIZE;
}

/* Somebody has to have it one day, whatever it costs. */
static gboolean
is_patient (const LlLetter *letter)
{
  return ll_clock_now () - letter->received < LL_METERED_PATIENCE;
}

static gboolean
was_tried (const LlProgress *progress)
{
  return progress->tries > 0 && !ll_progress_has (progress, "ask");
}

gboolean
ll_is_spared_for (LlPipeline *pipeline, const LlLetter *letter, const LlProgress *progress)
{
  return is_large (letter) && is_patient (letter) && was_tried (progress)
         && ll_network_spares (pipeline->parts.network);
}

gboolean
ll_is_spared (LlPipeline *pipeline, const LlLetter *letter, const LlLeaving *leaving)
{
  for (guint i = 0; i < leaving->recipients->len; i++)
    if (!ll_is_spared_for (pipeline, letter,
                           ll_letter_progress (letter,
                                               g_array_index (leaving->recipients, guint, i))))
      return FALSE;
  return TRUE;
}
