/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/sentence.h"

#include "api/bidi.h"
#include "api/intl.h"
#include "api/read.h"

#include <string.h>

/* Between the parts of a long sentence. Some texts have it in themselves. */
#define MARK "; "
/* A format with fewer letters of its own fits everything: "%s: %s". */
#define LETTERS_MIN 3
/* More conversions than any sentence has; a format with more is not used. */
#define CONVERSIONS_MAX 8
/* More parts than any sentence has: of a longer text, made by others, the end stays as it is. */
#define PARTS_MAX 24
/* Sentences in sentences: deeper ones stay English. */
#define DEPTH_MAX 8

static const char *const texts[] = {
#include "api/formats.h"
};

/* "%s has %u" as what stands between the conversions; "it failed: ", which stands before another
 * message, as if it ended in "%s". Those that touch each other are one gap,
 * since nobody can tell what came from which. */
typedef struct
{
  const char *text;
  GPtrArray *literals;              /* one more than gaps */
  guint n_conversions;              /* all of them */
  guint gap_of[CONVERSIONS_MAX];    /* conversion -> gap */
  gboolean number[CONVERSIONS_MAX]; /* gap is of one conversion of a number */
  guint letters;                    /* in the literals: the more, the surer */
} Format;

static char *translate (const char *english, guint depth);

/* -- formats ----------------------------------------------------------------------------------- */

/* After the "%" at @c: its length, the position that "%2$s" names (0: none), and its letter. */
static gsize
conversion_at (const char *c, guint *position, char *letter)
{
  gsize length = 1;
  gsize digits = strspn (c + 1, "0123456789");

  *position = 0;
  if (digits > 0 && c[1 + digits] == '$')
    {
      *position = (guint) g_ascii_strtoull (c + 1, NULL, 10);
      length += digits + 1;
    }
  length += strspn (c + length, "0123456789.-+ #*hlz");
  *letter = c[length];
  return *letter != '\0' ? length + 1 : length;
}

static void
end_literal (Format *format, GString *literal)
{
  for (gsize i = 0; i < literal->len; i++)
    format->letters += g_ascii_isalpha (literal->str[i]) ? 1 : 0;
  g_ptr_array_add (format->literals, g_strdup (literal->str));
  g_string_truncate (literal, 0);
}

static gboolean
add_conversion (Format *format, GString *literal, char letter)
{
  gboolean joins = format->n_conversions > 0 && literal->len == 0;
  guint gap;

  if (format->n_conversions == CONVERSIONS_MAX)
    return FALSE;
  if (!joins)
    end_literal (format, literal);
  gap = format->literals->len - 1;
  format->number[gap] = !joins && strchr ("sm", letter) == NULL; /* %m: a text, too */
  format->gap_of[format->n_conversions++] = gap;
  return TRUE;
}

static void
format_free (gpointer data)
{
  Format *format = data;

  g_ptr_array_unref (format->literals);
  g_free (format);
}

/* NULL: it is of no use. */
static Format *
format_new (const char *text)
{
  Format *format = g_new0 (Format, 1);
  g_autoptr (GString) literal = g_string_new (NULL);
  gboolean ok = TRUE;

  format->text = text;
  format->literals = g_ptr_array_new_with_free_func (g_free);
  for (const char *c = text; *c != '\0' && ok;)
    {
      guint position;
      char letter;
      gsize length = *c == '%' ? conversion_at (c, &position, &letter) : 1;

      if (*c != '%' || letter == '%')
        g_string_append_c (literal, *c);
      else
        ok = add_conversion (format, literal, letter);
      c += length;
    }
  if (ok && g_str_has_suffix (text, ": "))
    ok = add_conversion (format, literal, 's');
  end_literal (format, literal);
  if (ok && format->n_conversions > 0 && format->letters >= LETTERS_MIN)
    return format;
  format_free (format);
  return NULL;
}

static int
surer_first (gconstpointer a, gconstpointer b)
{
  const Format *const *one = a;
  const Format *const *other = b;

  if ((*one)->letters != (*other)->letters)
    return (*one)->letters < (*other)->letters ? 1 : -1;
  return (int) strlen ((*other)->text) - (int) strlen ((*one)->text);
}

static GPtrArray *
formats_new (void)
{
  GPtrArray *formats = g_ptr_array_new_with_free_func (format_free);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      Format *format = format_new (texts[i]);

      if (format != NULL)
        g_ptr_array_add (formats, format);
    }
  g_ptr_array_sort (formats, surer_first);
  return formats;
}

static const GPtrArray *
get_formats (void)
{
  static gsize formats;

  if (g_once_init_enter (&formats))
    g_once_init_leave (&formats, (gsize) formats_new ());
  return (const GPtrArray *) formats;
}

/* -- taking apart ----------------------------------------------------------------------------- */

typedef struct
{
  const char *start[CONVERSIONS_MAX];
  gsize length[CONVERSIONS_MAX];
} Gaps;

static gboolean
gap_fits (const Format *format, guint gap, const char *start, gsize length, gboolean one_part)
{
  if (one_part && g_strstr_len (start, (gssize) length, MARK) != NULL)
    return FALSE;
  for (gsize i = 0; format->number[gap] && i < length; i++)
    if (!g_ascii_isdigit (start[i]))
      return FALSE;
  return length > 0 || !format->number[gap];
}

/* Each literal as early as it can be, and the last one at the end: if it fits at all, then so.
 * @one_part: nothing that is filled in has a mark in it. */
static gboolean
fits (const Format *format, const char *text, gboolean one_part, Gaps *gaps)
{
  const GPtrArray *literals = format->literals;
  const char *first = g_ptr_array_index (literals, 0);
  const char *last = g_ptr_array_index (literals, literals->len - 1);
  gsize rest = strlen (text);
  const char *end;

  if (!g_str_has_prefix (text, first) || rest < strlen (first) + strlen (last)
      || !g_str_has_suffix (text, last))
    return FALSE;
  end = text + rest - strlen (last);
  text += strlen (first);
  for (guint gap = 0; gap + 1 < literals->len; gap++)
    {
      const char *next = g_ptr_array_index (literals, gap + 1);
      const char *found = gap + 2 == literals->len ? end : strstr (text, next);

      if (found == NULL || found > end
          || !gap_fits (format, gap, text, (gsize) (found - text), one_part))
        return FALSE;
      gaps->start[gap] = text;
      gaps->length[gap] = (gsize) (found - text);
      text = found + strlen (next);
    }
  return TRUE;
}

/* -- putting together ------------------------------------------------------------------------- */

/* @text: the translation, whose conversions may stand in another order. */
static void
add_gap (GString *out, const Format *format, guint n, const Gaps *gaps, guint depth)
{
  guint gap = n < format->n_conversions ? format->gap_of[n] : 0;
  g_autofree char *part = NULL;
  g_autofree char *own = NULL;

  /* of several in one gap the first has it all */
  if (n >= format->n_conversions || (n > 0 && format->gap_of[n - 1] == gap))
    return;
  part = g_strndup (gaps->start[gap], gaps->length[gap]);
  own = translate (part, depth);
  if (g_str_equal (own, part))
    {
      g_free (own);
      own = ll_bidi_isolate (part);
    }
  g_string_append (out, own);
}

static char *
fill_in (const Format *format, const char *text, const Gaps *gaps, guint depth)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint next = 0;

  while (*text != '\0')
    {
      guint position;
      char letter;
      gsize length = *text == '%' ? conversion_at (text, &position, &letter) : 1;

      if (*text == '%' && letter != '%')
        add_gap (out, format, position > 0 ? position - 1 : next++, gaps, depth);
      else
        g_string_append_c (out, *text);
      text += length;
    }
  if (next < format->n_conversions && g_str_has_suffix (format->text, ": "))
    add_gap (out, format, format->n_conversions - 1, gaps, depth);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* As it stands there: ours, or what the system says of its errors. @english: there is none. */
static const char *
look_up (const char *english)
{
  static const char *const domains[] = { GETTEXT_PACKAGE, "libc", "glib20" };
  const char *own = english;

  for (guint i = 0; own == english && *english != '\0' && i < G_N_ELEMENTS (domains); i++)
    own = g_dgettext (domains[i], english);
  return own;
}

/* NULL: it is none that is known. @one_part: as of fits(). */
static char *
translate_known (const char *english, gboolean one_part, guint depth)
{
  const char *own = look_up (english);
  const GPtrArray *formats = get_formats ();

  if (own != english)
    return g_strdup (own);
  for (guint i = 0; i < formats->len; i++)
    {
      const Format *format = g_ptr_array_index (formats, i);
      Gaps gaps;

      if (fits (format, english, one_part, &gaps))
        return fill_in (format, g_dgettext (GETTEXT_PACKAGE, format->text), &gaps, depth);
    }
  return NULL;
}

/* As many of @parts as are one text that is known, how many in *@used; NULL: not even the first. */
static char *
translate_some (char **parts, const char *mark, guint *used, guint depth)
{
  char *own = NULL;

  for (*used = g_strv_length (parts); *used > 0; (*used)--)
    {
      char *after = parts[*used];
      g_autofree char *joined = NULL;

      parts[*used] = NULL;
      joined = g_strjoinv (mark, parts);
      parts[*used] = after;
      own = translate_known (joined, TRUE, depth);
      if (own != NULL)
        return own;
    }
  return NULL;
}

/* "one; two; three". *@all: each of them is known. */
static char *
translate_list (const char *english, const char *mark, gboolean *all, guint depth)
{
  g_auto (GStrv) parts = g_strsplit (english, mark, PARTS_MAX);
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (g_free);
  guint used;

  *all = TRUE;
  for (guint i = 0; parts[i] != NULL; i += used)
    {
      char *own = translate_some (parts + i, mark, &used, depth);

      if (own == NULL)
        {
          own = translate (parts[i], depth);
          *all &= !g_str_equal (own, parts[i]);
          used = 1;
        }
      g_ptr_array_add (out, own);
    }
  g_ptr_array_add (out, NULL);
  return g_strjoinv (mark, (char **) out->pdata);
}

/* "what: a sentence"; NULL: it is none. */
static char *
translate_behind_name (const char *english, guint depth)
{
  gsize length = strcspn (english, " ");
  g_autofree char *name = NULL;
  g_autofree char *own_name = NULL;
  g_autofree char *own = NULL;

  if (length < 2 || english[length - 1] != ':' || english[length] == '\0')
    return NULL;
  own = translate (english + length + 1, depth);
  if (g_str_equal (own, english + length + 1))
    return g_strdup (english);
  name = g_strndup (english, length - 1);
  own_name = ll_bidi_isolate (name);
  return g_strdup_printf ("%s: %s", own_name, own);
}

/* "a sentence (another one)"; NULL: it is none. */
static char *
translate_brackets (const char *english, guint depth)
{
  const char *open = strstr (english, " (");
  gsize length = strlen (english);
  g_autofree char *outside = NULL;
  g_autofree char *inside = NULL;
  g_autofree char *own_outside = NULL;
  g_autofree char *own_inside = NULL;

  if (open == NULL || english[length - 1] != ')')
    return NULL;
  outside = g_strndup (english, (gsize) (open - english));
  inside = g_strndup (open + 2, length - 1 - (gsize) (open + 2 - english));
  own_outside = translate (outside, depth);
  own_inside = translate (inside, depth);
  return g_strdup_printf ("%s (%s)", own_outside, own_inside);
}

/* The surest first: what is known as a whole, what is known in parts, what has some of them. */
static char *
translate (const char *english, guint depth)
{
  gboolean has_parts = strstr (english, MARK) != NULL;
  g_autofree char *parts = NULL;
  gboolean all = FALSE;
  char *own = NULL;

  if (depth-- == 0 || strchr (english, ' ') == NULL)
    return g_strdup (english);
  own = translate_known (english, TRUE, depth);
  if (own == NULL)
    own = translate_behind_name (english, depth);
  if (own == NULL && has_parts)
    parts = translate_list (english, MARK, &all, depth);
  if (all)
    return g_steal_pointer (&parts);
  if (own == NULL && has_parts)
    own = translate_known (english, FALSE, depth);
  if (own == NULL && has_parts)
    own = g_steal_pointer (&parts);
  if (own == NULL && strstr (english, ": ") != NULL)
    own = translate_list (english, ": ", &all, depth);
  if (own == NULL)
    own = translate_brackets (english, depth);
  return own != NULL ? own : g_strdup (english);
}

/* -- for everybody ---------------------------------------------------------------------------- */

char *
ll_sentence (const char *english)
{
  g_autofree char *own = NULL;

  /* gettext's own entry: what a catalogue begins with */
  if (*english == '\0' || *g_dgettext (GETTEXT_PACKAGE, "") == '\0')
    return g_strdup (english);
  own = translate (english, DEPTH_MAX);
  return g_str_equal (own, english) ? g_steal_pointer (&own) : ll_bidi_line (own);
}

char *
ll_sentence_read (GVariant *dict, const char *key)
{
  return ll_sentence (ll_read_text (dict, key));
}

void
ll_sentence_of_error (GError *error)
{
  char *own;

  if (error == NULL)
    return;
  own = ll_sentence (error->message);
  g_free (error->message);
  error->message = own;
}
