/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/armour.h"

#include <string.h>

/* Armour lines are 76 at most (RFC 9580 6.); a header line may be longer. */
#define LINE_MAX_LENGTH 1000
#define START_LENGTH (LL_SEALED_HEAD_MAX / 3 * 4)

enum
{
  BEFORE, /* only blank lines so far */
  HEADERS,
  BASE64,
  AFTER, /* only blank lines may follow */
  OTHER,
};

void
ll_armour_init (LlArmour *armour, gboolean html)
{
  *armour = (LlArmour){
    .state = BEFORE,
    .html = html,
    .tag = g_string_new (NULL),
    .line = g_string_new (NULL),
    .start = g_string_new (NULL),
  };
  ll_sealed_init (&armour->sealed);
}

void
ll_armour_clear (LlArmour *armour)
{
  if (armour->line == NULL)
    return;
  g_string_free (armour->tag, TRUE);
  g_string_free (armour->line, TRUE);
  g_string_free (armour->start, TRUE);
  ll_sealed_clear (&armour->sealed);
  *armour = (LlArmour){ 0 };
}

static gboolean
is_base64_line (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (line[i]) && strchr ("+/=", line[i]) == NULL)
      return FALSE;
  return TRUE;
}

static int
after_begin (LlArmour *armour, const char *line, gsize length)
{
  if (length == 0)
    return BASE64;
  /* "Version: ...", "Comment: ..." */
  return g_ascii_isalpha (line[0]) && strstr (line, ": ") != NULL ? HEADERS : OTHER;
}

static int
at_end (LlArmour *armour)
{
  gsize length;
  g_autofree guint8 *packets = g_base64_decode (armour->start->str, &length);

  return length > 0 && ll_sealed_read_pgp (&armour->sealed, packets, length) ? AFTER : OTHER;
}

static int
in_base64 (LlArmour *armour, const char *line, gsize length)
{
  if (strcmp (line, "-----END PGP MESSAGE-----") == 0)
    return at_end (armour);
  if (!is_base64_line (line, length))
    return OTHER;
  /* "=abcd" is the checksum */
  if (armour->start->len < START_LENGTH && *line != '=')
    g_string_append_len (armour->start, line,
                         (gssize) MIN (length, START_LENGTH - armour->start->len));
  return BASE64;
}

static void
end_line (LlArmour *armour)
{
  char *line = g_strchomp (armour->line->str);
  gsize length = strlen (line);

  switch (armour->state)
    {
    case BEFORE:
      if (strcmp (line, "-----BEGIN PGP MESSAGE-----") == 0)
        armour->state = HEADERS;
      else if (*g_strchug (line) != '\0')
        armour->state = OTHER;
      break;
    case HEADERS:
      armour->state = after_begin (armour, line, length);
      break;
    case BASE64:
      armour->state = in_base64 (armour, line, length);
      break;
    case AFTER:
      if (*g_strchug (line) != '\0')
        armour->state = OTHER;
      break;
    default:
      break;
    }
  g_string_truncate (armour->line, 0);
}

static void
feed_text (LlArmour *armour, char byte)
{
  if (byte == '\n')
    end_line (armour);
  else if (byte == '\0' || armour->line->len >= LINE_MAX_LENGTH)
    armour->state = OTHER;
  else
    g_string_append_c (armour->line, byte);
}

static void
end_tag (LlArmour *armour)
{
  static const char *const hiding[] = { "style", "script", "title" };
  static const char *const breaking[]
      = { "br", "p", "/p", "div", "/div", "pre", "/pre", "body", "/body", "html", "/html" };
  gsize length = strcspn (armour->tag->str, " \t\r\n/>");

  if (armour->tag->str[0] == '/')
    length = 1 + strcspn (armour->tag->str + 1, " \t\r\n>");
  g_string_truncate (armour->tag, length);
  for (guint i = 0; i < G_N_ELEMENTS (hiding); i++)
    {
      if (g_ascii_strcasecmp (armour->tag->str, hiding[i]) == 0)
        armour->hidden = TRUE;
      else if (armour->tag->str[0] == '/'
               && g_ascii_strcasecmp (armour->tag->str + 1, hiding[i]) == 0)
        armour->hidden = FALSE;
    }
  /* a break is a new line only where text stands on this one: tags also end at line ends */
  for (guint i = 0; i < G_N_ELEMENTS (breaking); i++)
    if (g_ascii_strcasecmp (armour->tag->str, breaking[i]) == 0 && armour->line->len > 0)
      {
        feed_text (armour, '\n');
        break;
      }
}

static void
feed_html (LlArmour *armour, char byte)
{
  if (armour->in_tag)
    {
      armour->in_tag = byte != '>';
      if (byte == '>')
        end_tag (armour);
      else if (armour->tag->len < 16)
        g_string_append_c (armour->tag, byte);
    }
  else if (byte == '<')
    {
      armour->in_tag = TRUE;
      g_string_truncate (armour->tag, 0);
    }
  else if (!armour->hidden)
    feed_text (armour, byte);
}

/* A line at a time; it stops where the rest is of no use. */
static void
feed_lines (LlArmour *armour, const char *bytes, gsize length)
{
  const char *end = bytes + length;

  while (bytes < end && armour->state != OTHER)
    {
      const char *newline = memchr (bytes, '\n', (gsize) (end - bytes));
      gsize part = (gsize) ((newline != NULL ? newline : end) - bytes);

      if (part > LINE_MAX_LENGTH - armour->line->len || memchr (bytes, '\0', part) != NULL)
        armour->state = OTHER;
      else
        g_string_append_len (armour->line, bytes, (gssize) part);
      if (newline != NULL && armour->state != OTHER)
        end_line (armour);
      bytes += part + 1;
    }
}

gboolean
ll_armour_feed (LlArmour *armour, const char *bytes, gsize length)
{
  if (!armour->html)
    feed_lines (armour, bytes, length);
  for (gsize i = 0; armour->html && i < length && armour->state != OTHER; i++)
    feed_html (armour, bytes[i]);
  return armour->state != OTHER;
}

LlArmourFound
ll_armour_finish (LlArmour *armour)
{
  if (armour->state != OTHER && armour->line->len > 0)
    end_line (armour);
  if (armour->state == BEFORE)
    return LL_ARMOUR_EMPTY;
  return armour->state == AFTER ? LL_ARMOUR_MESSAGE : LL_ARMOUR_OTHER;
}
