/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The heads of OpenPGP packets, one after the other: which type, and where the body is.
 * Pure and bounded; what is in a packet is its reader's.
 *
 * RFC 9580 4.2 (both formats), 5 (types).
 */

typedef enum
{
  LL_PACKET_SESSION_KEY = 1, /* for a public key */
  LL_PACKET_PASSPHRASE = 3,  /* session key for a passphrase */
  LL_PACKET_PUBLIC_KEY = 6,
  LL_PACKET_ENCRYPTED = 9, /* without integrity protection */
  LL_PACKET_MARKER = 10,
  LL_PACKET_USER_ID = 13,
  LL_PACKET_PROTECTED = 18, /* encrypted, with integrity protection */
  LL_PACKET_AEAD = 20,      /* encrypted, as GnuPG 2.3 does */
  LL_PACKET_PADDING = 21,
} LlPacketType;

typedef struct
{
  const guint8 *bytes; /* (not owned) */
  gsize length;
  gsize at; /* the next head */
} LlPackets;

typedef struct
{
  guint type; /* LlPacketType, or any other up to 63 */
  gsize body; /* offset */
  gsize length;
  gboolean whole; /* its body is all there; else it is the last that can be read */
} LlPacket;

/* FALSE: there is no head, or none that can be read. */
gboolean ll_packets_next (LlPackets *packets, LlPacket *out);

G_END_DECLS
