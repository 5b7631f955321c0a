/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Lists of letters, as log, held and queue print them. */

typedef struct
{
  const char *state;
  const char *const *states;
  const char *address;
  const char *account;
  const char *since;
  const char *until;
  guint limit;        /* 0: all */
  const char *search; /* letters that left locked and say this; or NULL */
} LlLettersQuery;

/* Oldest first: the newest stands at the end, where the eye is. NULL: *status. (transfer full), of
 * GVariant */
GPtrArray *ll_letters_fetch (const LlLettersQuery *query, int *status);

/* One line per recipient, or JSON. @heads: print the table's head. */
void ll_letters_print (GPtrArray *letters);

/* The lines of one letter without head, as log --follow adds them. */
void ll_letters_print_one (GVariant *letter);

/* One letter by id; NULL: *status. */
GVariant *ll_letters_get (const char *id, int *status);

/* The same for a command about one letter: with --json it is printed, with all there is of it, and
 * NULL comes back, too. @subject: with the one that is kept, if any. */
GVariant *ll_letters_take (const char *id, gboolean subject, int *status);

/* "2026-11-22T16:31:00Z" in the terminal's own time zone: "22 Nov 17:31". (transfer full) */
char *ll_letters_time (const char *time);

/* What is always said of a recipient, each line behind @prefix. */
void ll_letters_print_also (GVariant *recipient, const char *prefix);

/* What was sent, as the mail program wrote it: to @file, which must not be there yet; NULL: to
 * stdout. Returns the status. */
int ll_original_write (const char *id, const char *file);

G_END_DECLS
