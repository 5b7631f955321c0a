/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a network is known by: our IPv4 addresses in it, and its resolvers. (transfer full) */
char *ll_network_fingerprint (void);

G_END_DECLS
