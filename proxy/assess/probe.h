/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/sight.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * One look at a mail server: EHLO, STARTTLS, EHLO, QUIT and never anything else.
 * Nothing is ever delivered here, nobody is asked about an address.
 *
 * Two more connections are made at most: a second one when STARTTLS is missing
 * (once is no proof), and one with every old protocol allowed after a handshake
 * failed, only to name what is wrong.
 *
 * RFC 3207, RFC 5321, RFC 8689; facts/assurance.md 2.5, 7.4.
 */

typedef struct _LlProbe LlProbe;

/* @ehlo: NULL for the address literal of our end of the connection. */
LlProbe *ll_probe_new (guint16 port, const char *ehlo, const char *ca_file, GError **error);
void ll_probe_free (LlProbe *probe);

/* Roots for judging what was seen. (transfer none) */
SSL_CTX *ll_probe_trust (LlProbe *probe);

/* @final FALSE: TLS is up, and what is seen is worth all that it will ever be; only REQUIRETLS is
 * asked for after that. Called with @final TRUE exactly once. @sight is immutable. */
typedef void (*LlProbeReady) (LlSight *sight, gboolean final, gpointer data);

/* @sni: the name to ask for; an address literal: none. Thread-safe; blocks until @deadline at
 * most; @ready is called in this thread. */
void ll_probe_look (LlProbe *probe,
                    const char *address,
                    const char *sni,
                    LlDeadline deadline,
                    GCancellable *cancellable,
                    LlProbeReady ready,
                    gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlProbe, ll_probe_free)

G_END_DECLS
