/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/resolver.h"

#include "api/intl.h"
#include "base/error.h"
#include "net/ladder.h"
#include "net/nat64.h"
#include "net/rdata.h"
#include "net/resolver-private.h"

#include <string.h>
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
wake_thread (LlResolver *resolver)
{
  if (resolver->thread == NULL)
    resolver->thread = g_thread_new ("resolver", ll_resolver_thread, resolver);
  eventfd_write (resolver->wake, 1);
}

/* Joins the flight that is under way, or starts one. (transfer full), NULL when too many are. */
static LlFlight *
board (LlResolver *resolver, const char *name, guint16 type, gboolean plain)
{
  g_autofree char *key = g_strdup_printf ("%u%s%s", type, plain ? "-" : "+", name);
  LlFlight *flight;

  g_mutex_lock (&resolver->lock);
  flight = g_hash_table_lookup (resolver->flights, key);
  if (flight == NULL && g_hash_table_size (resolver->flights) < LL_FLIGHTS_MAX)
    {
      flight = flight_new (key, name, type, plain);
      g_hash_table_insert (resolver->flights, flight->key, flight);
      g_queue_push_tail (&resolver->incoming, ll_flight_ref (flight));
      wake_thread (resolver);
    }
  if (flight != NULL)
    {
      ll_flight_ref (flight);
      flight->waiters++;
    }
  g_mutex_unlock (&resolver->lock);
  return flight;
}

typedef struct
{
  LlResolver *resolver;
  LlFlight *flight;
} Wait;

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Wait *wait = data;

  g_mutex_lock (&wait->resolver->lock);
  g_cond_broadcast (&wait->flight->answered);
  g_mutex_unlock (&wait->resolver->lock);
}

/* Nobody waits any more: a cancelled flight is called back, a late one goes on, so that whoever
 * asks next finds its answer. */
static void
leave (LlResolver *resolver, LlFlight *flight, gboolean cancelled)
{
  flight->waiters--;
  if (flight->waiters > 0 || flight->answer != NULL || !cancelled)
    return;
  flight->abandoned = TRUE;
  wake_thread (resolver);
}

/* With the lock held. A deadline never turns a failed validation into "unknown": what the first
 * try showed counts until a clean second one lifts it. */
static LlAnswer *
answer_so_far (LlResolver *resolver, LlFlight *flight, gboolean cancelled)
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
  answer->network = resolver->state != LL_DNS_VALIDATES;
  answer->late = TRUE;
  return answer;
}

static LlAnswer *
wait_for (LlResolver *resolver, LlFlight *flight, LlDeadline deadline, GCancellable *cancellable)
{
  Wait wait = { resolver, flight };
  LlAnswer *answer;
  gulong handler = 0;
  gboolean cancelled = FALSE;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), &wait, NULL);
  g_mutex_lock (&resolver->lock);
  while (flight->answer == NULL && !(cancelled = g_cancellable_is_cancelled (cancellable)))
    {
      if (deadline == LL_DEADLINE_NEVER)
        g_cond_wait (&flight->answered, &resolver->lock);
      else if (!g_cond_wait_until (&flight->answered, &resolver->lock, deadline))
        break;
    }
  answer = answer_so_far (resolver, flight, cancelled);
  leave (resolver, flight, cancelled);
  g_mutex_unlock (&resolver->lock);
  g_cancellable_disconnect (cancellable, handler);
  ll_flight_unref (flight);
  return answer;
}

/* -- the public side -------------------------------------------------------------- */

LlResolver *
ll_resolver_new (const LlResolverOptions *options, GError **error)
{
  g_autoptr (LlAnchor) anchor = ll_anchor_load (options->trust_anchor, error);
  g_autoptr (LlUnbound) trial = NULL;
  LlResolver *resolver;

  if (anchor == NULL)
    return NULL;
  /* libunbound looks at addresses and anchors only when the first question is asked: ask none. */
  trial = ll_unbound_new (LL_UNBOUND_FORWARD, options->resolvers, anchor, NULL, NULL, error);
  if (trial == NULL)
    return NULL;

  resolver = g_new0 (LlResolver, 1);
  g_mutex_init (&resolver->lock);
  resolver->allow_private = options->allow_private;
  resolver->flights
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) ll_flight_unref);
  g_queue_init (&resolver->incoming);
  resolver->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  resolver->zone = g_strdup (anchor->zone);
  ll_ladder_init (&resolver->ladder, g_steal_pointer (&anchor), options->resolvers);
  resolver->grounded = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_flight_unref);
  return resolver;
}

void
ll_resolver_free (LlResolver *resolver)
{
  if (resolver == NULL)
    return;
  g_mutex_lock (&resolver->lock);
  resolver->quit = TRUE;
  if (resolver->thread != NULL)
    eventfd_write (resolver->wake, 1);
  g_mutex_unlock (&resolver->lock);
  if (resolver->thread != NULL)
    g_thread_join (resolver->thread);
  ll_ladder_clear (&resolver->ladder);
  g_ptr_array_unref (resolver->grounded);
  g_queue_clear_full (&resolver->incoming, (GDestroyNotify) ll_flight_unref);
  g_hash_table_unref (resolver->flights);
  g_mutex_clear (&resolver->lock);
  close (resolver->wake);
  g_free (resolver->zone);
  g_free (resolver->detail);
  g_free (resolver);
}

void
ll_resolver_renew (LlResolver *resolver)
{
  g_mutex_lock (&resolver->lock);
  resolver->renew = TRUE;
  resolver->state = LL_DNS_UNTESTED;
  resolver->captive = FALSE;
  g_clear_pointer (&resolver->detail, g_free);
  if (resolver->thread != NULL)
    wake_thread (resolver);
  g_mutex_unlock (&resolver->lock);
}

gboolean
ll_resolver_allows_private (LlResolver *resolver)
{
  return resolver->allow_private;
}

LlDnsState
ll_resolver_state (LlResolver *resolver, char **detail)
{
  LlDnsState state;

  g_mutex_lock (&resolver->lock);
  state = resolver->state;
  if (detail != NULL)
    *detail = g_strdup (resolver->detail);
  g_mutex_unlock (&resolver->lock);
  return state;
}

LlDnsState
ll_resolver_test (LlResolver *resolver, LlDeadline deadline, GCancellable *cancellable)
{
  LlDnsState state = ll_resolver_state (resolver, NULL);

  if (state == LL_DNS_UNTESTED)
    {
      g_autoptr (LlAnswer) answer
          = ll_resolver_query (resolver, resolver->zone, LL_RR_DNSKEY, deadline, cancellable);

      state = ll_resolver_state (resolver, NULL);
    }
  return state;
}

gboolean
ll_resolver_is_captive (LlResolver *resolver)
{
  gboolean captive;

  g_mutex_lock (&resolver->lock);
  captive = resolver->captive;
  g_mutex_unlock (&resolver->lock);
  return captive;
}

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

static void
query_all (LlResolver *resolver,
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
        flights[i] = board (resolver, name, queries[i].type, plain);
      if (flights[i] == NULL && queries[i].answer == NULL)
        queries[i].answer
            = ll_answer_new_unknown (name, queries[i].type, N_ ("too many questions at once"));
    }
  for (gsize i = 0; i < n; i++)
    if (flights[i] != NULL)
      queries[i].answer = wait_for (resolver, flights[i], deadline, cancellable);
}

LlAnswer *
ll_resolver_query (LlResolver *resolver,
                   const char *name,
                   guint16 type,
                   LlDeadline deadline,
                   GCancellable *cancellable)
{
  LlQuery query = { .name = name, .type = type };

  query_all (resolver, &query, 1, FALSE, deadline, cancellable);
  return query.answer;
}

void
ll_resolver_query_many (
    LlResolver *resolver, LlQuery *queries, gsize n, LlDeadline deadline, GCancellable *cancellable)
{
  query_all (resolver, queries, n, FALSE, deadline, cancellable);
}

/* -- addresses ---------------------------------------------------------------------- */

static void
add_addresses (const LlAnswer *answer, GPtrArray *addresses)
{
  for (guint i = 0; i < answer->records->len; i++)
    {
      char *address = ll_rdata_address (answer->records->pdata[i], answer->type);

      if (address != NULL)
        g_ptr_array_add (addresses, address);
    }
}

/* Of both families: what can be used counts, bogus before all; one that is not known keeps the
 * other's absence from being one. */
const char *
ll_dns_state_name (LlDnsState state)
{
  switch (state)
    {
    case LL_DNS_UNTESTED:
      return "untested";
    case LL_DNS_VALIDATES:
      return "validates";
    case LL_DNS_STRIPPED:
      return "stripped";
    case LL_DNS_CLOCK:
      return "clock";
    case LL_DNS_SILENT:
      return "silent";
    }
  return "untested";
}

static LlFinding
fold_addresses (const LlAnswer *a, const LlAnswer *b)
{
  if (a->finding == LL_BOGUS || b->finding == LL_BOGUS)
    return LL_BOGUS;
  if (a->finding == LL_FOUND || b->finding == LL_FOUND)
    return LL_FOUND;
  return a->finding == LL_UNKNOWN || b->finding == LL_UNKNOWN ? LL_UNKNOWN : LL_ABSENT;
}

GStrv
ll_resolver_addresses (LlResolver *resolver,
                       const char *name,
                       LlDeadline deadline,
                       GCancellable *cancellable,
                       LlFinding *finding,
                       gboolean *secure)
{
  LlQuery queries[] = { { name, LL_RR_AAAA, NULL }, { name, LL_RR_A, NULL } };
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  LlFinding folded;

  *secure = FALSE;
  if (g_hostname_is_ip_address (name))
    {
      const char *alone[] = { name, NULL };

      *finding = LL_FOUND;
      return g_strdupv ((GStrv) alone);
    }
  query_all (resolver, queries, G_N_ELEMENTS (queries), FALSE, deadline, cancellable);
  if (queries[0].answer->network && queries[1].answer->network)
    {
      ll_answer_unref (queries[0].answer);
      ll_answer_unref (queries[1].answer);
      query_all (resolver, queries, G_N_ELEMENTS (queries), TRUE, deadline, cancellable);
    }
  folded = fold_addresses (queries[0].answer, queries[1].answer);
  if (folded == LL_FOUND)
    for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
      add_addresses (queries[i].answer, addresses);
  ll_nat64_widen (resolver, addresses, deadline, cancellable);
  *finding = folded;
  *secure = queries[0].answer->secure && queries[1].answer->secure;
  ll_answer_unref (queries[0].answer);
  ll_answer_unref (queries[1].answer);
  g_ptr_array_add (addresses, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&addresses), FALSE);
}

char *
ll_answer_first_mx (const LlAnswer *answer)
{
  char *first = NULL;
  guint best = G_MAXUINT;

  for (guint i = 0; i < answer->records->len; i++)
    {
      g_autofree char *host = NULL;
      guint preference;

      if (!ll_rdata_mx (answer->records->pdata[i], &preference, &host) || preference >= best
          || *host == '\0')
        continue;
      best = preference;
      g_free (first);
      first = g_steal_pointer (&host);
    }
  return first;
}
