/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * Something that the daemon knows (a recipient, a server, a key, an account): an icon and a title,
 * and opened, its facts one under the other. What it says is text, never markup.
 */
#define LL_TYPE_RECORD_ROW (ll_record_row_get_type ())
G_DECLARE_DERIVABLE_TYPE (LlRecordRow, ll_record_row, LL, RECORD_ROW, AdwExpanderRow)

struct _LlRecordRowClass
{
  AdwExpanderRowClass parent_class;
};

/* A key of a dictionary of the bus, and what it is called here (marked with N_). */
typedef struct
{
  const char *key;
  const char *label;
} LlFact;

/* @style: of gui/look.h. */
void ll_record_row_look (LlRecordRow *row, const char *icon, const char *style);
void ll_record_row_set_title (LlRecordRow *row, const char *title);
void ll_record_row_set_subtitle (LlRecordRow *row, const char *subtitle);

/* One more fact; none where @so is "". */
void ll_record_row_add (LlRecordRow *row, const char *what, const char *so);
void ll_record_row_add_with_icon (
    LlRecordRow *row, const char *what, const char *so, const char *icon, const char *style);
/* Those of @facts that @dict has. */
void ll_record_row_add_facts (LlRecordRow *row, GVariant *dict, const LlFact *facts, gsize n);
/* One more row of another kind, below the facts. */
void ll_record_row_add_child (LlRecordRow *row, GtkWidget *child);

/* Takes away all that was added. */
void ll_record_row_clear (LlRecordRow *row);

G_END_DECLS
