/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/config.h"
#include "engine/worker.h"
#include "keys/find.h"
#include "keys/imported.h"

G_BEGIN_DECLS

/*
 * Certificates in the directories (LDAP, RFC 4511, 4523) that the user configured: they learn
 * whom he writes to. Asked by the worker, which is killed when a directory does not answer. What a
 * directory says vouches for nothing; the issuer of a certificate may. What was found is kept
 * (keys/cache.h).
 */

typedef struct
{
  LlWorker *worker; /* (not owned) all of these; one that waits for nothing else */
  LlImported *imported;
  const char *folder;                  /* of the cache; NULL: nothing is kept */
  LlConfig *(*config) (gpointer data); /* the snapshot in force (transfer full) */
  gpointer data;
} LlDirectory;

/* A finder (keys/find.h); @directory: LlDirectory. */
char *ll_directory_find (gpointer directory, const LlKeyQuery *query, GPtrArray *found);

G_END_DECLS
