/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "keys/key.h"

G_BEGIN_DECLS

/*
 * What a domain says in signed DNS of somebody's certificate (RFC 8162, in the form of RFC 6698
 * 2.1). A record with the whole certificate gives one; a shorter one (a digest, or the public key
 * alone) gives none, but confirms one that was found elsewhere; so does the whole certificate of
 * an issuer (usage 2). An issuer that must be trusted besides (usage 0) tells us nothing that a
 * verified path does not.
 *
 * Pure; a record is a pin only when it can match something.
 */

/* The certificate in @rdata, or a pin (LlKey with pin and nothing else); NULL: neither. @address:
 * whose record it is. (transfer full) */
LlKey *ll_smimea_read (GBytes *rdata, const char *address);

/* Whether the certificate @key is what @pin (rdata) speaks of, at @now. */
gboolean ll_smimea_matches (GBytes *pin, const LlKey *key, gint64 now);

/* Whether the record asks for a verified path as well (usage 1). */
gboolean ll_smimea_needs_path (GBytes *rdata);

/* Takes the pins out of @keys (of LlKey), and puts the certificates that they confirm there as
 * published. */
void ll_smimea_confirm (GPtrArray *keys, gint64 now);

G_END_DECLS
