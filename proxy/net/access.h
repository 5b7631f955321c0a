/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/config.h"
#include "net/https.h"
#include "net/network.h"
#include "net/resolver.h"

G_BEGIN_DECLS

/*
 * The way out as the configuration wants it: the three that belong together, built in
 * their order, for the daemon and for what works without one.
 */

typedef struct
{
  LlResolver *resolver; /* (owned) */
  LlNetwork *network;   /* (owned) */
  LlHttps *https;       /* (owned) */
} LlAccess;

/* FALSE: LL_CONFIG_ERROR (the resolver's, or a ca-file that cannot be read); @access stays empty.
 */
gboolean ll_access_open (LlAccess *access, const LlConfig *config, GError **error);

/* The same without the network, which there is only one of: to be followed. */
gboolean ll_access_prepare (LlAccess *access, const LlConfig *config, GError **error);

/* [network] was changed: from now on @access asks as @fresh, prepared from @config, does. What is
 * under way ends as it was begun. */
void ll_access_follow (LlAccess *access, const LlAccess *fresh, const LlConfig *config);

/* What the rest of the configuration says of the network: whose mail servers are known, and what
 * waits for a network that is not metered. */
void ll_access_configure (LlAccess *access, const LlConfig *config);

/* [network] and what stands in its files, to be compared. (transfer full) */
char *ll_access_stamp (const LlConfig *config);

/* Also of an empty one. */
void ll_access_close (LlAccess *access);

G_END_DECLS
