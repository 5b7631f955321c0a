/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * One letter as a row shows it: what a list of 100,000 needs, and no proof. The whole of it is
 * asked for when it is opened.
 *
 * It changes in place: "changed" says that anything of it did.
 */
#define LL_TYPE_LETTER (ll_letter_get_type ())
G_DECLARE_FINAL_TYPE (LlLetter, ll_letter, LL, LETTER, GObject)

/* The twelve digits of an id, which is a number: eight octets of it. */
#define LL_LETTER_ID_SIZE 13
const char *ll_letter_id_text (guint64 number, char text[LL_LETTER_ID_SIZE]);
guint64 ll_letter_id_number (const char *text);

/* Nothing but its id: the rest is "", until the first update. */
LlLetter *ll_letter_new (const char *id);
/* Takes over what @from says, which is as ListLetters and GetLetter give it, and says "changed". */
void ll_letter_update (LlLetter *letter, GVariant *from);
gboolean ll_letter_is_read (LlLetter *letter);

const char *ll_letter_get_id (LlLetter *letter);
LlState ll_letter_get_state (LlLetter *letter);
/* "Anna <…>" never: addresses only, the first few and how many more. */
const char *ll_letter_get_recipients (LlLetter *letter);
/* How it went or goes to those that its state comes from: "over TLS", "" while undecided. */
const char *ll_letter_get_methods (LlLetter *letter);
/* The sentence of the recipient that the letter's state comes from. */
const char *ll_letter_get_reason (LlLetter *letter);
/* As people read it; "" where none is kept. */
const char *ll_letter_get_subject (LlLetter *letter);
/* Today as a time, else as a date, in the user's zone and language. (transfer full) */
char *ll_letter_dup_time (LlLetter *letter);

/* The subject of @letter, as of ListLetters: somebody else's words, which turn nothing around them.
 * "" where there is none. (transfer full) */
char *ll_subject_for_people (GVariant *letter);

/* "2026-11-22T16:31:00Z" as above; "" for what is no time. (transfer full) */
char *ll_time_for_people (const char *time);

G_END_DECLS
