/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/blob.h"

/* Packet types (RFC 9580 5.) */
#define PUBLIC_KEY 6
#define USER_ID 13

typedef struct
{
  const guint8 *bytes;
  gsize length;
  gsize at;
} Packets;

/* @n octets, big-endian; FALSE: they are not there. */
static gboolean
take_number (Packets *packets, guint n, guint32 *number)
{
  if (packets->length - packets->at < n)
    return FALSE;
  *number = 0;
  for (guint i = 0; i < n; i++)
    *number = *number << 8 | packets->bytes[packets->at++];
  return TRUE;
}

/* RFC 9580 4.2.1; partial lengths are not for keys. */
static gboolean
take_new_length (Packets *packets, guint32 *length)
{
  guint32 first, second;

  if (!take_number (packets, 1, &first))
    return FALSE;
  if (first < 192)
    {
      *length = first;
      return TRUE;
    }
  if (first < 224)
    {
      if (!take_number (packets, 1, &second))
        return FALSE;
      *length = ((first - 192) << 8) + second + 192;
      return TRUE;
    }
  return first == 255 && take_number (packets, 4, length);
}

/* RFC 9580 4.2.2; a length without end is not for keys. */
static gboolean
take_old_length (Packets *packets, guint kind, guint32 *length)
{
  return kind < 3 && take_number (packets, 1u << kind, length);
}

/* The next packet's type and body. FALSE: it is not whole. */
static gboolean
take_packet (Packets *packets, guint *type, gsize *body, guint32 *length)
{
  guint8 head = packets->bytes[packets->at++];
  gboolean modern = (head & 0x40) != 0;

  if ((head & 0x80) == 0)
    return FALSE;
  *type = modern ? head & 0x3f : (head >> 2) & 0x0f;
  if (!(modern ? take_new_length (packets, length)
               : take_old_length (packets, head & 0x03, length)))
    return FALSE;
  if (packets->length - packets->at < *length)
    return FALSE;
  *body = packets->at;
  packets->at += *length;
  return TRUE;
}

gboolean
ll_blob_outline (const guint8 *bytes, gsize length, LlBlobOutline *out)
{
  Packets packets = { bytes, length, 0 };
  LlBlobOutline outline = { 0, 0, 0 };

  if (length == 0 || length > LL_BLOB_MAX)
    return FALSE;
  while (packets.at < packets.length)
    {
      guint type;
      gsize body;
      guint32 size;

      if (!take_packet (&packets, &type, &body, &size))
        return FALSE;
      if (type == PUBLIC_KEY && size > 0 && outline.primaries++ == 0)
        outline.version = bytes[body];
      outline.user_ids += type == USER_ID;
    }
  *out = outline;
  return TRUE;
}
