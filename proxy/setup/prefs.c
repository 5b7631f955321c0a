/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/prefs.h"

#include "base/error.h"
#include "base/scan.h"

#include <string.h>

#define DIGITS "0123456789"

static void
pref_free (LlPref *pref)
{
  g_free (pref->name);
  g_free (pref->text);
  g_free (pref);
}

void
ll_prefs_free (LlPrefs *prefs)
{
  if (prefs == NULL)
    return;
  g_bytes_unref (prefs->bytes);
  g_ptr_array_unref (prefs->list);
  g_free (prefs);
}

/* -- the grammar ----------------------------------------------------------- */

/* From "#" or "//" to the end of the line, or from one mark to the other. */
static gboolean
take_comment (LlScan *scan)
{
  LlScan rest = *scan;

  if (ll_scan_literal (&rest, "/*"))
    {
      const char *end = g_strstr_len (rest.at, rest.end - rest.at, "*/");

      if (end == NULL)
        return FALSE;
      scan->at = end + 2;
      return TRUE;
    }
  if (!ll_scan_literal (&rest, "#") && !ll_scan_literal (&rest, "//"))
    return FALSE;
  while (!ll_scan_at_end (&rest) && *rest.at != '\n' && *rest.at != '\r')
    rest.at++;
  *scan = rest;
  return TRUE;
}

static void
skip_space (LlScan *scan)
{
  LlScan run;

  while (ll_scan_span (scan, " \t\r\n\v\f", &run) || take_comment (scan))
    ;
}

/* Four hexadecimal digits, or two. */
static gboolean
take_hex (LlScan *scan, guint digits, gunichar *value)
{
  LlScan rest = *scan;

  *value = 0;
  for (guint i = 0; i < digits; i++, rest.at++)
    {
      if (ll_scan_at_end (&rest) || !g_ascii_isxdigit (*rest.at))
        return FALSE;
      *value = *value * 16 + (gunichar) g_ascii_xdigit_value (*rest.at);
    }
  *scan = rest;
  return TRUE;
}

/* What follows "\u": a character, or the two halves of one. */
static gboolean
take_unicode (LlScan *scan, gunichar *value)
{
  gunichar low;

  if (!take_hex (scan, 4, value))
    return FALSE;
  if (*value < 0xd800 || *value > 0xdfff)
    return TRUE;
  if (*value > 0xdbff || !ll_scan_literal (scan, "\\u") || !take_hex (scan, 4, &low) || low < 0xdc00
      || low > 0xdfff)
    return FALSE;
  *value = 0x10000 + ((*value - 0xd800) << 10) + (low - 0xdc00);
  return TRUE;
}

/* What follows a backslash. */
static gboolean
take_escape (LlScan *scan, GString *out)
{
  gunichar value;

  if (ll_scan_byte (scan, 'n'))
    value = '\n';
  else if (ll_scan_byte (scan, 'r'))
    value = '\r';
  else if (ll_scan_byte (scan, 'x'))
    {
      if (!take_hex (scan, 2, &value))
        return FALSE;
    }
  else if (ll_scan_byte (scan, 'u'))
    {
      if (!take_unicode (scan, &value))
        return FALSE;
    }
  else if (!ll_scan_at_end (scan) && strchr ("\"'\\", *scan->at) != NULL)
    value = (guchar) *scan->at++;
  else
    return FALSE;
  if (value == 0)
    return FALSE;
  g_string_append_unichar (out, value);
  return TRUE;
}

/* (transfer full) NULL: it is none. */
static char *
take_string (LlScan *scan)
{
  g_autoptr (GString) out = g_string_new (NULL);
  LlScan rest = *scan;
  char quote;

  if (ll_scan_at_end (&rest) || (*rest.at != '"' && *rest.at != '\''))
    return NULL;
  quote = *rest.at++;
  while (!ll_scan_at_end (&rest) && *rest.at != quote)
    {
      if (*rest.at == '\0')
        return NULL;
      if (*rest.at != '\\')
        g_string_append_c (out, *rest.at++);
      else if (rest.at++, !take_escape (&rest, out))
        return NULL;
    }
  if (!ll_scan_byte (&rest, quote))
    return NULL;
  *scan = rest;
  /* profiles are older than UTF-8 everywhere; in the file it stays as it is */
  return g_utf8_make_valid (out->str, (gssize) out->len);
}

/* A number of 32 bits with its sign; as text, since that is how it is written again. */
static char *
take_integer (LlScan *scan)
{
  LlScan rest = *scan;
  gboolean negative = ll_scan_byte (&rest, '-');
  guint64 number;

  if (!negative)
    ll_scan_byte (&rest, '+');
  if (!ll_scan_number (&rest, (guint64) G_MAXINT32 + (negative ? 1 : 0), &number))
    return NULL;
  *scan = rest;
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT, negative && number > 0 ? "-" : "", number);
}

static gboolean
take_value (LlScan *scan, LlPref *pref)
{
  pref->kind = LL_PREF_STRING;
  pref->text = take_string (scan);
  if (pref->text != NULL)
    return TRUE;
  pref->kind = LL_PREF_INTEGER;
  pref->text = take_integer (scan);
  if (pref->text != NULL)
    return TRUE;
  pref->kind = LL_PREF_BOOLEAN;
  if (ll_scan_literal (scan, "true"))
    pref->text = g_strdup ("true");
  else if (ll_scan_literal (scan, "false"))
    pref->text = g_strdup ("false");
  return pref->text != NULL;
}

static gboolean
take_mark (LlScan *scan, char mark)
{
  skip_space (scan);
  return ll_scan_byte (scan, mark);
}

static gboolean
take_statement (LlScan *scan, const char *begin, LlPref *pref)
{
  pref->start = (gsize) (scan->at - begin);
  if ((!ll_scan_literal (scan, "user_pref") && !ll_scan_literal (scan, "pref"))
      || !take_mark (scan, '('))
    return FALSE;
  skip_space (scan);
  pref->name = take_string (scan);
  if (pref->name == NULL || !take_mark (scan, ','))
    return FALSE;
  skip_space (scan);
  pref->value_start = (gsize) (scan->at - begin);
  if (!take_value (scan, pref))
    return FALSE;
  pref->value_end = (gsize) (scan->at - begin);
  if (!take_mark (scan, ')') || !take_mark (scan, ';'))
    return FALSE;
  pref->end = (gsize) (scan->at - begin);
  return TRUE;
}

static guint
line_of (const char *begin, const char *at)
{
  guint line = 1;

  for (; begin < at; begin++)
    line += *begin == '\n';
  return line;
}

LlPrefs *
ll_prefs_parse (GBytes *bytes, GError **error)
{
  g_autoptr (LlPrefs) prefs = g_new0 (LlPrefs, 1);
  gsize length;
  const char *begin = g_bytes_get_data (bytes, &length);
  LlScan scan = ll_scan (begin != NULL ? begin : "", length);

  prefs->bytes = g_bytes_ref (bytes);
  prefs->list = g_ptr_array_new_with_free_func ((GDestroyNotify) pref_free);
  for (skip_space (&scan); !ll_scan_at_end (&scan); skip_space (&scan))
    {
      LlPref *pref = g_new0 (LlPref, 1);

      g_ptr_array_add (prefs->list, pref);
      if (!take_statement (&scan, begin, pref))
        {
          g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                       "line %u is no setting that Letterlock understands",
                       line_of (begin, scan.at));
          return NULL;
        }
    }
  return g_steal_pointer (&prefs);
}

/* -- reading --------------------------------------------------------------- */

const LlPref *
ll_prefs_find (const LlPrefs *prefs, const char *name)
{
  for (guint i = prefs->list->len; i > 0; i--)
    {
      const LlPref *pref = g_ptr_array_index (prefs->list, i - 1);

      if (strcmp (pref->name, name) == 0)
        return pref;
    }
  return NULL;
}

const char *
ll_prefs_text (const LlPrefs *prefs, const char *name)
{
  const LlPref *pref = ll_prefs_find (prefs, name);

  return pref != NULL && pref->kind == LL_PREF_STRING ? pref->text : "";
}

gint64
ll_prefs_number (const LlPrefs *prefs, const char *name, gint64 fallback)
{
  const LlPref *pref = ll_prefs_find (prefs, name);

  return pref != NULL && pref->kind == LL_PREF_INTEGER ? g_ascii_strtoll (pref->text, NULL, 10)
                                                       : fallback;
}

char *
ll_prefs_value (const LlPrefs *prefs, const char *name)
{
  const LlPref *pref = ll_prefs_find (prefs, name);
  const char *begin = g_bytes_get_data (prefs->bytes, NULL);

  return pref != NULL ? g_strndup (begin + pref->value_start, pref->value_end - pref->value_start)
                      : NULL;
}

/* -- writing --------------------------------------------------------------- */

char *
ll_prefs_quote (const char *text)
{
  g_autoptr (GString) out = g_string_new ("\"");

  for (; *text != '\0'; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (out, "\\%c", *text);
    else if (*text == '\n' || *text == '\r')
      g_string_append (out, *text == '\n' ? "\\n" : "\\r");
    else
      g_string_append_c (out, *text);
  g_string_append_c (out, '"');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
change_clear (LlPrefChange *change)
{
  g_free (change->name);
  g_free (change->value);
}

GArray *
ll_pref_changes_new (void)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (LlPrefChange));

  g_array_set_clear_func (changes, (GDestroyNotify) change_clear);
  return changes;
}

void
ll_pref_changes_add (GArray *changes, char *name, char *value)
{
  LlPrefChange change = { .name = name, .value = value };

  g_array_append_val (changes, change);
}

static const LlPrefChange *
change_of (const GArray *changes, const char *name)
{
  for (guint i = 0; i < changes->len; i++)
    if (strcmp (g_array_index (changes, LlPrefChange, i).name, name) == 0)
      return &g_array_index (changes, LlPrefChange, i);
  return NULL;
}

/* Its line goes with it, when nothing else stands there. */
static gsize
end_with_line (const char *begin, gsize length, const LlPref *pref)
{
  gsize end = pref->end;

  if (pref->start > 0 && begin[pref->start - 1] != '\n')
    return end;
  if (end < length && begin[end] == '\r')
    end++;
  return end < length && begin[end] == '\n' ? end + 1 : pref->end;
}

static void
append_new (GString *out, const LlPrefs *prefs, const LlPrefChange *change)
{
  g_autofree char *name = NULL;

  if (change->value == NULL || ll_prefs_find (prefs, change->name) != NULL)
    return;
  name = ll_prefs_quote (change->name);
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
  g_string_append_printf (out, "user_pref(%s, %s);\n", name, change->value);
}

GBytes *
ll_prefs_change (const LlPrefs *prefs, const GArray *changes)
{
  gsize length;
  const char *begin = g_bytes_get_data (prefs->bytes, &length);
  GString *out = g_string_sized_new (length + 1);
  gsize at = 0;

  for (guint i = 0; i < prefs->list->len; i++)
    {
      const LlPref *pref = g_ptr_array_index (prefs->list, i);
      const LlPrefChange *change = change_of (changes, pref->name);

      if (change == NULL)
        continue;
      if (change->value == NULL)
        {
          g_string_append_len (out, begin + at, (gssize) (pref->start - at));
          at = end_with_line (begin, length, pref);
          continue;
        }
      g_string_append_len (out, begin + at, (gssize) (pref->value_start - at));
      g_string_append (out, change->value);
      at = pref->value_end;
    }
  if (at < length)
    g_string_append_len (out, begin + at, (gssize) (length - at));
  for (guint i = 0; i < changes->len; i++)
    append_new (out, prefs, &g_array_index (changes, LlPrefChange, i));
  return g_string_free_to_bytes (out);
}
