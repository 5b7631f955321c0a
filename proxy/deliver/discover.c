/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/discover.h"

#include "api/intl.h"
#include "base/limits.h"
#include "deliver/autoconfig.h"
#include "net/rdata.h"
#include "net/registered.h"
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
  GPtrArray *found;  /* of LlSubmission */
  const char *bogus; /* whose DNSSEC signatures are wrong, or NULL */
  gboolean unanswered;
  char *mx;        /* who receives the domain's mail, once that was asked; or NULL */
  char *mx_domain; /* whose host that is, where it is not the domain itself; or NULL */
  char *unread;    /* why an answer that is there could not be had; the first of them, or NULL */
} Search;

static gboolean
is_same (const LlSubmission *a, const LlSubmission *b)
{
  return a->port == b->port && a->tls == b->tls && strcmp (a->host, b->host) == 0;
}

/* SRV records say nothing of either (RFC 6186 3.). */
static void
complete (LlSubmission *server, LlSubmission *other)
{
  if (server->username == NULL)
    server->username = g_steal_pointer (&other->username);
  if (server->auth != NULL)
    return;
  server->auth = other->auth;
  server->authorization_url = g_steal_pointer (&other->authorization_url);
  server->token_url = g_steal_pointer (&other->token_url);
  server->scope = g_steal_pointer (&other->scope);
}

/* What two sources say is one server, and the better proof counts: how to sign in at one that is
 * proven is not taken from somebody who is not. */
static void
add (Search *search, LlSubmission *one)
{
  g_autoptr (LlSubmission) owned = one;

  for (guint i = 0; i < search->found->len; i++)
    {
      LlSubmission *other = g_ptr_array_index (search->found, i);

      if (!is_same (one, other))
        continue;
      if (one->proven || !other->proven)
        complete (other, one);
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
      if (queries[i].answer->finding == LL_BOGUS)
        search->bogus = search->domain;
      ll_answer_unref (queries[i].answer);
    }
}

/* -- autoconfig ------------------------------------------------------------------------- */

static void
note_unread (Search *search, char *why)
{
  if (search->unread == NULL)
    search->unread = why;
  else
    g_free (why);
}

/* No such host, or no such page, is an answer; everything else is none. */
static void
note_failure (Search *search, const char *domain, const LlHttpsResult *result)
{
  gboolean no_page
      = result->outcome == LL_HTTPS_STATUS && result->status >= 400 && result->status < 500;

  if (result->bogus)
    search->bogus = domain;
  if (!no_page && !result->absent && !result->bogus)
    note_unread (search, g_strdup (result->detail));
}

/* What the domain says of itself is proven by the web server's certificate. What the one says who
 * receives its mail is not: nobody said that he sends it, too. */
static void
add_said (Search *search, GPtrArray *servers, const LlHttpsResult *result, const char *host)
{
  for (guint i = 0; i < servers->len; i++)
    {
      LlSubmission *one = g_steal_pointer (&servers->pdata[i]);

      one->source = g_strdup (host);
      one->mx = g_strdup (search->mx);
      one->proven = !result->intercepted && one->mx == NULL;
      add (search, one);
    }
}

/* Of @domain, whose web server @host is. Whether it said something. */
static gboolean
ask_https (Search *search, const char *domain, const char *host, const char *path)
{
  g_autofree char *escaped = g_uri_escape_string (search->address, NULL, FALSE);
  g_autofree char *whole = g_strconcat (path, "?emailaddress=", escaped, NULL);
  g_autoptr (LlHttpsResult) result = ll_https_get (search->https, host, whole, LL_AUTOCONFIG_MAX,
                                                   search->deadline, search->cancellable);
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;
  gsize length;

  if (result->outcome != LL_HTTPS_OK)
    {
      note_failure (search, domain, result);
      return FALSE;
    }
  text = g_bytes_get_data (result->body, &length);
  servers = ll_autoconfig_parse (text != NULL ? text : "", length, search->address, &error);
  if (servers == NULL)
    note_unread (search, g_strdup_printf ("%s%s: %s", host, path, error->message));
  if (servers != NULL)
    add_said (search, servers, result, host);
  return servers != NULL && servers->len > 0;
}

static gboolean
ask_autoconfig (Search *search, const char *domain)
{
  g_autofree char *host = g_strconcat ("autoconfig.", domain, NULL);

  return ask_https (search, domain, host, "/mail/config-v1.1.xml")
         || ask_https (search, domain, domain, "/.well-known/autoconfig/mail/config-v1.1.xml");
}

/* -- who receives its mail -------------------------------------------------------------------- */

static void
ask_mx (Search *search)
{
  LlAnswer *answer
      = ll_resolver_query (search->resolver, search->domain, LL_RR_MX,
                           ll_deadline_earlier (search->deadline, ll_deadline_in (LL_DNS_DEADLINE)),
                           search->cancellable);

  if (answer->finding == LL_BOGUS)
    search->bogus = search->domain;
  search->unanswered |= answer->finding == LL_UNKNOWN;
  search->mx = ll_answer_first_mx (answer);
  ll_answer_unref (answer);
  search->mx_domain = search->mx != NULL ? ll_registered (search->mx) : NULL;
  if (search->mx_domain != NULL && strcmp (search->mx_domain, search->domain) == 0)
    g_clear_pointer (&search->mx_domain, g_free);
}

/* A hoster may describe each of his clusters by itself: "one.hoster.example", then
 * "hoster.example". Never above what he registered. */
static void
ask_host_of_mx (Search *search)
{
  const char *cluster = strchr (search->mx, '.');

  if (cluster != NULL && is_below (cluster + 1, search->mx_domain)
      && strcmp (cluster + 1, search->mx_domain) != 0 && ask_autoconfig (search, cluster + 1))
    return;
  if (search->bogus == NULL)
    ask_autoconfig (search, search->mx_domain);
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
      {
        LlSubmission *one = g_steal_pointer (&search->found->pdata[i]);

        if (one->auth == NULL)
          one->auth = "password"; /* what nearly all do, and nobody said otherwise */
        g_ptr_array_add (sorted, one);
      }
}

/* (transfer full) why there is none: not found out is not the same as not there. */
static char *
say_why (const Search *search)
{
  if (search->bogus != NULL)
    return g_strdup_printf (N_ ("The DNSSEC signatures of %s are wrong: nothing that its DNS says "
                                "of mail servers can be used"),
                            search->bogus);
  if (search->unanswered)
    return g_strdup_printf (N_ ("The DNS of %s did not answer: its settings cannot be looked up"),
                            search->domain);
  if (search->unread != NULL)
    return g_strdup_printf (N_ ("What %s publishes could not be read: %s"), search->domain,
                            search->unread);
  if (search->mx_domain != NULL)
    return g_strdup_printf (N_ ("%s publishes no settings for mail programs, nor does %s, who "
                                "receives its mail"),
                            search->domain, search->mx_domain);
  return g_strdup_printf (N_ ("%s publishes no settings for mail programs"), search->domain);
}

static void
ask_all (Search *search)
{
  ask_srv (search);
  if (search->bogus == NULL)
    ask_autoconfig (search, search->domain);
  if (search->bogus == NULL && search->found->len == 0)
    ask_mx (search);
  if (search->bogus == NULL && search->mx_domain != NULL)
    ask_host_of_mx (search);
  if (search->bogus != NULL)
    g_ptr_array_set_size (search->found, 0);
}

GPtrArray *
ll_discover (LlResolver *resolver,
             LlHttps *https,
             const char *address,
             char **mx,
             char **why,
             LlDeadline deadline,
             GCancellable *cancellable,
             GError **error)
{
  g_autofree char *domain = NULL;
  g_autofree char *normal = ll_address_normalise (address, &domain, error);
  g_autoptr (GPtrArray) found
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_submission_free);
  Search search = { .resolver = resolver,
                    .https = https,
                    .address = normal,
                    .domain = domain,
                    .deadline = deadline,
                    .cancellable = cancellable,
                    .found = found };
  GPtrArray *sorted;

  if (normal == NULL)
    return NULL;
  if (!ll_address_is_literal (domain))
    ask_all (&search);
  sorted = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_submission_free);
  for (int i = 0; i < 4; i++)
    add_by_rank (&search, sorted, i);
  if (sorted->len == 0)
    *why = say_why (&search);
  if (sorted->len == 0 && search.bogus == NULL)
    *mx = g_steal_pointer (&search.mx);
  g_free (search.unread);
  g_free (search.mx);
  g_free (search.mx_domain);
  return sorted;
}
