/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The Autocrypt header of somebody's letter (Autocrypt Level 1, "The Autocrypt Header"): the key
 * that he wants to be written to with. Anybody can write one, so it vouches for nothing. Pure and
 * bounded; what is in the key is not looked at.
 */

typedef struct
{
  char *address; /* normalised */
  gboolean mutual;
  GBytes *key; /* packets, at most LL_BLOB_MAX */
} LlAutocrypt;

void ll_autocrypt_clear (LlAutocrypt *autocrypt);

/* @value: of the header field, which may be folded. FALSE: not valid, or with an attribute that is
 * not known and must be (its name does not begin with "_"). */
gboolean ll_autocrypt_parse (const char *value, LlAutocrypt *out);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlAutocrypt, ll_autocrypt_clear)

G_END_DECLS
