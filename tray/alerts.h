/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/*
 * Notifications about the whole, not about one letter: letters wait because the keyring is locked
 * or nobody is signed in at a provider, each with the one click that ends it; and letters that are
 * not sent yet while the machine goes to sleep or is shut down. One of each kind, taken back when
 * it is over, and only while letters wait.
 *
 * Main thread.
 */
typedef struct _LlAlerts LlAlerts;

LlAlerts *ll_alerts_new (GDBusConnection *bus, LlDaemon *daemon);
void ll_alerts_free (LlAlerts *alerts);

/* Looks at the daemon's state: tells, or takes back. */
void ll_alerts_look (LlAlerts *alerts);

/* While the screen is locked, only what names nobody and offers nothing. */
void ll_alerts_lock (LlAlerts *alerts, gboolean locked);

/* Who showed them is gone: their numbers will be others'. */
void ll_alerts_forget (LlAlerts *alerts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlAlerts, ll_alerts_free)

G_END_DECLS
