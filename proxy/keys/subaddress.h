/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The mailbox behind a tag that its owner made up: "bob@b.example" of "bob+news@b.example"
 * (RFC 5233). Whether a plus means that is known to the recipient's domain alone, so nobody
 * asks for it unless the user says so. Pure.
 */

/* NULL: there is no tag. @address: normalised. (transfer full) */
char *ll_subaddress_owner (const char *address);

G_END_DECLS
