/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/assess.h"

G_BEGIN_DECLS

/*
 * Kept MTA-STS policies are renewed ahead of their end (RFC 8461 10.2), by itself and about daily,
 * but not on a network that costs by the byte. No timer runs when nothing is kept.
 *
 * Main thread; what it asks for runs in a thread of its own.
 */

typedef struct _LlRefreshing LlRefreshing;

/* Neither is owned; both outlive it. */
LlRefreshing *ll_refreshing_new (LlAssess *assess, LlNetwork *network);

/* Waits for what is under way, which it cancels. */
void ll_refreshing_free (LlRefreshing *refreshing);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlRefreshing, ll_refreshing_free)

G_END_DECLS
