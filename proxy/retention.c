/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is kept of letters that are done, and until when, by [record]: their rows in the ledger,
 * their subjects, and the originals of those that left locked.
 */

#include "pipeline-private.h"

#include "base/clock.h"
#include "record/ledger.h"
#include "spool/original.h"

#define DAY (24 * 60 * 60)

guint
ll_originals_time (LlPipeline *pipeline)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);

  /* what the ledger has forgotten is found by nobody */
  return config->retention > 0 ? MIN (config->originals, config->retention) : config->originals;
}

void
ll_pipeline_keep_subjects (LlPipeline *pipeline, const LlConfig *config)
{
  g_autoptr (GError) error = NULL;

  if (!ll_ledger_keep_subjects (pipeline->parts.ledger, config->subjects, &error))
    g_warning ("subjects that are not to be kept any more stay in the ledger: %s", error->message);
}

void
ll_pipeline_prune (LlPipeline *pipeline)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  g_autoptr (GError) error = NULL;
  gint64 now = ll_clock_now ();
  guint time = ll_originals_time (pipeline);

  ll_store_prune_originals (pipeline->parts.store, time > 0 ? now - time : G_MAXINT64);
  ll_ledger_prune (pipeline->parts.ledger,
                   config->retention > 0 ? now - (gint64) config->retention : 0, &error);
  if (error != NULL)
    g_warning ("what is old stays in the ledger: %s", error->message);
  ll_queue_add (pipeline->queue, LL_PIPELINE_PRUNING, LL_PIPELINE_PRUNING, now + DAY);
}
