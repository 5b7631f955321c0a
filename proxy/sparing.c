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
was_tried (const LlLetter *letter, const LlLeaving *leaving)
{
  for (guint i = 0; i < leaving->recipients->len; i++)
    {
      const LlProgress *progress
          = ll_letter_progress (letter, g_array_index (leaving->recipients, guint, i));

      if (progress->tries == 0 || ll_progress_has (progress, "ask"))
        return FALSE;
    }
  return TRUE;
}

gboolean
ll_is_spared (LlPipeline *pipeline,
              const LlConfig *config,
              const LlLetter *letter,
              const LlLeaving *leaving)
{
  return !config->metered_ignored && is_large (letter) && is_patient (letter)
         && was_tried (letter, leaving) && ll_network_is_metered (pipeline->parts.network);
}
