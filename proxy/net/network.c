/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/network.h"

#include "api/intl.h"
#include "net/control.h"
#include "net/fingerprint.h"
#include "net/internal.h"
#include "net/judge.h"
#include "net/network-options.h"

#include <string.h>

/* A change of network comes as a dozen signals: one look after the last of them (ms). */
#define SETTLE 1000

/* That long a question waits for the routing domains (ms); an answer to RCPT must not hang. */
#define ROUTED_PATIENCE 150

/* A network that failed for a while is not blocked for ever: then it is looked at anew (s). */
#define BLOCKED_FOR (15 * 60)

typedef struct
{
  LlNetworkChanged changed;
  gpointer data;
} Watch;

struct _LlNetwork
{
  GMutex lock;
  GCond looked;
  LlResolver *resolver; /* (not owned) */
  /* under the lock */
  LlNetworkOptions *options; /* (owned) an immutable box with strings of its own */
  LlJudge judge;
  gint64 blocked;   /* seconds of the boot clock when it was found blocked; 0: it is not */
  gboolean looking; /* somebody is looking at the control hosts */
  guint generation; /* of the network: what was seen in an older one is dropped */
  guint looked_at;  /* the generation whose control hosts were looked at; 0: none */
  GStrv domains;    /* (owned) that the user writes from; or NULL */
  GStrv routed;     /* (owned) found out; NULL: not yet */
  guint routed_for; /* the generation that they were looked for in; 0: none */
  gboolean finding;
  GThread *finder;
  gboolean available; /* as GNetworkMonitor says */
  gboolean portal;
  gboolean metered;
  gboolean sparing;
  /* the main thread's own */
  GNetworkMonitor *monitor; /* (not owned) */
  gulong handler;
  gulong metered_handler;
  guint settle;
  char *fingerprint;
  GArray *watches; /* of Watch */
};

static const char *const state_names[]
    = { "untested", "open", "blocked", "redirected", "stripped", "portal", "offline" };

const char *
ll_network_state_name (LlNetworkState state)
{
  return state_names[state];
}

/* -- changes ----------------------------------------------------------------------- */

/* Signals that leave this as it is (a container's cable, a renewed lease) mean nothing. */
static char *
take_fingerprint (LlNetwork *network)
{
  g_autofree char *addresses = ll_network_fingerprint ();

  return g_strdup_printf ("%d %d %d %s", network->available, network->portal, network->metered,
                          addresses);
}

static void
read_monitor (LlNetwork *network)
{
  gboolean available = g_network_monitor_get_network_available (network->monitor);
  gboolean portal
      = g_network_monitor_get_connectivity (network->monitor) == G_NETWORK_CONNECTIVITY_PORTAL;
  gboolean metered = g_network_monitor_get_network_metered (network->monitor);

  g_mutex_lock (&network->lock);
  network->metered = metered;
  network->available = available;
  network->portal = portal;
  g_mutex_unlock (&network->lock);
}

static gboolean
settled_cb (gpointer data)
{
  LlNetwork *network = data;
  g_autofree char *print = NULL;

  network->settle = 0;
  read_monitor (network);
  print = take_fingerprint (network);
  if (g_strcmp0 (print, network->fingerprint) != 0)
    {
      g_free (network->fingerprint);
      network->fingerprint = g_steal_pointer (&print);
      ll_network_renew (network);
    }
  return G_SOURCE_REMOVE;
}

static void
settle (LlNetwork *network)
{
  if (network->settle != 0)
    g_source_remove (network->settle);
  network->settle = g_timeout_add (SETTLE, settled_cb, network);
}

static void
changed_cb (GNetworkMonitor *monitor, gboolean available, gpointer data)
{
  settle (data);
}

static void
metered_cb (GNetworkMonitor *monitor, GParamSpec *spec, gpointer data)
{
  settle (data);
}

/* With the lock held. */
static void
forget (LlNetwork *network)
{
  network->generation++;
  network->blocked = 0;
  ll_judge_clear (&network->judge);
  ll_judge_init (&network->judge);
}

static gboolean
tell_cb (gpointer data)
{
  LlNetwork *network = data;

  for (guint i = 0; i < network->watches->len; i++)
    {
      Watch *watch = &g_array_index (network->watches, Watch, i);

      watch->changed (watch->data);
    }
  return G_SOURCE_REMOVE;
}

void
ll_network_renew (LlNetwork *network)
{
  g_mutex_lock (&network->lock);
  forget (network);
  g_mutex_unlock (&network->lock);
  ll_resolver_renew (network->resolver);
  g_main_context_invoke (NULL, tell_cb, network);
}

void
ll_network_reached (LlNetwork *network, LlDeadline deadline, GCancellable *cancellable)
{
  g_mutex_lock (&network->lock);
  network->available = TRUE;
  network->portal = FALSE;
  g_mutex_unlock (&network->lock);
  /* a test that is under way may have begun before */
  if (ll_resolver_test (network->resolver, deadline, cancellable) != LL_DNS_VALIDATES)
    ll_resolver_renew (network->resolver);
}

void
ll_network_watch (LlNetwork *network, LlNetworkChanged changed, gpointer data)
{
  Watch watch = { changed, data };

  g_array_append_val (network->watches, watch);
}

void
ll_network_follow (LlNetwork *network, const LlNetworkOptions *options)
{
  LlNetworkOptions *old;

  g_mutex_lock (&network->lock);
  old = network->options;
  network->options = ll_network_options_new (options);
  forget (network);
  g_mutex_unlock (&network->lock);
  ll_network_options_unref (old);
}

/* -- life ---------------------------------------------------------------------------- */

LlNetwork *
ll_network_new (const LlNetworkOptions *options)
{
  LlNetwork *network = g_new0 (LlNetwork, 1);

  g_mutex_init (&network->lock);
  g_cond_init (&network->looked);
  network->resolver = options->resolver;
  network->options = ll_network_options_new (options);
  network->generation = 1;
  network->watches = g_array_new (FALSE, FALSE, sizeof (Watch));
  ll_judge_init (&network->judge);
  network->monitor = g_network_monitor_get_default ();
  network->handler
      = g_signal_connect (network->monitor, "network-changed", G_CALLBACK (changed_cb), network);
  network->metered_handler = g_signal_connect (network->monitor, "notify::network-metered",
                                               G_CALLBACK (metered_cb), network);
  read_monitor (network);
  network->fingerprint = take_fingerprint (network);
  return network;
}

void
ll_network_free (LlNetwork *network)
{
  if (network == NULL)
    return;
  g_signal_handler_disconnect (network->monitor, network->handler);
  g_signal_handler_disconnect (network->monitor, network->metered_handler);
  if (network->settle != 0)
    g_source_remove (network->settle);
  while (g_source_remove_by_user_data (network))
    ;
  if (network->finder != NULL)
    g_thread_join (network->finder);
  ll_judge_clear (&network->judge);
  ll_network_options_unref (network->options);
  g_strfreev (network->domains);
  g_strfreev (network->routed);
  g_array_unref (network->watches);
  g_free (network->fingerprint);
  g_mutex_clear (&network->lock);
  g_cond_clear (&network->looked);
  g_free (network);
}

/* -- the judgement ---------------------------------------------------------------------- */

/* With the lock held. */
static gboolean
has_control (const LlNetwork *network)
{
  return network->options->control == NULL || network->options->control[0] != NULL;
}

/* With the lock held. Where private addresses may be contacted, a network without a way to the
 * Internet is one nevertheless. */
static LlNetworkState
state_locked (LlNetwork *network, gboolean captive)
{
  LlNetworkState state
      = ll_judge_state (&network->judge, has_control (network), network->portal || captive,
                        !network->available && !network->options->allow_private);

  if (state != LL_NETWORK_BLOCKED)
    network->blocked = 0;
  else if (network->blocked == 0)
    network->blocked = ll_clock_boot ();
  else if (ll_clock_boot () - network->blocked > BLOCKED_FOR)
    {
      forget (network);
      return LL_NETWORK_UNTESTED;
    }
  return state;
}

LlNetworkState
ll_network_state (LlNetwork *network)
{
  gboolean captive = ll_resolver_is_captive (network->resolver);
  LlNetworkState state;

  g_mutex_lock (&network->lock);
  state = state_locked (network, captive);
  g_mutex_unlock (&network->lock);
  return state;
}

char *
ll_network_sentence (LlNetwork *network)
{
  switch (ll_network_state (network))
    {
    case LL_NETWORK_BLOCKED:
      return g_strdup (
          N_ ("This network blocks port 25: how recipients' mail servers answer cannot "
              "be seen from here, only what their domains publish"));
    case LL_NETWORK_REDIRECTED:
      return g_strdup (
          N_ ("This network answers in place of other people's mail servers: what they "
              "offer cannot be seen from here"));
    case LL_NETWORK_STRIPPED:
      return g_strdup (N_ ("This network hides the encryption that mail servers offer: what they "
                           "offer cannot be seen from here"));
    case LL_NETWORK_PORTAL:
      return g_strdup (
          N_ ("This network is waiting for you to sign in on a web page: nothing can be "
              "looked up until then"));
    case LL_NETWORK_OFFLINE:
      return g_strdup (N_ ("This computer is not connected to a network"));
    case LL_NETWORK_UNTESTED:
    case LL_NETWORK_OPEN:
    default:
      return NULL;
    }
}

static void
report (
    LlNetwork *network, guint generation, const char *address, LlContact contact, gboolean control)
{
  g_mutex_lock (&network->lock);
  if (generation == 0 || generation == network->generation)
    ll_judge_report (&network->judge, address, contact, control);
  g_mutex_unlock (&network->lock);
}

void
ll_network_report (LlNetwork *network, const char *address, LlContact contact, gboolean control)
{
  report (network, 0, address, contact, control);
}

typedef struct
{
  LlNetwork *network;
  guint generation;
} Looking;

/* One control host that looks as it should settles it. */
static gboolean
seen_cb (const char *address, LlContact contact, gpointer data)
{
  Looking *looking = data;

  report (looking->network, looking->generation, address, contact, TRUE);
  return contact != LL_CONTACT_GREETED;
}

/* With the lock held. Whether the control hosts could still tell something: also when a server
 * greeted but looked stripped or foreign, since whoever is in between greets as well. */
static gboolean
is_open_question (LlNetwork *network)
{
  return has_control (network) && network->looked_at != network->generation
         && (!network->judge.greeted
             || (network->judge.suspicious && !network->judge.control_greeted));
}

/* With the lock held; lets it go meanwhile. A deadline that cut it short leaves it open. */
static void
look (LlNetwork *network, LlDeadline deadline, GCancellable *cancellable)
{
  Looking looking = { network, network->generation };
  g_auto (GStrv) domains = g_strdupv (network->domains);
  LlNetworkOptions *options = g_atomic_rc_box_acquire (network->options);
  g_auto (GStrv) hosts = g_strdupv ((GStrv) options->control);

  network->looking = TRUE;
  g_mutex_unlock (&network->lock);
  if (hosts == NULL)
    hosts = ll_control_hosts (network->resolver, (const char *const *) domains, deadline,
                              cancellable);
  ll_control_look (options, (const char *const *) hosts, deadline, cancellable, seen_cb, &looking);
  ll_network_options_unref (options);
  g_mutex_lock (&network->lock);
  network->looking = FALSE;
  if (network->judge.greeted || network->judge.control_failed > 0)
    network->looked_at = looking.generation;
  g_cond_broadcast (&network->looked);
}

/* With the lock held. */
static void
wait_for_look (LlNetwork *network, LlDeadline deadline, GCancellable *cancellable)
{
  while (network->looking && ll_deadline_left (deadline) > 0
         && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&network->looked, &network->lock,
                       ll_deadline_earlier (deadline, ll_deadline_in (200)));
}

LlNetworkState
ll_network_judge (LlNetwork *network, LlDeadline deadline, GCancellable *cancellable)
{
  LlNetworkState state = ll_network_state (network);

  if (state != LL_NETWORK_UNTESTED && state != LL_NETWORK_OPEN)
    return state;
  g_mutex_lock (&network->lock);
  if (network->looking)
    wait_for_look (network, deadline, cancellable);
  else if (is_open_question (network) && ll_deadline_left (deadline) > 0)
    look (network, deadline, cancellable);
  g_mutex_unlock (&network->lock);
  return ll_network_state (network);
}

gboolean
ll_network_is_metered (LlNetwork *network)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&network->lock);

  return network->metered;
}

gboolean
ll_network_spares (LlNetwork *network)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&network->lock);

  return network->metered && network->sparing;
}

void
ll_network_configure (LlNetwork *network, const char *const *domains, gboolean sparing)
{
  g_mutex_lock (&network->lock);
  network->sparing = sparing;
  g_strfreev (network->domains);
  network->domains = g_strdupv ((GStrv) domains);
  g_mutex_unlock (&network->lock);
}

/* -- internal names ----------------------------------------------------------------------- */

static gpointer
find_thread (gpointer data)
{
  LlNetwork *network = data;
  GStrv found = ll_internal_domains ();

  g_mutex_lock (&network->lock);
  g_strfreev (network->routed);
  network->routed = found;
  network->finding = FALSE;
  g_cond_broadcast (&network->looked);
  g_mutex_unlock (&network->lock);
  return NULL;
}

/* With the lock held. Found out when first needed in a network, in a thread of its own, as other
 * programs are asked that may hang; whoever needs it waits for a moment, not for them. */
static void
need_routed (LlNetwork *network)
{
  LlDeadline patience = ll_deadline_in (ROUTED_PATIENCE);

  if (network->routed_for != network->generation && !network->finding)
    {
      if (network->finder != NULL)
        g_thread_join (network->finder);
      network->routed_for = network->generation;
      network->finding = TRUE;
      network->finder = g_thread_new ("routes", find_thread, network);
    }
  else if (network->routed != NULL)
    return;
  while (network->finding && g_cond_wait_until (&network->looked, &network->lock, patience))
    ;
}

gboolean
ll_network_is_internal (LlNetwork *network, const char *name)
{
  gboolean internal;

  g_mutex_lock (&network->lock);
  need_routed (network);
  internal = ll_internal_matches (name, (const char *const *) network->routed);
  g_mutex_unlock (&network->lock);
  return internal;
}
