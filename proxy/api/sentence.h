/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The daemon's sentences in the user's language.
 *
 * They are English on the bus, in the ledger and in errors, as scripts, proofs and replies to mail
 * programs need them. A program that binds a gettext domain (window, tray) takes one apart by the
 * texts that the daemon makes them from, which are built in, and puts it together again from their
 * translations. So records of any age follow the language, and no text stands twice. What was made
 * from none of them, such as a server's own words or a person's, stays as it is.
 *
 * In a program without a domain, or where the language has no translations, nothing changes.
 */

/* (transfer full) */
char *ll_sentence (const char *english);

/* Of a dictionary of the bus, as ll_read_text. (transfer full) */
char *ll_sentence_read (GVariant *dict, const char *key);

/* The same with the message of @error, which may be NULL. */
void ll_sentence_of_error (GError *error);

G_END_DECLS
