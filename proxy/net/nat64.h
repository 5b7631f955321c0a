/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/resolver.h"

G_BEGIN_DECLS

/*
 * A laptop with IPv6 only reaches IPv4 hosts through the network's NAT64. The network's
 * resolver would make up addresses for them, which no signature covers; so the addresses
 * stay as they are signed, and the way to them is built here.
 *
 * RFC 6052 2.2 (/96 prefixes), RFC 7050 (how the prefix is found).
 */

#define LL_NAT64_PREFIX 12 /* bytes */

/* Puts a way to each IPv4 address in @addresses (of char *) in front of them, if this machine has
 * IPv6 only and there is no IPv6 address in it. Asks for one name, which libunbound remembers. */
void ll_nat64_widen (LlResolver *resolver,
                     GPtrArray *addresses,
                     LlDeadline deadline,
                     GCancellable *cancellable);

/* -- pure -------------------------------------------------------------------- */

/* Whether @address, an AAAA of ipv4only.arpa, shows a prefix of 96 bits. */
gboolean ll_nat64_prefix (const char *address, guint8 prefix[LL_NAT64_PREFIX]);

/* @address, an IPv4 one, behind the prefix; NULL when it is none. (transfer full) */
char *ll_nat64_embed (const guint8 prefix[LL_NAT64_PREFIX], const char *address);

G_END_DECLS
