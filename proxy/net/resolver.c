/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/resolver.h"

#include "net/nat64.h"
#include "net/rdata.h"
#include "net/resolver-private.h"

struct _LlResolver
{
  GMutex lock;
  LlResolverRun *run; /* (owned) under the lock */
};

/* (transfer full) */
static LlResolverRun *
run_now (LlResolver *resolver)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&resolver->lock);

  return ll_resolver_run_ref (resolver->run);
}

/* (transfer full) */
static LlResolver *
resolver_of (LlResolverRun *run)
{
  LlResolver *resolver = g_new0 (LlResolver, 1);

  g_mutex_init (&resolver->lock);
  resolver->run = run;
  return resolver;
}

LlResolver *
ll_resolver_new (const LlResolverOptions *options, GError **error)
{
  g_autoptr (LlAnchor) anchor = ll_anchor_load (options->trust_anchor, error);
  g_autoptr (LlUnbound) trial = NULL;

  if (anchor == NULL)
    return NULL;
  /* libunbound looks at addresses and anchors only when the first question is asked: ask none. */
  trial = ll_unbound_new (LL_UNBOUND_FORWARD, options->resolvers, anchor, 0, NULL, NULL, error);
  if (trial == NULL)
    return NULL;
  return resolver_of (ll_resolver_run_new (options, g_steal_pointer (&anchor)));
}

LlResolver *
ll_resolver_pin (LlResolver *resolver)
{
  return resolver != NULL ? resolver_of (run_now (resolver)) : NULL;
}

void
ll_resolver_follow (LlResolver *resolver, LlResolver *fresh)
{
  LlResolverRun *run = run_now (fresh);
  LlResolverRun *old;

  g_mutex_lock (&resolver->lock);
  old = resolver->run;
  resolver->run = run;
  g_mutex_unlock (&resolver->lock);
  ll_resolver_run_unref (old);
}

void
ll_resolver_free (LlResolver *resolver)
{
  if (resolver == NULL)
    return;
  ll_resolver_run_unref (resolver->run);
  g_mutex_clear (&resolver->lock);
  g_free (resolver);
}

void
ll_resolver_renew (LlResolver *resolver)
{
  g_autoptr (LlResolverRun) run = run_now (resolver);

  ll_resolver_run_renew (run);
}

gboolean
ll_resolver_allows_private (LlResolver *resolver)
{
  g_autoptr (LlResolverRun) run = run_now (resolver);

  return run->allow_private;
}

LlDnsState
ll_resolver_state (LlResolver *resolver, char **detail)
{
  g_autoptr (LlResolverRun) run = run_now (resolver);

  return ll_resolver_run_state (run, detail);
}

LlDnsState
ll_resolver_test (LlResolver *resolver, LlDeadline deadline, GCancellable *cancellable)
{
  g_autoptr (LlResolver) pinned = ll_resolver_pin (resolver);
  LlResolverRun *run = pinned->run;

  if (ll_resolver_run_state (run, NULL) == LL_DNS_UNTESTED)
    ll_answer_unref (ll_resolver_query (pinned, run->zone, LL_RR_DNSKEY, deadline, cancellable));
  return ll_resolver_run_state (run, NULL);
}

gboolean
ll_resolver_is_captive (LlResolver *resolver)
{
  g_autoptr (LlResolverRun) run = run_now (resolver);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&run->lock);

  return run->captive;
}

LlAnswer *
ll_resolver_query (LlResolver *resolver,
                   const char *name,
                   guint16 type,
                   LlDeadline deadline,
                   GCancellable *cancellable)
{
  LlQuery query = { .name = name, .type = type };

  ll_resolver_query_many (resolver, &query, 1, deadline, cancellable);
  return query.answer;
}

void
ll_resolver_query_many (
    LlResolver *resolver, LlQuery *queries, gsize n, LlDeadline deadline, GCancellable *cancellable)
{
  g_autoptr (LlResolverRun) run = run_now (resolver);

  ll_resolver_run_query (run, queries, n, FALSE, deadline, cancellable);
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
  g_autoptr (LlResolver) pinned = ll_resolver_pin (resolver);
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
  ll_resolver_run_query (pinned->run, queries, G_N_ELEMENTS (queries), FALSE, deadline,
                         cancellable);
  if (queries[0].answer->network && queries[1].answer->network)
    {
      ll_answer_unref (queries[0].answer);
      ll_answer_unref (queries[1].answer);
      ll_resolver_run_query (pinned->run, queries, G_N_ELEMENTS (queries), TRUE, deadline,
                             cancellable);
    }
  folded = fold_addresses (queries[0].answer, queries[1].answer);
  if (folded == LL_FOUND)
    for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
      add_addresses (queries[i].answer, addresses);
  ll_nat64_widen (pinned, addresses, deadline, cancellable);
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
