/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/sealed.h"

#include "base/hex.h"
#include "base/packet.h"

#include <string.h>

#define KEY_ID_LENGTH 8

void
ll_sealed_init (LlSealed *sealed)
{
  *sealed = (LlSealed){ .ids = g_ptr_array_new_with_free_func (g_free) };
}

void
ll_sealed_clear (LlSealed *sealed)
{
  g_clear_pointer (&sealed->ids, g_ptr_array_unref);
}

static void
add_id (LlSealed *sealed, const char *kind, const guint8 *bytes, gsize length)
{
  g_autofree char *hex = ll_hex (bytes, length);

  g_ptr_array_add (sealed->ids, g_strconcat (kind, hex, NULL));
}

/* -- OpenPGP -------------------------------------------------------------------------------- */

/* The key that a session key of version 6 names: a version and a fingerprint, of which the key id
 * is the end (version 4) or the beginning. NULL: hidden, or nothing that is known. */
static const guint8 *
key_id_of_6 (const guint8 *body, gsize length)
{
  gsize named = length > 1 ? body[1] : 0;

  if (named < 1 + KEY_ID_LENGTH || length < 2 + named)
    return NULL;
  return body[2] == 4 ? body + 2 + named - KEY_ID_LENGTH : body + 3;
}

static void
read_session_key (LlSealed *sealed, const guint8 *body, gsize length)
{
  static const guint8 hidden[KEY_ID_LENGTH] = { 0 };
  const guint8 *id = NULL;

  if (length > KEY_ID_LENGTH && body[0] == 3)
    id = body + 1;
  else if (length > 0 && body[0] == 6)
    id = key_id_of_6 (body, length);
  if (id == NULL || memcmp (id, hidden, sizeof hidden) == 0)
    sealed->whole = FALSE;
  else
    add_id (sealed, "pgp:", id, KEY_ID_LENGTH);
}

gboolean
ll_sealed_read_pgp (LlSealed *sealed, const guint8 *bytes, gsize length)
{
  LlPackets packets = { bytes, length, 0 };
  gboolean found = FALSE; /* a session key */
  LlPacket packet;

  sealed->whole = TRUE;
  while (ll_packets_next (&packets, &packet))
    switch (packet.type)
      {
      case LL_PACKET_SESSION_KEY:
        found = TRUE;
        if (!packet.whole)
          sealed->whole = FALSE;
        else
          read_session_key (sealed, bytes + packet.body, packet.length);
        break;
      case LL_PACKET_PASSPHRASE:
        found = TRUE;
        sealed->whole = FALSE;
        break;
      case LL_PACKET_MARKER:
      case LL_PACKET_PADDING:
        break;
      case LL_PACKET_ENCRYPTED:
      case LL_PACKET_PROTECTED:
      case LL_PACKET_AEAD:
        sealed->whole = sealed->whole && sealed->ids->len > 0;
        return TRUE;
      default:
        return FALSE;
      }
  sealed->whole = FALSE; /* cut off: what was not read may name others */
  return found;
}

/* -- CMS ------------------------------------------------------------------------------------- */

enum
{
  INTEGER = 0x02,
  OCTETS = 0x04,
  OID = 0x06,
  SEQUENCE = 0x30,
  SET = 0x31,
  IMPLICIT_0 = 0x80, /* [0] of something simple */
  EXPLICIT_0 = 0xa0, /* [0] of something built */
  EXPLICIT_1 = 0xa1,
};

/* Something that stands between @at and @end of the same bytes. */
typedef struct
{
  const guint8 *at;
  const guint8 *end;
  gboolean open; /* its length is not said: two zero octets end it */
  gboolean cut;  /* its end was not read */
} Der;

/* The next element's tag, and its content; @der goes on after it, or after its head where the
 * length is open. 0: there is none, or it reaches beyond what was read. */
static guint
take (Der *der, Der *content)
{
  gsize left = (gsize) (der->end - der->at);
  gsize length = left >= 2 ? der->at[1] : 0;
  gsize head = 2;
  guint tag = left >= 2 ? der->at[0] : 0;

  if (tag == 0 || (tag & 0x1f) == 0x1f)
    return 0;
  content->open = length == 0x80;
  if (length > 0x80)
    {
      gsize octets = length & 0x7f;

      if (octets > 4 || left < 2 + octets)
        return 0;
      length = 0;
      for (gsize i = 0; i < octets; i++)
        length = length << 8 | der->at[2 + i];
      head += octets;
    }
  content->at = der->at + head;
  content->end = content->open ? der->end : content->at + MIN (length, left - head);
  content->cut = !content->open && length > left - head;
  if (content->cut && (tag & 0x20) == 0)
    return 0; /* the whole of what is simple is needed; what is built may be cut off */
  der->at = content->open ? content->at : content->end;
  return tag;
}

static gboolean
take_tag (Der *der, guint tag, Der *content)
{
  return take (der, content) == tag;
}

/* Goes into the next element, which is a @tag. */
static gboolean
enter (Der *der, guint tag)
{
  Der content;

  if (!take_tag (der, tag, &content))
    return FALSE;
  *der = content;
  return TRUE;
}

/* IssuerAndSerialNumber, without its head. */
static gboolean
read_issuer (LlSealed *sealed, Der rid)
{
  const guint8 *start = rid.at;
  Der name, serial;
  g_autofree char *issuer = NULL;
  g_autofree char *kind = NULL;

  if (!take_tag (&rid, SEQUENCE, &name) || name.open)
    return FALSE;
  issuer = g_compute_checksum_for_data (G_CHECKSUM_SHA256, start, (gsize) (name.end - start));
  if (!take_tag (&rid, INTEGER, &serial))
    return FALSE;
  kind = g_strdup_printf ("cms:%s:", issuer);
  add_id (sealed, kind, serial.at, (gsize) (serial.end - serial.at));
  return TRUE;
}

/* KeyTransRecipientInfo: version, who, ... */
static gboolean
read_transport (LlSealed *sealed, Der info)
{
  Der version, rid;
  guint tag;

  if (!take_tag (&info, INTEGER, &version))
    return FALSE;
  tag = take (&info, &rid);
  if (tag == IMPLICIT_0)
    add_id (sealed, "ski:", rid.at, (gsize) (rid.end - rid.at));
  return tag == IMPLICIT_0 || (tag == SEQUENCE && read_issuer (sealed, rid));
}

/* RecipientEncryptedKey: who, ... */
static gboolean
read_agreed_key (LlSealed *sealed, Der key)
{
  Der rid, ski;
  guint tag = take (&key, &rid);

  if (tag == SEQUENCE)
    return read_issuer (sealed, rid);
  if (tag != EXPLICIT_0 || !take_tag (&rid, OCTETS, &ski))
    return FALSE;
  add_id (sealed, "ski:", ski.at, (gsize) (ski.end - ski.at));
  return TRUE;
}

/* KeyAgreeRecipientInfo: version, [0] originator, [1] ukm OPTIONAL, algorithm, keys. */
static gboolean
read_agreement (LlSealed *sealed, Der info)
{
  Der part, keys, key;
  guint tag;

  if (!take_tag (&info, INTEGER, &part) || !take_tag (&info, EXPLICIT_0, &part))
    return FALSE;
  tag = take (&info, &part);
  if (tag == EXPLICIT_1)
    tag = take (&info, &part);
  if (tag != SEQUENCE || !take_tag (&info, SEQUENCE, &keys))
    return FALSE;
  while (keys.at < keys.end)
    if (!take_tag (&keys, SEQUENCE, &key) || !read_agreed_key (sealed, key))
      return FALSE;
  return TRUE;
}

/* FALSE: one that is for a passphrase, or is not understood. */
static gboolean
read_recipient (LlSealed *sealed, guint tag, Der info)
{
  if (info.open)
    return FALSE;
  if (tag == SEQUENCE)
    return read_transport (sealed, info);
  return tag == EXPLICIT_1 && read_agreement (sealed, info);
}

static gboolean
is_end (const Der *der)
{
  if (!der->open)
    return der->at >= der->end;
  return der->end - der->at >= 2 && der->at[0] == 0 && der->at[1] == 0;
}

static gboolean
read_recipients (LlSealed *sealed, Der set)
{
  Der info;
  gboolean known = TRUE;

  while (!is_end (&set))
    {
      guint tag = take (&set, &info);

      if (tag == 0)
        return FALSE;
      known &= read_recipient (sealed, tag, info);
      if (info.open || info.cut)
        return FALSE; /* where the next one begins is not looked for */
    }
  return known && !set.cut && sealed->ids->len > 0;
}

gboolean
ll_sealed_is_signed_cms (const guint8 *bytes, gsize length)
{
  static const guint8 data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };
  Der der = { bytes, bytes + length, FALSE, FALSE };
  Der oid;

  return enter (&der, SEQUENCE) && take_tag (&der, OID, &oid)
         && (gsize) (oid.end - oid.at) == sizeof data && memcmp (oid.at, data, sizeof data) == 0;
}

/* Of enveloped-data or authEnveloped-data. */
static gboolean
is_enveloped (const Der *oid)
{
  static const guint8 enveloped[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03 };
  static const guint8 authenticated[]
      = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17 };
  gsize length = (gsize) (oid->end - oid->at);

  return (length == sizeof enveloped && memcmp (oid->at, enveloped, length) == 0)
         || (length == sizeof authenticated && memcmp (oid->at, authenticated, length) == 0);
}

gboolean
ll_sealed_read_cms (LlSealed *sealed, const guint8 *bytes, gsize length)
{
  Der der = { bytes, bytes + length, FALSE, FALSE };
  Der part;
  guint tag;

  sealed->whole = FALSE;
  if (!enter (&der, SEQUENCE) || !take_tag (&der, OID, &part) || !is_enveloped (&part))
    return FALSE;
  if (!enter (&der, EXPLICIT_0) || !enter (&der, SEQUENCE) || !take_tag (&der, INTEGER, &part))
    return TRUE; /* damaged, or cut off: it says that it is one */
  tag = take (&der, &part);
  if (tag == EXPLICIT_0 && !part.open) /* certificates of the originator */
    tag = take (&der, &part);
  sealed->whole = tag == SET && read_recipients (sealed, part);
  return TRUE;
}
