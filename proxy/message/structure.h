/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/headers.h"
#include "message/sealed.h"

G_BEGIN_DECLS

/*
 * The tree of MIME parts while a body streams by: what a letter's kind and protection
 * rest on, in memory that depends on the depth of the tree and not on its size. GMime says
 * what a Content-Type means and decodes; its own parser would keep every part.
 *
 * Structure only, never a header's claim (facts/protection.md A.7): a protected letter is one
 * whose top layer is, with content that looks like it. Parts deeper than LL_MIME_DEPTH_MAX and
 * forwarded messages are passed over unread.
 *
 * RFC 2045, 2046, 3156 (PGP/MIME), 8551 (S/MIME), 6047 (calendar), Autocrypt Level 1 1.1.
 */

typedef struct _LlStructure LlStructure;

/* @headers: of the whole message, ended. */
LlStructure *ll_structure_new (const LlHeaders *headers);

/* The same, and @watch hears of every part that has no parts: its header, its bytes as they stand
 * there (of those, the end of the line before the boundary, too), its end. Outlives it. */
typedef struct
{
  void (*begin) (const LlHeaders *headers, gpointer data);
  void (*bytes) (const char *bytes, gsize length, gpointer data);
  void (*end) (gpointer data);
} LlStructureWatch;

LlStructure *
ll_structure_new_watched (const LlHeaders *headers, const LlStructureWatch *watch, gpointer data);
void ll_structure_free (LlStructure *structure);

void ll_structure_feed (LlStructure *structure, const char *bytes, gsize length);
void ll_structure_finish (LlStructure *structure);

/* After finish. */
guint ll_structure_parts (const LlStructure *structure);
gboolean ll_structure_is_text (const LlStructure *structure); /* every part of it */
gboolean ll_structure_is_report (const LlStructure *structure);
gboolean ll_structure_is_setup (const LlStructure *structure); /* Autocrypt 1.1 4.4.1 */
gboolean ll_structure_is_calendar (const LlStructure *structure);
LlProtection ll_structure_protection (const LlStructure *structure);

/* For whom, where there is protection: its first locked part. (transfer none) */
const LlSealed *ll_structure_sealed (const LlStructure *structure);

/* The mail program signed all of it (RFC 3156 5., RFC 8551 3.5). */
gboolean ll_structure_is_signed (const LlStructure *structure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlStructure, ll_structure_free)

G_END_DECLS
