/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/armor.h"

#include <string.h>

/* RFC 9580 6.1 */
#define CRC24_INIT 0xb704ce
#define CRC24_POLYNOMIAL 0x1864cfb

#define COLUMNS 64

static guint32
crc24 (const guint8 *bytes, gsize length)
{
  guint32 crc = CRC24_INIT;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= (guint32) bytes[i] << 16;
      for (guint bit = 0; bit < 8; bit++)
        {
          crc <<= 1;
          if ((crc & 0x1000000) != 0)
            crc ^= CRC24_POLYNOMIAL;
        }
    }
  return crc & 0xffffff;
}

static void
add_base64 (GString *text, GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autofree char *whole = g_base64_encode (data, length);

  for (const char *at = whole; *at != '\0';)
    {
      gsize n = MIN (strlen (at), COLUMNS);

      g_string_append_len (text, at, (gssize) n);
      g_string_append_c (text, '\n');
      at += n;
    }
}

/* The first octet of a packet has its highest bit set (RFC 9580 4.2); text has not. */
static gboolean
is_text (const guint8 *bytes, gsize length)
{
  return length > 0 && (bytes[0] & 0x80) == 0
         && g_utf8_validate ((const char *) bytes, (gssize) length, NULL);
}

char *
ll_armor_pgp (GBytes *packets)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (packets, &length);
  GString *text;
  guint32 crc = crc24 (bytes, length);
  guint8 sum[3] = { (guint8) (crc >> 16), (guint8) (crc >> 8), (guint8) crc };
  g_autofree char *sum_text = g_base64_encode (sum, sizeof sum);

  if (is_text (bytes, length))
    return g_strndup ((const char *) bytes, length);
  text = g_string_new ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n");
  add_base64 (text, packets);
  g_string_append_printf (text, "=%s\n-----END PGP PUBLIC KEY BLOCK-----\n", sum_text);
  return g_string_free (text, FALSE);
}

char *
ll_armor_certificate (GBytes *der)
{
  GString *text = g_string_new ("-----BEGIN CERTIFICATE-----\n");

  add_base64 (text, der);
  g_string_append (text, "-----END CERTIFICATE-----\n");
  return g_string_free (text, FALSE);
}
