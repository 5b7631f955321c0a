/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/upstream.h"
#include "wire/client.h"

G_BEGIN_DECLS

/*
 * The content of a copy on its way out: read from the spool, edited, dotted or chunked, in a
 * buffer of fixed size. Holds back its last bytes until before_dot has said yes: what breaks
 * before is TEMPORARY, what breaks after is UNCERTAIN.
 */

typedef struct _LlContent LlContent;

/* @reader (not owned) at the first byte of @size octets. LL_MESSAGE_ERROR when the edits are
 * impossible. */
LlContent *ll_content_new (LlReader *reader, guint64 size, const GPtrArray *edits, GError **error);
void ll_content_free (LlContent *content);

/* Octets that leave, dots not counted. */
guint64 ll_content_size (const LlContent *content);

typedef struct
{
  LlClient *client;
  const char *host;
  gboolean chunked; /* BDAT; else DATA was answered with 354 */
  LlCopy *copy;
  LlBeforeDot before_dot;
  gpointer data;
  LlDeadline deadline;
  GCancellable *cancellable;
} LlSending;

/* Once. What became of the copy; *usable: the connection can take another one. (transfer full) */
LlResult *ll_content_send (LlContent *content, const LlSending *sending, gboolean *usable);

G_END_DECLS
