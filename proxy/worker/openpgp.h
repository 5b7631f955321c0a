/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <gpgme.h>

G_BEGIN_DECLS

/* What the verbs of OpenPGP share. */

/* The path of the user's gpg, of a version that will do; or MISSING */
const char *openpgp_program (GError **error);

/* A new context for the user's own GnuPG. (transfer full), or MISSING */
gpgme_ctx_t openpgp_new (GError **error);

/* Sets @error from what GPGME said while doing @what. Returns FALSE. */
gboolean
openpgp_set_error (GError **error, gpgme_error_t code, gboolean prompted, const char *what);

/* Whether there is any secret key, which gpg-agent alone can tell more of. */
gboolean openpgp_has_secrets (void);

/* gpg-agent runs: already, or started by the user's systemd. NO_AGENT: he does not, and an engine
 * of ours must not start him: he would end with us. */
gboolean openpgp_needs_agent (GError **error);

G_END_DECLS
