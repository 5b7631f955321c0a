/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/network.h"

G_BEGIN_DECLS

/*
 * Control hosts: mail servers that are known to be up and to show a good certificate,
 * so that what they seem to be from here says something about the network.
 */

/* Large mail hosts of different operators, for when none are configured. */
extern const char *const ll_control_default[];

/* The first mail server of each of @domains (the user's providers), then ll_control_default.
 * Blocks until @deadline at most. (transfer full) */
GStrv ll_control_hosts (LlResolver *resolver,
                        const char *const *domains,
                        LlDeadline deadline,
                        GCancellable *cancellable);

/* Called for each host that was looked at; returns whether the others are still of interest. */
typedef gboolean (*LlControlSeen) (const char *address, LlContact contact, gpointer data);

/* Looks at all of @hosts at once, port @port, with STARTTLS, without a mail transaction. Hosts
 * whose address cannot be found say nothing. Blocks until @deadline at most. */
void ll_control_look (const LlNetworkOptions *options,
                      const char *const *hosts,
                      LlDeadline deadline,
                      GCancellable *cancellable,
                      LlControlSeen seen,
                      gpointer data);

G_END_DECLS
