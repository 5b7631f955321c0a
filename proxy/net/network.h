/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/resolver.h"

G_BEGIN_DECLS

/*
 * The state of the network: can port 25, DNS and HTTPS be believed from here
 * (design 4.3)? Fed by what the probes saw (ll_network_report), by control hosts
 * that it contacts itself when in doubt, and by GNetworkMonitor for changes.
 * Listens to nothing of mail but the port number and a greeting.
 *
 * Thread-safe.
 */

typedef enum
{
  LL_NETWORK_UNTESTED,
  LL_NETWORK_OPEN,       /* an SMTP greeting came from some MX */
  LL_NETWORK_BLOCKED,    /* control hosts and at least 3 unrelated addresses timed out */
  LL_NETWORK_REDIRECTED, /* control hosts show foreign certificates */
  LL_NETWORK_STRIPPED,   /* control hosts show no STARTTLS */
  LL_NETWORK_PORTAL,     /* a captive portal is in between */
  LL_NETWORK_OFFLINE,
} LlNetworkState;

const char *ll_network_state_name (LlNetworkState state);

typedef enum
{
  LL_CONTACT_GREETED,  /* an SMTP greeting */
  LL_CONTACT_TIMEOUT,  /* nothing came back */
  LL_CONTACT_REFUSED,  /* RST, unreachable: somebody answered */
  LL_CONTACT_FOREIGN,  /* TLS with a certificate that is not the control host's */
  LL_CONTACT_STRIPPED, /* greeted, no STARTTLS where the control host has it */
} LlContact;

typedef struct
{
  LlResolver *resolver;       /* (not owned) */
  const char *const *control; /* NULL: the default ones (the first mail servers of the domains of
                                 ll_network_configure, then a shipped list); empty: recipients
                                 alone judge */
  guint16 mx_port;
  const char *ca_file;
  gboolean allow_private;
} LlNetworkOptions;

typedef struct _LlNetwork LlNetwork;

LlNetwork *ll_network_new (const LlNetworkOptions *options);
void ll_network_free (LlNetwork *network);

LlNetworkState ll_network_state (LlNetwork *network);

/* One sentence for the banner, e.g. "This network blocks port 25: ..."; NULL when open. */
char *ll_network_sentence (LlNetwork *network);

/* What contacting @address (an MX of @domain) showed; @control: it was a control host. */
void
ll_network_report (LlNetwork *network, const char *address, LlContact contact, gboolean control);

/* Looks at the control hosts if it is not known yet whether port 25 is open; returns at once when
 * it is known; else waits until @deadline at most. */
LlNetworkState
ll_network_judge (LlNetwork *network, LlDeadline deadline, GCancellable *cancellable);

/* @domains: that the user writes from; their mail servers are control hosts by default. @sparing:
 * he wants what can wait to wait for a network that is not metered. */
void ll_network_configure (LlNetwork *network, const char *const *domains, gboolean sparing);

/* Other options (the resolver stays): what was known of the network is forgotten, as it was seen
 * with the old ones. A look that is under way ends with those, and counts for nothing. */
void ll_network_follow (LlNetwork *network, const LlNetworkOptions *options);

/* Whether every byte may cost somebody money, as NetworkManager says or guesses. */
gboolean ll_network_is_metered (LlNetwork *network);

/* ... and what can wait is to wait. */
gboolean ll_network_spares (LlNetwork *network);

/* Whether @name is below a VPN's routing domain, a single label, or the like. */
gboolean ll_network_is_internal (LlNetwork *network, const char *name);

/* Whether @address is private, loopback, link-local, or embeds such (NAT64, 6to4, mapped). */
gboolean ll_network_is_private (const char *address);

/* Somebody on the Internet proved who he is: there is a network, whatever the monitor and the DNS
 * said, until they say something new. Waits for a test of the DNS that is under way. */
void ll_network_reached (LlNetwork *network, LlDeadline deadline, GCancellable *cancellable);

/* Called on the main thread after a change (new network, resume); forgets what was known. */
typedef void (*LlNetworkChanged) (gpointer data);
void ll_network_watch (LlNetwork *network, LlNetworkChanged changed, gpointer data);
void ll_network_renew (LlNetwork *network);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlNetwork, ll_network_free)

G_END_DECLS
