/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/protocol.h"

G_BEGIN_DECLS

/*
 * letterlock-worker: a short-lived child that does what can hang or crash. Each verb
 * takes the arguments and open files of a request and returns its reply, an a{sv}, or
 * an error of LL_ENGINE_ERROR. One at a time; the daemon kills us when it takes too long.
 *
 * A key in a reply is a dictionary: fingerprint s, user_id s, addresses as, ids as (of
 * those of its subkeys that encrypt), created x,
 * expires x (0: never), bits u, algorithm s, subkey s (the one that would be encrypted
 * to), subkeys u (how many could be), defect s (api/names.h), validity u, secret b.
 */

typedef GVariant *(*Verb) (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* -- openpgp.c: what stands behind all verbs of OpenPGP ------------------------------- */

/* {} -> version s, home s, agent b */
GVariant *worker_status (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* -- openpgp-list.c ------------------------------------------------------------------- */

/* {address s} -> keys aa{sv}: of the user's keyring, whose user id is that address */
GVariant *worker_list (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* {address s} -> keys aa{sv}: the user's own, with a secret part */
GVariant *worker_own (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* {blob ay, address s} -> keys aa{sv}: in those bytes; nothing is imported */
GVariant *worker_inspect (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* {fingerprint s} -> key s: armoured, without the signatures of others; "": it is not in the
 * keyring */
GVariant *worker_export (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* -- openpgp-seal.c -------------------------------------------------------------------- */

/* {fingerprints as, blobs aay, signer s?, prompt b?, compress b?}, in, out -> {}: the OpenPGP
 * message, without armour. Nobody is asked anything unless prompt is true (LOCKED then). */
GVariant *worker_seal (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* {signer s, prompt b?}, in, out -> micalg s: an armoured detached signature */
GVariant *worker_sign (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* -- cms-sign.c -------------------------------------------------------------------------- */

/* {signer s, prompt b?}, in, out -> micalg s: the same by gpgsm, S/MIME */
GVariant *worker_cms_sign (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* -- cms.c -------------------------------------------------------------------------------- */

/* {fingerprint s} -> certificate ay: the user's own in gpgsm. BAD_KEY, NO_SECRET, MISSING. */
GVariant *worker_cms_own (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* -- pkcs12.c -------------------------------------------------------------------------- */

/* {blob ay}, passphrase in, key out (PKCS #8 or traditional DER) -> certificate ay, chain aay,
 * length u (of the key). DECLINED: the passphrase is another one; BAD_KEY: no such file;
 * NO_SECRET: there is no key in it. RFC 7292. */
GVariant *worker_pkcs12 (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* -- harvest.c -------------------------------------------------------------------------- */

/* {}, file -> keys aay (OpenPGP, armoured or not), certificates aay (DER), announced as (as
 * ll_capabilities_announced), full b (not all fitted); of a letter also author s, and what its
 * Autocrypt header says: autocrypt ay, mutual b */
GVariant *worker_harvest (GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* -- ldap.c ------------------------------------------------------------------------------ */

/* {address s, urls as, milliseconds u, ca-file s?} -> certificates aay (DER): of entries with that
 * mail address. FAILED: a directory could not be asked, and the others gave nothing. */
GVariant *worker_ldap (GVariant *arguments, const int *fds, guint n_fds, GError **error);

G_END_DECLS
