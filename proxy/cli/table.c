/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/table.h"

#include "api/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* -- the terminal --------------------------------------------------------------------- */

gboolean
ll_table_is_terminal (void)
{
  const char *term = g_getenv ("TERM");

  return isatty (STDOUT_FILENO) && term != NULL && strcmp (term, "dumb") != 0;
}

static gboolean
has_colour (void)
{
  const char *no = g_getenv ("NO_COLOR");

  return ll_table_is_terminal () && (no == NULL || *no == '\0');
}

guint
ll_table_width (void)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
    return size.ws_col;
  return G_MAXUINT;
}

/* -- words ------------------------------------------------------------------------------- */

char *
ll_table_clean (const char *text)
{
  GString *out = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      /* also the marks that turn the direction of what follows */
      if (g_unichar_iscntrl (character) || (character >= 0x202a && character <= 0x202e)
          || (character >= 0x2066 && character <= 0x2069))
        g_string_append_c (out, '?');
      else
        g_string_append_unichar (out, character);
    }
  return g_string_free (out, FALSE);
}

char *
ll_table_paint (LlTone tone, const char *text)
{
  static const char *const codes[] = {
    [LL_TONE_PLAIN] = NULL, [LL_TONE_STRONG] = "1", [LL_TONE_FAINT] = "2", [LL_TONE_GOOD] = "32",
    [LL_TONE_FINE] = "36",  [LL_TONE_CARE] = "33",  [LL_TONE_BAD] = "31",
  };

  if (codes[tone] == NULL || !has_colour ())
    return g_strdup (text);
  return g_strdup_printf ("\033[%sm%s\033[0m", codes[tone], text);
}

static LlSymbols
symbols (void)
{
  return g_get_charset (NULL) ? LL_SYMBOLS_UNICODE : LL_SYMBOLS_ASCII;
}

LlTone
ll_tone_of_evidence (const char *word)
{
  LlEvidence evidence;

  if (!ll_evidence_from_name (word, &evidence))
    return LL_TONE_FAINT;
  switch (evidence)
    {
    case LL_EVIDENCE_DANE:
    case LL_EVIDENCE_STS:
    case LL_EVIDENCE_HALF:
    case LL_EVIDENCE_PKIX:
      return LL_TONE_FINE;
    case LL_EVIDENCE_OPP:
    case LL_EVIDENCE_UNKNOWN:
      return LL_TONE_CARE;
    case LL_EVIDENCE_PLAIN:
    case LL_EVIDENCE_WEAK:
    case LL_EVIDENCE_NOMAIL:
    case LL_EVIDENCE_BROKEN:
      return LL_TONE_BAD;
    }
  return LL_TONE_PLAIN;
}

LlTone
ll_tone_of_state (const char *word)
{
  LlState state;

  if (!ll_state_from_name (word, &state))
    return LL_TONE_PLAIN;
  switch (state)
    {
    case LL_STATE_SENT:
    case LL_STATE_OPENED:
    case LL_STATE_REPLIED:
      return LL_TONE_STRONG;
    case LL_STATE_CHECKING:
    case LL_STATE_SENDING:
      return LL_TONE_PLAIN;
    case LL_STATE_HELD:
    case LL_STATE_WAITING:
    case LL_STATE_QUEUED:
    case LL_STATE_UNCERTAIN:
    case LL_STATE_EXPIRED:
    case LL_STATE_RETRACTED:
      return LL_TONE_CARE;
    case LL_STATE_REFUSED:
    case LL_STATE_DROPPED:
    case LL_STATE_BOUNCED:
    case LL_STATE_FAILED:
      return LL_TONE_BAD;
    }
  return LL_TONE_PLAIN;
}

LlTone
ll_tone_of_confidence (const char *confidence)
{
  if (g_strcmp0 (confidence, "assured") == 0)
    return LL_TONE_GOOD;
  return g_strcmp0 (confidence, "likely") == 0 ? LL_TONE_FINE : LL_TONE_PLAIN;
}

/* "–" where there is no word. */
static char *
signed_word (const char *symbol, const char *word)
{
  if (word == NULL || *word == '\0')
    return g_strdup ("–");
  return symbol != NULL ? g_strdup_printf ("%s %s", symbol, word) : g_strdup (word);
}

char *
ll_state_word (const char *word)
{
  LlState state;

  return signed_word (ll_state_from_name (word, &state) ? ll_text_state_symbol (state, symbols ())
                                                        : NULL,
                      word);
}

char *
ll_evidence_word (const char *word)
{
  LlEvidence evidence;

  return signed_word (ll_evidence_from_name (word, &evidence)
                          ? ll_text_evidence_symbol (evidence, symbols ())
                          : NULL,
                      word);
}

char *
ll_confidence_word (const char *word)
{
  LlConfidence confidence;

  return signed_word (ll_confidence_from_name (word, &confidence)
                          ? ll_text_confidence_symbol (confidence, symbols ())
                          : NULL,
                      word);
}

/* -- tables ---------------------------------------------------------------------------------- */

typedef struct
{
  char *text;
  LlTone tone;
} Cell;

struct _LlTable
{
  GStrv heads;
  guint columns;
  gboolean hides;
  GArray *cells; /* of Cell, row after row */
};

static void
cell_clear (Cell *cell)
{
  g_free (cell->text);
}

LlTable *
ll_table_new (const char *const *heads)
{
  LlTable *table = g_new0 (LlTable, 1);

  table->heads = g_strdupv ((GStrv) heads);
  table->columns = g_strv_length (table->heads);
  table->cells = g_array_new (FALSE, TRUE, sizeof (Cell));
  g_array_set_clear_func (table->cells, (GDestroyNotify) cell_clear);
  return table;
}

void
ll_table_free (LlTable *table)
{
  if (table == NULL)
    return;
  g_strfreev (table->heads);
  g_array_unref (table->cells);
  g_free (table);
}

void
ll_table_add (LlTable *table, LlTone tone, const char *text)
{
  Cell cell = { .text = text != NULL && *text != '\0' ? ll_table_clean (text) : g_strdup ("–"),
                .tone = tone };

  g_array_append_val (table->cells, cell);
}

void
ll_table_add_number (LlTable *table, gint64 number)
{
  g_autofree char *text = number >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, number) : NULL;

  ll_table_add (table, LL_TONE_PLAIN, text);
}

guint
ll_table_rows (const LlTable *table)
{
  return table->cells->len / table->columns;
}

void
ll_table_hide_empty (LlTable *table)
{
  table->hides = TRUE;
}

/* How many places of a terminal @text takes. */
static guint
width_of (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar character = g_utf8_get_char (text);

      if (!g_unichar_iszerowidth (character))
        width += g_unichar_iswide (character) ? 2 : 1;
    }
  return width;
}

static void
append_spaces (GString *out, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_c (out, ' ');
}

static void
end_line (GString *out)
{
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

static void
append_painted (GString *out, LlTone tone, const char *text)
{
  g_autofree char *painted = ll_table_paint (tone, text);

  g_string_append (out, painted);
}

void
ll_table_wrap (GString *out, LlTone tone, const char *text, guint column, guint indent)
{
  g_autofree char *clean = ll_table_clean (text);
  g_auto (GStrv) words = g_strsplit (clean, " ", -1);
  g_autoptr (GString) line = g_string_new (NULL);
  guint room = ll_table_width ();

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint width = width_of (words[i]);

      if (line->len > 0 && column + 1 + width > room)
        {
          append_painted (out, tone, line->str);
          end_line (out);
          append_spaces (out, indent);
          g_string_truncate (line, 0);
          column = indent;
        }
      if (i > 0 && line->len > 0)
        {
          g_string_append_c (line, ' ');
          column++;
        }
      g_string_append (line, words[i]);
      column += width;
    }
  append_painted (out, tone, line->str);
  end_line (out);
}

static gboolean
is_blank (const Cell *cell)
{
  return strcmp (cell->text, "–") == 0 || strcmp (cell->text, " ") == 0;
}

/* How it stands: the width of each column, 0 where it is hidden. What does not fit beside the
 * columns before @fold goes below them; one that is all text is folded beside them if it can. */
typedef struct
{
  guint *widths;
  guint last;
  guint fold;
  guint before; /* where the last one begins, when it stands beside */
} Layout;

/* A sentence narrower than this is harder to read than one below. */
#define BESIDE_MIN 30
#define BELOW_INDENT 4

static void
measure (const LlTable *table, Layout *layout)
{
  layout->widths = g_new0 (guint, table->columns);
  for (guint i = 0; i < table->cells->len; i++)
    {
      const Cell *cell = &g_array_index (table->cells, Cell, i);
      guint *width = &layout->widths[i % table->columns];

      if (!table->hides || !is_blank (cell))
        *width = MAX (*width, width_of (cell->text));
    }
  for (guint i = 0; i < table->columns; i++)
    if (layout->widths[i] > 0)
      {
        layout->widths[i] = MAX (layout->widths[i], width_of (table->heads[i]));
        layout->last = i;
      }
}

static void
lay_out (const LlTable *table, Layout *layout)
{
  guint room = ll_table_width ();
  guint end = 0;

  measure (table, layout);
  layout->fold = layout->last + 1;
  for (guint i = 0; i <= layout->last; i++)
    {
      if (i == layout->last)
        layout->before = end;
      if (layout->widths[i] == 0)
        continue;
      end += layout->widths[i];
      if (end > room && i > 0 && layout->fold > i)
        layout->fold = i;
      end += 2;
    }
  if (layout->fold == layout->last && room >= layout->before + BESIDE_MIN)
    layout->fold = layout->last + 1;
}

/* What stands below the row: the cells from @fold on, one after the other. */
static void
append_below (GString *out, const Cell *row, const Layout *layout)
{
  guint column = BELOW_INDENT;
  GString *line = g_string_new (NULL);

  append_spaces (line, BELOW_INDENT);
  for (guint i = layout->fold; i < layout->last; i++)
    if (layout->widths[i] > 0 && !is_blank (&row[i]))
      {
        append_painted (line, row[i].tone, row[i].text);
        g_string_append (line, "  ");
        column += width_of (row[i].text) + 2;
      }
  if (!is_blank (&row[layout->last]))
    ll_table_wrap (line, row[layout->last].tone, row[layout->last].text, column, BELOW_INDENT);
  else if (column > BELOW_INDENT)
    end_line (line);
  else
    g_string_truncate (line, 0);
  g_string_append_len (out, line->str, (gssize) line->len);
  g_string_free (line, TRUE);
}

static void
append_row (GString *out, const Cell *row, const Layout *layout)
{
  for (guint i = 0; i < layout->fold && i < layout->last; i++)
    if (layout->widths[i] > 0)
      {
        append_painted (out, row[i].tone, row[i].text);
        append_spaces (out, layout->widths[i] + 2 - width_of (row[i].text));
      }
  if (layout->fold > layout->last)
    {
      ll_table_wrap (out, row[layout->last].tone, row[layout->last].text, layout->before,
                     layout->before);
      return;
    }
  end_line (out);
  append_below (out, row, layout);
}

static void
append_heads (GString *out, const LlTable *table, const Layout *layout)
{
  for (guint i = 0; i < layout->fold && i <= layout->last; i++)
    if (layout->widths[i] > 0)
      {
        append_painted (out, LL_TONE_FAINT, table->heads[i]);
        if (i + 1 < layout->fold && i < layout->last)
          append_spaces (out, layout->widths[i] + 2 - width_of (table->heads[i]));
      }
  end_line (out);
}

char *
ll_table_format (const LlTable *table)
{
  GString *out = g_string_new (NULL);
  Layout layout = { NULL };

  if (ll_table_rows (table) == 0)
    return g_string_free (out, FALSE);
  lay_out (table, &layout);
  append_heads (out, table, &layout);
  for (guint i = 0; i + table->columns <= table->cells->len; i += table->columns)
    append_row (out, &g_array_index (table->cells, Cell, i), &layout);
  g_free (layout.widths);
  return g_string_free (out, FALSE);
}

void
ll_table_print (const LlTable *table)
{
  g_autofree char *text = ll_table_format (table);

  fputs (text, stdout);
}
