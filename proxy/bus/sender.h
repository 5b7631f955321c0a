/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bus/actions.h"

G_BEGIN_DECLS

/* `sender DOMAIN`: how mail from a domain is protected against forgery (SPF, DKIM, DMARC), and
 * mail to it on its way (as `check`). @options: {selectors as}: DKIM keys cannot be listed, only
 * asked for by name. a{sv}, floating or not. */
GVariant *ll_bus_sender (const LlBusActions *actions,
                         const char *domain,
                         GVariant *options,
                         GCancellable *cancellable,
                         GError **error);

/* -- pure, for tests -- */

/* What an SPF record ends in: "-all"..., or NULL. (transfer none, static) */
const char *ll_sender_spf_all (const char *record);

/* The value of tag @name ("p") in a DMARC or DKIM record. NULL: not there. (transfer full) */
char *ll_sender_tag (const char *record, const char *name);

G_END_DECLS
