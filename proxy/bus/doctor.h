/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bus/actions.h"

G_BEGIN_DECLS

/* What the running daemon knows of its prerequisites: DNS, network, keyring, configuration,
 * accounts, and what the app adds. aa{sv}, floating: {check, ok, reason, remedy}; ok is missing
 * where it cannot be told, remedy where none is needed. What needs no daemon (packages, root keys,
 * clock, unit) is looked at by the command line itself. */
GVariant *ll_bus_doctor (const LlBusActions *actions, GCancellable *cancellable, GError **error);

G_END_DECLS
