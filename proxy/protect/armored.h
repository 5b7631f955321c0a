/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * OpenPGP packets on their way into ASCII armour, a piece at a time, with CRLF as mail has it. gpg
 * can do this, but takes four times as long for it as for the encryption.
 *
 * RFC 9580 6.
 */

#define LL_ARMORED_LINE 48 /* octets in a line of 64 */

typedef struct
{
  guint8 rest[LL_ARMORED_LINE]; /* of an unfinished line */
  gsize n_rest;
  guint32 crc;
} LlArmored;

/* All append to @out. */
void ll_armored_begin (LlArmored *armored, GString *out);
void ll_armored_push (LlArmored *armored, const guint8 *bytes, gsize length, GString *out);
void ll_armored_end (LlArmored *armored, GString *out);

G_END_DECLS
