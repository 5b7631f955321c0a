/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/armored.h"

#include "base/crc24.h"

#include <openssl/evp.h>
#include <string.h>

void
ll_armored_begin (LlArmored *armored, GString *out)
{
  armored->n_rest = 0;
  armored->crc = LL_CRC24_BEGIN;
  g_string_append (out, "-----BEGIN PGP MESSAGE-----\r\n\r\n");
}

static void
add_line (const guint8 *bytes, gsize length, GString *out)
{
  guint8 line[LL_ARMORED_LINE / 3 * 4 + 3];
  int n = EVP_EncodeBlock (line, bytes, (int) length);

  line[n] = '\r';
  line[n + 1] = '\n';
  g_string_append_len (out, (char *) line, n + 2);
}

void
ll_armored_push (LlArmored *armored, const guint8 *bytes, gsize length, GString *out)
{
  const guint8 *end = bytes + length;

  armored->crc = ll_crc24 (armored->crc, bytes, length);
  if (armored->n_rest > 0)
    {
      gsize missing = MIN (sizeof armored->rest - armored->n_rest, length);

      memcpy (armored->rest + armored->n_rest, bytes, missing);
      armored->n_rest += missing;
      bytes += missing;
      if (armored->n_rest < sizeof armored->rest)
        return;
      add_line (armored->rest, sizeof armored->rest, out);
      armored->n_rest = 0;
    }
  for (; (gsize) (end - bytes) >= LL_ARMORED_LINE; bytes += LL_ARMORED_LINE)
    add_line (bytes, LL_ARMORED_LINE, out);
  armored->n_rest = (gsize) (end - bytes);
  memcpy (armored->rest, bytes, armored->n_rest);
}

void
ll_armored_end (LlArmored *armored, GString *out)
{
  guint8 sum[3]
      = { (guint8) (armored->crc >> 16), (guint8) (armored->crc >> 8), (guint8) armored->crc };

  if (armored->n_rest > 0)
    add_line (armored->rest, armored->n_rest, out);
  g_string_append_c (out, '=');
  add_line (sum, sizeof sum, out);
  g_string_append (out, "-----END PGP MESSAGE-----\r\n");
}
