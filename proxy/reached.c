/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What it means that the provider was reached: there is a network again, even if nobody said so. */

#include "pipeline-private.h"

#include "api/names.h"
#include "base/clock.h"
#include "base/limits.h"

#include <string.h>

/* A network whose DNS stays useless although the provider answers is not tested for each letter. */
#define VAIN_SECONDS 10

/* Nothing is known of the way for want of a network, which contradicts that the letter leaves. */
static gboolean
rests_on_no_network (const LlProgress *progress)
{
  const char *why = ll_extra_text (progress->extra, "why");
  LlWhy reason;

  return why != NULL && ll_departs (progress) && ll_why_from_name (why, &reason)
         && (reason == LL_WHY_OFFLINE || reason == LL_WHY_DNS);
}

/* The youngest decision of those, 0: there are none. */
static gint64
doubtful (const LlLetter *letter)
{
  gint64 decided = 0;

  for (guint i = 0; i < letter->progress->len; i++)
    if (rests_on_no_network (ll_letter_progress (letter, i)))
      decided = MAX (decided, ll_letter_progress (letter, i)->decided);
  return decided;
}

/* Unless somebody did after this was @decided; all decide again, but one test serves them. */
static void
look_anew (LlPipeline *pipeline, gint64 decided)
{
  gboolean first;

  g_mutex_lock (&pipeline->lock);
  first = pipeline->looked_anew < decided || pipeline->looked_anew > ll_clock_now ();
  if (first)
    pipeline->looked_anew = ll_clock_now ();
  g_mutex_unlock (&pipeline->lock);
  if (!first)
    return;
  ll_network_reached (pipeline->parts.network, ll_deadline_in (LL_CHECK_SOFT), pipeline->ended);
  ll_assess_renew (pipeline->parts.assess);
  ll_pipeline_wake (pipeline);
}

static gboolean
was_in_vain (LlPipeline *pipeline)
{
  gint64 now = ll_clock_boot ();
  gboolean vain;

  g_mutex_lock (&pipeline->lock);
  vain = pipeline->in_vain != 0 && now - pipeline->in_vain < VAIN_SECONDS;
  g_mutex_unlock (&pipeline->lock);
  return vain;
}

static void
set_in_vain (LlPipeline *pipeline, gboolean vain)
{
  g_mutex_lock (&pipeline->lock);
  pipeline->in_vain = vain ? ll_clock_boot () : 0;
  g_mutex_unlock (&pipeline->lock);
}

static gboolean
is_reachable (LlPipeline *pipeline, const LlAccount *account, LlLive *live)
{
  g_autoptr (LlResult) result = NULL;
  g_autofree char *login = NULL;
  g_autoptr (LlSecret) password = NULL;

  ll_live_credentials (live, &login, &password);
  result = ll_upstream_sign_in (pipeline->parts.upstream, account, login, password, NULL,
                                ll_deadline_in (LL_UPSTREAM_CONNECT), pipeline->ended);
  return result->outcome == LL_OUTCOME_SENT;
}

void
ll_reach (LlPipeline *pipeline, LlConfig *config, const LlAccount *account, LlLive *live)
{
  gint64 decided = doubtful (live->letter);

  if (decided == 0 || was_in_vain (pipeline) || !is_reachable (pipeline, account, live))
    return;
  look_anew (pipeline, decided);
  for (guint i = 0; i < live->letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (live->letter, i);

      if (rests_on_no_network (progress))
        {
          progress->decided = 0;
          progress->method = LL_METHOD_NONE;
        }
    }
  ll_judge_letter (pipeline, config, account, live);
  set_in_vain (pipeline, doubtful (live->letter) != 0);
}

void
ll_reached (LlPipeline *pipeline, const char *account)
{
  GHashTableIter iter;
  gpointer value;

  ll_queue_unslow (pipeline->queue, account);
  g_mutex_lock (&pipeline->lock);
  g_hash_table_iter_init (&iter, pipeline->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LlLive *live = value;

      if (strcmp (live->letter->account, account) != 0
          || ((guint) g_atomic_int_get (&live->states) & 1u << LL_STATE_WAITING) == 0)
        continue;
      g_atomic_int_set (&live->anew, TRUE);
      ll_queue_add (pipeline->queue, live->letter->id, account, 0);
    }
  g_mutex_unlock (&pipeline->lock);
}
