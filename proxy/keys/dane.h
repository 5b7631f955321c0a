/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/worker.h"
#include "keys/find.h"
#include "keys/imported.h"
#include "net/resolver.h"

G_BEGIN_DECLS

/*
 * Keys and certificates that the recipient's own domain publishes in signed DNS: OPENPGPKEY
 * (RFC 7929) and SMIMEA (RFC 8162). Only what DNSSEC proves is used; what is not signed is as if
 * it were not there, and a signature that fails is said. It is not kept: DNS says how long it is
 * true.
 */

typedef struct
{
  LlResolver *resolver; /* (not owned) all of these */
  LlWorker *worker;
  LlImported *imported;
} LlDaneKeys;

/* A finder (keys/find.h); @dane: LlDaneKeys. */
char *ll_dane_keys_find (gpointer dane, const LlKeyQuery *query, GPtrArray *found);

/* Pure: where the records of @address are; @place: "_openpgpkey", "_smimecert". The local part is
 * taken as it is written, without quotes (RFC 7929 3.). NULL: too long for DNS. (transfer full) */
char *ll_dane_keys_name (const char *address, const char *place);

G_END_DECLS
