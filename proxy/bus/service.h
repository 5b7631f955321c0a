/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bus/actions.h"

G_BEGIN_DECLS

/*
 * Serves org.letterlock.Letterlock1 on the private socket (same user only), and on the
 * session bus when there is one. Works headless; the main loop is never blocked.
 */

typedef struct _LlBusService LlBusService;

/* @socket: path, NULL: bus in the runtime folder. @session: also own the name on the session bus,
 * now or when one can be had. LL_API_ERROR_REFUSED: another daemon answers there already.
 * @actions is copied. Call on the main thread, before or while its loop runs. */
LlBusService *ll_bus_service_new (const LlBusActions *actions,
                                  const char *socket,
                                  gboolean session,
                                  GError **error);

/* Ends calls that run (cancelled), closes everything, removes the socket. */
void ll_bus_service_free (LlBusService *service);

/* Signals, from any thread. Bursts within 50 ms become one LettersChanged. Fits LlLedgerChanged
 * (record/ledger.h): pass the service as data. */
void ll_bus_service_letters_changed (const char *const *ids, gpointer service);

/* Asks actions->status and tells everybody. */
void ll_bus_service_state_changed (LlBusService *service);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlBusService, ll_bus_service_free)

G_END_DECLS
