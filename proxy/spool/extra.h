/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What is kept with a recipient beside its state, by key: what the ledger shows (evidence, source,
 * bound, ..., proof) and marks of the journey. It is asked and changed dozens of times while a
 * letter leaves, so it changes in place, and is one a{sv} only where that is written.
 */
typedef struct _LlExtra LlExtra;

LlExtra *ll_extra_new (void);
void ll_extra_free (LlExtra *extra);

/* @value (floating: taken) in the place of @key; NULL removes it. */
void ll_extra_put (LlExtra *extra, const char *key, GVariant *value);
void ll_extra_put_text (LlExtra *extra, const char *key, const char *text);

/* @key and @word live as long as the program, as literals and the words of api/names do: what is
 * made of them is made once, and shared by all letters. */
void ll_extra_put_word (LlExtra *extra, const char *key, const char *word);
void ll_extra_put_flag (LlExtra *extra, const char *key, gboolean flag);

/* Puts all that @dictionary, a{sv}, has (floating: taken). */
void ll_extra_put_all (LlExtra *extra, GVariant *dictionary);

/* NULL, FALSE, 0: there is none, or one of another type. What is returned lives until its key is
 * put or the whole freed. */
GVariant *ll_extra_get (const LlExtra *extra, const char *key, const GVariantType *type);
const char *ll_extra_text (const LlExtra *extra, const char *key);
gboolean ll_extra_flag (const LlExtra *extra, const char *key);
guint32 ll_extra_number (const LlExtra *extra, const char *key);

/* As it is now, a{sv}; NULL when it is empty. (transfer none) until the next change */
GVariant *ll_extra_variant (LlExtra *extra);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlExtra, ll_extra_free)

G_END_DECLS
