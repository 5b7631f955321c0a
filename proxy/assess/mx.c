/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/mx.h"

#include "api/intl.h"
#include "base/limits.h"
#include "net/nat64.h"
#include "net/network.h"
#include "net/rdata.h"

#include <string.h>

/* Once one host can be reached, that long the others are waited for (ms): a dead one must not use
 * up the time of all. */
#define STRAGGLERS 1500

static LlMxFacts *
facts_new (void)
{
  LlMxFacts *facts = g_new0 (LlMxFacts, 1);

  facts->finding = LL_UNKNOWN;
  facts->ttl = G_MAXUINT32;
  facts->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_host_facts_free);
  return facts;
}

void
ll_mx_facts_free (LlMxFacts *facts)
{
  if (facts == NULL)
    return;
  g_ptr_array_unref (facts->hosts);
  g_free (facts->canonical);
  g_free (facts->reason);
  g_free (facts);
}

/* -- the MX records ------------------------------------------------------------- */

/* ll_rdata_mx has refused what is no name; these are names, but no host's. */
static gboolean
can_be_host (const char *name)
{
  return name[0] != '\0' && strchr (name, '*') == NULL && !g_hostname_is_ip_address (name);
}

static LlHostFacts *
find_host (GPtrArray *hosts, const char *name)
{
  for (guint i = 0; i < hosts->len; i++)
    if (g_str_equal (((LlHostFacts *) hosts->pdata[i])->name, name))
      return hosts->pdata[i];
  return NULL;
}

static int
compare_hosts (gconstpointer a, gconstpointer b)
{
  const LlHostFacts *one = *(LlHostFacts *const *) a;
  const LlHostFacts *two = *(LlHostFacts *const *) b;

  if (one->preference != two->preference)
    return one->preference < two->preference ? -1 : 1;
  return strcmp (one->name, two->name);
}

static void
read_hosts (LlMxFacts *facts, const LlAnswer *answer)
{
  for (guint i = 0; i < answer->records->len; i++)
    {
      g_autofree char *name = NULL;
      guint preference;
      LlHostFacts *known;

      if (!ll_rdata_mx (answer->records->pdata[i], &preference, &name))
        {
          facts->refused++;
          continue;
        }
      /* "." beside real hosts is ignored; RFC 7505 3 asks for preference 0, nobody checks it */
      if (name[0] == '\0')
        {
          facts->nomail = TRUE;
          continue;
        }
      if (!can_be_host (name))
        {
          facts->refused++;
          continue;
        }
      known = find_host (facts->hosts, name);
      if (known != NULL)
        known->preference = MIN (known->preference, preference);
      else
        g_ptr_array_add (facts->hosts, ll_host_facts_new (name, preference));
    }
  g_ptr_array_sort (facts->hosts, compare_hosts);
  if (facts->hosts->len > LL_MX_NAMES_MAX)
    {
      facts->beyond = facts->hosts->len - LL_MX_NAMES_MAX;
      g_ptr_array_set_size (facts->hosts, LL_MX_NAMES_MAX);
    }
}

static void
read_absence (LlMxFacts *facts, const char *domain, const LlAnswer *answer)
{
  if (!answer->nxdomain)
    {
      facts->finding = LL_FOUND;
      facts->implicit = TRUE;
      g_ptr_array_add (facts->hosts, ll_host_facts_new (domain, 0));
      return;
    }
  facts->finding = LL_ABSENT;
  facts->nxdomain = TRUE;
  facts->proven = answer->secure;
  facts->reason = answer->secure
                      ? g_strdup_printf (N_ ("%s does not exist"), domain)
                      : g_strdup_printf (N_ ("%s does not exist according to DNS"), domain);
}

LlMxFacts *
ll_mx_read (const char *domain, const LlAnswer *answer)
{
  LlMxFacts *facts = facts_new ();

  facts->finding = answer->finding;
  facts->secure = answer->secure;
  facts->network = answer->network;
  facts->late = answer->late;
  facts->canonical = g_strdup (answer->canonical);
  switch (answer->finding)
    {
    case LL_FOUND:
      read_hosts (facts, answer);
      facts->nomail = facts->nomail && facts->hosts->len == 0 && facts->refused == 0;
      break;
    case LL_ABSENT:
      read_absence (facts, domain, answer);
      break;
    case LL_UNKNOWN:
      facts->reason = g_strdup_printf (N_ ("The mail servers of %s could not be looked up: %s"),
                                       domain, answer->reason);
      break;
    case LL_BOGUS:
      facts->reason = g_strdup_printf (N_ ("The DNSSEC signatures of %s are wrong: %s"), domain,
                                       answer->reason);
      break;
    default:
      g_assert_not_reached ();
    }
  if (facts->nomail)
    {
      facts->finding = LL_ABSENT;
      facts->proven = answer->secure;
      facts->reason = g_strdup_printf (N_ ("%s accepts no mail (null MX)"), domain);
    }
  if (answer->finding == LL_FOUND || answer->finding == LL_ABSENT)
    facts->ttl = answer->ttl;
  return facts;
}

/* -- the addresses ----------------------------------------------------------------- */

/* What every look-up of a domain's hosts needs. */
typedef struct
{
  LlResolver *resolver; /* (not owned) */
  LlDeadline deadline;
  GCancellable *cancellable; /* (not owned) */
} Means;

/* The two look-ups of one host stand side by side. */
enum
{
  AAAA,
  A,
  FAMILIES,
};

static LlFinding
fold (const LlAnswer *six, const LlAnswer *four)
{
  if (six->finding == LL_BOGUS || four->finding == LL_BOGUS)
    return LL_BOGUS;
  if (six->finding == LL_FOUND || four->finding == LL_FOUND)
    return LL_FOUND;
  return six->finding == LL_UNKNOWN || four->finding == LL_UNKNOWN ? LL_UNKNOWN : LL_ABSENT;
}

static void
keep_addresses (LlHostFacts *host, LlQuery *pair, const Means *means)
{
  gboolean allow_private = ll_resolver_allows_private (means->resolver);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  gboolean withheld = FALSE;

  for (guint family = 0; family < FAMILIES; family++)
    {
      const LlAnswer *answer = pair[family].answer;

      for (guint i = 0; i < answer->records->len; i++)
        {
          g_autofree char *address = ll_rdata_address (answer->records->pdata[i], answer->type);

          if (address == NULL)
            continue;
          if (!allow_private && ll_network_is_private (address))
            withheld = TRUE;
          else
            g_ptr_array_add (addresses, g_steal_pointer (&address));
        }
    }
  if (withheld && addresses->len == 0)
    {
      host->why = LL_WHY_INTERNAL;
      host->detail = g_strdup_printf (N_ ("%s has only private addresses"), host->name);
    }
  ll_nat64_widen (means->resolver, addresses, means->deadline, means->cancellable);
  g_ptr_array_add (addresses, NULL);
  host->addresses = (GStrv) g_ptr_array_free (g_steal_pointer (&addresses), FALSE);
}

/* Of what was answered: a family that could not be looked up is left out, as its addresses are. */
static gboolean
pair_is_secure (const LlQuery *pair)
{
  for (guint family = 0; family < FAMILIES; family++)
    if (pair[family].answer->finding != LL_UNKNOWN && !pair[family].answer->secure)
      return FALSE;
  return TRUE;
}

static void
explain_failure (LlHostFacts *host, const LlQuery *pair)
{
  const LlAnswer *blamed = pair[A].answer;

  if (pair[AAAA].answer->finding == host->addressed)
    blamed = pair[AAAA].answer;
  if (host->addressed == LL_BOGUS)
    {
      host->evidence = LL_EVIDENCE_BROKEN;
      host->code = LL_CODE_DNSSEC_INVALID;
      host->late = blamed->late;
      host->detail = g_strdup_printf (N_ ("The DNSSEC signatures of %s are wrong: %s"), host->name,
                                      blamed->reason);
    }
  else if (host->addressed == LL_UNKNOWN)
    {
      host->why = blamed->network ? LL_WHY_DNS : LL_WHY_TEMPORARY;
      host->code = blamed->network ? LL_CODE_DNS_NETWORK_BROKEN : LL_CODE_UNKNOWN_TEMP;
      host->detail = g_strdup_printf (N_ ("The address of %s could not be looked up: %s"),
                                      host->name, blamed->reason);
    }
  else
    host->detail = g_strdup_printf (N_ ("%s has no address"), host->name);
}

static void
settle_host (LlMxFacts *facts, LlHostFacts *host, LlQuery *pair, const Means *means)
{
  host->addressed = fold (pair[AAAA].answer, pair[A].answer);
  host->secure_addresses
      = (host->addressed == LL_FOUND || host->addressed == LL_ABSENT) && pair_is_secure (pair);
  if (host->addressed != LL_FOUND)
    {
      const char *nothing[] = { NULL };

      host->addresses = g_strdupv ((GStrv) nothing);
      explain_failure (host, pair);
      return;
    }
  keep_addresses (host, pair, means);
  for (guint family = 0; family < FAMILIES; family++)
    {
      const LlAnswer *answer = pair[family].answer;

      if (answer->finding == LL_UNKNOWN)
        continue;
      facts->ttl = MIN (facts->ttl, answer->ttl);
      if (host->alias == NULL)
        host->alias = g_strdup (answer->canonical);
    }
}

static gboolean
all_have_addresses_or_none_will (const LlQuery *queries, guint n)
{
  for (guint i = 0; i < n; i++)
    if (queries[i].answer->finding == LL_FOUND)
      return TRUE;
  for (guint i = 0; i < n; i++)
    if (queries[i].answer->finding == LL_UNKNOWN)
      return FALSE;
  return TRUE;
}

/* Twice: shortly for all, then, only if nobody can be reached yet, for as long as there is. */
static void
ask_addresses (const Means *means, LlQuery *queries, guint n)
{
  LlDeadline soon = ll_deadline_earlier (means->deadline, ll_deadline_in (STRAGGLERS));

  ll_resolver_query_many (means->resolver, queries, n, soon, means->cancellable);
  if (soon == means->deadline || all_have_addresses_or_none_will (queries, n))
    return;
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&queries[i].answer, ll_answer_unref);
  ll_resolver_query_many (means->resolver, queries, n, means->deadline, means->cancellable);
}

static void
look_up_hosts (LlMxFacts *facts, const Means *means)
{
  guint n = facts->hosts->len * FAMILIES;
  g_autofree LlQuery *queries = g_new0 (LlQuery, n);

  for (guint i = 0; i < facts->hosts->len; i++)
    {
      const LlHostFacts *host = facts->hosts->pdata[i];

      queries[i * FAMILIES + AAAA] = (LlQuery){ .name = host->name, .type = LL_RR_AAAA };
      queries[i * FAMILIES + A] = (LlQuery){ .name = host->name, .type = LL_RR_A };
    }
  ask_addresses (means, queries, n);
  for (guint i = 0; i < facts->hosts->len; i++)
    settle_host (facts, facts->hosts->pdata[i], queries + i * FAMILIES, means);
  for (guint i = 0; i < n; i++)
    ll_answer_unref (queries[i].answer);
}

/* Keeps the first hosts of those that have an address, or may have one. */
static void
bound_hosts (LlMxFacts *facts)
{
  guint counted = 0;

  for (guint i = 0; i < facts->hosts->len;)
    {
      const LlHostFacts *host = facts->hosts->pdata[i];

      if (host->addressed == LL_ABSENT || counted++ < LL_MX_HOSTS_MAX)
        {
          i++;
          continue;
        }
      g_ptr_array_remove_index (facts->hosts, i);
      facts->beyond++;
    }
}

/* RFC 5321 5.1: a domain without MX whose name has no address cannot get mail; soft failures
 * dominate hard ones. */
static void
judge_hosts (LlMxFacts *facts, const char *domain)
{
  gboolean proven = facts->secure;

  for (guint i = 0; i < facts->hosts->len; i++)
    {
      const LlHostFacts *host = facts->hosts->pdata[i];

      if (host->addressed != LL_ABSENT)
        return;
      proven = proven && host->secure_addresses;
    }
  facts->unaddressed = TRUE;
  facts->proven = proven;
  facts->reason = facts->implicit
                      ? g_strdup_printf (N_ ("%s has neither a mail server nor an address"), domain)
                      : g_strdup_printf (N_ ("No mail server of %s has an address"), domain);
}

LlMxFacts *
ll_mx_lookup (LlResolver *resolver,
              const char *domain,
              LlDeadline deadline,
              GCancellable *cancellable)
{
  const Means means = { resolver, deadline, cancellable };
  gint64 began = g_get_monotonic_time ();
  g_autoptr (LlAnswer) answer
      = ll_resolver_query (resolver, domain, LL_RR_MX, deadline, cancellable);
  LlMxFacts *facts = ll_mx_read (answer->name, answer);

  if (facts->finding != LL_FOUND)
    return facts;
  if (facts->hosts->len > 0)
    look_up_hosts (facts, &means);
  bound_hosts (facts);
  judge_hosts (facts, answer->name);
  for (guint i = 0; i < facts->hosts->len; i++)
    {
      LlHostFacts *host = facts->hosts->pdata[i];

      host->ms.dns = (int) ((g_get_monotonic_time () - began) / 1000);
    }
  return facts;
}
