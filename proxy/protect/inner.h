/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/safe.h"
#include "message/surgery.h"

G_BEGIN_DECLS

/*
 * The inside of a letter on its way into a lock: the spooled bytes with the edits of
 * its surgery, a block at a time, so that no letter is ever whole in memory.
 */

typedef struct _LlInner LlInner;

/* Up to @length octets of the letter, 0 at its end, -1 on error: ll_reader_read, or a test's. */
typedef gssize (*LlPull) (gpointer data, void *bytes, gsize length, GError **error);

/* @pull at the letter's first byte; its @data and @surgery are not owned and outlive the result.
 * LL_MESSAGE_ERROR when the edits are impossible. */
LlInner *ll_inner_new (LlPull pull, gpointer data, const LlSurgery *surgery, GError **error);
void ll_inner_free (LlInner *inner);

/* From the first byte on it comes in the form that can be signed. @plan: of the very same bytes,
 * finished; not owned. */
void ll_inner_make_safe (LlInner *inner, const LlSafePlan *plan);

/* The next block, owned by @inner until the next call; *length 0: the end. FALSE on error. */
gboolean ll_inner_next (LlInner *inner, const char **bytes, gsize *length, GError **error);

/* Where sealed bytes go. FALSE stops. */
typedef gboolean (*LlSink) (const void *bytes, gsize length, gpointer data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlInner, ll_inner_free)

G_END_DECLS
