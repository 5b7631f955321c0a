/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/camel-trust.h"

#include "base/error.h"
#include "base/scan.h"

#include <string.h>

#define VERSION 0x100
#define TRUST_FULLY 3

typedef struct
{
  LlScan whole;
  LlScan host, fingerprint;
} Entry;

char *
ll_camel_trust_name (GBytes *der)
{
  g_autofree char *digits = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, der);
  GString *name = g_string_new (NULL);

  for (const char *at = digits; *at != '\0'; at += 2)
    g_string_append_printf (name, "%.2s:", at);
  return g_string_free (name, FALSE);
}

/* -- reading --------------------------------------------------------------- */

/* Seven bits a byte, the highest first; the last byte has the eighth bit. */
static gboolean
take_number (LlScan *scan, guint32 *number)
{
  guint64 value = 0;

  while (!ll_scan_at_end (scan) && value <= G_MAXUINT32 >> 7)
    {
      guchar byte = (guchar) *scan->at++;

      value = value << 7 | (byte & 0x7f);
      *number = (guint32) value;
      if ((byte & 0x80) != 0)
        return value <= G_MAXUINT32;
    }
  return FALSE;
}

/* One more than its length, then its bytes. */
static gboolean
take_text (LlScan *scan, LlScan *text)
{
  guint32 length;

  if (!take_number (scan, &length) || length == 0 || length - 1 > (gsize) (scan->end - scan->at))
    return FALSE;
  *text = ll_scan (scan->at, length - 1);
  scan->at += length - 1;
  return TRUE;
}

static gboolean
take_entry (LlScan *scan, Entry *entry)
{
  const char *start = scan->at;
  LlScan issuer, subject;
  guint32 trust;

  if (!take_text (scan, &issuer) || !take_text (scan, &subject) || !take_text (scan, &entry->host)
      || !take_text (scan, &entry->fingerprint) || !take_number (scan, &trust))
    return FALSE;
  entry->whole = ll_scan (start, (gsize) (scan->at - start));
  return TRUE;
}

/* (transfer full) of Entry, which point into @bytes */
static GArray *
parse (GBytes *bytes, guint32 *version, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  LlScan scan = ll_scan (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  guint32 count = 0;
  gboolean good = take_number (&scan, version) && take_number (&scan, &count);

  for (guint32 i = 0; good && i < count; i++)
    {
      Entry entry;

      good = take_entry (&scan, &entry);
      if (good)
        g_array_append_val (entries, entry);
    }
  if (good && ll_scan_at_end (&scan))
    return g_steal_pointer (&entries);
  g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                       "camel-cert.db is not what Letterlock knows");
  return NULL;
}

/* -- writing --------------------------------------------------------------- */

static void
put_number (GByteArray *out, guint32 number)
{
  guint8 last = (number & 0x7f) | 0x80;

  for (int shift = 28; shift > 0; shift -= 7)
    if (number >> shift != 0)
      {
        guint8 byte = (number >> shift) & 0x7f;

        g_byte_array_append (out, &byte, 1);
      }
  g_byte_array_append (out, &last, 1);
}

static void
put_text (GByteArray *out, const char *text)
{
  put_number (out, (guint32) strlen (text) + 1);
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

static gboolean
is_same (const LlScan *found, const char *text)
{
  gsize length = (gsize) (found->end - found->at);

  return strlen (text) == length && g_ascii_strncasecmp (found->at, text, length) == 0;
}

/* Without the one for @host, and with it at the end where it is @wanted. */
static GBytes *
change (GBytes *before, const char *host, const char *fingerprint, gboolean wanted, GError **error)
{
  guint32 version = VERSION;
  g_autoptr (GArray) entries = before != NULL ? parse (before, &version, error)
                                              : g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GByteArray) out = g_byte_array_new ();

  if (entries == NULL)
    return NULL;
  for (guint i = entries->len; i-- > 0;)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      if (is_same (&entry->host, host) && is_same (&entry->fingerprint, fingerprint))
        g_array_remove_index (entries, i);
    }
  put_number (out, version);
  put_number (out, entries->len + (wanted ? 1 : 0));
  for (guint i = 0; i < entries->len; i++)
    {
      const LlScan *whole = &g_array_index (entries, Entry, i).whole;

      g_byte_array_append (out, (const guint8 *) whole->at, (guint) (whole->end - whole->at));
    }
  if (wanted)
    {
      put_text (out, ""); /* issuer and subject: Evolution leaves them out as well */
      put_text (out, "");
      put_text (out, host);
      put_text (out, fingerprint);
      put_number (out, TRUST_FULLY);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
ll_camel_trust_add (GBytes *before, const char *host, const char *fingerprint, GError **error)
{
  return change (before, host, fingerprint, TRUE, error);
}

GBytes *
ll_camel_trust_remove (GBytes *before, const char *host, const char *fingerprint, GError **error)
{
  return change (before, host, fingerprint, FALSE, error);
}
