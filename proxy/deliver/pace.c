/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/pace.h"

#include "deliver/retry.h"

/* A provider counts by its own clock: in full seconds, a minute is safe after one more. */
#define MINUTE 61

struct _LlPace
{
  guint times; /* throttled in a row */
  gint64 slow_until;
  gint64 turn;  /* when the rate lets the next one go */
  GArray *sent; /* of gint64: when the last ones went, oldest first; no more than the rate */
};

LlPace *
ll_pace_new (void)
{
  LlPace *pace = g_new0 (LlPace, 1);

  pace->sent = g_array_new (FALSE, FALSE, sizeof (gint64));
  return pace;
}

void
ll_pace_free (LlPace *pace)
{
  if (pace == NULL)
    return;
  g_array_unref (pace->sent);
  g_free (pace);
}

static void
forget_old (LlPace *pace, gint64 now)
{
  guint old = 0;

  while (old < pace->sent->len && g_array_index (pace->sent, gint64, old) + MINUTE <= now)
    old++;
  g_array_remove_range (pace->sent, 0, old);
}

gboolean
ll_pace_take (LlPace *pace, guint rate, guint n, gint64 now)
{
  guint wanted = MIN (n, rate);
  gboolean taken;

  pace->turn = 0;
  if (pace->slow_until > now)
    return FALSE;
  if (rate == 0)
    return TRUE;
  forget_old (pace, now);
  taken = pace->sent->len + wanted <= rate;
  for (guint i = 0; taken && i < wanted; i++)
    g_array_append_val (pace->sent, now);
  if (taken)
    wanted = 1; /* whoever comes next */
  if (pace->sent->len + wanted > rate)
    pace->turn = g_array_index (pace->sent, gint64, pace->sent->len + wanted - rate - 1) + MINUTE;
  return taken;
}

gint64
ll_pace_ready (const LlPace *pace)
{
  return MAX (pace->slow_until, pace->turn);
}

void
ll_pace_slow (LlPace *pace, gint64 now)
{
  if (pace->slow_until > now) /* two letters at once are told the same thing */
    return;
  pace->times++;
  pace->slow_until = ll_retry_throttled (pace->times, now);
}

void
ll_pace_unslow (LlPace *pace)
{
  pace->times = 0;
  pace->slow_until = 0;
}

void
ll_pace_hurry (LlPace *pace)
{
  pace->slow_until = 0;
  pace->turn = 0;
}
