/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/discover.h"

#include "base/limits.h"
#include "deliver/autoconfig.h"
#include "net/rdata.h"
#include "wire/address.h"

#include <string.h>

typedef struct
{
  LlResolver *resolver;
  LlHttps *https;
  const char *address; /* normalised */
  const char *domain;
  LlDeadline deadline;
  GCancellable *cancellable;
  GPtrArray *found; /* of LlSubmission */
  gboolean unanswered;
} Search;

static gboolean
is_same (const LlSubmission *a, const LlSubmission *b)
{
  return a->port == b->port && a->tls == b->tls && strcmp (a->host, b->host) == 0;
}

/* What two sources say is one server, and the better proof counts. */
static void
add (Search *search, LlSubmission *one)
{
  g_autoptr (LlSubmission) owned = one;

  for (guint i = 0; i < search->found->len; i++)
    {
      LlSubmission *other = g_ptr_array_index (search->found, i);

      if (!is_same (one, other))
        continue;
      if (other->username == NULL)
        other->username = g_steal_pointer (&one->username);
      if (one->proven && !other->proven)
        {
          other->proven = TRUE;
          g_free (other->source);
          other->source = g_steal_pointer (&one->source);
        }
      return;
    }
  g_ptr_array_add (search->found, g_steal_pointer (&owned));
}

static gboolean
is_below (const char *host, const char *domain)
{
  g_autofree char *end = g_strconcat (".", domain, NULL);

  return strcmp (host, domain) == 0 || g_str_has_suffix (host, end);
}

/* -- SRV -------------------------------------------------------------------------------- */

static int
compare_srv (gconstpointer a, gconstpointer b)
{
  const LlSrv *left = a, *right = b;

  if (left->priority != right->priority)
    return left->priority < right->priority ? -1 : 1;
  return left->weight < right->weight ? 1 : left->weight > right->weight ? -1 : 0;
}

static void
srv_clear (LlSrv *srv)
{
  g_free (srv->host);
}

static void
add_srv (Search *search, const LlQuery *query, gboolean tls)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (LlSrv));

  g_array_set_clear_func (list, (GDestroyNotify) srv_clear);
  for (guint i = 0; i < query->answer->records->len && i < LL_SUBMISSIONS_MAX; i++)
    {
      LlSrv srv;

      if (ll_rdata_srv (g_ptr_array_index (query->answer->records, i), &srv))
        g_array_append_val (list, srv);
    }
  g_array_sort (list, compare_srv);
  for (guint i = 0; i < list->len; i++)
    {
      const LlSrv *srv = &g_array_index (list, LlSrv, i);
      LlSubmission *one;

      if (*srv->host == '\0' || srv->port == 0)
        continue;
      one = g_new0 (LlSubmission, 1);
      *one = (LlSubmission){ .host = g_strdup (srv->host),
                             .port = srv->port,
                             .tls = tls,
                             .auth = "password",
                             .source = g_strdup (query->name),
                             .proven
                             = query->answer->secure || is_below (srv->host, search->domain) };
      add (search, one);
    }
}

static void
ask_srv (Search *search)
{
  g_autofree char *submissions = g_strconcat ("_submissions._tcp.", search->domain, NULL);
  g_autofree char *submission = g_strconcat ("_submission._tcp.", search->domain, NULL);
  LlQuery queries[]
      = { { .name = submissions, .type = LL_RR_SRV }, { .name = submission, .type = LL_RR_SRV } };

  ll_resolver_query_many (search->resolver, queries, G_N_ELEMENTS (queries),
                          ll_deadline_earlier (search->deadline, ll_deadline_in (LL_DNS_DEADLINE)),
                          search->cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      if (queries[i].answer->finding == LL_FOUND)
        add_srv (search, &queries[i], i == 0);
      search->unanswered |= queries[i].answer->finding == LL_UNKNOWN;
      ll_answer_unref (queries[i].answer);
    }
}

/* -- autoconfig ------------------------------------------------------------------------- */

/* Whether it said something. */
static gboolean
ask_https (Search *search, const char *host, const char *path)
{
  g_autofree char *escaped = g_uri_escape_string (search->address, NULL, FALSE);
  g_autofree char *whole = g_strconcat (path, "?emailaddress=", escaped, NULL);
  g_autoptr (LlHttpsResult) result = ll_https_get (search->https, host, whole, LL_AUTOCONFIG_MAX,
                                                   search->deadline, search->cancellable);
  g_autoptr (GPtrArray) servers = NULL;
  const char *text;
  gsize length;

  if (result->outcome != LL_HTTPS_OK)
    return FALSE;
  text = g_bytes_get_data (result->body, &length);
  servers = ll_autoconfig_parse (text != NULL ? text : "", length, search->address, NULL);
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      LlSubmission *one = g_steal_pointer (&servers->pdata[i]);

      one->source = g_strdup (host);
      one->proven = !result->intercepted;
      add (search, one);
    }
  return servers != NULL && servers->len > 0;
}

static void
ask_autoconfig (Search *search)
{
  g_autofree char *host = g_strconcat ("autoconfig.", search->domain, NULL);

  if (!ask_https (search, host, "/mail/config-v1.1.xml"))
    ask_https (search, search->domain, "/.well-known/autoconfig/mail/config-v1.1.xml");
}

/* -- together --------------------------------------------------------------------------- */

static int
rank (const LlSubmission *one)
{
  return (one->proven ? 0 : 2) + (one->tls ? 0 : 1);
}

static void
add_by_rank (Search *search, GPtrArray *sorted, int wanted)
{
  for (guint i = 0; i < search->found->len; i++)
    if (search->found->pdata[i] != NULL && rank (search->found->pdata[i]) == wanted)
      g_ptr_array_add (sorted, g_steal_pointer (&search->found->pdata[i]));
}

GPtrArray *
ll_discover (LlResolver *resolver,
             LlHttps *https,
             const char *address,
             char **why,
             LlDeadline deadline,
             GCancellable *cancellable,
             GError **error)
{
  g_autofree char *domain = NULL;
  g_autofree char *normal = ll_address_normalise (address, &domain, error);
  g_autoptr (GPtrArray) found
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_submission_free);
  Search search = { resolver, https, normal, domain, deadline, cancellable, found, FALSE };
  GPtrArray *sorted;

  if (normal == NULL)
    return NULL;
  if (!ll_address_is_literal (domain))
    {
      ask_srv (&search);
      ask_autoconfig (&search);
    }
  sorted = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_submission_free);
  for (int i = 0; i < 4; i++)
    add_by_rank (&search, sorted, i);
  if (sorted->len == 0)
    *why = g_strdup_printf (search.unanswered
                                ? "The DNS of %s did not answer: its settings cannot be looked up"
                                : "%s publishes no settings for mail programs",
                            domain);
  return sorted;
}
