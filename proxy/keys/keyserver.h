/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/config.h"
#include "engine/worker.h"
#include "keys/find.h"
#include "net/resolver.h"

G_BEGIN_DECLS

/*
 * A key server that gives keys by e-mail address (Verifying Key Server, draft of
 * keys.openpgp.org: GET /vks/v1/by-email/ADDRESS), over verified HTTPS. It learns whom the user
 * writes to, so it is asked only where he configured it; and who runs it can give any key, so
 * what it gives is unchecked. What was found is kept (keys/cache.h).
 */

typedef struct
{
  LlResolver *resolver; /* (not owned) all of these */
  LlWorker *worker;
  const char *folder;                  /* of the cache; NULL: nothing is kept */
  LlConfig *(*config) (gpointer data); /* the snapshot in force (transfer full) */
  gpointer data;
} LlKeyserver;

/* A finder (keys/find.h); @keyserver: LlKeyserver. */
char *ll_keyserver_find (gpointer keyserver, const LlKeyQuery *query, GPtrArray *found);

G_END_DECLS
