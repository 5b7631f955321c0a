/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/path.h"

#include "api/intl.h"
#include "net/rdata.h"

#include <string.h>

/* Of zones whose keys were asked for; the answers themselves are in libunbound's cache. */
#define CHAIN_MAX 4096
/* As long as short TTLs last; asking for what is still in the cache costs no packet. */
#define CHAIN_SECONDS 300
/* libunbound looks for the keys when the answer is there, and asks once more for those that are
 * still under way: of questions that leave together, the answers come in any order (ms). */
#define HEAD_START 2
/* Nobody's zones are deeper, and nobody makes us ask for the keys of a hundred labels. */
#define CHAIN_LABELS_MAX 6

#define TEST_TIMEOUT 3500 /* ms; a satellite link needs 1.2 s for a question over TCP */

/* -- judgement --------------------------------------------------------------- */

/* libunbound's words for an RRSIG outside its time */
static gboolean
blames_clock (const char *reason)
{
  return strstr (reason, "signature expired") != NULL || strstr (reason, "inception") != NULL;
}

LlDnsState
ll_path_judge (const LlAnswer *answer, char **detail)
{
  g_autofree char *now = ll_clock_format (ll_clock_now ());

  *detail = NULL;
  switch (answer->finding)
    {
    case LL_FOUND:
      if (answer->secure)
        return LL_DNS_VALIDATES;
      *detail = g_strdup (N_ ("The network's DNS gives the keys of the root without signatures"));
      return LL_DNS_STRIPPED;
    case LL_BOGUS:
      if (blames_clock (answer->reason))
        {
          *detail = g_strdup_printf (N_ ("The signatures of the DNS root are not valid at this "
                                         "computer's time, %s: check its clock"),
                                     now);
          return LL_DNS_CLOCK;
        }
      *detail
          = g_strdup_printf (N_ ("The network's DNS removes or changes the signatures of DNSSEC, "
                                 "or the trust anchor is old (%s)"),
                             answer->reason);
      return LL_DNS_STRIPPED;
    case LL_ABSENT:
      *detail = g_strdup (N_ ("The network's DNS says that the root has no keys"));
      return LL_DNS_STRIPPED;
    case LL_UNKNOWN:
    default:
      *detail = g_strdup (N_ ("The network's DNS does not answer"));
      return LL_DNS_SILENT;
    }
}

GArray *
ll_path_ladder (const char *const *servers, gboolean configured)
{
  static const LlUnboundWay all[]
      = { LL_UNBOUND_FORWARD, LL_UNBOUND_RECURSE, LL_UNBOUND_FORWARD_TCP, LL_UNBOUND_RECURSE_TCP,
          LL_UNBOUND_FORWARD_TLS };
  GArray *ladder = g_array_new (FALSE, FALSE, sizeof (LlUnboundWay));
  gboolean has_servers = servers != NULL && servers[0] != NULL;
  gboolean own_port = FALSE;

  for (gsize i = 0; has_servers && servers[i] != NULL; i++)
    own_port = own_port || strchr (servers[i], '@') != NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      gboolean recurse = all[i] == LL_UNBOUND_RECURSE || all[i] == LL_UNBOUND_RECURSE_TCP;

      if (recurse ? configured : !has_servers)
        continue;
      if (all[i] == LL_UNBOUND_FORWARD_TLS && own_port)
        continue;
      g_array_append_val (ladder, all[i]);
    }
  return ladder;
}

/* -- paths --------------------------------------------------------------------- */

void
ll_path_event_free (LlPathEvent *event)
{
  ll_answer_unref (event->answer);
  g_free (event);
}

static void
answered_cb (LlAnswer *answer, gpointer data, gpointer owner)
{
  LlPath *path = owner;
  LlPathEvent *event;

  /* a link of the chain: it is in the cache now, where validation looks for it */
  if (data == path)
    {
      ll_answer_unref (answer);
      return;
    }
  event = g_new0 (LlPathEvent, 1);
  event->path = path;
  event->answer = answer;
  event->data = data;
  g_queue_push_tail (path->events, event);
}

/* One that no registry has and nobody guesses, so that no cache and no block list knows it. */
static char *
impossible_name (const char *zone)
{
  return g_strdup_printf ("ll%08x%08x%s%s", g_random_int (), g_random_int (),
                          g_str_equal (zone, ".") ? "" : ".", g_str_equal (zone, ".") ? "." : zone);
}

LlPath *
ll_path_new (LlUnboundWay way,
             const char *const *servers,
             const LlAnchor *anchor,
             gboolean plain,
             guint retries,
             GQueue *events)
{
  static gint serial;
  LlPath *path = g_new0 (LlPath, 1);
  g_autofree char *name = plain ? impossible_name (anchor->zone) : g_strdup (anchor->zone);

  path->serial = (guint) g_atomic_int_add (&serial, 1) + 1;
  path->way = way;
  path->plain = plain;
  path->events = events;
  path->state = LL_DNS_UNTESTED;
  path->started = g_get_monotonic_time ();
  path->until = ll_deadline_in (TEST_TIMEOUT);
  path->chain = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  path->unbound
      = ll_unbound_new (way, servers, plain ? NULL : anchor, retries, answered_cb, path, NULL);
  if (path->unbound != NULL
      && ll_unbound_ask (path->unbound, name, plain ? LL_RR_A : LL_RR_DNSKEY, NULL, NULL))
    return path;
  ll_path_free (path);
  return NULL;
}

void
ll_path_free (LlPath *path)
{
  if (path == NULL)
    return;
  for (GList *link = path->events->head; link != NULL;)
    {
      GList *next = link->next;
      LlPathEvent *event = link->data;

      if (event->path == path)
        {
          ll_path_event_free (event);
          g_queue_delete_link (path->events, link);
        }
      link = next;
    }
  ll_unbound_free (path->unbound);
  g_hash_table_unref (path->chain);
  g_free (path->detail);
  g_free (path);
}

/* Who recurses walks down to the answer anyway, and hears of the keys on the way. */
static gboolean
asks_ahead (const LlPath *path)
{
  return !path->plain
         && (path->way == LL_UNBOUND_FORWARD || path->way == LL_UNBOUND_FORWARD_TCP
             || path->way == LL_UNBOUND_FORWARD_TLS);
}

static guint
labels_of (const char *name)
{
  guint labels = 1;

  for (; *name != '\0'; name++)
    labels += *name == '.' ? 1 : 0;
  return labels;
}

/* Whether it is time to ask for the keys of @zone; notes that they are asked for. */
static gboolean
is_due (LlPath *path, const char *zone, gint64 now)
{
  const gint64 *asked = g_hash_table_lookup (path->chain, zone);

  if (labels_of (zone) > CHAIN_LABELS_MAX
      || (asked != NULL && now - *asked < CHAIN_SECONDS * G_TIME_SPAN_SECOND))
    return FALSE;
  if (g_hash_table_size (path->chain) >= CHAIN_MAX)
    g_hash_table_remove_all (path->chain);
  g_hash_table_insert (path->chain, g_strdup (zone), g_memdup2 (&now, sizeof now));
  return TRUE;
}

static const char *
parent_of (const char *name)
{
  const char *dot = strchr (name, '.');

  return dot != NULL && dot[1] != '\0' ? dot + 1 : NULL;
}

/* From above: what is below is validated with it. Returns when the last of them was asked for. */
static gint64
ask_ahead (LlPath *path, const char *zone, gint64 now)
{
  const gint64 *asked;
  gint64 above;

  if (zone == NULL)
    return 0;
  above = ask_ahead (path, parent_of (zone), now);
  if (is_due (path, zone, now))
    {
      ll_unbound_ask (path->unbound, zone, LL_RR_DS, path, NULL);
      ll_unbound_ask (path->unbound, zone, LL_RR_DNSKEY, path, NULL);
    }
  asked = g_hash_table_lookup (path->chain, zone);
  return asked != NULL ? MAX (*asked, above) : above;
}

/* A domain is likely to be a zone, a host in one, and "_mta-sts.a.example" stands in that of
 * "a.example". */
static const char *
zone_of (const char *name, guint16 type)
{
  gboolean below = name[0] == '_';

  while (name != NULL && name[0] == '_')
    name = parent_of (name);
  if (name == NULL || type == LL_RR_MX || (below && type == LL_RR_TXT))
    return name;
  return below || type == LL_RR_A || type == LL_RR_AAAA ? parent_of (name) : NULL;
}

LlDeadline
ll_path_prepare (LlPath *path, const char *name, guint16 type)
{
  gint64 now = g_get_monotonic_time ();

  if (!asks_ahead (path))
    return now;
  return ask_ahead (path, zone_of (name, type), now) + HEAD_START * G_TIME_SPAN_MILLISECOND;
}

void
ll_path_tested (LlPath *path, const LlAnswer *answer)
{
  g_free (path->detail);
  path->detail = NULL;
  if (!path->plain)
    {
      path->state = ll_path_judge (answer, &path->detail);
      return;
    }
  path->speaks = answer->finding != LL_UNKNOWN;
  path->lies = answer->finding == LL_FOUND;
  path->state = path->speaks ? LL_DNS_STRIPPED : LL_DNS_SILENT;
  if (path->lies)
    {
      g_autofree char *address = ll_rdata_address (answer->records->pdata[0], LL_RR_A);

      path->detail = g_strdup_printf (N_ ("The network's DNS answers every name with %s: it may be "
                                          "waiting for a sign-in page"),
                                      address != NULL ? address : N_ ("an address"));
    }
}

gboolean
ll_path_settled (LlPath *path)
{
  if (path->state != LL_DNS_UNTESTED)
    return TRUE;
  if (ll_deadline_left (path->until) > 0)
    return FALSE;
  path->state = LL_DNS_SILENT;
  path->detail = g_strdup (N_ ("The network's DNS does not answer"));
  return TRUE;
}
