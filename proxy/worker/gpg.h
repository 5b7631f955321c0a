/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/gpg-status.h"

G_BEGIN_DECLS

/*
 * gpg, run once between two open files: what flows through it does not flow through us. GPGME would
 * fork this process twice and copy every octet twice for each letter, and takes a gpg that was
 * killed for one that succeeded.
 */

/* @arguments: NULL-terminated, behind those that every run has. Blocks until gpg has ended. Of
 * LL_ENGINE_ERROR: MISSING; what gpg says went wrong; FAILED when it ended without
 * a word. What it wrote before an error is of no use. */
gboolean gpg_run (const char *const *arguments,
                  int in,
                  int out,
                  gboolean prompt, /* the user may be asked for his passphrase */
                  LlGpgStatus *status,
                  GError **error);

G_END_DECLS
