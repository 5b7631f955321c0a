/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/sender.h"

#include "base/limits.h"
#include "bus/call.h"
#include "net/rdata.h"

#include <string.h>

/*
 * RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC), as far as DNS shows them. Says
 * what is published, not what receivers make of it.
 */

#define SELECTORS_MAX 10

/* -- records ------------------------------------------------------------------------------- */

const char *
ll_sender_spf_all (const char *record)
{
  static const char *const all[] = { "-all", "~all", "?all", "+all" };
  g_auto (GStrv) terms = g_strsplit (record, " ", -1);

  for (guint i = 0; terms[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (terms[i], "all") == 0)
        return "+all";
      for (guint j = 0; j < G_N_ELEMENTS (all); j++)
        if (g_ascii_strcasecmp (terms[i], all[j]) == 0)
          return all[j];
    }
  return NULL;
}

char *
ll_sender_tag (const char *record, const char *name)
{
  g_auto (GStrv) tags = g_strsplit (record, ";", -1);

  for (guint i = 0; tags[i] != NULL; i++)
    {
      char *equals = strchr (tags[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      if (g_ascii_strcasecmp (g_strstrip (tags[i]), name) == 0)
        return g_strdup (g_strstrip (equals + 1));
    }
  return NULL;
}

static gboolean
begins (const char *text, const char *version)
{
  gsize length = strlen (version);

  return g_ascii_strncasecmp (text, version, length) == 0
         && (text[length] == '\0' || strchr ("; \t", text[length]) != NULL);
}

/* The TXT records of @name that begin with @version, as printable text. */
static GPtrArray *
text_records (const LlAnswer *answer, const char *version)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; answer->finding == LL_FOUND && i < answer->records->len; i++)
    {
      g_autoptr (GBytes) text = ll_rdata_text (g_ptr_array_index (answer->records, i));
      g_autofree char *copy = NULL;

      if (text == NULL)
        continue;
      copy = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
      if (g_utf8_validate (copy, -1, NULL) && begins (copy, version))
        g_ptr_array_add (records, g_steal_pointer (&copy));
    }
  return records;
}

/* -- one look-up as a dictionary ------------------------------------------------------------- */

typedef struct
{
  const char *what;    /* "SPF" */
  const char *version; /* "v=spf1" */
} Kind;

static void
add_finding (GVariantDict *dict, const Kind *kind, const LlAnswer *answer, guint n)
{
  g_autofree char *reason = NULL;
  const char *finding = "absent";

  if (answer->finding == LL_UNKNOWN)
    finding = "unknown";
  else if (answer->finding == LL_BOGUS)
    finding = "bogus";
  else if (n == 1)
    finding = "found";
  else if (n > 1)
    finding = "invalid";
  g_variant_dict_insert (dict, "finding", "s", finding);
  g_variant_dict_insert (dict, "dnssec", "b", answer->secure);
  if (strcmp (finding, "absent") == 0)
    reason = g_strdup_printf ("No %s record is published.", kind->what);
  else if (strcmp (finding, "invalid") == 0)
    reason = g_strdup_printf ("%u %s records are published, so that none counts.", n, kind->what);
  else if (strcmp (finding, "found") != 0)
    reason = g_strdup (answer->reason != NULL ? answer->reason : "DNS did not answer.");
  if (reason != NULL)
    g_variant_dict_insert (dict, "reason", "s", reason);
}

/* Looks up TXT at @name; *record: the only one of that version, or NULL. */
static void
look_up (const LlBusActions *actions,
         const char *name,
         const Kind *kind,
         GVariantDict *dict,
         char **record,
         GCancellable *cancellable)
{
  g_autoptr (LlAnswer) answer = ll_resolver_query (actions->resolver, name, LL_RR_TXT,
                                                   ll_deadline_in (LL_DNS_DEADLINE), cancellable);
  g_autoptr (GPtrArray) records = text_records (answer, kind->version);

  *record = records->len == 1 ? g_strdup (g_ptr_array_index (records, 0)) : NULL;
  add_finding (dict, kind, answer, records->len);
  if (*record != NULL)
    g_variant_dict_insert (dict, "record", "s", *record);
}

static GVariant *
spf (const LlBusActions *actions, const char *domain, GCancellable *cancellable)
{
  static const Kind kind = { "SPF", "v=spf1" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *record = NULL;
  const char *all;

  look_up (actions, domain, &kind, &dict, &record, cancellable);
  all = record != NULL ? ll_sender_spf_all (record) : NULL;
  if (all != NULL)
    g_variant_dict_insert (&dict, "all", "s", all);
  if (record != NULL)
    g_variant_dict_insert (&dict, "reason", "s",
                           all == NULL ? "Others are neither allowed nor refused."
                           : strcmp (all, "-all") == 0
                               ? "Servers not named there are to be refused."
                           : strcmp (all, "~all") == 0
                               ? "Servers not named there are suspicious, no more."
                               : "Any server may send in this domain's name.");
  return g_variant_dict_end (&dict);
}

static GVariant *
dmarc (const LlBusActions *actions, const char *domain, GCancellable *cancellable)
{
  static const Kind kind = { "DMARC", "v=DMARC1" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *name = g_strconcat ("_dmarc.", domain, NULL);
  g_autofree char *record = NULL;
  g_autofree char *policy = NULL;

  look_up (actions, name, &kind, &dict, &record, cancellable);
  policy = record != NULL ? ll_sender_tag (record, "p") : NULL;
  if (policy != NULL)
    g_variant_dict_insert (&dict, "policy", "s", policy);
  if (record != NULL)
    g_variant_dict_insert (&dict, "reason", "s",
                           policy == NULL ? "The record names no policy."
                           : g_ascii_strcasecmp (policy, "reject") == 0
                               ? "Forged letters are to be refused."
                           : g_ascii_strcasecmp (policy, "quarantine") == 0
                               ? "Forged letters are to be put with the spam."
                               : "Forged letters are only reported.");
  return g_variant_dict_end (&dict);
}

static GVariant *
dkim_key (const LlBusActions *actions,
          const char *domain,
          const char *selector,
          GCancellable *cancellable)
{
  static const Kind kind = { "DKIM", "v=DKIM1" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *name = g_strconcat (selector, "._domainkey.", domain, NULL);
  g_autofree char *record = NULL;
  g_autofree char *key = NULL;

  g_variant_dict_insert (&dict, "selector", "s", selector);
  look_up (actions, name, &kind, &dict, &record, cancellable);
  key = record != NULL ? ll_sender_tag (record, "p") : NULL;
  if (record != NULL)
    g_variant_dict_insert (&dict, "reason", "s",
                           key == NULL || *key == '\0' ? "This key was withdrawn."
                                                       : "A key is published.");
  return g_variant_dict_end (&dict);
}

static GVariant *
dkim (const LlBusActions *actions,
      const char *domain,
      const char *const *selectors,
      GCancellable *cancellable)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GVariantBuilder) keys = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  gboolean any = selectors != NULL && selectors[0] != NULL;

  for (guint i = 0; any && selectors[i] != NULL && i < SELECTORS_MAX; i++)
    g_variant_builder_add_value (&keys, dkim_key (actions, domain, selectors[i], cancellable));
  if (!any)
    g_variant_dict_insert (&dict, "finding", "s", "unknown");
  g_variant_dict_insert (&dict, "reason", "s",
                         any ? "Looked at the named keys."
                             : "DNS shows a DKIM key only to who knows its selector (s= in the "
                               "DKIM-Signature header of a letter from this domain).");
  g_variant_dict_insert_value (&dict, "keys", g_variant_builder_end (&keys));
  return g_variant_dict_end (&dict);
}

/* RFC 7505 4.1, 4.2 */
static void
add_warning (GVariantDict *dict, GVariant *inbound)
{
  const char *code = "";

  g_variant_lookup (inbound, "code", "&s", &code);
  if (g_str_equal (code, ll_code_name (LL_CODE_NULL_MX)))
    g_variant_dict_insert (dict, "warning", "s",
                           "This domain says that it takes no mail (null MX): replies and reports "
                           "of failures cannot come back, and others may refuse what is sent in "
                           "its name (550 5.7.27).");
}

GVariant *
ll_bus_sender (const LlBusActions *actions,
               const char *domain,
               GVariant *options,
               GCancellable *cancellable,
               GError **error)
{
  static const char *const known[] = { "selectors", NULL };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GStrv) selectors = NULL;
  g_autoptr (GVariant) inbound = NULL;
  GVariant *answer;

  if (!ll_bus_check_keys (options, known, error)
      || !ll_bus_take_list (options, "selectors", &selectors, error))
    return NULL;
  g_variant_dict_insert (&dict, "domain", "s", domain);
  g_variant_dict_insert_value (&dict, "spf", spf (actions, domain, cancellable));
  g_variant_dict_insert_value (&dict, "dkim",
                               dkim (actions, domain, (const char *const *) selectors,
                                     cancellable));
  g_variant_dict_insert_value (&dict, "dmarc", dmarc (actions, domain, cancellable));
  answer = actions->check (actions->data, domain, NULL, NULL, cancellable, error);
  if (answer == NULL)
    return NULL;
  inbound = g_variant_take_ref (answer);
  g_variant_dict_insert_value (&dict, "inbound", inbound);
  add_warning (&dict, inbound);
  return g_variant_dict_end (&dict);
}
