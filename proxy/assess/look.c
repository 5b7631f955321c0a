/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/look.h"

#include "assess/look-private.h"
#include "assess/mx.h"
#include "assess/tlsa.h"
#include "base/limits.h"

#include <string.h>

/* The whole look may take longer than anybody waits: it goes on in the background. */
#define LOOK_DEADLINE 30000
/* Control hosts are asked when somebody's server looks odd; they are quick, or they are not asked
 * again. */
#define JUDGE_DEADLINE 4000
#define SMTP_PORT 25
/* A network that has not shown anything for so long may block port 25. */
#define DOUBT_AFTER 1500
#define DOUBT_STEP 250
#define DOUBT_DEADLINE 12000

typedef struct
{
  LlLook *look;
  Looked *looked;
} Step;

/* Under the lock. Steps that can still change what the domain is worth. */
static guint
steps_that_matter (const LlLook *look)
{
  guint waiting = 0;

  for (guint i = 0; i < look->looked->len; i++)
    {
      const Looked *looked = g_ptr_array_index (look->looked, i);

      waiting += looked->sight != NULL && !looked->final ? 1 : 0;
    }
  return look->open - waiting;
}

/* Makes the verdict as soon as it can, and once more with the last answers. */
static void
settle (LlLook *look)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&look->settling);
  g_autoptr (LlVerdict) verdict = NULL;
  LlConcludeParts parts = ll_look_conclude_parts (look);
  gboolean last, first;
  guint32 ttl;

  g_mutex_lock (&look->lock);
  last = look->open == 0;
  first = look->verdict == NULL;
  if (last || (first && steps_that_matter (look) == 0))
    verdict = ll_look_fold (look);
  ttl = look->ttl;
  g_mutex_unlock (&look->lock);
  if (verdict == NULL)
    return;
  /* only this function sets it, one at a time */
  ll_conclude (&parts, verdict, look->verdict);
  look->finished (look, verdict, ll_conclude_keep (verdict, ttl), last, look->finished_data);
  g_mutex_lock (&look->lock);
  ll_verdict_unref (look->verdict);
  look->verdict = ll_verdict_ref (verdict);
  look->over = last;
  g_cond_broadcast (&look->changed);
  g_mutex_unlock (&look->lock);
}

/* A step came back. */
static void
end_step (LlLook *look)
{
  g_mutex_lock (&look->lock);
  look->open--;
  g_mutex_unlock (&look->lock);
  settle (look);
  ll_look_say_progress (look);
  ll_look_unref (look);
}

/* Under the lock. */
static void
begin_step (LlLook *look)
{
  ll_look_ref (look);
  look->open++;
}

/* -- looks at addresses ------------------------------------------------------------ */

static void sight_ready_cb (LlSight *sight, gboolean final, gpointer data);

/* Under the lock; what is to be asked for once it is released. */
static void
plan (LlLook *look, const char *address, const char *sni, GPtrArray *steps)
{
  Looked *looked = g_new0 (Looked, 1);
  Step *step = g_new (Step, 1);

  looked->address = g_strdup (address);
  looked->sni = g_strdup (sni);
  g_ptr_array_add (look->looked, looked);
  step->look = look;
  step->looked = looked;
  g_ptr_array_add (steps, step);
  begin_step (look);
}

/* Not under the lock: the answer may come at once. */
static void
ask (LlLook *look, const GPtrArray *steps)
{
  for (guint i = 0; i < steps->len; i++)
    {
      Step *step = g_ptr_array_index (steps, i);

      ll_sights_request (look->parts->sights, step->looked->address, step->looked->sni, look->fresh,
                         sight_ready_cb, step);
    }
}

static gboolean
has_address (const LlHostFacts *facts, const char *address)
{
  return facts->addresses != NULL
         && g_strv_contains ((const char *const *) facts->addresses, address);
}

/* Under the lock. One connection serves all names behind an address (T25), except where the
 * server may choose by name (DC33). */
static void
plan_other_names (LlLook *look, const LlSight *sight, GPtrArray *steps)
{
  for (guint i = 0; i < look->hosts->len; i++)
    {
      const LlHostFacts *facts = ((Host *) g_ptr_array_index (look->hosts, i))->fold.dns;
      const char *sni = ll_look_sni (facts);

      if (look->looked->len < LL_PROBE_ADDRESSES_MAX && ll_sight_chain (sight) != NULL
          && has_address (facts, sight->address)
          && strcmp (ll_look_at (look, sight->address, sni)->sni, sni) != 0
          && ll_look_may_differ (look, sight, facts))
        plan (look, sight->address, sni, steps);
    }
}

/* Whether the network itself is in between? The control hosts tell, once per network. */
static void
judge_job (gpointer data)
{
  LlLook *look = data;

  LlNetworkState state
      = ll_network_judge (look->parts->network,
                          ll_deadline_earlier (look->deadline, ll_deadline_in (JUDGE_DEADLINE)),
                          look->parts->cancellable);
  LlDeadline moment = ll_deadline_in (DOUBT_STEP);

  /* several domains that fall silent together are one reason */
  g_mutex_lock (&look->lock);
  while (state == LL_NETWORK_UNTESTED && g_cond_wait_until (&look->changed, &look->lock, moment))
    ;
  g_mutex_unlock (&look->lock);
  end_step (look);
}

/* Silence, a missing STARTTLS, somebody else's certificate: the server, or the network? */
static gboolean
is_suspicious (const LlSight *sight)
{
  return sight->kind == LL_SIGHT_TIMEOUT || sight->kind == LL_SIGHT_PLAIN
         || (sight->kind == LL_SIGHT_TLS && !sight->trust.valid);
}

static void
sight_ready_cb (LlSight *sight, gboolean final, gpointer data)
{
  Step *step = data;
  LlLook *look = step->look;
  g_autoptr (GPtrArray) steps = g_ptr_array_new ();
  gboolean judge;

  g_mutex_lock (&look->lock);
  ll_sight_unref (step->looked->sight);
  step->looked->sight = ll_sight_ref (sight);
  step->looked->final = final;
  plan_other_names (look, sight, steps);
  judge = is_suspicious (sight) && !look->judged;
  if (judge)
    {
      look->judged = TRUE;
      begin_step (look);
    }
  g_mutex_unlock (&look->lock);
  if (judge)
    ll_job_push (look->parts->pool, judge_job, look);
  ask (look, steps);
  if (!final)
    {
      settle (look);
      ll_look_say_progress (look);
      return;
    }
  g_free (step);
  end_step (look);
}

/* Both families first: a server may have TLS on one of them only (T22). */
static const char *
address_at (const LlHostFacts *facts, guint nth)
{
  guint v4 = 0, v6 = 0;

  if (facts->addressed != LL_FOUND || facts->why == LL_WHY_INTERNAL)
    return NULL;
  for (guint i = 0; facts->addresses != NULL && facts->addresses[i] != NULL; i++)
    {
      gboolean is_v6 = strchr (facts->addresses[i], ':') != NULL;
      guint position = is_v6 ? 2 * v6++ + 1 : 2 * v4++;

      if (position == nth)
        return facts->addresses[i];
    }
  return NULL;
}

/* All hosts' first addresses before any second one. */
/* FALSE: there was nothing to look at. */
static gboolean
look_at_hosts (LlLook *look)
{
  g_autoptr (GPtrArray) steps = g_ptr_array_new ();
  int began = (int) ((g_get_monotonic_time () - look->began) / 1000);

  g_mutex_lock (&look->lock);
  for (guint nth = 0; nth < 2 * LL_PROBE_ADDRESSES_MAX; nth++)
    for (guint i = 0; i < look->hosts->len && look->looked->len < LL_PROBE_ADDRESSES_MAX; i++)
      {
        Host *host = g_ptr_array_index (look->hosts, i);
        const char *address = address_at (host->fold.dns, nth);

        host->fold.began = began;
        if (address != NULL && ll_look_at (look, address, ll_look_sni (host->fold.dns)) == NULL)
          plan (look, address, ll_look_sni (host->fold.dns), steps);
      }
  g_mutex_unlock (&look->lock);
  ask (look, steps);
  return steps->len > 0;
}

/* -- DNS -------------------------------------------------------------------------------- */

static gboolean
may_have_tlsa (const LlHostFacts *facts)
{
  return facts->addressed == LL_FOUND && (facts->secure_addresses || facts->alias != NULL);
}

static gboolean
needs_tlsa (LlLook *look, gboolean *alias)
{
  gboolean any = FALSE;

  *alias = FALSE;
  if (look->literal)
    return FALSE;
  for (guint i = 0; i < look->hosts->len; i++)
    {
      Host *host = g_ptr_array_index (look->hosts, i);

      host->fold.tlsa_open = may_have_tlsa (host->fold.dns);
      any = any || host->fold.tlsa_open;
      *alias = *alias || (host->fold.tlsa_open && host->fold.dns->alias != NULL);
    }
  return any;
}

/* For those of @hosts where none was found yet. */
static guint32
find_tlsa_at (LlLook *look, GPtrArray *hosts, guint16 port)
{
  g_autoptr (GPtrArray) without = g_ptr_array_new ();

  for (guint i = 0; i < hosts->len; i++)
    if (((LlHostFacts *) hosts->pdata[i])->dane == LL_DANE_NONE)
      g_ptr_array_add (without, hosts->pdata[i]);
  return ll_tlsa_lookup_many (look->parts->resolver, without, port,
                              ll_deadline_earlier (look->deadline,
                                                   ll_deadline_in (LL_DNS_DEADLINE)),
                              look->parts->cancellable);
}

/* On copies: others may fold meanwhile. */
static void
find_tlsa (LlLook *look)
{
  g_autoptr (GPtrArray) copies = g_ptr_array_new ();
  g_autoptr (GPtrArray) steps = g_ptr_array_new ();
  guint32 ttl;
  guint seen;

  g_mutex_lock (&look->lock);
  for (guint i = 0; i < look->mx->hosts->len; i++)
    g_ptr_array_add (copies, ll_host_facts_copy (g_ptr_array_index (look->mx->hosts, i)));
  g_mutex_unlock (&look->lock);
  ttl = find_tlsa_at (look, copies, look->parts->mx_port);
  /* who moved the port here did not move everybody's records */
  if (look->parts->mx_port != SMTP_PORT)
    ttl = MIN (ttl, find_tlsa_at (look, copies, SMTP_PORT));
  g_mutex_lock (&look->lock);
  for (guint i = 0; i < copies->len; i++)
    {
      Host *host = g_ptr_array_index (look->hosts, i);

      ll_host_facts_free (look->mx->hosts->pdata[i]);
      look->mx->hosts->pdata[i] = copies->pdata[i];
      host->fold.dns = copies->pdata[i];
      host->fold.tlsa_open = FALSE;
    }
  look->ttl = MIN (look->ttl, ttl);
  seen = look->looked->len;
  for (guint i = 0; i < seen; i++)
    {
      const Looked *looked = g_ptr_array_index (look->looked, i);

      if (looked->sight != NULL)
        plan_other_names (look, looked->sight, steps);
    }
  g_mutex_unlock (&look->lock);
  ask (look, steps);
}

static LlMxFacts *
literal_facts (const LlLook *look)
{
  LlMxFacts *facts = g_new0 (LlMxFacts, 1);
  /* the key of a look is in lower case */
  const char *start
      = g_ascii_strncasecmp (look->domain, "[IPv6:", 6) == 0 ? look->domain + 6 : look->domain + 1;
  g_autofree char *address = g_strndup (start, strcspn (start, "]"));
  LlHostFacts *host = ll_host_facts_new (address, 0);

  facts->finding = LL_FOUND;
  facts->implicit = TRUE;
  facts->ttl = G_MAXUINT32;
  facts->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_host_facts_free);
  host->addresses = g_strdupv ((char *[]){ address, NULL });
  host->addressed = LL_FOUND;
  if (!look->parts->allow_private && ll_network_is_private (address))
    host->why = LL_WHY_INTERNAL;
  g_ptr_array_add (facts->hosts, host);
  return facts;
}

static gboolean
may_probe (const LlLook *look)
{
  LlNetworkState state = ll_network_state (look->parts->network);

  return look->parts->probing && state != LL_NETWORK_BLOCKED && state != LL_NETWORK_OFFLINE
         && state != LL_NETWORK_PORTAL;
}

/* Nobody waits for this one: once the port is known to be closed, all looks end by it. */
static void
doubt_job (gpointer data)
{
  LlLook *look = data;
  LlNetwork *network = look->parts->network;
  LlDeadline patience = ll_deadline_in (DOUBT_AFTER);

  g_mutex_lock (&look->lock);
  while (!look->over && ll_network_state (network) == LL_NETWORK_UNTESTED
         && ll_deadline_left (patience) > 0
         && !g_cancellable_is_cancelled (look->parts->cancellable))
    g_cond_wait_until (&look->changed, &look->lock, ll_deadline_in (DOUBT_STEP));
  g_mutex_unlock (&look->lock);
  if (ll_network_state (network) == LL_NETWORK_UNTESTED && !look->over
      && ll_network_judge (network, ll_deadline_in (DOUBT_DEADLINE), look->parts->cancellable)
             == LL_NETWORK_BLOCKED)
    ll_sights_renew (look->parts->sights);
  g_atomic_int_set (look->parts->doubting, 0);
  ll_look_unref (look);
}

static void
mx_job (gpointer data)
{
  LlLook *look = data;
  LlMxFacts *mx
      = look->literal
            ? literal_facts (look)
            : ll_mx_lookup (look->parts->resolver, look->domain,
                            ll_deadline_earlier (look->deadline, ll_deadline_in (LL_DNS_DEADLINE)),
                            look->parts->cancellable);
  gboolean tlsa, alias;

  g_mutex_lock (&look->lock);
  look->mx = mx;
  look->ttl = MIN (look->ttl, mx->ttl);
  for (guint i = 0; mx->hosts != NULL && i < mx->hosts->len; i++)
    {
      Host *host = g_new0 (Host, 1);

      host->fold.dns = mx->hosts->pdata[i];
      host->fold.sights = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_sight_unref);
      g_ptr_array_add (look->hosts, host);
    }
  tlsa = needs_tlsa (look, &alias);
  g_mutex_unlock (&look->lock);
  ll_look_say_progress (look);
  /* TLSA rides beside the look, unless it says which name to ask for */
  if (tlsa && alias)
    find_tlsa (look);
  if (may_probe (look) && look_at_hosts (look)
      && ll_network_state (look->parts->network) == LL_NETWORK_UNTESTED
      && g_atomic_int_compare_and_exchange (look->parts->doubting, 0, 1))
    ll_job_push (look->parts->pool, doubt_job, ll_look_ref (look));
  if (tlsa && !alias)
    find_tlsa (look);
  end_step (look);
}

static void
sts_job (gpointer data)
{
  LlLook *look = data;
  LlStsFacts facts;
  guint32 ttl = ll_sts_find (&look->parts->sts, look->domain, look->deadline,
                             look->parts->cancellable, &facts);

  g_mutex_lock (&look->lock);
  look->sts = facts;
  look->sts_done = TRUE;
  look->ttl = MIN (look->ttl, ttl);
  g_mutex_unlock (&look->lock);
  end_step (look);
}

void
ll_look_start (LlLook *look, LlLookFinished finished, gpointer data)
{
  gboolean internal = !look->literal && ll_network_is_internal (look->parts->network, look->domain);

  look->finished = finished;
  look->finished_data = data;
  look->began = g_get_monotonic_time ();
  look->deadline = ll_deadline_in (LOOK_DEADLINE);
  g_mutex_lock (&look->lock);
  begin_step (look);
  if (!internal)
    {
      begin_step (look);
      ll_job_push (look->parts->pool, mx_job, look);
    }
  if (!internal && !look->literal)
    {
      begin_step (look);
      ll_job_push (look->parts->pool, sts_job, look);
    }
  else
    look->sts_done = TRUE; /* does not apply (RFC 8461 3.4) */
  g_mutex_unlock (&look->lock);
  end_step (look);
}
