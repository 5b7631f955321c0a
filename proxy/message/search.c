/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/search.h"

#include "base/error.h"
#include "base/limits.h"
#include "message/leaf.h"
#include "message/plain.h"
#include "message/structure.h"

#include <gmime/gmime.h>
#include <string.h>

/* A line is brought into one form as a whole; a longer one in parts of this length. */
#define LINE_MAX_HERE 4096

struct _LlSearch
{
  char *wanted; /* in one form */
  gsize wanted_length;
  gboolean found;
  LlHeaders *headers; /* until they ended */
  LlStructure *structure;
  LlPlain *plain; /* the text part at hand */
  GString *line;  /* not looked at yet */
  GString *seen;  /* in one form: what the next line may go on from */
};

/* -- one form -------------------------------------------------------------------------------- */

/* Any run of blanks is one; upper case is lower case; compatible spellings are the same.
 * (transfer full) */
static char *
fold (const char *text, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  g_autofree char *normal = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL);
  g_autofree char *folded = g_utf8_casefold (normal, -1);
  GString *out = g_string_sized_new (strlen (folded));

  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isspace (g_utf8_get_char (at)))
      g_string_append_len (out, at, g_utf8_next_char (at) - at);
    else if (out->len == 0 || out->str[out->len - 1] != ' ')
      g_string_append_c (out, ' ');
  return g_string_free (out, FALSE);
}

static void
look (LlSearch *search, const char *text, gsize length)
{
  g_autofree char *folded = fold (text, length);
  const char *more = folded;
  gsize keep;

  if (search->found)
    return;
  if (*more == ' ' && search->seen->len > 0 && search->seen->str[search->seen->len - 1] == ' ')
    more++;
  g_string_append (search->seen, more);
  search->found = strstr (search->seen->str, search->wanted) != NULL;
  keep = MIN (search->seen->len, search->wanted_length);
  g_string_erase (search->seen, 0, (gssize) (search->seen->len - keep));
}

/* The last octets of @bytes that begin a character whose end is not there. */
static gsize
unfinished (const char *bytes, gsize length)
{
  for (gsize back = 1; back <= MIN (length, 4); back++)
    {
      guchar byte = (guchar) bytes[length - back];

      if ((byte & 0xc0) == 0xc0)
        return back < 4 ? back : 0;
      if (byte < 0x80)
        return 0;
    }
  return 0;
}

static void
flush (LlSearch *search, gsize keep)
{
  look (search, search->line->str, search->line->len - keep);
  g_string_erase (search->line, 0, (gssize) (search->line->len - keep));
}

static void
take_text (const char *text, gsize length, gpointer data)
{
  LlSearch *search = data;

  while (length > 0 && !search->found)
    {
      const char *newline = memchr (text, '\n', length);
      gsize piece = newline != NULL ? (gsize) (newline - text) + 1 : length;

      piece = MIN (piece, LINE_MAX_HERE - search->line->len);
      g_string_append_len (search->line, text, (gssize) piece);
      if (search->line->str[search->line->len - 1] == '\n')
        flush (search, 0);
      else if (search->line->len == LINE_MAX_HERE)
        flush (search, unfinished (search->line->str, search->line->len));
      text += piece;
      length -= piece;
    }
}

/* Nothing is found across the end of a field or a part. */
static void
end_text (LlSearch *search)
{
  flush (search, 0);
  g_string_truncate (search->seen, 0);
}

/* -- the message ----------------------------------------------------------------------------- */

static void
end_part_cb (gpointer data)
{
  LlSearch *search = data;

  if (search->plain != NULL)
    ll_plain_finish (search->plain);
  g_clear_pointer (&search->plain, ll_plain_free);
  end_text (search);
}

static void
begin_part_cb (const LlHeaders *headers, gpointer data)
{
  LlSearch *search = data;

  search->plain = ll_plain_new (headers, take_text, search);
}

static void
part_cb (const char *bytes, gsize length, gpointer data)
{
  LlSearch *search = data;

  if (search->plain != NULL)
    ll_plain_feed (search->plain, bytes, length);
}

static const LlStructureWatch watch = { begin_part_cb, part_cb, end_part_cb };

void
ll_search_feed_text (LlSearch *search, const char *text)
{
  take_text (text, strlen (text), search);
  end_text (search);
}

static void
look_at_headers (LlSearch *search, const LlHeaders *headers)
{
  static const char *const names[]
      = { "subject", "from", "to", "cc", "resent-to", "resent-cc", "message-id" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint n = 0; ll_headers_field (headers, names[i], n) != NULL; n++)
      {
        const GString *value = ll_headers_field (headers, names[i], n)->value;
        g_autofree char *unfolded = g_mime_utils_header_unfold (value->str);
        g_autofree char *decoded = g_mime_utils_header_decode_text (NULL, unfolded);

        ll_search_feed_text (search, decoded);
      }
}

static void
end_headers (LlSearch *search)
{
  g_autoptr (LlHeaders) headers = g_steal_pointer (&search->headers);

  look_at_headers (search, headers);
  search->structure = ll_structure_new_watched (headers, &watch, search);
}

gboolean
ll_search_feed (LlSearch *search, const char *bytes, gsize length)
{
  if (search->structure == NULL)
    {
      gsize taken = ll_headers_feed (search->headers, bytes, length);

      if (!ll_headers_ended (search->headers))
        return TRUE;
      end_headers (search);
      bytes += taken;
      length -= taken;
    }
  if (!search->found)
    ll_structure_feed (search->structure, bytes, length);
  return !search->found;
}

gboolean
ll_search_finish (LlSearch *search)
{
  if (search->structure == NULL)
    {
      ll_headers_finish (search->headers);
      end_headers (search);
    }
  ll_structure_finish (search->structure);
  end_part_cb (search);
  return search->found;
}

/* -- life ------------------------------------------------------------------------------------ */

void
ll_search_begin (LlSearch *search)
{
  g_clear_pointer (&search->headers, ll_headers_free);
  g_clear_pointer (&search->structure, ll_structure_free);
  g_clear_pointer (&search->plain, ll_plain_free);
  search->headers = ll_headers_new ();
  search->found = FALSE;
  g_string_truncate (search->line, 0);
  g_string_truncate (search->seen, 0);
}

LlSearch *
ll_search_new (const char *text, GError **error)
{
  g_autofree char *folded = strlen (text) <= LL_SEARCH_TEXT_MAX ? fold (text, strlen (text)) : NULL;
  LlSearch *search;

  if (folded == NULL || *g_strstrip (folded) == '\0')
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "Search for something of 1 to %u octets", LL_SEARCH_TEXT_MAX);
      return NULL;
    }
  ll_message_start ();
  search = g_new0 (LlSearch, 1);
  search->wanted = g_steal_pointer (&folded);
  search->wanted_length = strlen (search->wanted);
  search->line = g_string_new (NULL);
  search->seen = g_string_new (NULL);
  ll_search_begin (search);
  return search;
}

void
ll_search_free (LlSearch *search)
{
  if (search == NULL)
    return;
  ll_headers_free (search->headers);
  ll_structure_free (search->structure);
  ll_plain_free (search->plain);
  g_string_free (search->line, TRUE);
  g_string_free (search->seen, TRUE);
  g_free (search->wanted);
  g_free (search);
}
