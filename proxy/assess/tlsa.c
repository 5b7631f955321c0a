/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/tlsa.h"

#include "api/intl.h"
#include "base/limits.h"
#include "net/rdata.h"

#define SHA256_LENGTH 32
#define SHA512_LENGTH 64

/* -- which records count ----------------------------------------------------------- */

gboolean
ll_tlsa_is_usable (GBytes *rdata)
{
  LlTlsa tlsa;

  if (!ll_rdata_tlsa (rdata, &tlsa))
    return FALSE;
  /* PKIX-TA and PKIX-EE have no meaning in SMTP, RFC 7672 3.1.3 */
  if (tlsa.usage != 2 && tlsa.usage != 3)
    return FALSE;
  if (tlsa.selector > 1)
    return FALSE;
  switch (tlsa.matching)
    {
    case 0:
      return TRUE;
    case 1:
      return tlsa.length == SHA256_LENGTH;
    case 2:
      return tlsa.length == SHA512_LENGTH;
    default:
      return FALSE;
    }
}

GPtrArray *
ll_tlsa_usable (GPtrArray *records)
{
  GPtrArray *usable = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < records->len && usable->len < LL_TLSA_RECORDS_MAX; i++)
    if (ll_tlsa_is_usable (records->pdata[i])
        && !g_ptr_array_find_with_equal_func (usable, records->pdata[i], g_bytes_equal, NULL))
      g_ptr_array_add (usable, g_bytes_ref (records->pdata[i]));
  return usable;
}

/* The longest digest; a whole certificate is not for people. */
#define SHOWN_MAX 64

char *
ll_tlsa_to_string (GBytes *rdata)
{
  LlTlsa tlsa;
  GString *text;

  if (!ll_rdata_tlsa (rdata, &tlsa))
    return NULL;
  text = g_string_new (NULL);
  g_string_printf (text, "%u %u %u ", tlsa.usage, tlsa.selector, tlsa.matching);
  for (gsize i = 0; i < MIN (tlsa.length, SHOWN_MAX); i++)
    g_string_append_printf (text, "%02x", tlsa.data[i]);
  if (tlsa.length > SHOWN_MAX)
    g_string_append (text, "...");
  return g_string_free (text, FALSE);
}

/* -- where they are asked for --------------------------------------------------------- */

/* One host's way through its questions: at most the alias itself, then two names. */
#define BASES_MAX 2

typedef struct
{
  LlHostFacts *host;            /* (not owned) */
  const char *bases[BASES_MAX]; /* (not owned) names to ask at, in order */
  guint n_bases;
  guint next;
  gboolean ask_alias; /* the next question is for the CNAME itself */
  gboolean done;
  char *question; /* (owned) */
  LlAnswer *answer;
} Search;

/* RFC 7672 2.2.2: the expanded name first, then the original; with an unsigned target only the
 * original, and only if the alias itself is signed. Unsigned without an alias: never. */
static void
search_begin (Search *search, LlHostFacts *host)
{
  search->host = host;
  if (host->addressed != LL_FOUND)
    search->done = TRUE;
  else if (host->secure_addresses)
    {
      if (host->alias != NULL)
        search->bases[search->n_bases++] = host->alias;
      search->bases[search->n_bases++] = host->name;
    }
  else if (host->alias != NULL)
    {
      search->ask_alias = TRUE;
      search->bases[search->n_bases++] = host->name;
    }
  else
    search->done = TRUE;
}

/* The next question, or NULL when there is none left: then nothing is published. */
static const char *
search_question (Search *search, guint16 port)
{
  g_clear_pointer (&search->question, g_free);
  if (search->ask_alias)
    return search->question = g_strdup (search->host->name);
  while (search->next < search->n_bases)
    {
      search->question = g_strdup_printf ("_%u._tcp.%s", port, search->bases[search->next]);
      if (ll_dns_name_is_valid (search->question))
        return search->question;
      /* with the labels in front it is longer than names can be, so nothing can stand there */
      g_clear_pointer (&search->question, g_free);
      search->next++;
    }
  search->done = TRUE;
  return NULL;
}

static void
fail (LlHostFacts *host, const char *question, const LlAnswer *answer)
{
  host->dane = LL_DANE_UNOBTAINABLE;
  host->late = answer->late;
  host->evidence = answer->network ? LL_EVIDENCE_UNKNOWN : LL_EVIDENCE_BROKEN;
  host->why = answer->network ? LL_WHY_DNS : LL_WHY_NONE;
  /* RFC 8460 4.3.2.1: no valid records were returned, whether false ones or none */
  host->code = answer->network ? LL_CODE_DNS_NETWORK_BROKEN : LL_CODE_DNSSEC_INVALID;
  g_free (host->detail);
  host->detail = g_strdup_printf (N_ ("TLSA of %s could not be obtained: %s"), question,
                                  answer->reason != NULL ? answer->reason : N_ ("no answer"));
}

static void
take_records (LlHostFacts *host, const char *base, GPtrArray *records)
{
  g_clear_pointer (&host->tlsa, g_ptr_array_unref);
  host->tlsa = ll_tlsa_usable (records);
  host->dane = host->tlsa->len > 0 ? LL_DANE_PUBLISHED : LL_DANE_UNUSABLE;
  g_free (host->tlsa_base);
  host->tlsa_base = g_strdup (base);
}

/* A failure ends the search: a record may be there that we were not shown. Absence, and what is
 * not signed, goes on to the next name. */
static void
search_take (Search *search)
{
  const LlAnswer *answer = search->answer;

  if (answer->finding == LL_UNKNOWN || answer->finding == LL_BOGUS)
    {
      fail (search->host, search->question, answer);
      search->done = TRUE;
    }
  else if (search->ask_alias)
    {
      search->ask_alias = FALSE;
      search->done = !(answer->finding == LL_FOUND && answer->secure);
    }
  else if (answer->finding == LL_FOUND && answer->secure)
    {
      take_records (search->host, search->bases[search->next], answer->records);
      search->done = TRUE;
    }
  else
    search->next++;
}

/* One question of each host that is not done, all at once. Returns whether any was asked. */
static gboolean
ask_round (LlResolver *resolver,
           Search *searches,
           guint n,
           guint16 port,
           LlDeadline deadline,
           GCancellable *cancellable)
{
  g_autofree LlQuery *queries = g_new0 (LlQuery, n);
  g_autofree Search **asking = g_new0 (Search *, n);
  guint asked = 0;

  for (guint i = 0; i < n; i++)
    {
      const char *question = searches[i].done ? NULL : search_question (&searches[i], port);

      if (question == NULL)
        continue;
      queries[asked].name = question;
      queries[asked].type = searches[i].ask_alias ? LL_RR_CNAME : LL_RR_TLSA;
      asking[asked++] = &searches[i];
    }
  if (asked == 0)
    return FALSE;
  ll_resolver_query_many (resolver, queries, asked, deadline, cancellable);
  for (guint i = 0; i < asked; i++)
    {
      ll_answer_unref (asking[i]->answer);
      asking[i]->answer = queries[i].answer;
      search_take (asking[i]);
    }
  return TRUE;
}

guint32
ll_tlsa_lookup_many (LlResolver *resolver,
                     GPtrArray *hosts,
                     guint16 port,
                     LlDeadline deadline,
                     GCancellable *cancellable)
{
  g_autofree Search *searches = g_new0 (Search, hosts->len);
  guint32 ttl = G_MAXUINT32;

  for (guint i = 0; i < hosts->len; i++)
    search_begin (&searches[i], hosts->pdata[i]);
  while (ask_round (resolver, searches, hosts->len, port, deadline, cancellable))
    for (guint i = 0; i < hosts->len; i++)
      if (searches[i].answer != NULL && searches[i].answer->finding <= LL_ABSENT)
        ttl = MIN (ttl, searches[i].answer->ttl);
  for (guint i = 0; i < hosts->len; i++)
    {
      ll_answer_unref (searches[i].answer);
      g_free (searches[i].question);
    }
  return ttl;
}
