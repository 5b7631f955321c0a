/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/plain.h"

#include "message/leaf.h"

#include <gmime/gmime.h>
#include <string.h>

/* The longest name of a tag or of a character that means something here. */
#define NAME_MAX_HERE 10

/* Looked at in one go. */
#define PIECE 4096

typedef enum
{
  IN_TEXT,
  IN_TAG,
  IN_ENTITY,
} Place;

struct _LlPlain
{
  LlPlainSink sink;
  gpointer data;
  GMimeFilter *decode;  /* or NULL: nothing to undo */
  GMimeFilter *convert; /* or NULL: UTF-8, or a charset that nobody knows */
  gboolean html;
  Place place;
  char name[NAME_MAX_HERE + 1]; /* of the tag or the entity at hand */
  gsize name_length;
  gboolean named; /* the tag's name is over */
};

static GMimeFilter *
decoder_of (const LlHeaders *headers)
{
  g_autofree char *encoding = ll_headers_text (headers, "content-transfer-encoding");
  GMimeContentEncoding known = encoding != NULL ? g_mime_content_encoding_from_string (encoding)
                                                : GMIME_CONTENT_ENCODING_DEFAULT;

  if (known != GMIME_CONTENT_ENCODING_BASE64 && known != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
    return NULL;
  return g_mime_filter_basic_new (known, FALSE);
}

static GMimeFilter *
converter_of (const LlHeaders *headers)
{
  g_autofree char *text = ll_headers_text (headers, "content-type");
  GMimeContentType *type = text != NULL ? g_mime_content_type_parse (NULL, text) : NULL;
  const char *charset = type != NULL ? g_mime_content_type_get_parameter (type, "charset") : NULL;
  GMimeFilter *filter = NULL;

  if (charset != NULL && g_ascii_strcasecmp (charset, "utf-8") != 0
      && g_ascii_strcasecmp (charset, "us-ascii") != 0)
    filter = g_mime_filter_charset_new (charset, "utf-8");
  g_clear_object (&type);
  return filter;
}

LlPlain *
ll_plain_new (const LlHeaders *headers, LlPlainSink sink, gpointer data)
{
  LlPartType type;
  LlPlain *plain = NULL;

  ll_part_type_init (&type, headers);
  if (g_str_has_prefix (type.type, "text/"))
    {
      plain = g_new0 (LlPlain, 1);
      plain->sink = sink;
      plain->data = data;
      plain->decode = decoder_of (headers);
      plain->convert = converter_of (headers);
      plain->html = strcmp (type.type, "text/html") == 0;
    }
  ll_part_type_clear (&type);
  return plain;
}

void
ll_plain_free (LlPlain *plain)
{
  if (plain == NULL)
    return;
  g_clear_object (&plain->decode);
  g_clear_object (&plain->convert);
  g_free (plain);
}

/* -- HTML ------------------------------------------------------------------------------------ */

/* Between two of these stand two words; a tag inside a word does not part it. */
static gboolean
parts_words (const char *tag)
{
  static const char *const names[]
      = { "br", "p",  "div", "td", "th", "tr",    "li", "ul", "ol", "table",
          "h1", "h2", "h3",  "h4", "hr", "title", "dd", "dt", "pre" };

  tag += *tag == '/';
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (tag, names[i]) == 0)
      return TRUE;
  return FALSE;
}

/* "&amp;" without its ends; what is not known stands for a blank. */
static void
put_entity (LlPlain *plain)
{
  static const struct
  {
    const char *name;
    const char *text;
  } known[] = { { "amp", "&" },
                { "lt", "<" },
                { "gt", ">" },
                { "quot", "\"" },
                { "apos", "'" },
                { "auml", "\xc3\xa4" },
                { "ouml", "\xc3\xb6" },
                { "uuml", "\xc3\xbc" },
                { "szlig", "\xc3\x9f" },
                { "Auml", "\xc3\x84" },
                { "Ouml", "\xc3\x96" },
                { "Uuml", "\xc3\x9c" },
                { "eacute", "\xc3\xa9" },
                { "egrave", "\xc3\xa8" },
                { "agrave", "\xc3\xa0" } };
  const char *name = plain->name;
  gboolean hexadecimal = g_ascii_strncasecmp (name, "#x", 2) == 0;
  guint64 number = g_ascii_strtoull (name + (hexadecimal ? 2 : 1), NULL, hexadecimal ? 16 : 10);
  char bytes[7] = " ";

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (name, known[i].name) == 0)
      {
        plain->sink (known[i].text, strlen (known[i].text), plain->data);
        return;
      }
  if (name[0] == '#' && number >= 32 && number <= 0x10ffff
      && g_unichar_validate ((gunichar) number))
    bytes[g_unichar_to_utf8 ((gunichar) number, bytes)] = '\0';
  plain->sink (bytes, strlen (bytes), plain->data);
}

static void
keep_name (LlPlain *plain, char byte)
{
  if (plain->name_length < NAME_MAX_HERE)
    plain->name[plain->name_length++] = byte;
  plain->name[plain->name_length] = '\0';
}

static void
enter (LlPlain *plain, Place place)
{
  plain->place = place;
  plain->name_length = 0;
  plain->name[0] = '\0';
  plain->named = FALSE;
}

static void
feed_tag (LlPlain *plain, char byte)
{
  if (byte == '>')
    {
      if (parts_words (plain->name))
        plain->sink (" ", 1, plain->data);
      plain->place = IN_TEXT;
    }
  else if (!g_ascii_isalnum (byte) && !(byte == '/' && plain->name_length == 0))
    plain->named = TRUE;
  else if (!plain->named)
    keep_name (plain, byte);
}

/* An ampersand that begins nothing stands for itself. */
static void
feed_entity (LlPlain *plain, char byte)
{
  if (byte == ';')
    {
      put_entity (plain);
      plain->place = IN_TEXT;
    }
  else if ((g_ascii_isalnum (byte) || byte == '#') && plain->name_length < NAME_MAX_HERE)
    keep_name (plain, byte);
  else
    {
      plain->sink ("&", 1, plain->data);
      plain->sink (plain->name, plain->name_length, plain->data);
      plain->place = IN_TEXT;
      if (byte == '<')
        enter (plain, IN_TAG);
      else
        plain->sink (&byte, 1, plain->data);
    }
}

static void
feed_html (LlPlain *plain, const char *bytes, gsize length)
{
  gsize begin = 0;

  for (gsize i = 0; i < length; i++)
    {
      gboolean was_text = plain->place == IN_TEXT;

      if (plain->place == IN_TAG)
        feed_tag (plain, bytes[i]);
      else if (plain->place == IN_ENTITY)
        feed_entity (plain, bytes[i]);
      else if (bytes[i] == '<' || bytes[i] == '&')
        {
          plain->sink (bytes + begin, i - begin, plain->data);
          enter (plain, bytes[i] == '<' ? IN_TAG : IN_ENTITY);
        }
      if (!was_text)
        begin = i + 1;
    }
  if (plain->place == IN_TEXT && begin < length)
    plain->sink (bytes + begin, length - begin, plain->data);
}

/* -- the way of the bytes -------------------------------------------------------------------- */

static void
feed_text (LlPlain *plain, const char *bytes, gsize length)
{
  if (plain->html)
    feed_html (plain, bytes, length);
  else
    plain->sink (bytes, length, plain->data);
}

static void
run_filter (GMimeFilter *filter, gboolean last, char **bytes, gsize *length)
{
  size_t back;
  char *out;

  if (last)
    g_mime_filter_complete (filter, *bytes, *length, 0, &out, length, &back);
  else
    g_mime_filter_filter (filter, *bytes, *length, 0, &out, length, &back);
  *bytes = out;
}

static void
feed_piece (LlPlain *plain, const char *piece, gsize length, gboolean last)
{
  char *bytes = (char *) piece;

  if (plain->decode != NULL)
    run_filter (plain->decode, last, &bytes, &length);
  if (plain->convert != NULL)
    run_filter (plain->convert, last, &bytes, &length);
  if (length > 0)
    feed_text (plain, bytes, length);
}

void
ll_plain_feed (LlPlain *plain, const char *bytes, gsize length)
{
  for (gsize at = 0; at < length; at += PIECE)
    feed_piece (plain, bytes + at, MIN (length - at, PIECE), FALSE);
}

void
ll_plain_finish (LlPlain *plain)
{
  char none[1] = "";

  feed_piece (plain, none, 0, TRUE);
}
