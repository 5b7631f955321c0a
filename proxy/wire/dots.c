/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/dots.h"

#include <string.h>

static const char FAULT_CR[] = "a carriage return stands alone in the letter";
static const char FAULT_LF[] = "a line feed stands alone in the letter";
static const char FAULT_NUL[] = "the letter contains a NUL byte";

void
ll_undot_init (LlUndot *undot, gboolean dotted, gboolean bare_lf_refused)
{
  *undot = (LlUndot){ .dotted = dotted, .bare_lf_refused = bare_lf_refused };
}

static void
set_fault (LlUndot *undot, const char *fault)
{
  if (undot->fault == NULL)
    undot->fault = fault;
}

static void
keep (LlUndot *undot, const char *bytes, gsize length, GString *content)
{
  if (undot->fault == NULL)
    g_string_append_len (content, bytes, (gssize) length);
}

static void
end_bare_line (LlUndot *undot, GString *content)
{
  undot->saw_bare_lf = TRUE;
  if (undot->bare_lf_refused)
    set_fault (undot, FAULT_LF);
  keep (undot, "\r\n", 2, content);
  undot->state = LL_UNDOT_BARE; /* "\n.\r\n" is text */
}

/* How many octets at the start of a line are lines with their CRLF and nothing special. */
static gsize
plain_lines (const LlUndot *undot, const char *bytes, gsize length)
{
  const char *end = bytes + length;
  const char *at = bytes;

  while (at < end && !(undot->dotted && *at == '.'))
    {
      const char *lf = memchr (at, '\n', (gsize) (end - at));

      if (lf == NULL || lf == at || lf[-1] != '\r'
          || memchr (at, '\r', (gsize) (lf - 1 - at)) != NULL)
        break;
      at = lf + 1;
    }
  return (gsize) (at - bytes);
}

/* A run of text; returns its length. */
static gsize
take_text (LlUndot *undot, const char *bytes, gsize length, GString *content)
{
  const char *lf = memchr (bytes, '\n', length);
  gsize run = lf ? (gsize) (lf - bytes) : length;
  const char *cr = memchr (bytes, '\r', run);

  if (cr != NULL)
    run = (gsize) (cr - bytes);
  if (memchr (bytes, '\0', run) != NULL)
    set_fault (undot, FAULT_NUL);
  keep (undot, bytes, run, content);
  undot->state = LL_UNDOT_TEXT;
  if (cr != NULL)
    {
      undot->state = LL_UNDOT_CR;
      return run + 1;
    }
  if (lf != NULL)
    {
      end_bare_line (undot, content);
      return run + 1;
    }
  return run;
}

/* The byte after a CR, or after a dot that starts a line. Returns FALSE when it was not taken:
 * it is text. */
static gboolean
take_special (LlUndot *undot, char byte, GString *content, gboolean *ended)
{
  switch (undot->state)
    {
    case LL_UNDOT_CR:
      if (byte == '\n')
        {
          keep (undot, "\r\n", 2, content);
          undot->state = LL_UNDOT_LINE;
          return TRUE;
        }
      set_fault (undot, FAULT_CR);
      undot->state = LL_UNDOT_TEXT;
      return FALSE;
    case LL_UNDOT_DOT:
      undot->state = byte == '\r' ? LL_UNDOT_DOT_CR : LL_UNDOT_TEXT;
      return byte == '\r';
    case LL_UNDOT_DOT_CR:
      if (byte == '\n')
        {
          undot->state = LL_UNDOT_LINE;
          *ended = TRUE;
          return TRUE;
        }
      set_fault (undot, FAULT_CR);
      undot->state = LL_UNDOT_TEXT;
      return FALSE;
    case LL_UNDOT_LINE:
      if (undot->dotted && byte == '.')
        {
          undot->state = LL_UNDOT_DOT;
          return TRUE;
        }
      undot->state = LL_UNDOT_TEXT;
      return FALSE;
    case LL_UNDOT_TEXT:
    case LL_UNDOT_BARE:
    default:
      return FALSE;
    }
}

gsize
ll_undot_feed (LlUndot *undot, const char *bytes, gsize length, GString *content, gboolean *ended)
{
  gsize taken = 0;

  *ended = FALSE;
  while (taken < length && !*ended)
    {
      gsize lines
          = undot->state == LL_UNDOT_LINE ? plain_lines (undot, bytes + taken, length - taken) : 0;

      if (lines > 0)
        {
          if (memchr (bytes + taken, '\0', lines) != NULL)
            set_fault (undot, FAULT_NUL);
          keep (undot, bytes + taken, lines, content);
          taken += lines;
        }
      else if (undot->state != LL_UNDOT_TEXT && take_special (undot, bytes[taken], content, ended))
        taken++;
      else
        taken += take_text (undot, bytes + taken, length - taken, content);
    }
  return taken;
}

void
ll_undot_finish (LlUndot *undot, GString *content)
{
  if (undot->state == LL_UNDOT_CR)
    set_fault (undot, FAULT_CR);
  if (undot->state != LL_UNDOT_TEXT)
    return;
  keep (undot, "\r\n", 2, content);
  undot->added_crlf = TRUE;
  undot->state = LL_UNDOT_LINE;
}

gsize
ll_chunk_take (LlChunk *chunk, gsize length)
{
  gsize taken = (gsize) MIN ((guint64) length, chunk->left);

  chunk->left -= taken;
  return taken;
}

void
ll_stuff_feed (LlStuff *stuff, const char *bytes, gsize length, GString *out)
{
  const char *end = bytes + length;

  for (const char *at = bytes; at < end;)
    {
      const char *lf = memchr (at, '\n', (gsize) (end - at));
      const char *next = lf ? lf + 1 : end;

      if (!stuff->inside_line && *at == '.')
        g_string_append_c (out, '.');
      g_string_append_len (out, at, next - at);
      stuff->inside_line = lf == NULL;
      at = next;
    }
}

void
ll_stuff_finish (LlStuff *stuff, GString *out)
{
  g_string_append (out, stuff->inside_line ? "\r\n.\r\n" : ".\r\n");
  stuff->inside_line = FALSE;
}
