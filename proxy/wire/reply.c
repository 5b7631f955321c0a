/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/reply.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/scan.h"

#include <string.h>

struct _LlReplyParser
{
  GString *line; /* of the line that is coming in */
  GString *text; /* of the lines before it */
  guint lines;
  guint code;
  char enhanced[12];
};

static gboolean
syntax_error (GError **error, const char *what)
{
  g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX, "the server's answer %s", what);
  return FALSE;
}

static gboolean
is_control (char byte)
{
  return ((guchar) byte < 0x20 && byte != '\t') || byte == 0x7f;
}

gboolean
ll_reply_line_parse (const char *line, LlReplyLine *out, GError **error)
{
  gsize length = strlen (line);
  guint code = 0;

  if (length > LL_REPLY_LINE_MAX)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TOO_LONG,
                   "the server's answer has a line of more than %d bytes", LL_REPLY_LINE_MAX);
      return FALSE;
    }
  for (gsize i = 0; i < length; i++)
    if (is_control (line[i]))
      return syntax_error (error, N_ ("contains control characters"));

  for (gsize i = 0; i < 3; i++)
    {
      if (!g_ascii_isdigit (line[i])) /* also stops at the end of a short line */
        return syntax_error (error, N_ ("is not SMTP"));
      code = code * 10 + (guint) (line[i] - '0');
    }
  if (code < 200 || code > 599)
    return syntax_error (error, N_ ("is not SMTP"));
  if (line[3] != '\0' && line[3] != ' ' && line[3] != '-')
    return syntax_error (error, N_ ("is not SMTP"));

  *out = (LlReplyLine){
    .code = code,
    .is_last = line[3] != '-',
    .text = line[3] == '\0' ? line + 3 : line + 4,
  };
  return TRUE;
}

void
ll_server_reply_free (LlServerReply *reply)
{
  if (reply == NULL)
    return;
  g_free (reply->text);
  g_free (reply);
}

char *
ll_server_reply_describe (const LlServerReply *reply)
{
  char *line = g_strdup_printf ("%u%s%s%s%s", reply->code, reply->enhanced[0] != '\0' ? " " : "",
                                reply->enhanced, reply->text[0] != '\0' ? " " : "", reply->text);

  return g_strdelimit (line, "\n\t", ' ');
}

void
ll_reply_take_enhanced (guint code, const char **text, char enhanced[12])
{
  LlScan scan = ll_scan_string (*text);
  const char *start = scan.at;
  guint64 class, part;

  enhanced[0] = '\0';
  if (!ll_scan_number (&scan, 5, &class) || class != code / 100 || class == 3
      || !ll_scan_byte (&scan, '.') || !ll_scan_number (&scan, 999, &part)
      || !ll_scan_byte (&scan, '.') || !ll_scan_number (&scan, 999, &part))
    return;
  if (!ll_scan_at_end (&scan) && *scan.at != ' ' && *scan.at != '\t')
    return;
  if (scan.at - start >= 12) /* leading zeros: not a code */
    return;
  memcpy (enhanced, start, (gsize) (scan.at - start));
  enhanced[scan.at - start] = '\0';
  ll_scan_blanks (&scan);
  *text = scan.at;
}

LlReplyParser *
ll_reply_parser_new (void)
{
  LlReplyParser *parser = g_new0 (LlReplyParser, 1);

  parser->line = g_string_new (NULL);
  parser->text = g_string_new (NULL);
  return parser;
}

void
ll_reply_parser_free (LlReplyParser *parser)
{
  if (parser == NULL)
    return;
  g_string_free (parser->line, TRUE);
  g_string_free (parser->text, TRUE);
  g_free (parser);
}

gboolean
ll_reply_parser_is_inside (const LlReplyParser *parser)
{
  return parser->lines > 0 || parser->line->len > 0;
}

static LlServerReply *
take_reply (LlReplyParser *parser)
{
  LlServerReply *reply = g_new0 (LlServerReply, 1);

  reply->code = parser->code;
  memcpy (reply->enhanced, parser->enhanced, sizeof reply->enhanced);
  reply->text = g_utf8_make_valid (parser->text->str, (gssize) parser->text->len);
  g_string_truncate (parser->text, 0);
  parser->lines = 0;
  return reply;
}

/* parser->line is a whole line. */
static gboolean
take_line (LlReplyParser *parser, LlServerReply **reply, GError **error)
{
  LlReplyLine line;
  char enhanced[12];

  if (parser->line->len > 0 && parser->line->str[parser->line->len - 1] == '\r')
    g_string_truncate (parser->line, parser->line->len - 1);
  if (!ll_reply_line_parse (parser->line->str, &line, error))
    return FALSE;
  if (parser->lines > 0 && line.code != parser->code)
    return syntax_error (error, N_ ("changes its code from one line to the next"));

  ll_reply_take_enhanced (line.code, &line.text, enhanced);
  if (parser->lines == 0)
    {
      parser->code = line.code;
      memcpy (parser->enhanced, enhanced, sizeof enhanced);
    }
  else
    g_string_append_c (parser->text, '\n');
  g_string_append (parser->text, line.text);
  parser->lines++;
  if (line.is_last)
    *reply = take_reply (parser);
  g_string_truncate (parser->line, 0);
  return TRUE;
}

/* At once, not at the end of the line: garbage may never send one. */
static gboolean
check_byte (LlReplyParser *parser, char byte, GError **error)
{
  gboolean after_cr = parser->line->len > 0 && parser->line->str[parser->line->len - 1] == '\r';

  if (byte != '\n' && (after_cr || (is_control (byte) && byte != '\r')))
    return syntax_error (error, N_ ("contains control characters"));
  if (byte != '\n' && byte != '\r' && parser->line->len >= LL_REPLY_LINE_MAX)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TOO_LONG,
                   "the server's answer has a line of more than %d bytes", LL_REPLY_LINE_MAX);
      return FALSE;
    }
  if (parser->lines >= LL_REPLY_LINES_MAX)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TOO_LONG,
                   "the server's answer has more than %d lines", LL_REPLY_LINES_MAX);
      return FALSE;
    }
  return TRUE;
}

gssize
ll_reply_parser_push (
    LlReplyParser *parser, const char *bytes, gsize length, LlServerReply **reply, GError **error)
{
  LlServerReply *whole = NULL;

  for (gsize i = 0; i < length; i++)
    {
      if (!check_byte (parser, bytes[i], error))
        return -1;
      if (bytes[i] != '\n')
        g_string_append_c (parser->line, bytes[i]);
      else if (!take_line (parser, &whole, error))
        return -1;
      if (whole != NULL)
        {
          *reply = whole;
          return (gssize) i + 1;
        }
    }
  return (gssize) length;
}
