/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record/ledger.h"

G_BEGIN_DECLS

/*
 * What a person accepted for one domain although its published security fails
 * (promise 7): with a reason, for at most 30 days. Kept beside the letters, out of
 * reach of their retention; ended ones stay on the list for a year.
 */

#define LL_OVERRIDE_DAYS_MAX 30

/* {domain reason since until} (transfer full); durable when it returns. A second one for the
 * same domain takes the place of the first. LL_API_ERROR_INVALID: days or reason. */
GVariant *ll_ledger_override_add (
    LlLedger *ledger, const char *domain, const char *reason, guint days, GError **error);

/* What a person accepted for good (a domain that is less protected than before): nothing is in
 * force, it stands on the list. As above. */
GVariant *
ll_ledger_override_note (LlLedger *ledger, const char *domain, const char *reason, GError **error);

/* In force at @now: the reason (transfer full), else NULL. */
char *ll_ledger_override_find (LlLedger *ledger, const char *domain, gint64 now);

/* aa{sv} (transfer full), with "active" b. */
GVariant *ll_ledger_override_list (LlLedger *ledger, GError **error);

/* Ends it now. LL_API_ERROR_NOT_FOUND. */
gboolean ll_ledger_override_end (LlLedger *ledger, const char *domain, GError **error);

G_END_DECLS
