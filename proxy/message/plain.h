/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/headers.h"

G_BEGIN_DECLS

/*
 * A text part as a person reads it: transfer encoding and charset undone, HTML without its tags.
 * Made to be searched, not to be shown: no layout. Streams, in pieces of any size; what is
 * malformed comes as it stands.
 */

typedef void (*LlPlainSink) (const char *text, gsize length, gpointer data);

typedef struct _LlPlain LlPlain;

/* @headers: of the part. NULL: it is no text. */
LlPlain *ll_plain_new (const LlHeaders *headers, LlPlainSink sink, gpointer data);
void ll_plain_free (LlPlain *plain);

void ll_plain_feed (LlPlain *plain, const char *bytes, gsize length);
void ll_plain_finish (LlPlain *plain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlPlain, ll_plain_free)

G_END_DECLS
