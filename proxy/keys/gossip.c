/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/gossip.h"

#include "base/packet.h"

#include <string.h>

#define SIGNATURE 2
#define SUBKEY 14

/* Subpackets that name who signed (RFC 9580 5.2.3). */
#define ISSUER 16
#define ISSUER_FINGERPRINT 33

#define KEY_ID 8
#define FINGERPRINT 20

#define LINE 76

typedef struct
{
  const guint8 *bytes;
  gsize length;
} Span;

/* A part of the key with the signature of its owner. */
typedef struct
{
  Span packet;
  Span signature;
} Part;

typedef struct
{
  const LlKey *key;
  guint8 primary[FINGERPRINT];
  Part parts[3]; /* primary key (unsigned), user id, subkey */
  guint32 newest;
  Part *open; /* whose signatures come now, or NULL */
} Pick;

/* -- armour ----------------------------------------------------------------------------------- */

/* The packets of @material. NULL: damaged. (transfer full) */
static GBytes *
packets_of (GBytes *material)
{
  gsize length;
  const char *bytes = g_bytes_get_data (material, &length);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GString) base64 = g_string_new (NULL);
  gboolean inside = FALSE;
  guchar *decoded;

  if (length == 0 || (bytes[0] & 0x80) != 0)
    return g_bytes_ref (material);
  text = g_strndup (bytes, length);
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_strstrip (*line);
      if (**line == '=' || g_str_has_prefix (*line, "-----END"))
        break;
      if (inside)
        g_string_append (base64, *line);
      inside = inside || **line == '\0'; /* armour headers end with a blank line */
    }
  decoded = g_base64_decode (base64->str, &length);
  return g_bytes_new_take (decoded, length);
}

/* -- who signed ------------------------------------------------------------------------------ */

/* Version 4: SHA-1 over the packet's body behind 0x99 and its length (RFC 9580 5.5.4.2). */
static void
fingerprint_of (const guint8 *body, gsize length, guint8 *out)
{
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 head[3] = { 0x99, (guint8) (length >> 8), (guint8) length };
  gsize size = FINGERPRINT;

  g_checksum_update (sha1, head, sizeof head);
  g_checksum_update (sha1, body, (gssize) length);
  g_checksum_get_digest (sha1, out, &size);
}

static gboolean
names_primary (const Pick *pick, guint type, const guint8 *value, gsize length)
{
  if (type == ISSUER)
    return length == KEY_ID && memcmp (value, pick->primary + FINGERPRINT - KEY_ID, KEY_ID) == 0;
  return type == ISSUER_FINGERPRINT && length == 1 + FINGERPRINT
         && memcmp (value + 1, pick->primary, FINGERPRINT) == 0;
}

/* One area of subpackets; short lengths only: the ones that are looked for are. */
static gboolean
area_names_primary (const Pick *pick, const guint8 *area, gsize length)
{
  while (length > 1)
    {
      gsize size = area[0];

      if (size == 0 || size >= 192 || size + 1 > length)
        return FALSE;
      if (names_primary (pick, area[1] & 0x7f, area + 2, size - 1))
        return TRUE;
      area += size + 1;
      length -= size + 1;
    }
  return FALSE;
}

/* By the owner, and no revocation (types 0x28, 0x30). */
static gboolean
is_self_signature (const Pick *pick, const guint8 *body, gsize length)
{
  gsize hashed, rest;

  if (length < 8 || body[0] != 4 || body[1] == 0x28 || body[1] == 0x30)
    return FALSE;
  hashed = (gsize) body[4] << 8 | body[5];
  if (hashed + 8 > length)
    return FALSE;
  if (area_names_primary (pick, body + 6, hashed))
    return TRUE;
  rest = (gsize) body[6 + hashed] << 8 | body[7 + hashed];
  return rest + hashed + 8 <= length && area_names_primary (pick, body + 8 + hashed, rest);
}

/* -- what is told ---------------------------------------------------------------------------- */

static gboolean
encrypts (const Pick *pick, const guint8 *body, gsize length)
{
  guint8 fingerprint[FINGERPRINT];
  g_autoptr (GString) id = g_string_new ("pgp:");

  fingerprint_of (body, length, fingerprint);
  for (guint i = FINGERPRINT - KEY_ID; i < FINGERPRINT; i++)
    g_string_append_printf (id, "%02x", fingerprint[i]);
  return pick->key->ids != NULL && g_strv_contains ((const char *const *) pick->key->ids, id->str);
}

static void
take_subkey (Pick *pick, Span packet, const guint8 *body, gsize length)
{
  guint32 created
      = length >= 5 ? (guint32) body[1] << 24 | body[2] << 16 | body[3] << 8 | body[4] : 0;

  pick->open = NULL;
  if (length < 6 || body[0] != 4 || created < pick->newest || !encrypts (pick, body, length))
    return;
  pick->newest = created;
  pick->parts[2] = (Part){ .packet = packet };
  pick->open = &pick->parts[2];
}

static gboolean
is_user_id (const Pick *pick, const guint8 *body, gsize length)
{
  return pick->key->user_id != NULL && strlen (pick->key->user_id) == length
         && memcmp (pick->key->user_id, body, length) == 0;
}

static void
take_packet (Pick *pick, guint type, Span packet, const guint8 *body, gsize length)
{
  switch (type)
    {
    case LL_PACKET_PUBLIC_KEY:
      if (length > 0 && body[0] == 4 && pick->parts[0].packet.bytes == NULL)
        {
          fingerprint_of (body, length, pick->primary);
          pick->parts[0].packet = packet;
        }
      break;
    case LL_PACKET_USER_ID:
      pick->open = NULL;
      if (is_user_id (pick, body, length) && pick->parts[1].packet.bytes == NULL)
        {
          pick->parts[1].packet = packet;
          pick->open = &pick->parts[1];
        }
      break;
    case SUBKEY:
      take_subkey (pick, packet, body, length);
      break;
    case SIGNATURE:
      if (pick->open != NULL && pick->open->signature.bytes == NULL
          && is_self_signature (pick, body, length))
        pick->open->signature = packet;
      break;
    default:
      pick->open = NULL;
      break;
    }
}

/* (transfer full) */
static GByteArray *
pick_key (const LlKey *key, const guint8 *bytes, gsize length)
{
  LlPackets packets = { bytes, length, 0 };
  Pick pick = { .key = key };
  GByteArray *picked;
  LlPacket packet;
  gsize start = 0;

  for (; ll_packets_next (&packets, &packet) && packet.whole; start = packets.at)
    take_packet (&pick, packet.type, (Span){ bytes + start, packets.at - start },
                 bytes + packet.body, packet.length);
  for (guint i = 0; i < G_N_ELEMENTS (pick.parts); i++)
    if (pick.parts[i].packet.bytes == NULL || (i > 0 && pick.parts[i].signature.bytes == NULL))
      return NULL;
  picked = g_byte_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (pick.parts); i++)
    {
      const Part *part = &pick.parts[i];

      g_byte_array_append (picked, part->packet.bytes, (guint) part->packet.length);
      if (i > 0)
        g_byte_array_append (picked, part->signature.bytes, (guint) part->signature.length);
    }
  return picked;
}

static gboolean
can_stand_there (const char *address)
{
  for (const char *c = address; *c != '\0'; c++)
    if ((guchar) *c <= ' ' || *c == ';' || *c == 0x7f)
      return FALSE;
  return *address != '\0';
}

char *
ll_gossip_field (const char *name, const char *address, const LlKey *key, GBytes *material)
{
  g_autoptr (GBytes) packets = packets_of (material);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (packets, &length);
  g_autoptr (GByteArray) picked = can_stand_there (address) ? pick_key (key, bytes, length) : NULL;
  g_autofree char *base64 = picked != NULL ? g_base64_encode (picked->data, picked->len) : NULL;
  GString *field;

  if (base64 == NULL || strlen (base64) + strlen (base64) / LINE * 3 + 200 > LL_GOSSIP_MAX)
    return NULL;
  field = g_string_new (NULL);
  g_string_append_printf (field, "%s: addr=%s; keydata=\r\n", name, address);
  for (const char *at = base64; *at != '\0'; at += MIN (strlen (at), LINE))
    g_string_append_printf (field, " %.*s\r\n", LINE, at);
  return g_string_free (field, FALSE);
}
