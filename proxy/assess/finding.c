/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/finding.h"

#include "assess/tlsa.h"
#include "base/clock.h"
#include "config/account.h"

/* The words of `dane` in the JSON; nothing published is nothing said. */
static const char *const dane_names[]
    = { NULL, "published", "match", "mismatch", "unusable", "unobtainable" };
static const char *const sts_names[]
    = { NULL, "testing", "enforce", "none", "fetch-error", "unknown" };

LlHostFacts *
ll_host_facts_new (const char *name, guint preference)
{
  LlHostFacts *facts = g_new0 (LlHostFacts, 1);

  facts->name = g_strdup (name);
  facts->preference = preference;
  facts->evidence = LL_EVIDENCE_UNKNOWN;
  facts->ms = (LlStages){ -1, -1, -1, -1, -1 };
  return facts;
}

LlHostFacts *
ll_host_facts_copy (const LlHostFacts *facts)
{
  LlHostFacts *copy = g_memdup2 (facts, sizeof *facts);

  copy->name = g_strdup (facts->name);
  copy->addresses = g_strdupv (facts->addresses);
  copy->alias = g_strdup (facts->alias);
  copy->detail = g_strdup (facts->detail);
  copy->tlsa = facts->tlsa ? g_ptr_array_ref (facts->tlsa) : NULL;
  copy->tlsa_base = g_strdup (facts->tlsa_base);
  copy->greeting = g_strdup (facts->greeting);
  copy->protocol = g_strdup (facts->protocol);
  copy->cipher = g_strdup (facts->cipher);
  copy->key = g_strdup (facts->key);
  copy->subject = g_strdup (facts->subject);
  copy->issuer = g_strdup (facts->issuer);
  copy->fingerprint = g_strdup (facts->fingerprint);
  copy->note = g_strdup (facts->note);
  return copy;
}

void
ll_host_facts_free (LlHostFacts *facts)
{
  if (facts == NULL)
    return;
  g_free (facts->name);
  g_strfreev (facts->addresses);
  g_free (facts->alias);
  g_free (facts->detail);
  g_clear_pointer (&facts->tlsa, g_ptr_array_unref);
  g_free (facts->tlsa_base);
  g_free (facts->greeting);
  g_free (facts->protocol);
  g_free (facts->cipher);
  g_free (facts->key);
  g_free (facts->subject);
  g_free (facts->issuer);
  g_free (facts->fingerprint);
  g_free (facts->note);
  g_free (facts);
}

void
ll_sts_facts_copy (const LlStsFacts *from, LlStsFacts *to)
{
  *to = *from;
  to->id = g_strdup (from->id);
  to->patterns = g_strdupv (from->patterns);
  to->detail = g_strdup (from->detail);
}

void
ll_sts_facts_clear (LlStsFacts *facts)
{
  g_free (facts->id);
  g_strfreev (facts->patterns);
  g_free (facts->detail);
  *facts = (LlStsFacts){ 0 };
}

LlVerdict *
ll_verdict_new (const char *domain)
{
  LlVerdict *verdict = g_new0 (LlVerdict, 1);

  verdict->ref_count = 1;
  verdict->domain = g_strdup (domain);
  verdict->time = ll_clock_now ();
  verdict->evidence = LL_EVIDENCE_UNKNOWN;
  verdict->evidence_if_sts = LL_EVIDENCE_UNKNOWN;
  verdict->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_host_facts_free);
  return verdict;
}

LlVerdict *
ll_verdict_ref (LlVerdict *verdict)
{
  g_atomic_int_inc (&verdict->ref_count);
  return verdict;
}

void
ll_verdict_unref (LlVerdict *verdict)
{
  if (verdict == NULL || !g_atomic_int_dec_and_test (&verdict->ref_count))
    return;
  g_free (verdict->domain);
  g_free (verdict->detail);
  g_free (verdict->culprit);
  g_free (verdict->was);
  ll_sts_facts_clear (&verdict->sts);
  g_ptr_array_unref (verdict->hosts);
  g_free (verdict->provider);
  g_free (verdict->listed_date);
  g_clear_pointer (&verdict->proof, g_variant_unref);
  g_free (verdict);
}

const char *
ll_dane_name (LlDane dane)
{
  return dane_names[dane];
}

LlEvidence
ll_verdict_evidence_for (const LlVerdict *verdict, guint honours)
{
  return honours & LL_HONOURS_STS ? verdict->evidence_if_sts : verdict->evidence;
}

/* Absent things are not in the dictionary; whoever prints JSON makes them null. */
static void
put_string (GVariantBuilder *builder, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value));
}

static void
put_time (GVariantBuilder *builder, const char *key, gint64 when)
{
  g_autofree char *text = ll_clock_format (when);

  put_string (builder, key, text);
}

static void
put_stage (GVariantBuilder *builder, const char *key, int milliseconds)
{
  if (milliseconds >= 0)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_int32 (milliseconds));
}

static GVariant *
stages_to_variant (const LlStages *ms)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  put_stage (&builder, "dns", ms->dns);
  put_stage (&builder, "connect", ms->connect);
  put_stage (&builder, "greeting", ms->greeting);
  put_stage (&builder, "starttls", ms->starttls);
  put_stage (&builder, "tls", ms->tls);
  return g_variant_builder_end (&builder);
}

/* "valid", or what is wrong with it in TLSRPT's words. */
static const char *
certificate_word (const LlHostFacts *host)
{
  if (host->fingerprint == NULL)
    return NULL;
  if (host->pkix)
    return "valid";
  return host->certificate_code != LL_CODE_NONE ? ll_code_name (host->certificate_code)
                                                : "certificate-not-trusted";
}

static GVariant *
records_to_variant (const GPtrArray *records)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (&builder, g_variant_new_take_string (
                                               ll_tlsa_to_string (g_ptr_array_index (records, i))));
  return g_variant_builder_end (&builder);
}

static GVariant *
host_to_variant (const LlHostFacts *host)
{
  static const char *const no_addresses[] = { NULL };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  put_string (&builder, "name", host->name);
  g_variant_builder_add (&builder, "{sv}", "preference", g_variant_new_uint32 (host->preference));
  g_variant_builder_add (&builder, "{sv}", "addresses",
                         g_variant_new_strv (host->addresses ? (const char *const *) host->addresses
                                                             : no_addresses,
                                             -1));
  put_string (&builder, "evidence", ll_evidence_name (host->evidence));
  put_string (&builder, "why", ll_why_name (host->why));
  put_string (&builder, "reason", host->detail);
  put_string (&builder, "code", ll_code_name (host->code));
  put_string (&builder, "note", host->note);
  if (host->tampered)
    g_variant_builder_add (&builder, "{sv}", "tampered", g_variant_new_boolean (TRUE));
  put_string (&builder, "greeting", host->greeting);
  put_string (&builder, "protocol", host->protocol);
  put_string (&builder, "cipher", host->cipher);
  if (host->protocol != NULL)
    g_variant_builder_add (&builder, "{sv}", "bits", g_variant_new_int32 (host->bits));
  put_string (&builder, "certificate", certificate_word (host));
  put_string (&builder, "key", host->key);
  put_string (&builder, "subject", host->subject);
  put_string (&builder, "issuer", host->issuer);
  put_string (&builder, "fingerprint", host->fingerprint);
  put_time (&builder, "not_after", host->not_after);
  put_string (&builder, "dane", ll_dane_name (host->dane));
  put_string (&builder, "tlsa", host->tlsa_base);
  if (host->tlsa != NULL && host->tlsa->len > 0)
    g_variant_builder_add (&builder, "{sv}", "tlsa_records", records_to_variant (host->tlsa));
  if (host->protocol != NULL)
    g_variant_builder_add (&builder, "{sv}", "requiretls",
                           g_variant_new_boolean (host->requiretls));
  if (host->excluded)
    g_variant_builder_add (&builder, "{sv}", "excluded", g_variant_new_boolean (TRUE));
  put_time (&builder, "time", host->time);
  g_variant_builder_add (&builder, "{sv}", "milliseconds", stages_to_variant (&host->ms));
  return g_variant_builder_end (&builder);
}

static GVariant *
sts_to_variant (const LlStsFacts *sts)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  put_string (&builder, "mode", sts_names[sts->mode]);
  put_string (&builder, "id", sts->id);
  put_time (&builder, "expires", sts->expires);
  put_time (&builder, "fetched", sts->fetched);
  if (sts->patterns != NULL)
    g_variant_builder_add (&builder, "{sv}", "mx",
                           g_variant_new_strv ((const char *const *) sts->patterns, -1));
  if (sts->cached)
    g_variant_builder_add (&builder, "{sv}", "cached", g_variant_new_boolean (TRUE));
  put_string (&builder, "code", ll_code_name (sts->code));
  put_string (&builder, "reason", sts->detail);
  return g_variant_builder_end (&builder);
}

GVariant *
ll_verdict_to_variant (const LlVerdict *verdict)
{
  GVariantBuilder builder;
  GVariantBuilder hosts;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  put_string (&builder, "domain", verdict->domain);
  put_string (&builder, "evidence", ll_evidence_name (verdict->evidence));
  put_string (&builder, "source", ll_source_name (verdict->source));
  put_string (&builder, "why", ll_why_name (verdict->why));
  put_string (&builder, "reason", verdict->detail);
  put_string (&builder, "code", ll_code_name (verdict->code));
  if (verdict->sts.mode != LL_STS_NONE)
    g_variant_builder_add (&builder, "{sv}", "mta_sts", sts_to_variant (&verdict->sts));
  g_variant_builder_init (&hosts, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < verdict->hosts->len; i++)
    g_variant_builder_add_value (&hosts, host_to_variant (g_ptr_array_index (verdict->hosts, i)));
  g_variant_builder_add (&builder, "{sv}", "hosts", g_variant_builder_end (&hosts));
  g_variant_builder_add (&builder, "{sv}", "seen", g_variant_new_uint32 (verdict->seen));
  g_variant_builder_add (&builder, "{sv}", "total", g_variant_new_uint32 (verdict->total));
  g_variant_builder_add (&builder, "{sv}", "mx_secure", g_variant_new_boolean (verdict->mx_secure));
  if (verdict->requiretls_everywhere)
    g_variant_builder_add (&builder, "{sv}", "requiretls", g_variant_new_boolean (TRUE));
  if (verdict->suspected_downgrade)
    g_variant_builder_add (&builder, "{sv}", "suspected_downgrade", g_variant_new_boolean (TRUE));
  put_string (&builder, "was", verdict->was);
  put_string (&builder, "provider", verdict->provider);
  put_string (&builder, "listed", verdict->listed_date);
  put_string (&builder, "network", ll_network_state_name (verdict->network));
  put_string (&builder, "dns", ll_dns_state_name (verdict->dns));
  put_time (&builder, "time", verdict->time);
  return g_variant_builder_end (&builder);
}

/* The server that the verdict rests on: the weakest decides, so the first that is as weak. Under
 * MTA-STS or DANE half a server may be called stronger alone, then the first that was seen. */
static const LlHostFacts *
deciding_host (const LlVerdict *verdict)
{
  const LlHostFacts *first = NULL;

  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      if (host->contacted && host->evidence == verdict->evidence)
        return host;
      if (first == NULL || (host->contacted && !first->contacted))
        first = host;
    }
  return first;
}

static GVariant *
make_proof (const LlVerdict *verdict)
{
  static const char *const keys[]
      = { "greeting", "protocol", "cipher", "bits",         "key",         "certificate", "subject",
          "issuer",   "dane",     "tlsa",   "tlsa_records", "fingerprint", "not_after" };
  g_autoptr (GVariant) whole = g_variant_ref_sink (ll_verdict_to_variant (verdict));
  g_auto (GVariantDict) proof = G_VARIANT_DICT_INIT (whole);
  const LlHostFacts *host = deciding_host (verdict);

  if (verdict->sts.id != NULL)
    g_variant_dict_insert (&proof, "policy", "s", verdict->sts.id);
  if (host != NULL)
    {
      g_autoptr (GVariant) facts = g_variant_ref_sink (host_to_variant (host));

      g_variant_dict_insert (&proof, "mx", "s", host->name);
      for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
        {
          g_autoptr (GVariant) value = g_variant_lookup_value (facts, keys[i], NULL);

          if (value != NULL)
            g_variant_dict_insert_value (&proof, keys[i], value);
        }
    }
  return g_variant_ref_sink (g_variant_dict_end (&proof));
}

GVariant *
ll_verdict_to_proof (const LlVerdict *verdict)
{
  GVariant **kept = &((LlVerdict *) verdict)->proof;

  /* every letter to the domain needs it; two that make it at once make the same */
  if (g_atomic_pointer_get (kept) == NULL)
    {
      GVariant *proof = make_proof (verdict);

      (void) g_variant_get_data (proof); /* as octets: else each letter makes them */
      if (!g_atomic_pointer_compare_and_exchange (kept, NULL, proof))
        g_variant_unref (proof);
    }
  return g_variant_ref (*kept);
}
