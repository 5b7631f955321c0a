/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A look as a value: made, folded as far as it has come, waited for. */

#include "assess/look.h"

#include "assess/dane.h"
#include "assess/look-private.h"

#include <string.h>

static void
host_free (Host *host)
{
  g_ptr_array_unref ((GPtrArray *) host->fold.sights);
  g_free (host);
}

static void
looked_free (Looked *looked)
{
  g_free (looked->address);
  g_free (looked->sni);
  ll_sight_unref (looked->sight);
  g_free (looked);
}

LlLook *
ll_look_new (
    LlLookParts *parts, const char *domain, gboolean fresh, gboolean plain_before, guint generation)
{
  LlLook *look = g_new0 (LlLook, 1);

  look->ref_count = 1;
  look->parts = ll_look_parts_ref (parts);
  look->domain = g_strdup (domain);
  look->fresh = fresh;
  look->plain_before = plain_before;
  look->literal = domain[0] == '[';
  look->generation = generation;
  look->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) host_free);
  look->looked = g_ptr_array_new_with_free_func ((GDestroyNotify) looked_free);
  look->ttl = G_MAXUINT32;
  g_mutex_init (&look->progress_lock);
  g_mutex_init (&look->settling);
  g_mutex_init (&look->lock);
  g_cond_init (&look->changed);
  return look;
}

LlLook *
ll_look_ref (LlLook *look)
{
  g_atomic_int_inc (&look->ref_count);
  return look;
}

void
ll_look_unref (LlLook *look)
{
  if (look == NULL || !g_atomic_int_dec_and_test (&look->ref_count))
    return;
  g_free (look->domain);
  ll_mx_facts_free (look->mx);
  g_ptr_array_unref (look->hosts);
  g_ptr_array_unref (look->looked);
  ll_sts_facts_clear (&look->sts);
  ll_verdict_unref (look->verdict);
  g_mutex_clear (&look->progress_lock);
  g_mutex_clear (&look->settling);
  g_mutex_clear (&look->lock);
  g_cond_clear (&look->changed);
  ll_look_parts_unref (look->parts);
  g_free (look);
}

const char *
ll_look_domain (const LlLook *look)
{
  return look->domain;
}

guint
ll_look_generation (const LlLook *look)
{
  return look->generation;
}

void
ll_look_set_progress (LlLook *look, LlAssessProgress progress, gpointer data)
{
  look->progress = progress;
  look->progress_data = data;
}

void
ll_look_clear_progress (LlLook *look)
{
  g_mutex_lock (&look->progress_lock);
  look->progress = NULL;
  g_mutex_unlock (&look->progress_lock);
}

/* -- folding what is there ------------------------------------------------------ */

/* DANE wants the name where the TLSA records stand (RFC 7672 8.1). */
const char *
ll_look_sni (const LlHostFacts *facts)
{
  return facts->tlsa_base != NULL ? facts->tlsa_base : facts->name;
}

/* The look at @address that says most about a host that is asked for as @sni. */
const Looked *
ll_look_at (const LlLook *look, const char *address, const char *sni)
{
  const Looked *other = NULL;

  for (guint i = 0; i < look->looked->len; i++)
    {
      const Looked *looked = g_ptr_array_index (look->looked, i);

      if (strcmp (looked->address, address) != 0)
        continue;
      if (strcmp (looked->sni, sni) == 0)
        return looked;
      other = looked;
    }
  return other;
}

gboolean
ll_look_may_differ (const LlLook *look, const LlSight *sight, const LlHostFacts *facts)
{
  LlDaneNames names = { .base = ll_look_sni (facts), .mx = facts->name, .next_hop = look->domain };
  g_auto (LlChainFinding) finding = { 0 };
  g_autofree char *detail = NULL;

  if (facts->dane == LL_DANE_PUBLISHED)
    return ll_dane_compare (sight->chain, facts->tlsa, &names, NULL, &detail) != LL_DANE_MATCH;
  finding = ll_chain_verify (sight->chain, ll_probe_trust (look->parts->probe), facts->name);
  return !finding.valid;
}

/* Whether what was seen there says something of this host: another name's certificate does not. */
static gboolean
is_of (const LlLook *look, const Looked *looked, const LlHostFacts *facts)
{
  return strcmp (looked->sni, ll_look_sni (facts)) == 0 || ll_sight_chain (looked->sight) == NULL
         || !ll_look_may_differ (look, looked->sight, facts);
}

static void
collect_sights (const LlLook *look, Host *host)
{
  const LlHostFacts *facts = host->fold.dns;
  GPtrArray *sights = (GPtrArray *) host->fold.sights;

  g_ptr_array_set_size (sights, 0);
  host->fold.look_open = FALSE;
  for (guint i = 0; facts->addresses != NULL && facts->addresses[i] != NULL; i++)
    {
      const Looked *looked = ll_look_at (look, facts->addresses[i], ll_look_sni (facts));

      if (looked == NULL)
        continue;
      host->fold.look_open = host->fold.look_open || !looked->final;
      if (looked->sight != NULL && is_of (look, looked, facts))
        g_ptr_array_add (sights, ll_sight_ref (looked->sight));
    }
}

/* Under the lock. (transfer full) */
LlVerdict *
ll_look_fold (LlLook *look)
{
  const LlLookParts *parts = look->parts;
  gboolean internal = !look->literal && ll_network_is_internal (parts->network, look->domain);
  LlVerdictInput input = {
    .domain = look->domain,
    .mx = look->mx,
    .hosts = look->hosts,
    .sts = look->sts_done ? &look->sts : NULL,
    .network = ll_network_state (parts->network),
    .dns_silent = ll_resolver_state (parts->resolver, NULL) == LL_DNS_SILENT,
    .internal = internal,
    .literal = look->literal,
    .probing = parts->probing,
    .plain_confirmed = look->plain_before,
    .trust = ll_probe_trust (parts->probe),
  };

  for (guint i = 0; i < look->hosts->len; i++)
    collect_sights (look, g_ptr_array_index (look->hosts, i));
  return ll_verdict_fold (&input);
}

LlConcludeParts
ll_look_conclude_parts (const LlLook *look)
{
  return (LlConcludeParts){ .memory = look->parts->memory,
                            .resolver = look->parts->resolver,
                            .network = look->parts->network };
}

void
ll_look_say_progress (LlLook *look)
{
  g_autoptr (LlVerdict) partial = NULL;
  LlConcludeParts parts = ll_look_conclude_parts (look);

  g_mutex_lock (&look->progress_lock);
  if (look->progress != NULL)
    {
      g_mutex_lock (&look->lock);
      partial = look->verdict != NULL ? ll_verdict_ref (look->verdict) : ll_look_fold (look);
      g_mutex_unlock (&look->lock);
      if (partial->ref_count == 1)
        ll_conclude_partial (&parts, partial);
      look->progress (partial, look->progress_data);
    }
  g_mutex_unlock (&look->progress_lock);
}

/* -- waiting ------------------------------------------------------------------------------ */

static void
wake_cb (GCancellable *cancellable, gpointer data)
{
  LlLook *look = data;

  g_mutex_lock (&look->lock);
  g_cond_broadcast (&look->changed);
  g_mutex_unlock (&look->lock);
}

LlVerdict *
ll_look_wait (
    LlLook *look, gboolean whole, LlDeadline deadline, GCancellable *cancellable, gboolean *done)
{
  gulong handler = cancellable != NULL
                       ? g_cancellable_connect (cancellable, G_CALLBACK (wake_cb), look, NULL)
                       : 0;
  LlConcludeParts parts = ll_look_conclude_parts (look);
  LlVerdict *verdict;

  g_mutex_lock (&look->lock);
  while ((look->verdict == NULL || (whole && !look->over))
         && !g_cancellable_is_cancelled (cancellable)
         && g_cond_wait_until (&look->changed, &look->lock, deadline))
    ;
  *done = look->verdict != NULL;
  verdict = *done ? ll_verdict_ref (look->verdict) : ll_look_fold (look);
  g_mutex_unlock (&look->lock);
  g_cancellable_disconnect (cancellable, handler);
  if (!*done)
    ll_conclude_partial (&parts, verdict);
  return verdict;
}
