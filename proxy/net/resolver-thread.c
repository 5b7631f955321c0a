/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/resolver-private.h"

#include "api/intl.h"

#include <poll.h>
#include <sys/eventfd.h>

/*
 * The thread that owns all contexts. It sleeps until a question, an answer or the
 * time of a self-test comes; with nothing under way it has no timer.
 *
 * A question goes: grounded -> asked on the path that validates -> answered. A bogus
 * answer is not believed before a fresh context, by another way where there is one and
 * with a good self-test of its own, was asked too: either the name is broken, or the
 * network has changed under us.
 */

/* After failed tests, that long nothing is tested again (microseconds). */
#define RETEST_AFTER (10 * G_USEC_PER_SEC)

enum
{
  FIRST_TRY,
  SECOND_TRY, /* bogus once: to be asked on the second path */
  LAST_TRY,   /* the network was tested anew in between: what comes now stands */
};

/* Of the ladder's @paths: who goes through all flights asks for them once. */
static LlPath *
path_among (const GPtrArray *paths, const LlFlight *flight)
{
  for (guint i = 0; flight->path != 0 && i < paths->len; i++)
    if (((LlPath *) paths->pdata[i])->serial == flight->path)
      return paths->pdata[i];
  return NULL;
}

static LlPath *
path_of (LlResolverRun *run, const LlFlight *flight)
{
  g_autoptr (GPtrArray) paths = ll_ladder_paths (&run->ladder);

  return path_among (paths, flight);
}

/* Hands @answer over; @flight may be gone then. */
static void
land (LlResolverRun *run, LlFlight *flight, LlAnswer *answer)
{
  g_mutex_lock (&run->lock);
  flight->answer = answer;
  g_hash_table_remove (run->flights, flight->key);
  g_cond_broadcast (&flight->answered);
  g_mutex_unlock (&run->lock);
  g_ptr_array_remove_fast (run->grounded, flight);
}

static void
land_unknown (LlResolverRun *run, LlFlight *flight, const char *reason)
{
  LlAnswer *answer = ll_answer_new_unknown (flight->name, flight->type, reason);

  answer->network = TRUE;
  land (run, flight, answer);
}

static void
set_provisional (LlResolverRun *run, LlFlight *flight, LlAnswer *answer)
{
  g_mutex_lock (&run->lock);
  ll_answer_unref (flight->provisional);
  flight->provisional = answer;
  g_mutex_unlock (&run->lock);
}

/* -- orders from the callers -------------------------------------------------------- */

/* With the lock held. Returns whether the network is to be looked at anew. */
static gboolean
take_incoming (LlResolverRun *run, GPtrArray *abandoned)
{
  gboolean renew = run->renew;
  LlFlight *flight;

  run->renew = FALSE;
  while ((flight = g_queue_pop_head (&run->incoming)) != NULL)
    g_ptr_array_add (run->grounded, flight);
  for (guint i = 0; i < run->grounded->len; i++)
    {
      flight = run->grounded->pdata[i];
      if (!flight->abandoned)
        continue;
      flight->abandoned = FALSE;
      /* somebody may have boarded meanwhile */
      if (flight->waiters > 0)
        continue;
      g_hash_table_remove (run->flights, flight->key);
      g_ptr_array_add (abandoned, flight);
    }
  return renew;
}

static void
take_orders (LlResolverRun *run)
{
  g_autoptr (GPtrArray) abandoned = g_ptr_array_new ();
  gboolean renew;

  g_mutex_lock (&run->lock);
  renew = take_incoming (run, abandoned);
  g_mutex_unlock (&run->lock);

  for (guint i = 0; i < abandoned->len; i++)
    {
      LlFlight *flight = abandoned->pdata[i];
      LlPath *path = path_of (run, flight);

      if (path != NULL && flight->again == NULL)
        ll_unbound_cancel (path->unbound, flight->id);
      g_ptr_array_remove_fast (run->grounded, flight);
    }
  if (renew || (run->grounded->len > 0 && ll_ladder_is_stale (&run->ladder)))
    ll_ladder_reset (&run->ladder);
}

/* -- asking --------------------------------------------------------------------------- */

static LlPath *
path_for (LlResolverRun *run, const LlFlight *flight)
{
  LlLadder *ladder = &run->ladder;

  switch (ladder->phase)
    {
    case LL_LADDER_READY:
      if (flight->tries == SECOND_TRY && !flight->plain)
        return ll_ladder_second (ladder);
      return ladder->current;
    case LL_LADDER_FAILED:
      return flight->plain ? ladder->plain : NULL;
    case LL_LADDER_IDLE:
    case LL_LADDER_TESTING:
    default:
      return NULL;
    }
}

static void
ask (LlResolverRun *run, LlFlight *flight)
{
  LlPath *path = path_for (run, flight);

  if (path == NULL && flight->provisional != NULL)
    {
      land (run, flight, ll_answer_ref (flight->provisional));
      return;
    }
  if (path == NULL)
    {
      land_unknown (run, flight, run->ladder.detail);
      return;
    }
  if (flight->prepared != path->serial)
    flight->ask_at = ll_path_prepare (path, flight->name, flight->type);
  flight->prepared = path->serial;
  if (ll_deadline_left (flight->ask_at) > 0)
    return;
  g_clear_pointer (&flight->again, ll_answer_unref);
  flight->path = path->serial;
  if (!ll_unbound_ask (path->unbound, flight->name, flight->type, flight, &flight->id))
    land (run, flight,
          ll_answer_new_unknown (flight->name, flight->type, N_ ("the resolver cannot ask this")));
}

static gboolean
somebody_waits (LlResolverRun *run)
{
  g_autoptr (GPtrArray) paths = ll_ladder_paths (&run->ladder);

  for (guint i = 0; i < run->grounded->len; i++)
    if (path_among (paths, run->grounded->pdata[i]) == NULL)
      return TRUE;
  return FALSE;
}

static void
begin_if_needed (LlResolverRun *run)
{
  LlLadder *ladder = &run->ladder;
  gboolean old = ladder->phase == LL_LADDER_FAILED
                 && g_get_monotonic_time () - ladder->tested > RETEST_AFTER;

  if ((ladder->phase == LL_LADDER_IDLE || old) && somebody_waits (run))
    ll_ladder_begin (ladder);
}

/* Returns when the next one is to be asked. */
static LlDeadline
ask_all (LlResolverRun *run)
{
  g_autoptr (GPtrArray) waiting = g_ptr_array_new ();
  g_autoptr (GPtrArray) paths = ll_ladder_paths (&run->ladder);
  LlDeadline next = LL_DEADLINE_NEVER;

  if (run->ladder.phase != LL_LADDER_READY && run->ladder.phase != LL_LADDER_FAILED)
    return next;
  for (guint i = 0; i < run->grounded->len; i++)
    if (path_among (paths, run->grounded->pdata[i]) == NULL)
      g_ptr_array_add (waiting, run->grounded->pdata[i]);
  for (guint i = 0; i < waiting->len; i++)
    ask (run, waiting->pdata[i]);
  for (guint i = 0; i < run->grounded->len; i++)
    {
      const LlFlight *flight = run->grounded->pdata[i];

      if (path_among (paths, flight) == NULL && flight->prepared != 0)
        next = ll_deadline_earlier (next, flight->ask_at);
    }
  return next;
}

/* -- answers -------------------------------------------------------------------------- */

/* Nothing but failures for a while: the network may have changed without a word. */
static void
suspect (LlResolverRun *run)
{
  gint64 good = MAX (run->last_good, run->ladder.tested);

  if (g_get_monotonic_time () - good > RETEST_AFTER)
    ll_ladder_reset (&run->ladder);
}

static void
answered (LlResolverRun *run, LlPath *path, LlFlight *flight, LlAnswer *answer)
{
  if (path == run->ladder.second)
    {
      ll_answer_unref (flight->again);
      flight->again = answer;
      return;
    }
  if (answer->finding == LL_BOGUS && flight->tries == FIRST_TRY && !path->plain)
    {
      set_provisional (run, flight, answer);
      flight->tries = SECOND_TRY;
      flight->path = 0;
      return;
    }
  if (answer->finding != LL_UNKNOWN)
    {
      run->last_good = g_get_monotonic_time ();
      land (run, flight, answer);
      return;
    }
  land (run, flight, answer);
  if (!path->plain)
    suspect (run);
}

/* The network does not validate any more: what it made of these names says nothing. */
static void
test_anew (LlResolverRun *run)
{
  for (guint i = 0; i < run->grounded->len; i++)
    {
      LlFlight *flight = run->grounded->pdata[i];

      g_clear_pointer (&flight->again, ll_answer_unref);
      set_provisional (run, flight, NULL);
      if (flight->tries == SECOND_TRY)
        flight->tries = LAST_TRY;
    }
  ll_ladder_begin (&run->ladder);
}

/* Only a clean second answer lifts a failed validation; no answer does not. */
static void
land_second (LlResolverRun *run, LlFlight *flight)
{
  LlAnswer *chosen = flight->again->finding == LL_UNKNOWN ? flight->provisional : flight->again;

  land (run, flight, ll_answer_ref (chosen));
}

static void
settle_second (LlResolverRun *run)
{
  LlPath *second = run->ladder.second;
  guint under_way = 0;

  if (second == NULL || !ll_path_settled (second))
    return;
  if (second->state != LL_DNS_VALIDATES)
    {
      /* the questions that were asked there go to the next one by themselves */
      if (!ll_ladder_second_failed (&run->ladder))
        test_anew (run);
      return;
    }
  for (guint i = run->grounded->len; i > 0; i--)
    {
      LlFlight *flight = run->grounded->pdata[i - 1];

      if (flight->path != second->serial)
        continue;
      if (flight->again != NULL)
        land_second (run, flight);
      else
        under_way++;
    }
  if (under_way == 0)
    g_clear_pointer (&run->ladder.second, ll_path_free);
}

static void
take_answers (LlResolverRun *run)
{
  LlPathEvent *event;

  while ((event = g_queue_pop_head (&run->ladder.events)) != NULL)
    {
      if (event->data == NULL)
        ll_path_tested (event->path, event->answer);
      else
        answered (run, event->path, event->data, g_steal_pointer (&event->answer));
      ll_path_event_free (event);
    }
}

/* -- the loop -------------------------------------------------------------------------- */

/* What the tests showed, for all to see. */
static void
publish (LlResolverRun *run)
{
  LlLadder *ladder = &run->ladder;

  if (ladder->phase != LL_LADDER_READY && ladder->phase != LL_LADDER_FAILED)
    return;
  g_mutex_lock (&run->lock);
  if (!run->renew)
    {
      run->state = ladder->state;
      run->captive = ladder->captive;
      g_free (run->detail);
      run->detail = g_strdup (ladder->detail);
    }
  g_mutex_unlock (&run->lock);
}

static void
sleep_until_needed (LlResolverRun *run, LlDeadline next)
{
  g_autoptr (GPtrArray) paths = ll_ladder_paths (&run->ladder);
  g_autoptr (GArray) fds = g_array_new (FALSE, TRUE, sizeof (struct pollfd));
  struct pollfd wake = { .fd = run->wake, .events = POLLIN };
  LlDeadline due = ll_deadline_earlier (next, ll_ladder_due (&run->ladder));
  eventfd_t ignored;

  g_array_append_val (fds, wake);
  for (guint i = 0; i < paths->len; i++)
    {
      struct pollfd fd
          = { .fd = ll_unbound_fd (((LlPath *) paths->pdata[i])->unbound), .events = POLLIN };

      g_array_append_val (fds, fd);
    }
  if (poll ((struct pollfd *) fds->data, fds->len,
            due == LL_DEADLINE_NEVER ? -1 : ll_deadline_left (due))
      < 0)
    return;
  eventfd_read (run->wake, &ignored);
  for (guint i = 0; i < paths->len; i++)
    if (g_array_index (fds, struct pollfd, i + 1).revents != 0)
      ll_unbound_process (((LlPath *) paths->pdata[i])->unbound);
}

static gboolean
is_over (LlResolverRun *run)
{
  gboolean quit;

  g_mutex_lock (&run->lock);
  quit = run->quit;
  g_mutex_unlock (&run->lock);
  return quit;
}

gpointer
ll_resolver_thread (gpointer data)
{
  LlResolverRun *run = data;

  while (!is_over (run))
    {
      take_answers (run);
      settle_second (run);
      take_orders (run);
      begin_if_needed (run);
      ll_ladder_step (&run->ladder);
      publish (run);
      sleep_until_needed (run, ask_all (run));
    }
  return NULL;
}
