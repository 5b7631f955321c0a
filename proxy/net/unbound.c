/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/unbound.h"

#include "api/intl.h"
#include "base/error.h"
#include "net/rdata.h"

#include <string.h>
#include <unbound.h>

#define CLASS_IN 1
#define RCODE_NOERROR 0
#define RCODE_NXDOMAIN 3
#define RECORDS_MAX 512 /* more in one set is not read */

struct _LlUnbound
{
  struct ub_ctx *context; /* (owned) */
  LlUnboundAnswered answered;
  gpointer owner;
  GHashTable *asked; /* the set of Asked under way; (owned), as nobody else frees a killed one */
};

typedef struct
{
  LlUnbound *unbound; /* (not owned) */
  char *name;
  guint16 type;
  int id;
  gpointer data;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->name);
  g_free (asked);
}

/* -- answers --------------------------------------------------------------- */

static LlAnswer *
answer_new (const char *name, guint16 type, LlFinding finding)
{
  LlAnswer *answer = g_new0 (LlAnswer, 1);

  answer->ref_count = 1;
  answer->name = g_ascii_strdown (name, -1);
  answer->type = type;
  answer->finding = finding;
  answer->records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  answer->time = ll_clock_now ();
  return answer;
}

LlAnswer *
ll_answer_new_unknown (const char *name, guint16 type, const char *reason)
{
  LlAnswer *answer = answer_new (name, type, LL_UNKNOWN);

  answer->reason = g_strdup (reason);
  return answer;
}

LlAnswer *
ll_answer_new_late (const LlAnswer *bogus)
{
  LlAnswer *answer = answer_new (bogus->name, bogus->type, LL_BOGUS);

  answer->ttl = bogus->ttl;
  answer->reason = g_strdup (bogus->reason);
  answer->late = TRUE;
  return answer;
}

LlAnswer *
ll_answer_ref (LlAnswer *answer)
{
  g_atomic_int_inc (&answer->ref_count);
  return answer;
}

void
ll_answer_unref (LlAnswer *answer)
{
  if (answer == NULL || !g_atomic_int_dec_and_test (&answer->ref_count))
    return;
  g_free (answer->name);
  g_free (answer->canonical);
  g_free (answer->reason);
  g_ptr_array_unref (answer->records);
  g_free (answer);
}

static char *
without_root_dot (const char *name)
{
  char *bare = g_ascii_strdown (name, -1);
  gsize length = strlen (bare);

  if (length > 1 && bare[length - 1] == '.')
    bare[length - 1] = '\0';
  return bare;
}

static const char *
rcode_reason (int rcode)
{
  switch (rcode)
    {
    case 1:
      return N_ ("the name servers did not understand the question (FORMERR)");
    case 4:
      return N_ ("the name servers do not know this kind of question (NOTIMP)");
    case 5:
      return N_ ("the name servers refused to answer (REFUSED)");
    default:
      return N_ ("the name servers did not answer (SERVFAIL)");
    }
}

/* Bogus first: libunbound fills in the data of an answer that failed validation, and sets
 * havedata (facts/assurance.md 7.2). */
static LlAnswer *
answer_from_result (const char *name, guint16 type, const struct ub_result *result)
{
  LlAnswer *answer;

  if (result->bogus)
    {
      answer = answer_new (name, type, LL_BOGUS);
      answer->reason
          = g_strdup (result->why_bogus != NULL ? result->why_bogus : "validation failure");
      return answer;
    }
  if (result->rcode != RCODE_NOERROR && result->rcode != RCODE_NXDOMAIN)
    return ll_answer_new_unknown (name, type, rcode_reason (result->rcode));

  answer = answer_new (name, type, LL_ABSENT);
  answer->secure = result->secure != 0;
  answer->nxdomain = result->nxdomain != 0;
  answer->ttl = (guint32) MAX (result->ttl, 0);
  if (result->canonname != NULL)
    {
      answer->canonical = without_root_dot (result->canonname);
      if (g_str_equal (answer->canonical, answer->name))
        g_clear_pointer (&answer->canonical, g_free);
    }
  if (!result->havedata || result->rcode != RCODE_NOERROR)
    return answer;
  answer->finding = LL_FOUND;
  for (int i = 0; result->data[i] != NULL && i < RECORDS_MAX; i++)
    g_ptr_array_add (answer->records, g_bytes_new (result->data[i], (gsize) result->len[i]));
  return answer;
}

/* -- the context ----------------------------------------------------------- */

static const struct
{
  const char *option;
  const char *value;
} settings[] = {
  /* our own servers may well be on this machine */
  { "do-not-query-localhost:", "no" },
  /* a server that was out of reach for a moment must be tried again soon */
  { "infra-host-ttl:", "60" },
  { "infra-keep-probing:", "yes" },
  /* failed validation is judged anew on the next question, not for a minute */
  { "val-bogus-ttl:", "5" },
  { "cache-max-negative-ttl:", "3600" },
  { "edns-buffer-size:", "1232" },
  /* a hundred domains: MX, MTA-STS and the keys of each at once */
  { "num-queries-per-thread:", "1024" },
  { "outgoing-range:", "450" },
  /* The library's own is 2. A question that finds no connection to share, as it never does where
   * the stack of our thread lies below the heap, closes another one's while that waits for its
   * answer: on a far way nothing was ever answered over TCP */
  { "outgoing-num-tcp:", "32" },
  { "verbosity:", "0" },
  { "use-syslog:", "no" },
};

static int
set_way (struct ub_ctx *context, LlUnboundWay way, const char *const *servers)
{
  gboolean forward
      = way == LL_UNBOUND_FORWARD || way == LL_UNBOUND_FORWARD_TCP || way == LL_UNBOUND_FORWARD_TLS;
  int rc = 0;

  for (gsize i = 0; forward && servers != NULL && servers[i] != NULL && rc == 0; i++)
    {
      g_autofree char *tls = NULL;

      /* a port of its own stays */
      if (way == LL_UNBOUND_FORWARD_TLS && strchr (servers[i], '@') == NULL)
        tls = g_strconcat (servers[i], "@853", NULL);
      rc = ub_ctx_set_fwd (context, tls != NULL ? tls : servers[i]);
    }
  if (rc == 0 && (way == LL_UNBOUND_FORWARD_TCP || way == LL_UNBOUND_RECURSE_TCP))
    rc = ub_ctx_set_option (context, "tcp-upstream:", "yes");
  if (rc == 0 && way == LL_UNBOUND_FORWARD_TLS)
    rc = ub_ctx_set_tls (context, 1);
  return rc;
}

static int
configure (struct ub_ctx *context,
           LlUnboundWay way,
           const char *const *servers,
           const LlAnchor *anchor,
           guint retries)
{
  g_autofree char *restarts = g_strdup_printf ("%u", retries);
  int rc = ub_ctx_async (context, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (settings) && rc == 0; i++)
    rc = ub_ctx_set_option (context, settings[i].option, settings[i].value);
  if (rc == 0)
    rc = ub_ctx_set_option (context, "val-max-restart:", restarts);
  if (rc == 0)
    rc = ub_ctx_debugout (context, NULL);
  if (rc == 0)
    rc = set_way (context, way, servers);
  if (rc == 0 && anchor == NULL)
    rc = ub_ctx_set_option (context, "module-config:", "iterator");
  for (gsize i = 0; anchor != NULL && anchor->records[i] != NULL && rc == 0; i++)
    rc = ub_ctx_add_ta (context, anchor->records[i]);
  /* Last, as it finalizes the context: libunbound answers "test." by itself otherwise (RFC 6761),
   * with an unsigned NXDOMAIN that no root ever said. */
  if (rc == 0)
    rc = ub_ctx_zone_remove (context, "test.");
  return rc;
}

LlUnbound *
ll_unbound_new (LlUnboundWay way,
                const char *const *servers,
                const LlAnchor *anchor,
                guint retries,
                LlUnboundAnswered answered,
                gpointer owner,
                GError **error)
{
  LlUnbound *unbound = g_new0 (LlUnbound, 1);
  int rc;

  unbound->context = ub_ctx_create ();
  unbound->answered = answered;
  unbound->owner = owner;
  unbound->asked = g_hash_table_new_full (NULL, NULL, asked_free, NULL);
  rc = unbound->context != NULL ? configure (unbound->context, way, servers, anchor, retries)
                                : UB_NOMEM;
  if (rc == 0)
    return unbound;
  g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
               "The resolver cannot be set up with these servers and this trust anchor: %s",
               ub_strerror (rc));
  ll_unbound_free (unbound);
  return NULL;
}

void
ll_unbound_free (LlUnbound *unbound)
{
  if (unbound == NULL)
    return;
  if (unbound->context != NULL)
    ub_ctx_delete (unbound->context);
  g_hash_table_unref (unbound->asked);
  g_free (unbound);
}

int
ll_unbound_fd (LlUnbound *unbound)
{
  return ub_fd (unbound->context);
}

void
ll_unbound_process (LlUnbound *unbound)
{
  ub_process (unbound->context);
}

static void
answered_cb (void *data, int rc, struct ub_result *result)
{
  Asked *asked = data;
  LlUnbound *unbound = asked->unbound;
  gpointer what = asked->data;
  LlAnswer *answer;

  if (rc == 0 && result != NULL)
    answer = answer_from_result (asked->name, asked->type, result);
  else
    answer = ll_answer_new_unknown (asked->name, asked->type, ub_strerror (rc));
  if (result != NULL)
    ub_resolve_free (result);
  g_hash_table_remove (unbound->asked, asked);
  unbound->answered (answer, what, unbound->owner);
}

gboolean
ll_unbound_ask (LlUnbound *unbound, const char *name, guint16 type, gpointer data, int *id)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->unbound = unbound;
  asked->name = g_strdup (name);
  asked->type = type;
  asked->data = data;
  g_hash_table_add (unbound->asked, asked);
  if (ub_resolve_async (unbound->context, name, type, CLASS_IN, asked, answered_cb, &asked->id)
      != 0)
    {
      g_hash_table_remove (unbound->asked, asked);
      return FALSE;
    }
  if (id != NULL)
    *id = asked->id;
  return TRUE;
}

void
ll_unbound_cancel (LlUnbound *unbound, int id)
{
  GHashTableIter iter;
  gpointer key;

  ub_cancel (unbound->context, id);
  g_hash_table_iter_init (&iter, unbound->asked);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (((Asked *) key)->id == id)
      {
        g_hash_table_iter_remove (&iter);
        return;
      }
}
