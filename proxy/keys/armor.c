/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/armor.h"

#include "base/crc24.h"

#include <string.h>

#define COLUMNS 64

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
  guint32 crc = ll_crc24 (LL_CRC24_BEGIN, bytes, length);
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

/* -- the way back ------------------------------------------------------------------------------ */

#define BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define END "\n-----END PGP PUBLIC KEY BLOCK-----"

/* Header lines up to the empty one ("Comment: ..."; RFC 9580 6.2.2), then base64. */
static const char *
after_headers (const char *at, const char *end)
{
  while (at < end)
    {
      const char *line = memchr (at, '\n', (gsize) (end - at));
      const char *next = line != NULL ? line + 1 : end;

      while (at < next && g_ascii_isspace (*at))
        at++;
      if (at == next)
        return next;
      at = next;
    }
  return NULL;
}

/* Letters of base64 up to the checksum's line, without white space. (transfer full) */
static char *
dense (const char *at, const char *end)
{
  GString *text = g_string_new (NULL);
  gboolean line_begins = TRUE;

  for (; at < end && !(line_begins && *at == '='); at++)
    {
      line_begins = *at == '\n';
      if (!g_ascii_isspace (*at))
        g_string_append_c (text, *at);
    }
  return g_string_free (text, FALSE);
}

GBytes *
ll_armor_open (const char *text, gsize length)
{
  const char *begin = g_strstr_len (text, (gssize) length, BEGIN);
  const char *rest = begin != NULL ? begin + strlen (BEGIN) : NULL;
  const char *end
      = rest != NULL ? g_strstr_len (rest, (gssize) (length - (gsize) (rest - text)), END) : NULL;
  g_autofree char *letters = NULL;
  const char *body;
  gsize n;
  guchar *bytes;

  rest = end != NULL ? memchr (rest, '\n', (gsize) (end + 1 - rest)) : NULL;
  body = rest != NULL && rest < end ? after_headers (rest + 1, end) : NULL;
  if (body == NULL)
    return NULL;
  letters = dense (body, end);
  n = strspn (letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  n += strspn (letters + n, "=");
  if (n == 0 || letters[n] != '\0' || n % 4 != 0)
    return NULL;
  bytes = g_base64_decode (letters, &n);
  return g_bytes_new_take (bytes, n);
}
