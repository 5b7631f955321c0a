/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/network.h"

G_BEGIN_DECLS

/* A copy with strings of its own, immutable, shared by reference (g_atomic_rc_box_acquire): whoever
 * looks at the network does so with the same options from begin to end. The resolver is not owned.
 * (transfer full) */
LlNetworkOptions *ll_network_options_new (const LlNetworkOptions *options);
void ll_network_options_unref (LlNetworkOptions *box);

G_END_DECLS
