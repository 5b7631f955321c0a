/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/scan.h"

#include <string.h>

LlScan
ll_scan (const char *bytes, gsize length)
{
  const char *at = bytes != NULL ? bytes : ""; /* as an empty GBytes gives it */

  return (LlScan){ .at = at, .end = at + length };
}

LlScan
ll_scan_string (const char *string)
{
  return ll_scan (string, strlen (string));
}

gboolean
ll_scan_at_end (const LlScan *scan)
{
  return scan->at == scan->end;
}

gsize
ll_scan_length (const LlScan *run)
{
  return (gsize) (run->end - run->at);
}

gboolean
ll_scan_byte (LlScan *scan, char byte)
{
  if (ll_scan_at_end (scan) || *scan->at != byte)
    return FALSE;
  scan->at++;
  return TRUE;
}

gboolean
ll_scan_word (LlScan *scan, const char *word)
{
  gsize length = strlen (word);

  if (ll_scan_length (scan) < length || g_ascii_strncasecmp (scan->at, word, length) != 0)
    return FALSE;
  scan->at += length;
  return TRUE;
}

gboolean
ll_scan_literal (LlScan *scan, const char *literal)
{
  gsize length = strlen (literal);

  if (ll_scan_length (scan) < length || memcmp (scan->at, literal, length) != 0)
    return FALSE;
  scan->at += length;
  return TRUE;
}

gsize
ll_scan_blanks (LlScan *scan)
{
  const char *start = scan->at;

  while (!ll_scan_at_end (scan) && (*scan->at == ' ' || *scan->at == '\t'))
    scan->at++;
  return (gsize) (scan->at - start);
}

gboolean
ll_scan_span (LlScan *scan, const char *set, LlScan *run)
{
  const char *start = scan->at;

  /* strchr would find the terminating NUL */
  while (!ll_scan_at_end (scan) && *scan->at != '\0' && strchr (set, *scan->at) != NULL)
    scan->at++;
  *run = (LlScan){ .at = start, .end = scan->at };
  return scan->at != start;
}

gboolean
ll_scan_until (LlScan *scan, char byte, LlScan *run)
{
  const char *found;

  if (ll_scan_at_end (scan))
    return FALSE;
  found = memchr (scan->at, byte, ll_scan_length (scan));
  if (found == NULL)
    return FALSE;
  *run = (LlScan){ .at = scan->at, .end = found };
  scan->at = found;
  return TRUE;
}

gboolean
ll_scan_number (LlScan *scan, guint64 max, guint64 *number)
{
  const char *at = scan->at;
  guint64 value = 0;

  if (at == scan->end || !g_ascii_isdigit (*at))
    return FALSE;
  for (; at != scan->end && g_ascii_isdigit (*at); at++)
    {
      guint64 digit = (guint64) (*at - '0');

      if (value > max / 10 || (value == max / 10 && digit > max % 10))
        return FALSE;
      value = value * 10 + digit;
    }
  scan->at = at;
  *number = value;
  return TRUE;
}

char *
ll_scan_dup (const LlScan *run)
{
  return g_strndup (run->at, ll_scan_length (run));
}

gboolean
ll_scan_equals (const LlScan *run, const char *word)
{
  return ll_scan_length (run) == strlen (word)
         && g_ascii_strncasecmp (run->at, word, ll_scan_length (run)) == 0;
}
