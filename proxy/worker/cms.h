/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <gpgme.h>

G_BEGIN_DECLS

/* What the verbs of gpgsm share. */

/* A new context for the user's own gpgsm. (transfer full), or MISSING */
gpgme_ctx_t cms_new (GError **error);

gboolean cms_is_fingerprint (const char *text);

/* Whether gpg-agent signs with this key without asking anybody: gpgsm, unlike gpg, cannot be told
 * to ask nobody. */
gboolean cms_key_is_open (const char *keygrip);

G_END_DECLS
