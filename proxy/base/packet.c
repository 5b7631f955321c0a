/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/packet.h"

/* A length that is not said ahead: partial, or up to the end. */
#define OPEN_END G_MAXUINT32

/* @n octets, big-endian; FALSE: they are not there. */
static gboolean
take_number (LlPackets *packets, guint n, guint32 *number)
{
  if (packets->length - packets->at < n)
    return FALSE;
  *number = 0;
  for (guint i = 0; i < n; i++)
    *number = *number << 8 | packets->bytes[packets->at++];
  return TRUE;
}

/* RFC 9580 4.2.1 */
static gboolean
take_new_length (LlPackets *packets, guint32 *length)
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
  if (first == 255)
    return take_number (packets, 4, length);
  *length = OPEN_END;
  return TRUE;
}

/* RFC 9580 4.2.2 */
static gboolean
take_old_length (LlPackets *packets, guint kind, guint32 *length)
{
  if (kind < 3)
    return take_number (packets, 1u << kind, length);
  *length = OPEN_END;
  return TRUE;
}

gboolean
ll_packets_next (LlPackets *packets, LlPacket *out)
{
  guint32 length = 0;
  guint8 head;

  if (packets->at >= packets->length)
    return FALSE;
  head = packets->bytes[packets->at++];
  if ((head & 0x80) == 0)
    return FALSE;
  out->type = (head & 0x40) != 0 ? head & 0x3f : (head >> 2) & 0x0f;
  if (!((head & 0x40) != 0 ? take_new_length (packets, &length)
                           : take_old_length (packets, head & 0x03, &length)))
    return FALSE;
  out->body = packets->at;
  out->whole = length != OPEN_END && packets->length - packets->at >= length;
  out->length = out->whole ? length : packets->length - packets->at;
  packets->at += out->length;
  return TRUE;
}
