/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/json.h"

#include <string.h>

/* What follows a backslash; "u0000" would end the text. RFC 8259 7. */
static gboolean
is_escape (const char *at, const char *end)
{
  if (at == end || strchr ("\"\\/bfnrtu", *at) == NULL || *at == '\0')
    return FALSE;
  return *at != 'u' || end - at < 5 || strncmp (at, "u0000", 5) != 0;
}

/* Past the closing mark of a string; NULL: it has none, or what the library reads otherwise. */
static const char *
skip_string (const char *at, const char *end)
{
  while (at < end && *at != '"')
    {
      if (*at == '\0' || (*at == '\\' && !is_escape (++at, end)))
        return NULL;
      at++;
    }
  return at < end ? at + 1 : NULL;
}

/* Outside of strings: letters and digits of numbers and names, and RFC 8259's own six marks. */
static gboolean
is_plain (const char *at, const char *end, guint depth)
{
  guint open = 0;

  while (at != NULL && at < end)
    {
      char mark = *at++;

      if (mark == '"')
        at = skip_string (at, end);
      else if (mark == '{' || mark == '[')
        {
          if (open++ == depth)
            return FALSE;
        }
      else if (mark == '}' || mark == ']')
        {
          if (open-- == 0)
            return FALSE;
        }
      else if (mark == '\0' || (!g_ascii_isalnum (mark) && strchr (" \t\r\n,:+-.", mark) == NULL))
        return FALSE;
    }
  return at != NULL;
}

JsonNode *
ll_json_read (const char *bytes, gsize length, guint depth)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (length == 0 || !g_utf8_validate (bytes, (gssize) length, NULL)
      || !is_plain (bytes, bytes + length, depth)
      || !json_parser_load_from_data (parser, bytes, (gssize) length, NULL))
    return NULL;
  return json_parser_steal_root (parser);
}
