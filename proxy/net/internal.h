/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Names that mean something in this network only: what the world's DNS says about
 * them is not about the host that is meant.
 */

/* The domains that go to a VPN: the routing domains of systemd-resolved and of resolv.conf, and,
 * where a tunnel is up, the search domains of resolv.conf. Asks systemd-resolved by D-Bus for
 * half a second at most. (transfer full), NULL-terminated */
GStrv ll_internal_domains (void);

/* -- pure -------------------------------------------------------------------- */

/* A single label, a name of a private top level, or one at or below any of @domains (or NULL). */
gboolean ll_internal_matches (const char *name, const char *const *domains);

G_END_DECLS
