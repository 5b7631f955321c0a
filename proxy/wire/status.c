/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/status.h"

#include <stdarg.h>
#include <string.h>

/* RFC 5321 4.5.3.1.5: 512 with code and CRLF; an enhanced code takes up to 11 of them. */
#define LINE_TEXT_MAX 490

static char *
replace_controls (const char *text)
{
  char *clean = g_utf8_make_valid (text, -1);

  for (char *at = clean; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) && *at != '\n')
      *at = ' ';
  return clean;
}

void
ll_reply_set (LlReply *reply, guint code, const char *enhanced, const char *format, ...)
{
  g_autofree char *text = NULL;
  char *clean;
  va_list arguments;

  /* An argument may point into the text that @reply still holds. */
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  clean = replace_controls (text);
  reply->code = code;
  g_strlcpy (reply->enhanced, enhanced ? enhanced : "", sizeof reply->enhanced);
  g_free (reply->text);
  reply->text = clean;
}

void
ll_reply_clear (LlReply *reply)
{
  g_free (reply->text);
  *reply = (LlReply){ 0 };
}

void
ll_reply_copy (const LlReply *from, LlReply *to)
{
  char *text = g_strdup (from->text);

  g_free (to->text);
  *to = *from;
  to->text = text;
}

static void
append_line (const LlReply *reply, char separator, const char *text, gsize length, GString *out)
{
  g_string_append_printf (out, "%03u%c", reply->code, separator);
  if (reply->enhanced[0] != '\0')
    g_string_append_printf (out, "%s ", reply->enhanced);
  g_string_append_len (out, text, (gssize) length);
  g_string_append (out, "\r\n");
}

/* How much of @text goes on one line: to a blank where there is one, never inside a character. */
static gsize
fold_at (const char *text, gsize length)
{
  gsize cut = LINE_TEXT_MAX;

  if (length <= LINE_TEXT_MAX)
    return length;
  for (gsize i = LINE_TEXT_MAX; i > LINE_TEXT_MAX / 2; i--)
    if (text[i] == ' ')
      return i;
  while (((guchar) text[cut] & 0xc0) == 0x80)
    cut--;
  return cut;
}

void
ll_reply_append (const LlReply *reply, GString *out)
{
  const char *at = reply->text ? reply->text : "";

  for (;;)
    {
      gsize line = strcspn (at, "\n");
      gsize length = fold_at (at, line);
      const char *next = at + length;

      if (length < line)
        next += *next == ' ' ? 1 : 0;
      else if (*next == '\n')
        next++;
      else
        {
          append_line (reply, ' ', at, length, out);
          return;
        }
      append_line (reply, '-', at, length, out);
      at = next;
    }
}
