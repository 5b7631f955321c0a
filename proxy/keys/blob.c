/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/blob.h"

#include "base/packet.h"

gboolean
ll_blob_outline (const guint8 *bytes, gsize length, LlBlobOutline *out)
{
  LlPackets packets = { bytes, length, 0 };
  LlBlobOutline outline = { 0, 0, 0 };

  if (length == 0 || length > LL_BLOB_MAX)
    return FALSE;
  while (packets.at < packets.length)
    {
      LlPacket packet;

      if (!ll_packets_next (&packets, &packet) || !packet.whole)
        return FALSE;
      if (packet.type == LL_PACKET_PUBLIC_KEY && packet.length > 0 && outline.primaries++ == 0)
        outline.version = bytes[packet.body];
      outline.user_ids += packet.type == LL_PACKET_USER_ID;
    }
  *out = outline;
  return TRUE;
}
