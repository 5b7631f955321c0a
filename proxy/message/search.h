/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Whether a message says something: its subject, the names and addresses in its header, and its
 * texts as a person reads them (decoded; of HTML what stands between the tags). Upper and lower
 * case are the same, and so is any blank and any end of a line. Attachments are not looked into.
 *
 * Streams by in any pieces, in memory that does not grow with the message. What is malformed is
 * looked at as it stands; nothing is an error. RFC 2045, 2046, 2047.
 */

typedef struct _LlSearch LlSearch;

/* LL_API_ERROR_INVALID: nothing to look for, or more than LL_SEARCH_TEXT_MAX octets. */
LlSearch *ll_search_new (const char *text, GError **error);
void ll_search_free (LlSearch *search);

/* The next message; what was looked for stays. */
void ll_search_begin (LlSearch *search);

/* FALSE: it was found, more need not come. */
gboolean ll_search_feed (LlSearch *search, const char *bytes, gsize length);

/* Something about the message that does not stand in it. */
void ll_search_feed_text (LlSearch *search, const char *text);

/* The message is over: whether it says so. */
gboolean ll_search_finish (LlSearch *search);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSearch, ll_search_free)

G_END_DECLS
