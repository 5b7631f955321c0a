/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The words of the bus that stand in its dictionaries as values ("mode": "forced"), in the language
 * of people. The enums with sentences of their own (states, evidence …) are in api/text.h.
 */

/* What @value under @key means; @value itself where it is no such word (an address, a name).
 * (transfer none, of @value at most) */
const char *ll_words_of (const char *key, const char *value);

G_END_DECLS
