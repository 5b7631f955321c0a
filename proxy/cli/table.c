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

static int colour_wanted = -1;

void
ll_table_set_colour (int wanted)
{
  colour_wanted = wanted;
}

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

  if (colour_wanted >= 0)
    return colour_wanted > 0;
  return ll_table_is_terminal () && (no == NULL || *no == '\0');
}

guint
ll_table_width (void)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
    return size.ws_col;
  return 100;
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
append_cell (GString *out, const char *text, LlTone tone, guint width, gboolean last)
{
  g_autofree char *painted = ll_table_paint (tone, text);

  g_string_append (out, painted);
  for (guint i = width_of (text); !last && i < width + 2; i++)
    g_string_append_c (out, ' ');
}

char *
ll_table_format (const LlTable *table)
{
  GString *out = g_string_new (NULL);
  g_autofree guint *widths = g_new0 (guint, table->columns);
  guint last = table->columns - 1;

  if (ll_table_rows (table) == 0)
    return g_string_free (out, FALSE);
  for (guint i = 0; i < table->columns; i++)
    widths[i] = width_of (table->heads[i]);
  for (guint i = 0; i < table->cells->len; i++)
    {
      guint width = width_of (g_array_index (table->cells, Cell, i).text);

      widths[i % table->columns] = MAX (widths[i % table->columns], width);
    }
  for (guint i = 0; i <= last; i++)
    append_cell (out, table->heads[i], LL_TONE_FAINT, widths[i], i == last);
  for (guint i = 0; i < table->cells->len; i++)
    {
      const Cell *cell = &g_array_index (table->cells, Cell, i);
      guint column = i % table->columns;

      if (column == 0)
        g_string_append_c (out, '\n');
      append_cell (out, cell->text, cell->tone, widths[column], column == last);
    }
  g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

void
ll_table_print (const LlTable *table)
{
  g_autofree char *text = ll_table_format (table);

  fputs (text, stdout);
}
