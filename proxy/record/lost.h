/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record/ledger.h"

G_BEGIN_DECLS

/* The letter's files cannot be read any more, so nothing but the ledger knows it: whoever was still
 * to be served has failed, with @reason. Waits for the writer thread. FALSE: the ledger knows no
 * such letter with anybody to serve (it was said before), or cannot be written. */
gboolean ll_ledger_lose (LlLedger *ledger, const char *id, const char *reason);

G_END_DECLS
