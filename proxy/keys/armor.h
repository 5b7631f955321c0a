/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A key as text that other programs take: OpenPGP's ASCII armour with its checksum (RFC 9580 6.),
 * or PEM of a certificate (RFC 7468 5.). A key that is armoured already stays as it is. Pure.
 * (transfer full) */
char *ll_armor_pgp (GBytes *packets);
char *ll_armor_certificate (GBytes *der);

/* The packets of the first key block in @text; NULL: there is none, or it is damaged. The checksum
 * is not looked at (RFC 9580 6.1: optional), what is in the packets is. (transfer full) */
GBytes *ll_armor_open (const char *text, gsize length);

G_END_DECLS
