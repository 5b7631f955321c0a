/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/subject.h"

#include <gmime/gmime.h>
#include <string.h>

/* Tags stand at the start: what comes later is not looked at. */
#define LOOK_MAX 1000

/* RFC 2047 2. allows 75; longer ones exist. */
#define WORD_MAX 1000

/*
 * The value as what it says, octet by octet, each knowing where it came from: plain octets
 * and those of a Q-encoded word have a place of their own, those of other words only the word.
 */
typedef enum
{
  FROM_PLAIN,
  FROM_Q,
  FROM_B,
  FROM_OTHER, /* a charset whose ASCII is not ASCII: said in UTF-8 */
} Origin;

typedef struct
{
  char byte;
  Origin origin;
  guint word; /* which encoded word, counted from 1; 0: plain */
  gsize end;  /* in the value: behind this octet (plain, Q) or behind the word */
  gsize word_start;
  gsize word_end;
} Octet;

typedef struct
{
  const char *value;
  gsize length;
  GArray *octets; /* of Octet */
  guint words;
} Reading;

typedef struct
{
  gsize start;
  gsize charset_end; /* "=?charset" */
  gsize data;
  gsize data_end;
  gsize end;
  char encoding; /* 'Q' or 'B' */
} Word;

void
ll_tag_cut_clear (LlTagCut *cut)
{
  g_clear_pointer (&cut->replacement, g_free);
  cut->length = 0;
}

/* -- reading ------------------------------------------------------------------------------- */

/* Whether an encoded word begins at @at. */
static gboolean
take_word (const Reading *reading, gsize at, Word *word)
{
  const char *value = reading->value;
  gsize limit = MIN (reading->length, at + WORD_MAX);
  gsize i = at + 2;

  if (limit < at + 8 || value[at] != '=' || value[at + 1] != '?')
    return FALSE;
  while (i < limit && value[i] != '?' && g_ascii_isgraph (value[i]))
    i++;
  if (i == at + 2 || i + 4 > limit || value[i] != '?' || value[i + 2] != '?')
    return FALSE;
  word->start = at;
  word->charset_end = i;
  word->encoding = g_ascii_toupper (value[i + 1]);
  word->data = i + 3;
  for (i = word->data; i < limit && value[i] != '?'; i++)
    if (!g_ascii_isgraph (value[i]) && value[i] != ' ')
      return FALSE;
  if (i + 1 >= limit || value[i + 1] != '=')
    return FALSE;
  word->data_end = i;
  word->end = i + 2;
  return word->encoding == 'Q' || word->encoding == 'B';
}

static void
add (Reading *reading, char byte, Origin origin, const Word *word, gsize end)
{
  Octet octet = {
    .byte = byte,
    .origin = origin,
    .word = word ? reading->words : 0,
    .end = end,
    .word_start = word ? word->start : end,
    .word_end = word ? word->end : end,
  };

  g_array_append_val (reading->octets, octet);
}

static void
add_q (Reading *reading, const Word *word)
{
  for (gsize i = word->data; i < word->data_end; i++)
    {
      char byte = reading->value[i];

      if (byte == '=' && i + 2 < word->data_end && g_ascii_isxdigit (reading->value[i + 1])
          && g_ascii_isxdigit (reading->value[i + 2]))
        {
          byte = (char) (g_ascii_xdigit_value (reading->value[i + 1]) << 4
                         | g_ascii_xdigit_value (reading->value[i + 2]));
          i += 2;
        }
      else if (byte == '_')
        byte = ' ';
      add (reading, byte, FROM_Q, word, i + 1);
    }
}

static void
add_all (Reading *reading, const char *bytes, gsize length, Origin origin, const Word *word)
{
  for (gsize i = 0; i < length; i++)
    add (reading, bytes[i], origin, word, word->end);
}

/* UTF-16 and the like. UTF-7 and ISO-2022 may say "[" in other ways; what decodes to a tag is
 * one. */
static gboolean
is_ascii_inside (const char *charset)
{
  static const char *const others[] = { "utf-16", "utf16", "utf-32", "utf32", "ucs-", "utf-7" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_ascii_strncasecmp (charset, others[i], strlen (others[i])) == 0)
      return FALSE;
  return TRUE;
}

static void
add_word (Reading *reading, const Word *word)
{
  gsize charset_start = word->start + 2;
  g_autofree char *charset
      = g_strndup (reading->value + charset_start, word->charset_end - charset_start);

  reading->words++;
  if (!is_ascii_inside (charset))
    {
      g_autofree char *raw = g_strndup (reading->value + word->start, word->end - word->start);
      g_autofree char *text = g_mime_utils_header_decode_text (NULL, raw);

      add_all (reading, text, strlen (text), FROM_OTHER, word);
    }
  else if (word->encoding == 'Q')
    add_q (reading, word);
  else
    {
      g_autofree char *data = g_strndup (reading->value + word->data, word->data_end - word->data);
      gsize length;
      g_autofree guchar *bytes = g_base64_decode (data, &length);

      add_all (reading, (const char *) bytes, length, FROM_B, word);
    }
}

static gsize
skip_blanks (const Reading *reading, gsize at)
{
  while (at < reading->length && strchr (" \t\r\n", reading->value[at]) != NULL
         && reading->value[at] != '\0')
    at++;
  return at;
}

/* Blanks between two encoded words say nothing (RFC 2047 6.2). */
static void
read_value (Reading *reading)
{
  gsize at = skip_blanks (reading, 0);

  while (at < reading->length && reading->octets->len < LOOK_MAX)
    {
      Word word, next;
      char byte = reading->value[at];

      if (byte == '=' && take_word (reading, at, &word))
        {
          gsize behind = skip_blanks (reading, word.end);

          add_word (reading, &word);
          at = take_word (reading, behind, &next) ? behind : word.end;
          continue;
        }
      at++;
      if (byte != '\r' && byte != '\n')
        add (reading, byte, FROM_PLAIN, NULL, at);
    }
}

/* -- tags ----------------------------------------------------------------------------------- */

static char
octet_at (const Reading *reading, guint i)
{
  return i < reading->octets->len ? g_array_index (reading->octets, Octet, i).byte : '\0';
}

/* The length of "[tag]" at @at, 0: none. */
static guint
match_tag (const Reading *reading, guint at, const char *tag)
{
  gsize length = strlen (tag);

  if (octet_at (reading, at) != '[' || octet_at (reading, at + 1 + (guint) length) != ']')
    return 0;
  for (gsize i = 0; i < length; i++)
    if (g_ascii_tolower (octet_at (reading, at + 1 + (guint) i)) != g_ascii_tolower (tag[i]))
      return 0;
  return (guint) length + 2;
}

static guint
pass_blanks (const Reading *reading, guint at)
{
  while (octet_at (reading, at) == ' ' || octet_at (reading, at) == '\t')
    at++;
  return at;
}

/* How many octets the tags and the blanks around them take, 0: there are none. */
static guint
pass_tags (const Reading *reading, const char *const *tags, GPtrArray *found)
{
  guint at = pass_blanks (reading, 0);
  guint taken = 0;

  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    {
      guint length = match_tag (reading, at, tags[i]);

      if (length == 0)
        continue;
      g_ptr_array_add (found, g_ascii_strdown (tags[i], -1));
      at = taken = pass_blanks (reading, at + length);
      i = (guint) -1; /* any tag may follow any other */
    }
  return taken;
}

/* "=?charset?" of the word, as it stands. (transfer full) */
static char *
start_of_word (const Reading *reading, const Octet *octet)
{
  const char *start = reading->value + octet->word_start;
  const char *end = memchr (start + 2, '?', octet->word_end - octet->word_start - 2);

  return g_strndup (start, (gsize) (end + 1 - start));
}

/* What is left of the word that the cut goes through, said again. (transfer full) */
static char *
rest_of_word (const Reading *reading, guint taken)
{
  const Octet *octet = &g_array_index (reading->octets, Octet, taken);
  g_autoptr (GByteArray) rest = g_byte_array_new ();
  g_autofree char *encoded = NULL;
  g_autofree char *start = NULL;

  for (guint i = taken; i < reading->octets->len; i++)
    {
      const Octet *next = &g_array_index (reading->octets, Octet, i);

      if (next->word != octet->word)
        break;
      g_byte_array_append (rest, (const guint8 *) &next->byte, 1);
    }
  encoded = g_base64_encode (rest->data, rest->len);
  if (octet->origin == FROM_OTHER)
    return g_strconcat ("=?utf-8?B?", encoded, "?=", NULL);
  start = start_of_word (reading, octet);
  return g_strconcat (start, "B?", encoded, "?=", NULL);
}

static void
set_cut (const Reading *reading, guint taken, LlTagCut *cut)
{
  const Octet *last = &g_array_index (reading->octets, Octet, taken - 1);
  gboolean inside = FALSE;

  cut->offset = skip_blanks (reading, 0);
  if (taken < reading->octets->len)
    inside = last->word != 0 && g_array_index (reading->octets, Octet, taken).word == last->word;
  if (!inside)
    {
      gsize end = last->word != 0 ? last->word_end : last->end;

      cut->length = skip_blanks (reading, end) - cut->offset;
      /* an empty subject keeps its line */
      if (cut->offset + cut->length == reading->length)
        cut->length = end - cut->offset;
      cut->replacement = g_strdup ("");
    }
  else if (last->origin == FROM_Q)
    {
      g_autofree char *start = start_of_word (reading, last);

      cut->length = last->end - cut->offset;
      cut->replacement = g_strconcat (start, "Q?", NULL);
    }
  else
    {
      cut->length = last->word_end - cut->offset;
      cut->replacement = rest_of_word (reading, taken);
    }
}

void
ll_subject_find_tags (
    const char *value, gsize length, const char *const *tags, GPtrArray *found, LlTagCut *cut)
{
  Reading reading = { .value = value, .length = length };
  guint taken;

  *cut = (LlTagCut){ 0 };
  reading.octets = g_array_new (FALSE, TRUE, sizeof (Octet));
  read_value (&reading);
  taken = pass_tags (&reading, tags, found);
  if (taken > 0)
    set_cut (&reading, taken, cut);
  g_array_unref (reading.octets);
}

char *
ll_subject_text (const char *value, gsize length, const LlTagCut *cut, glong max)
{
  g_autoptr (GString) raw = g_string_new_len (value, (gssize) length);
  g_autofree char *decoded = NULL;
  g_autofree char *valid = NULL;
  char *text;

  if (cut != NULL && cut->length > 0)
    {
      g_string_erase (raw, (gssize) cut->offset, (gssize) cut->length);
      g_string_insert (raw, (gssize) cut->offset, cut->replacement);
    }
  for (gsize i = 0; i < raw->len; i++)
    if (raw->str[i] == '\0')
      raw->str[i] = ' ';
  decoded = g_mime_utils_header_decode_text (NULL, raw->str);
  valid = g_utf8_make_valid (decoded, -1);
  for (char *at = valid; *at; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  g_strstrip (valid);
  text = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), max));
  if (*text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}
