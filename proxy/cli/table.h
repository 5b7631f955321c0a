/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Tables and words for a terminal. Colour only there and only when NO_COLOR is unset;
 * it never says anything that no word says. What comes from elsewhere is cleaned of
 * control characters first, so that no server moves the cursor.
 */

typedef enum
{
  LL_TONE_PLAIN,
  LL_TONE_STRONG,
  LL_TONE_FAINT,
  LL_TONE_GOOD, /* assured, and things that are done: nothing else is green */
  LL_TONE_FINE, /* published or verified */
  LL_TONE_CARE,
  LL_TONE_BAD,
} LlTone;

gboolean ll_table_is_terminal (void);

/* Of the terminal; without one nothing is folded. */
guint ll_table_width (void);

/* Control characters become "?". (transfer full) */
char *ll_table_clean (const char *text);

/* @text in @tone's colour, or just @text. (transfer full) */
char *ll_table_paint (LlTone tone, const char *text);

/* Adds @text and the line's end, broken between words where the terminal ends. The cursor stands
 * at @column; further lines begin at @indent. */
void ll_table_wrap (GString *out, LlTone tone, const char *text, guint column, guint indent);

/* The tone of a word of api/names.h. */
LlTone ll_tone_of_evidence (const char *evidence);
LlTone ll_tone_of_state (const char *state);
LlTone ll_tone_of_confidence (const char *confidence);

/* "✓ sent": the symbol of api/text.h before the word. (transfer full) */
char *ll_state_word (const char *state);
char *ll_evidence_word (const char *evidence);
char *ll_confidence_word (const char *word);

typedef struct _LlTable LlTable;

/* @heads: NULL-ended. The last column is not padded. */
LlTable *ll_table_new (const char *const *heads);
void ll_table_free (LlTable *table);

/* Adds a cell to the last row, beginning a new row after the last column. NULL: "–". */
void ll_table_add (LlTable *table, LlTone tone, const char *text);
void ll_table_add_number (LlTable *table, gint64 number); /* negative: "–" */

/* Columns where no row has anything are not shown. */
void ll_table_hide_empty (LlTable *table);

guint ll_table_rows (const LlTable *table);

/* (transfer full) lines, each ended; no head when there is no row. Columns that the terminal is too
 * narrow for stand below their row, without head. */
char *ll_table_format (const LlTable *table);
void ll_table_print (const LlTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlTable, ll_table_free)

G_END_DECLS
