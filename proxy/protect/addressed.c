/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/addressed.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/packet.h"
#include "keys/key.h"
#include "message/sealed.h"

void
ll_addressed_init (LlAddressed *addressed)
{
  *addressed = (LlAddressed){ .head = g_byte_array_new () };
}

void
ll_addressed_clear (LlAddressed *addressed)
{
  g_clear_pointer (&addressed->head, g_byte_array_unref);
}

/* -- from packet to packet ------------------------------------------------------------------ */

/* The length in new format that @octets begin with (RFC 9580 4.2.1); FALSE: @n are too few. */
static gboolean
read_new_length (LlAddressed *addressed, const guint8 *octets, guint n)
{
  gboolean partial = n > 0 && octets[0] >= 224 && octets[0] < 255;

  if (n == 1 && octets[0] < 192)
    addressed->left = octets[0];
  else if (n == 1 && partial)
    addressed->left = (guint64) 1 << (octets[0] & 0x1f);
  else if (n == 2 && octets[0] < 224)
    addressed->left = ((octets[0] - 192u) << 8) + octets[1] + 192;
  else if (n == 5)
    addressed->left = (guint32) octets[1] << 24 | octets[2] << 16 | octets[3] << 8 | octets[4];
  else
    return FALSE;
  addressed->partial = partial;
  return TRUE;
}

/* RFC 9580 4.2.2 */
static gboolean
read_old_length (LlAddressed *addressed, guint kind, const guint8 *octets, guint n)
{
  addressed->open = kind == 3;
  if (!addressed->open && n < 1u << kind)
    return FALSE;
  addressed->left = 0;
  for (guint i = 0; i < n; i++)
    addressed->left = addressed->left << 8 | octets[i];
  return TRUE;
}

static gboolean
is_data (guint type)
{
  return type == LL_PACKET_PROTECTED || type == LL_PACKET_AEAD || type == LL_PACKET_ENCRYPTED;
}

/* FALSE: more of it is needed. */
static gboolean
read_lead (LlAddressed *addressed)
{
  const guint8 *lead = addressed->lead;
  gboolean modern = (lead[0] & 0x40) != 0;

  if (addressed->partial)
    return read_new_length (addressed, lead, addressed->n_lead);
  if (addressed->data || (lead[0] & 0x80) == 0)
    {
      addressed->bad = TRUE;
      return TRUE;
    }
  if (!(modern ? read_new_length (addressed, lead + 1, addressed->n_lead - 1)
               : read_old_length (addressed, lead[0] & 3, lead + 1, addressed->n_lead - 1)))
    return FALSE;
  addressed->data = is_data (modern ? lead[0] & 0x3f : (lead[0] >> 2) & 0x0f);
  return TRUE;
}

gboolean
ll_addressed_feed (LlAddressed *addressed, const guint8 *bytes, gsize length)
{
  const guint8 *end = bytes + length;

  if (!addressed->data)
    g_byte_array_append (addressed->head, bytes,
                         (guint) MIN (length, LL_SESSION_KEYS_MAX - addressed->head->len));
  while (bytes < end && !addressed->bad && !addressed->open)
    {
      gsize n = (gsize) MIN (addressed->left, (guint64) (end - bytes));

      bytes += n;
      addressed->left -= n;
      if (n > 0)
        continue;
      addressed->lead[addressed->n_lead++] = *bytes++;
      if (read_lead (addressed))
        addressed->n_lead = 0;
    }
  return !addressed->bad;
}

static gboolean
is_whole (const LlAddressed *addressed)
{
  if (addressed->bad || !addressed->data || addressed->n_lead > 0)
    return FALSE;
  return addressed->open || (addressed->left == 0 && !addressed->partial);
}

/* -- for whom ------------------------------------------------------------------------------- */

static gboolean
refuse (GError **error, const char *text)
{
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, text);
  return FALSE;
}

static gboolean
has_id (const LlKey *key, const char *id)
{
  return key->ids != NULL && g_strv_contains ((const char *const *) key->ids, id);
}

/* How many of the session keys are for @key. */
static guint
count_for (const LlSealed *sealed, const LlKey *key)
{
  guint n = 0;

  for (guint i = 0; i < sealed->ids->len; i++)
    n += has_id (key, g_ptr_array_index (sealed->ids, i));
  return n;
}

static gboolean
is_asked_for (const GPtrArray *keys, const char *id)
{
  for (guint i = 0; i < keys->len; i++)
    if (has_id (g_ptr_array_index (keys, i), id))
      return TRUE;
  return FALSE;
}

static gboolean
check_keys (const LlSealed *sealed, const GPtrArray *keys, GError **error)
{
  for (guint i = 0; i < sealed->ids->len; i++)
    if (!is_asked_for (keys, g_ptr_array_index (sealed->ids, i)))
      return refuse (error, N_ ("GnuPG locked it for a key that was not asked for"));
  if (!sealed->whole)
    return refuse (error, N_ ("GnuPG locked it for a key that it does not name"));
  for (guint i = 0; i < keys->len; i++)
    if (count_for (sealed, g_ptr_array_index (keys, i)) == 0)
      return refuse (error, N_ ("GnuPG did not lock it for all keys that were asked for"));
  return TRUE;
}

gboolean
ll_addressed_check (const LlAddressed *addressed, const GPtrArray *keys, GError **error)
{
  g_auto (LlSealed) sealed;

  ll_sealed_init (&sealed);
  if (!is_whole (addressed)
      || !ll_sealed_read_pgp (&sealed, addressed->head->data, addressed->head->len))
    return refuse (error, N_ ("what GnuPG wrote is no whole locked letter"));
  return check_keys (&sealed, keys, error);
}
