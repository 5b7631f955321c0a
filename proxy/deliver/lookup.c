/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/lookup.h"

#include "base/error.h"
#include "base/limits.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#define TYPE_A 1
#define TYPE_AAAA 28
#define TYPE_TLSA 52

void
ll_lookup_clear (LlLookup *lookup)
{
  g_clear_pointer (&lookup->addresses, g_strfreev);
  g_clear_pointer (&lookup->tlsa, g_ptr_array_unref);
  g_clear_pointer (&lookup->base, g_free);
}

/* -- the system's own way ---------------------------------------------------- */

/* getaddrinfo cannot be stopped: a thread asks, and is left behind when it takes too long. */
typedef struct
{
  gatomicrefcount count;
  GMutex lock;
  GCond done_cond;
  gboolean done;
  char *host;
  GPtrArray *found;
} Question;

static void
question_unref (Question *question)
{
  if (!g_atomic_ref_count_dec (&question->count))
    return;
  g_mutex_clear (&question->lock);
  g_cond_clear (&question->done_cond);
  g_ptr_array_unref (question->found);
  g_free (question->host);
  g_free (question);
}

static gpointer
ask_system_thread (gpointer data)
{
  Question *question = data;
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
  struct addrinfo *list = NULL;

  if (getaddrinfo (question->host, NULL, &hints, &list) != 0)
    list = NULL;
  g_mutex_lock (&question->lock);
  for (struct addrinfo *one = list; one != NULL; one = one->ai_next)
    {
      char text[INET6_ADDRSTRLEN];

      if (getnameinfo (one->ai_addr, one->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST)
          == 0)
        g_ptr_array_add (question->found, g_strdup (text));
    }
  question->done = TRUE;
  g_cond_signal (&question->done_cond);
  g_mutex_unlock (&question->lock);
  if (list != NULL)
    freeaddrinfo (list);
  question_unref (question);
  return NULL;
}

static void
ask_system (const char *host, LlDeadline deadline, GPtrArray *addresses)
{
  Question *question = g_new0 (Question, 1);
  LlDeadline end = ll_deadline_earlier (deadline, ll_deadline_in (LL_DNS_DEADLINE));

  g_atomic_ref_count_init (&question->count);
  g_atomic_ref_count_inc (&question->count);
  g_mutex_init (&question->lock);
  g_cond_init (&question->done_cond);
  question->host = g_strdup (host);
  question->found = g_ptr_array_new_with_free_func (g_free);
  g_thread_unref (g_thread_new ("system-dns", ask_system_thread, question));

  g_mutex_lock (&question->lock);
  while (!question->done)
    if (!g_cond_wait_until (&question->done_cond, &question->lock, end))
      break;
  for (guint i = 0; question->done && i < question->found->len; i++)
    g_ptr_array_add (addresses, g_strdup (g_ptr_array_index (question->found, i)));
  g_mutex_unlock (&question->lock);
  question_unref (question);
}

/* -- our own ------------------------------------------------------------------- */

static void
take_addresses (const LlAnswer *answer, int family, GPtrArray *addresses)
{
  gsize size = family == AF_INET ? 4 : 16;

  for (guint i = 0; answer->finding == LL_FOUND && i < answer->records->len; i++)
    {
      GBytes *record = g_ptr_array_index (answer->records, i);
      char text[INET6_ADDRSTRLEN];

      if (g_bytes_get_size (record) == size
          && inet_ntop (family, g_bytes_get_data (record, NULL), text, sizeof text) != NULL)
        g_ptr_array_add (addresses, g_strdup (text));
    }
}

/* Published keys count when DNSSEC proves them; an unsigned record is nothing. What is not told of
 * a signed host is not the same as nothing (RFC 7672 2.1.2). */
static gboolean
take_keys (
    const LlAnswer *answer, const char *name, gboolean is_signed, LlLookup *out, GError **error)
{
  if (answer->finding == LL_BOGUS)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS,
                   "%s: the keys that it publishes cannot be believed (DNSSEC: %s)", name,
                   answer->reason != NULL ? answer->reason : "bogus");
      return FALSE;
    }
  if (answer->finding == LL_UNKNOWN && is_signed && !answer->network)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS,
                   "%s: DNS does not tell whether it publishes keys (DANE); nothing was sent",
                   name);
      return FALSE;
    }
  if (answer->finding == LL_FOUND && answer->secure && answer->records->len > 0
      && answer->records->len <= LL_TLSA_RECORDS_MAX)
    {
      out->tlsa = g_ptr_array_ref (answer->records);
      out->base = g_strdup (name);
    }
  return TRUE;
}

/* The name behind a CNAME, when DNSSEC proves the way there; else NULL. */
static const char *
alias_of (const LlQuery *queries)
{
  for (guint i = 0; i < 2; i++)
    if (queries[i].answer->finding == LL_FOUND && queries[i].answer->secure
        && queries[i].answer->canonical != NULL)
      return queries[i].answer->canonical;
  return NULL;
}

static gboolean
is_signed (const LlQuery *queries)
{
  return (queries[0].answer->finding == LL_FOUND && queries[0].answer->secure)
         || (queries[1].answer->finding == LL_FOUND && queries[1].answer->secure);
}

static gboolean
is_literal (const char *host)
{
  unsigned char bytes[16];

  return inet_pton (AF_INET, host, bytes) == 1 || inet_pton (AF_INET6, host, bytes) == 1;
}

static gboolean
ask (LlResolver *resolver,
     const char *host,
     guint16 port,
     GPtrArray *addresses,
     LlLookup *out,
     LlDeadline deadline,
     GCancellable *cancellable,
     GError **error)
{
  g_autofree char *base = g_strdup_printf ("_%u._tcp.%s", port, host);
  LlQuery queries[]
      = { { host, TYPE_A, NULL }, { host, TYPE_AAAA, NULL }, { base, TYPE_TLSA, NULL } };
  const char *alias;
  gboolean ok = TRUE;

  ll_resolver_query_many (resolver, queries, G_N_ELEMENTS (queries),
                          ll_deadline_earlier (deadline, ll_deadline_in (LL_DNS_DEADLINE)),
                          cancellable);
  take_addresses (queries[1].answer, AF_INET6, addresses);
  take_addresses (queries[0].answer, AF_INET, addresses);
  alias = alias_of (queries);
  if (alias != NULL)
    {
      g_autofree char *there = g_strdup_printf ("_%u._tcp.%s", port, alias);
      g_autoptr (LlAnswer) answer
          = ll_resolver_query (resolver, there, TYPE_TLSA,
                               ll_deadline_earlier (deadline, ll_deadline_in (LL_DNS_DEADLINE)),
                               cancellable);

      ok = take_keys (answer, alias, TRUE, out, error);
    }
  if (ok && out->tlsa == NULL)
    ok = take_keys (queries[2].answer, host, is_signed (queries), out, error);
  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    ll_answer_unref (queries[i].answer);
  return ok;
}

gboolean
ll_lookup (LlResolver *resolver,
           const char *host,
           guint16 port,
           LlLookup *out,
           LlDeadline deadline,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  g_auto (LlLookup) lookup = { NULL, NULL, NULL };

  if (is_literal (host))
    g_ptr_array_add (addresses, g_strdup (host));
  else if (resolver != NULL
           && !ask (resolver, host, port, addresses, &lookup, deadline, cancellable, error))
    return FALSE;
  if (addresses->len == 0 && !g_cancellable_is_cancelled (cancellable))
    ask_system (host, deadline, addresses);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (addresses->len == 0)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE,
                   "%s: no address is known for this name", host);
      return FALSE;
    }
  g_ptr_array_add (addresses, NULL);
  lookup.addresses = (GStrv) g_ptr_array_free (g_steal_pointer (&addresses), FALSE);
  *out = lookup;
  memset (&lookup, 0, sizeof lookup);
  return TRUE;
}
