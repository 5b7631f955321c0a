/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/control.h"

#include "net/rdata.h"
#include "net/roots.h"
#include "net/transfer.h"

#include <errno.h>
#include <string.h>

/*
 * libcurl speaks just enough SMTP here: greeting, EHLO, STARTTLS, handshake, and no
 * more (CURLOPT_CONNECT_ONLY). The room below the SMTP grammar needs none of its own.
 */

#define HOSTS_MAX 6
#define DOMAINS_MAX 2

/* Less than that is no silence (ms). */
#define SILENCE_MIN 2500
#define SILENCE 4000

/* MX hosts as of 2026-11; any that vanishes says nothing and does no harm. */
const char *const ll_control_default[] = {
  "gmail-smtp-in.l.google.com", "mx1.mailbox.org", "mx01.posteo.de", "mx00.ionos.de", NULL,
};

typedef struct
{
  const LlNetworkOptions *options;
  const char *host; /* (not owned) */
  char *address;    /* (owned) */
  CURL *curl;
  struct curl_slist *pin;
  gboolean greeted;
} Look;

typedef struct
{
  Look looks[HOSTS_MAX];
  CURL *curls[HOSTS_MAX];
  guint n;
  gint64 began;
  LlControlSeen seen;
  gpointer data;
} Round;

static size_t
reply_cb (char *bytes, size_t size, size_t n, void *data)
{
  ((Look *) data)->greeted = TRUE;
  return size * n;
}

/* An address has no name that a certificate could be compared with: any will do. */
static CURLcode
context_cb (CURL *curl, void *context, void *data)
{
  Look *look = data;

  if (g_hostname_is_ip_address (look->host))
    SSL_CTX_set_verify (context, SSL_VERIFY_NONE, NULL);
  else if (!ll_roots_expect (context, look->options->ca_file, look->host, NULL))
    return CURLE_SSL_CACERT_BADFILE;
  return CURLE_OK;
}

static void
set_up (Look *look, long timeout)
{
  /* an address literal of the loopback as our name: what a control host is told is nothing */
  g_autofree char *url
      = g_strdup_printf ("smtp://%s:%u/%%5B127.0.0.1%%5D", look->host, look->options->mx_port);
  char *addresses[] = { look->address, NULL };
  gboolean named = !g_hostname_is_ip_address (look->host);
  CURL *curl = look->curl;

  look->pin = ll_transfer_pin (NULL, look->host, look->options->mx_port, addresses);
  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "smtp");
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_RESOLVE, look->pin);
  curl_easy_setopt (curl, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt (curl, CURLOPT_USE_SSL, (long) CURLUSESSL_ALL);
  curl_easy_setopt (curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, named ? 1L : 0L);
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYHOST, named ? 2L : 0L);
  curl_easy_setopt (curl, CURLOPT_CAINFO, NULL);
  curl_easy_setopt (curl, CURLOPT_CAPATH, NULL);
  curl_easy_setopt (curl, CURLOPT_SSL_CTX_FUNCTION, context_cb);
  curl_easy_setopt (curl, CURLOPT_SSL_CTX_DATA, look);
  curl_easy_setopt (curl, CURLOPT_HEADERFUNCTION, reply_cb);
  curl_easy_setopt (curl, CURLOPT_HEADERDATA, look);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT_MS, timeout);
  curl_easy_setopt (curl, CURLOPT_PRIVATE, look);
}

/* Whether an attempt that took @elapsed ms says anything, and then what. */
static gboolean
judge (const Look *look, CURLcode rc, gint64 elapsed, LlContact *contact)
{
  long system_error = 0;

  curl_easy_getinfo (look->curl, CURLINFO_OS_ERRNO, &system_error);
  if (rc == CURLE_OK)
    *contact = LL_CONTACT_GREETED;
  else if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CONNECT_ERROR)
    *contact = LL_CONTACT_FOREIGN;
  else if (rc == CURLE_USE_SSL_FAILED)
    *contact = LL_CONTACT_STRIPPED;
  else if (look->greeted)
    *contact = LL_CONTACT_GREETED; /* it will not talk to us, but it is there */
  else if (rc == CURLE_COULDNT_CONNECT && system_error != 0 && system_error != ETIMEDOUT)
    *contact = LL_CONTACT_REFUSED;
  else if (rc == CURLE_OPERATION_TIMEDOUT || rc == CURLE_COULDNT_CONNECT)
    {
      *contact = LL_CONTACT_TIMEOUT;
      return elapsed >= SILENCE_MIN || system_error == ETIMEDOUT;
    }
  else
    return FALSE;
  return TRUE;
}

static gboolean
done_cb (CURL *curl, CURLcode rc, gpointer data)
{
  Round *round = data;
  Look *look = NULL;
  LlContact contact;

  curl_easy_getinfo (curl, CURLINFO_PRIVATE, (char **) &look);
  if (!judge (look, rc, (g_get_monotonic_time () - round->began) / 1000, &contact))
    return TRUE;
  return round->seen (look->address, contact, round->data);
}

/* The first address of each, preferring IPv4: a laptop's IPv6 is the likelier one to be broken. */
static void
add_look (Round *round, const LlNetworkOptions *options, const char *host, LlQuery *pair)
{
  g_autofree char *address = NULL;
  Look *look = &round->looks[round->n];

  if (g_hostname_is_ip_address (host))
    address = g_strdup (host);
  for (guint i = 0; address == NULL && pair != NULL && i < 2; i++)
    if (pair[i].answer->records->len > 0)
      address = ll_rdata_address (pair[i].answer->records->pdata[0], pair[i].type);
  if (address == NULL || (!options->allow_private && ll_network_is_private (address)))
    return;
  look->curl = ll_transfer_new ();
  if (look->curl == NULL)
    return;
  look->options = options;
  look->host = host;
  look->address = g_steal_pointer (&address);
  round->curls[round->n++] = look->curl;
}

static void
find_addresses (Round *round,
                const LlNetworkOptions *options,
                const char *const *hosts,
                LlDeadline deadline,
                GCancellable *cancellable)
{
  LlQuery queries[2 * HOSTS_MAX];
  guint n = MIN (g_strv_length ((GStrv) hosts), HOSTS_MAX);

  for (guint i = 0; i < n; i++)
    {
      queries[2 * i] = (LlQuery){ .name = hosts[i], .type = LL_RR_A };
      queries[2 * i + 1] = (LlQuery){ .name = hosts[i], .type = LL_RR_AAAA };
    }
  ll_resolver_query_many (options->resolver, queries, 2 * n, deadline, cancellable);
  for (guint i = 0; i < n; i++)
    add_look (round, options, hosts[i], queries + 2 * i);
  for (guint i = 0; i < 2 * n; i++)
    ll_answer_unref (queries[i].answer);
}

/* -- the default ones ---------------------------------------------------------------- */

GStrv
ll_control_hosts (LlResolver *resolver,
                  const char *const *domains,
                  LlDeadline deadline,
                  GCancellable *cancellable)
{
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();
  LlQuery queries[DOMAINS_MAX];
  guint n = domains != NULL ? MIN (g_strv_length ((GStrv) domains), DOMAINS_MAX) : 0;

  for (guint i = 0; i < n; i++)
    queries[i] = (LlQuery){ .name = domains[i], .type = LL_RR_MX };
  ll_resolver_query_many (resolver, queries, n, deadline, cancellable);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *host = ll_answer_first_mx (queries[i].answer);

      if (host != NULL)
        g_strv_builder_add (hosts, host);
      ll_answer_unref (queries[i].answer);
    }
  for (guint i = 0; ll_control_default[i] != NULL; i++)
    g_strv_builder_add (hosts, ll_control_default[i]);
  return g_strv_builder_end (hosts);
}

/* -- the look ------------------------------------------------------------------------- */

void
ll_control_look (const LlNetworkOptions *options,
                 const char *const *hosts,
                 LlDeadline deadline,
                 GCancellable *cancellable,
                 LlControlSeen seen,
                 gpointer data)
{
  Round round = { .seen = seen, .data = data };
  LlDeadline until;

  find_addresses (&round, options, hosts, deadline, cancellable);
  until = ll_deadline_earlier (deadline, ll_deadline_in (SILENCE));
  round.began = g_get_monotonic_time ();
  for (guint i = 0; i < round.n; i++)
    set_up (&round.looks[i], MAX (ll_deadline_left (until), 1));
  /* the handles end by themselves at that time; a little later they have said so */
  ll_transfer_perform_many (round.curls, round.n, until + 100 * 1000, cancellable, done_cb, &round);
  for (guint i = 0; i < round.n; i++)
    {
      curl_easy_cleanup (round.looks[i].curl);
      curl_slist_free_all (round.looks[i].pin);
      g_free (round.looks[i].address);
    }
}
