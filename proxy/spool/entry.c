/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/entry.h"

#include "base/error.h"

#include <string.h>

#define VERSION 1
#define CHECK_LENGTH 16
#define CHECKED 32 /* octets of an entry's header before its checksum */

static const char magic[8] = "LLlog\0\0";

static void
put (guint8 *at, guint64 value, gsize octets)
{
  for (gsize i = 0; i < octets; i++)
    at[i] = (guint8) (value >> (8 * (octets - 1 - i)));
}

static guint64
get (const guint8 *at, gsize octets)
{
  guint64 value = 0;

  for (gsize i = 0; i < octets; i++)
    value = value << 8 | at[i];
  return value;
}

void
ll_format_log_header (guint64 epoch, guint8 out[LL_LOG_HEADER])
{
  memcpy (out, magic, sizeof magic);
  put (out + 8, VERSION, 8);
  put (out + 16, epoch, 8);
  put (out + 24, 0, 8);
}

gboolean
ll_parse_log_header (const guint8 *bytes, gsize length, guint64 *epoch, GError **error)
{
  if (length < LL_LOG_HEADER || memcmp (bytes, magic, sizeof magic) != 0)
    return FALSE;
  if (get (bytes + 8, 8) != VERSION)
    {
      g_set_error_literal (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER,
                           "The spool was written by a newer version of Letterlock");
      return FALSE;
    }
  *epoch = get (bytes + 16, 8);
  return TRUE;
}

GBytes *
ll_format_log_entry (
    guint64 epoch, LlLogKind kind, const char *id, const void *payload, gsize length)
{
  gsize whole = LL_LOG_ENTRY_OF (length);
  guint8 *entry = g_malloc (whole);

  put (entry, length, 4);
  put (entry + 4, kind, 4);
  put (entry + 8, epoch, 8);
  memcpy (entry + 16, id, LL_ID_LENGTH);
  put (entry + 16 + LL_ID_LENGTH, 0, 4);
  if (length > 0)
    memcpy (entry + LL_LOG_ENTRY_HEADER, payload, length);
  ll_format_check (entry, CHECKED, entry + LL_LOG_ENTRY_HEADER, length, entry + CHECKED,
                   CHECK_LENGTH);
  memset (entry + LL_LOG_ENTRY_HEADER + length, 0, whole - LL_LOG_ENTRY_HEADER - length);
  return g_bytes_new_take (entry, whole);
}

gboolean
ll_parse_log_entry (const guint8 *bytes, gsize length, guint64 epoch, LlLogEntry *out, gsize *taken)
{
  LlLogEntry entry = { 0 };
  guint8 check[CHECK_LENGTH];
  guint64 kind;

  if (length < LL_LOG_ENTRY_HEADER || get (bytes + 8, 8) != epoch)
    return FALSE;
  entry.length = (gsize) get (bytes, 4);
  kind = get (bytes + 4, 4);
  if (LL_LOG_ENTRY_OF (entry.length) > length || kind < LL_LOG_LETTER || kind > LL_LOG_GONE)
    return FALSE;
  entry.kind = (LlLogKind) kind;
  entry.payload = bytes + LL_LOG_ENTRY_HEADER;
  memcpy (entry.id, bytes + 16, LL_ID_LENGTH);
  ll_format_check (bytes, CHECKED, entry.payload, entry.length, check, sizeof check);
  if (memcmp (check, bytes + CHECKED, sizeof check) != 0 || !ll_identity_is_valid (entry.id))
    return FALSE;
  *out = entry;
  *taken = LL_LOG_ENTRY_OF (entry.length);
  return TRUE;
}
