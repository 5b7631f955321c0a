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

/* FALSE: LL_CONFIG_ERROR of the resolver; @access stays empty. */
gboolean ll_access_open (LlAccess *access, const LlConfig *config, GError **error);

/* Also of an empty one. */
void ll_access_close (LlAccess *access);

G_END_DECLS
