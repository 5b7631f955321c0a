/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/target.h"
#include "deliver/upstream.h"
#include "wire/ehlo.h"

G_BEGIN_DECLS

/*
 * What each account's provider offered after TLS and sign-in, the last time: kept over restarts,
 * so that RCPT and MAIL can be answered before the next connection is there. Forgotten when the
 * account points to another host. Thread-safe.
 */

typedef struct _LlOffers LlOffers;

/* @folder NULL: in memory only. A file that cannot be read counts as empty. */
LlOffers *ll_offers_new (const char *folder);
void ll_offers_free (LlOffers *offers);

LlUpstreamOffers
ll_offers_get (LlOffers *offers, const char *account, const char *host, guint port);
void ll_offers_put (LlOffers *offers, const LlTarget *target, const LlEhlo *ehlo);

void ll_offers_from_ehlo (const LlEhlo *ehlo, LlUpstreamOffers *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOffers, ll_offers_free)

G_END_DECLS
