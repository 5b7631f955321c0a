/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The checksum of OpenPGP's armour, a piece at a time: LL_CRC24_BEGIN, then what the last piece
 * gave. Pure. RFC 9580 6.1. */

#define LL_CRC24_BEGIN 0xb704ce

guint32 ll_crc24 (guint32 crc, const guint8 *bytes, gsize length);

G_END_DECLS
