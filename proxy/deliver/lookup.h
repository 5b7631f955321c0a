/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/resolver.h"

G_BEGIN_DECLS

/*
 * Where the provider's host is, and what keys it publishes (TLSA), in one round trip. The
 * addresses need no proof, since TLS is verified for the name; the keys do. A name that only the
 * system knows (/etc/hosts, a VPN's DNS) is asked for there.
 */

typedef struct
{
  GStrv addresses; /* at least one */
  GPtrArray *tlsa; /* of GBytes, proven by DNSSEC; NULL: none */
  char *base;      /* the name that they stand at: behind a signed CNAME, another one; NULL: none */
} LlLookup;

void ll_lookup_clear (LlLookup *lookup);

/* @resolver NULL: the system's. LL_WIRE_ERROR UNREACHABLE: no address; TLS: published keys that
 * cannot be believed (DNSSEC bogus), or that a signed host's DNS does not tell of. Keys of the name
 * behind a CNAME come first, then those of @host (RFC 7672 2.2.2). The message names @host. */
gboolean ll_lookup (LlResolver *resolver,
                    const char *host,
                    guint16 port,
                    LlLookup *out,
                    LlDeadline deadline,
                    GCancellable *cancellable,
                    GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlLookup, ll_lookup_clear)

G_END_DECLS
