/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/hex.h"

char *
ll_hex (const void *bytes, gsize length)
{
  static const char digits[] = "0123456789abcdef";
  const guint8 *octets = bytes;
  char *hex = g_malloc (2 * length + 1);

  for (gsize i = 0; i < length; i++)
    {
      hex[2 * i] = digits[octets[i] >> 4];
      hex[2 * i + 1] = digits[octets[i] & 15];
    }
  hex[2 * length] = '\0';
  return hex;
}
