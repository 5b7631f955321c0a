/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/worker.h"
#include "keys/find.h"

G_BEGIN_DECLS

/*
 * An OpenPGP key in the bytes that somebody's server gave for an address: its outline is
 * looked at here, all else by the worker. Nothing is imported anywhere.
 */

/* Adds what is in @blob (binary packets) to @found: one key, with its defects; one that cannot be
 * read is there as well, with the defect that says so. Returns NULL, or why it could not look: a
 * sentence for people (transfer full). */
char *ll_published_add (LlWorker *worker,
                        GBytes *blob,
                        const LlKeyQuery *query,
                        LlKeySource source,
                        LlTrust trust,
                        GPtrArray *found);

/* The same for what was kept. FALSE: it is not sound any more, so it is to be asked for anew. */
gboolean ll_published_add_kept (LlWorker *worker,
                                GBytes *blob,
                                const LlKeyQuery *query,
                                LlKeySource source,
                                LlTrust trust,
                                GPtrArray *found);

G_END_DECLS
