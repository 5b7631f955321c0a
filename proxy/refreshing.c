/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "refreshing.h"

/* The first look after the start (seconds): until then there is more urgent work. */
#define FIRST_SECONDS 60

/* A metered network is looked at again after that. */
#define METERED_SECONDS 3600

#define DAY_SECONDS 86400

struct _LlRefreshing
{
  LlAssess *assess;   /* (not owned) */
  LlNetwork *network; /* (not owned) */
  GCancellable *ended;
  guint timer;
  GThread *thread; /* while it asks, or NULL */
  gint64 next;     /* its result */
};

static void schedule (LlRefreshing *refreshing, gint64 when);

static gboolean
refreshed_cb (gpointer data)
{
  LlRefreshing *refreshing = data;

  g_thread_join (g_steal_pointer (&refreshing->thread));
  schedule (refreshing, refreshing->next);
  return G_SOURCE_REMOVE;
}

static gpointer
refresh_thread (gpointer data)
{
  LlRefreshing *refreshing = data;

  refreshing->next = ll_assess_refresh (refreshing->assess, refreshing->ended);
  g_idle_add (refreshed_cb, refreshing);
  return NULL;
}

static gboolean
due_cb (gpointer data)
{
  LlRefreshing *refreshing = data;

  refreshing->timer = 0;
  if (ll_network_spares (refreshing->network)) /* who needs one fetches it then */
    schedule (refreshing, ll_clock_now () + METERED_SECONDS);
  else
    refreshing->thread = g_thread_new ("refresh", refresh_thread, refreshing);
  return G_SOURCE_REMOVE;
}

/* @when: wall seconds; 0: nothing is kept, the daemon sleeps until somebody writes. */
static void
schedule (LlRefreshing *refreshing, gint64 when)
{
  gint64 seconds = when - ll_clock_now ();

  if (when > 0)
    refreshing->timer = g_timeout_add_seconds ((guint) CLAMP (seconds, FIRST_SECONDS, DAY_SECONDS),
                                               due_cb, refreshing);
}

LlRefreshing *
ll_refreshing_new (LlAssess *assess, LlNetwork *network)
{
  LlRefreshing *refreshing = g_new0 (LlRefreshing, 1);

  refreshing->assess = assess;
  refreshing->network = network;
  refreshing->ended = g_cancellable_new ();
  schedule (refreshing, ll_clock_now () + FIRST_SECONDS);
  return refreshing;
}

void
ll_refreshing_free (LlRefreshing *refreshing)
{
  if (refreshing == NULL)
    return;
  g_cancellable_cancel (refreshing->ended);
  if (refreshing->thread != NULL)
    g_thread_join (refreshing->thread);
  while (g_source_remove_by_user_data (refreshing))
    ;
  g_object_unref (refreshing->ended);
  g_free (refreshing);
}
