/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "setup/outgoing.h"

G_BEGIN_DECLS

/*
 * The account sources of Evolution, one key file UID.source each: an identity names the transport
 * that it submits to. A transport is never changed here: a new one, which submits to Letterlock, is
 * put beside it, and the identity names that one.
 *
 * Those that a service like GNOME Online Accounts manages are elsewhere, and not seen.
 *
 * Groups [Data Source], [Mail Identity], [Mail Submission], [Mail Transport], [Authentication],
 * [Security], [Smtp Backend] of evolution-data-server (libedataserver/e-source-*.c).
 */

typedef struct
{
  char *folder;
  GHashTable *files; /* UID to GKeyFile */
} LlEvolutionSources;

/* LL_API_ERROR_NOT_FOUND: there is no such folder. What cannot be read in it is passed over. */
LlEvolutionSources *ll_evolution_sources_read (const char *folder, GError **error);
void ll_evolution_sources_free (LlEvolutionSources *sources);

/* Those that some identity submits to; LlOutgoing.key is the UID. (transfer full) of LlOutgoing */
GPtrArray *ll_evolution_sources_outgoing (const LlEvolutionSources *sources);

/* The UIDs of the identities that submit to @transport. (transfer full) of char */
GPtrArray *ll_evolution_sources_identities (const LlEvolutionSources *sources,
                                            const char *transport);

/* UID.source, as it is now with another transport. (transfer full), LL_CONFIG_ERROR_FILE */
GBytes *ll_evolution_identity (GBytes *now, const char *transport, GError **error);

/* The transport that it names; NULL: none. (transfer full) */
char *ll_evolution_identity_transport (GBytes *now);

/* A transport with the name, the place and the ways of @like that submits to localhost at @port,
 * with TLS. (transfer full) */
GBytes *ll_evolution_transport (const LlEvolutionSources *sources,
                                const char *like,
                                guint port,
                                const char *username);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlEvolutionSources, ll_evolution_sources_free)

G_END_DECLS
