/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/crc24.h"

#define POLYNOMIAL 0x864cfb

/* What an octet does to the checksum of those behind it: [0] the last one, [3] three before it.
 * Four octets at a time, since a large letter has forty million of them. */
static guint32 effects[4][256];

static gpointer
make_effects (gpointer unused)
{
  for (guint32 octet = 0; octet < 256; octet++)
    {
      guint32 crc = octet << 16;

      for (guint bit = 0; bit < 8; bit++)
        crc = (crc << 1) ^ ((crc & 0x800000) != 0 ? POLYNOMIAL : 0);
      effects[0][octet] = crc & 0xffffff;
    }
  for (guint n = 1; n < 4; n++)
    for (guint octet = 0; octet < 256; octet++)
      {
        guint32 crc = effects[n - 1][octet];

        effects[n][octet] = ((crc << 8) ^ effects[0][crc >> 16]) & 0xffffff;
      }
  return effects;
}

guint32
ll_crc24 (guint32 crc, const guint8 *bytes, gsize length)
{
  static GOnce once = G_ONCE_INIT;
  const guint8 *end = bytes + length;

  g_once (&once, make_effects, NULL);
  for (; end - bytes >= 4; bytes += 4)
    crc = effects[3][(crc >> 16 & 0xff) ^ bytes[0]] ^ effects[2][(crc >> 8 & 0xff) ^ bytes[1]]
          ^ effects[1][(crc & 0xff) ^ bytes[2]] ^ effects[0][bytes[3]];
  for (; bytes < end; bytes++)
    crc = ((crc << 8) ^ effects[0][(crc >> 16 & 0xff) ^ *bytes]) & 0xffffff;
  return crc;
}
