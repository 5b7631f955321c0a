/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/worker.h"
#include "keys/find.h"
#include "net/https.h"

G_BEGIN_DECLS

/*
 * Web Key Directory (draft-koch-openpgp-webkey-service): the key that the recipient's
 * own domain publishes, over verified HTTPS. It tells that domain, and nobody else, whom
 * the user writes to. The advanced place, openpgpkey.DOMAIN; the direct one only where
 * that name does not exist. Nothing is imported anywhere.
 *
 * What was found is kept (keys/cache.h).
 */

typedef struct
{
  LlResolver *resolver; /* (not owned) all of these */
  LlHttps *https;
  LlWorker *worker;
  const char *folder; /* of the cache; NULL: nothing is kept */
} LlWkd;

/* A finder (keys/find.h); @wkd: LlWkd. */
char *ll_wkd_find (gpointer wkd, const LlKeyQuery *query, GPtrArray *found);

/* Pure: z-base-32 of the SHA-1 of the local part in lower case (ASCII only). (transfer full) */
char *ll_wkd_hash (const char *local, gsize length);

G_END_DECLS
