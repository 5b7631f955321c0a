/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/resolver-private.h"

#include "api/intl.h"
#include "net/rdata.h"

#include <sys/eventfd.h>
#include <unistd.h>

/* -- flights: one for however many ask the same ---------------------------------- */

void
ll_flight_unref (LlFlight *flight)
{
  if (!g_atomic_int_dec_and_test (&flight->ref_count))
    return;
  ll_answer_unref (flight->answer);
  ll_answer_unref (flight->provisional);
  ll_answer_unref (flight->again);
  g_cond_clear (&flight->answered);
  g_free (flight->key);
  g_free (flight->name);
  g_free (flight);
}

LlFlight *
ll_flight_ref (LlFlight *flight)
{
  g_atomic_int_inc (&flight->ref_count);
  return flight;
}

static LlFlight *
flight_new (const char *key, const char *name, guint16 type, gboolean plain)
{
  LlFlight *flight = g_new0 (LlFlight, 1);

  flight->ref_count = 1;
  g_cond_init (&flight->answered);
  flight->key = g_strdup (key);
  flight->name = g_strdup (name);
  flight->type = type;
  flight->plain = plain;
  return flight;
}

/* With the lock held. */
static void
wake_thread (LlResolverRun *run)
{
  if (run->thread == NULL)
    run->thread = g_thread_new ("resolver", ll_resolver_thread, run);
  eventfd_write (run->wake, 1);
}

/* Joins the flight that is under way, or starts one. (transfer full), NULL when too many are. */
static LlFlight *
board (LlResolverRun *run, const char *name, guint16 type, gboolean plain)
{
  g_autofree char *key = g_strdup_printf ("%u%s%s", type, plain ? "-" : "+", name);
  LlFlight *flight;

  g_mutex_lock (&run->lock);
  flight = g_hash_table_lookup (run->flights, key);
  if (flight == NULL && g_hash_table_size (run->flights) < LL_FLIGHTS_MAX)
    {
      flight = flight_new (key, name, type, plain);
      g_hash_table_insert (run->flights, flight->key, flight);
      g_queue_push_tail (&run->incoming, ll_flight_ref (flight));
      wake_thread (run);
    }
  if (flight != NULL)
    {
      ll_flight_ref (flight);
      flight->waiters++;
    }
  g_mutex_unlock (&run->lock);
  return flight;
}

typedef struct
{
  LlResolverRun *run;
  LlFlight *flight;
} Wait;

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Wait *wait = data;

  g_mutex_lock (&wait->run->lock);
  g_cond_broadcast (&wait->flight->answered);
  g_mutex_unlock (&wait->run->lock);
}

/* Nobody waits any more: a cancelled flight is called back, a late one goes on, so that whoever
 * asks next finds its answer. */
static void
leave (LlResolverRun *run, LlFlight *flight, gboolean cancelled)
{
  flight->waiters--;
  if (flight->waiters > 0 || flight->answer != NULL || !cancelled)
    return;
  flight->abandoned = TRUE;
  wake_thread (run);
}

/* With the lock held. A deadline never turns a failed validation into "unknown": what the first
 * try showed counts until a clean second one lifts it. */
static LlAnswer *
answer_so_far (LlResolverRun *run, LlFlight *flight, gboolean cancelled)
{
  LlAnswer *answer;

  if (flight->answer != NULL)
    return ll_answer_ref (flight->answer);
  if (flight->provisional != NULL)
    return ll_answer_new_late (flight->provisional);
  answer = ll_answer_new_unknown (flight->name, flight->type,
                                  cancelled ? N_ ("the question was cancelled")
                                            : N_ ("no answer within the time allowed"));
  /* as long as nothing validated here, silence is the network's and not this name's fault */
  answer->network = run->state != LL_DNS_VALIDATES;
  answer->late = TRUE;
  return answer;
}

static LlAnswer *
wait_for (LlResolverRun *run, LlFlight *flight, LlDeadline deadline, GCancellable *cancellable)
{
  Wait wait = { run, flight };
  LlAnswer *answer;
  gulong handler = 0;
  gboolean cancelled = FALSE;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), &wait, NULL);
  g_mutex_lock (&run->lock);
  while (flight->answer == NULL && !(cancelled = g_cancellable_is_cancelled (cancellable)))
    {
      if (deadline == LL_DEADLINE_NEVER)
        g_cond_wait (&flight->answered, &run->lock);
      else if (!g_cond_wait_until (&flight->answered, &run->lock, deadline))
        break;
    }
  answer = answer_so_far (run, flight, cancelled);
  leave (run, flight, cancelled);
  g_mutex_unlock (&run->lock);
  g_cancellable_disconnect (cancellable, handler);
  ll_flight_unref (flight);
  return answer;
}

/* -- runs -------------------------------------------------------------------------- */

LlResolverRun *
ll_resolver_run_new (const LlResolverOptions *options, LlAnchor *anchor)
{
  LlResolverRun *run = g_new0 (LlResolverRun, 1);

  run->ref_count = 1;
  g_mutex_init (&run->lock);
  run->allow_private = options->allow_private;
  run->flights
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) ll_flight_unref);
  g_queue_init (&run->incoming);
  run->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  run->zone = g_strdup (anchor->zone);
  ll_ladder_init (&run->ladder, anchor, options->resolvers);
  run->grounded = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_flight_unref);
  return run;
}

LlResolverRun *
ll_resolver_run_ref (LlResolverRun *run)
{
  g_atomic_int_inc (&run->ref_count);
  return run;
}

void
ll_resolver_run_unref (LlResolverRun *run)
{
  if (run == NULL || !g_atomic_int_dec_and_test (&run->ref_count))
    return;
  g_mutex_lock (&run->lock);
  run->quit = TRUE;
  if (run->thread != NULL)
    eventfd_write (run->wake, 1);
  g_mutex_unlock (&run->lock);
  if (run->thread != NULL)
    g_thread_join (run->thread);
  ll_ladder_clear (&run->ladder);
  g_ptr_array_unref (run->grounded);
  g_queue_clear_full (&run->incoming, (GDestroyNotify) ll_flight_unref);
  g_hash_table_unref (run->flights);
  g_mutex_clear (&run->lock);
  close (run->wake);
  g_free (run->zone);
  g_free (run->detail);
  g_free (run);
}

LlDnsState
ll_resolver_run_state (LlResolverRun *run, char **detail)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&run->lock);

  if (detail != NULL)
    *detail = g_strdup (run->detail);
  return run->state;
}

void
ll_resolver_run_renew (LlResolverRun *run)
{
  g_mutex_lock (&run->lock);
  run->renew = TRUE;
  run->state = LL_DNS_UNTESTED;
  run->captive = FALSE;
  g_clear_pointer (&run->detail, g_free);
  if (run->thread != NULL)
    wake_thread (run);
  g_mutex_unlock (&run->lock);
}

/* -- asking ------------------------------------------------------------------------ */

/* As it is asked for: lower case, without the root dot. */
static char *
normalise (const char *name)
{
  char *asked = g_ascii_strdown (name, -1);
  gsize length = strlen (asked);

  if (length > 1 && asked[length - 1] == '.')
    asked[length - 1] = '\0';
  return asked;
}

void
ll_resolver_run_query (LlResolverRun *run,
                       LlQuery *queries,
                       gsize n,
                       gboolean plain,
                       LlDeadline deadline,
                       GCancellable *cancellable)
{
  g_autofree LlFlight **flights = g_new0 (LlFlight *, n);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *name = normalise (queries[i].name);

      queries[i].answer = NULL;
      if (!ll_dns_name_is_valid (name))
        queries[i].answer = ll_answer_new_unknown (name, queries[i].type,
                                                   N_ ("this is not a name that DNS can hold"));
      else
        flights[i] = board (run, name, queries[i].type, plain);
      if (flights[i] == NULL && queries[i].answer == NULL)
        queries[i].answer
            = ll_answer_new_unknown (name, queries[i].type, N_ ("too many questions at once"));
    }
  for (gsize i = 0; i < n; i++)
    if (flights[i] != NULL)
      queries[i].answer = wait_for (run, flights[i], deadline, cancellable);
}
