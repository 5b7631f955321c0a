/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sts-record.h"

#include "api/intl.h"
#include "base/scan.h"

#include <string.h>

#define VERSION "v=STSv1"
#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define NAME_MAX_LENGTH 32

static LlStsRecord
invalid (char **detail, const char *what)
{
  if (detail != NULL)
    *detail = g_strdup_printf (N_ ("the MTA-STS record is not valid: %s"), what);
  return LL_STS_RECORD_INVALID;
}

/* sts-version sts-field-delim */
static gboolean
take_version (LlScan *scan)
{
  if (!ll_scan_literal (scan, VERSION))
    return FALSE;
  ll_scan_blanks (scan);
  return ll_scan_byte (scan, ';');
}

/* sts-ext-value = 1*(%x21-3A / %x3C / %x3E-7E): no blanks, no ";", no "=" */
static gboolean
take_value (LlScan *scan, LlScan *value)
{
  const char *at = scan->at;

  while (at<scan->end && * at> 0x20 && *at < 0x7f && *at != ';' && *at != '=')
    at++;
  if (at == scan->at)
    return FALSE;
  *value = (LlScan){ scan->at, at };
  scan->at = at;
  return TRUE;
}

/* sts-ext-name = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".") */
static gboolean
take_name (LlScan *scan, LlScan *name)
{
  return ll_scan_span (scan, ALNUM "_-.", name) && g_ascii_isalnum (name->at[0])
         && ll_scan_length (name) <= NAME_MAX_LENGTH;
}

static gboolean
is_id (const LlScan *value)
{
  LlScan rest = *value;
  LlScan run;

  return ll_scan_length (value) <= LL_STS_ID_MAX && ll_scan_span (&rest, ALNUM, &run)
         && ll_scan_at_end (&rest);
}

LlStsRecord
ll_sts_record_parse (const char *text, gsize length, char **id, char **detail)
{
  LlScan scan = ll_scan (text, length);
  LlScan found = { NULL, NULL };

  if (!take_version (&scan))
    return LL_STS_RECORD_ABSENT;
  ll_scan_blanks (&scan);
  while (!ll_scan_at_end (&scan))
    {
      LlScan name, value;

      if (!take_name (&scan, &name) || !ll_scan_byte (&scan, '=') || !take_value (&scan, &value))
        return invalid (detail, N_ ("it has a malformed field"));
      if (ll_scan_length (&name) == 2 && memcmp (name.at, "id", 2) == 0)
        {
          if (!is_id (&value))
            return invalid (detail, N_ ("its id is not 1 to 32 letters and digits"));
          if (found.at == NULL)
            found = value;
        }
      if (ll_scan_at_end (&scan))
        break;
      ll_scan_blanks (&scan);
      if (!ll_scan_byte (&scan, ';'))
        return invalid (detail, N_ ("its fields are not separated by semicolons"));
      ll_scan_blanks (&scan);
    }
  if (found.at == NULL)
    return invalid (detail, N_ ("it has no id"));
  *id = ll_scan_dup (&found);
  return LL_STS_RECORD_VALID;
}

/* RFC 1035 3.3.14: one or more <length><bytes>. FALSE when they do not fill the rdata exactly. */
static gboolean
join_strings (GBytes *rdata, GString *text)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (rdata, &length);

  for (gsize at = 0; at < length; at += 1u + bytes[at])
    {
      if (at + 1u + bytes[at] > length)
        return FALSE;
      g_string_append_len (text, (const char *) bytes + at + 1, bytes[at]);
    }
  return TRUE;
}

/* RFC 8461 3.1: of several only those are candidates that begin with the tag as it stands there;
 * the grammar allows a blank before its delimiter. */
static gboolean
is_candidate (const GString *text, gboolean strictly)
{
  LlScan scan = ll_scan (text->str, text->len);

  return strictly ? g_str_has_prefix (text->str, VERSION ";") : take_version (&scan);
}

/* The first of them, (transfer full), or NULL. */
static GString *
find_candidate (const GPtrArray *records, gboolean strictly, guint *found)
{
  GString *candidate = NULL;

  *found = 0;
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      if (!join_strings (g_ptr_array_index (records, i), text) || !is_candidate (text, strictly))
        continue;
      (*found)++;
      if (candidate == NULL)
        candidate = g_steal_pointer (&text);
    }
  return candidate;
}

LlStsRecord
ll_sts_record_choose (const GPtrArray *records, char **id, char **detail)
{
  guint found;
  g_autoptr (GString) candidate = find_candidate (records, TRUE, &found);

  if (candidate == NULL)
    candidate = find_candidate (records, FALSE, &found);
  if (candidate == NULL)
    return LL_STS_RECORD_ABSENT;
  if (found > 1)
    return invalid (detail, N_ ("there are several"));
  return ll_sts_record_parse (candidate->str, candidate->len, id, detail);
}
