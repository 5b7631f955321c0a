/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A cursor over bytes, for the small grammars: no copies, no allocation, no
 * locale, never past the end. Each function either consumes what it names and
 * returns TRUE, or leaves the cursor where it was and returns FALSE.
 */

typedef struct
{
  const char *at; /* (not owned) */
  const char *end;
} LlScan;

/* @bytes: may be %NULL when @length is 0. */
LlScan ll_scan (const char *bytes, gsize length);
LlScan ll_scan_string (const char *string);

gboolean ll_scan_at_end (const LlScan *scan);

/* One given byte. */
gboolean ll_scan_byte (LlScan *scan, char byte);

/* A word, ASCII case ignored (SMTP verbs, TLS-RPT names). */
gboolean ll_scan_word (LlScan *scan, const char *word);

/* A literal, exact. */
gboolean ll_scan_literal (LlScan *scan, const char *literal);

/* Zero or more blanks (space, tab); returns how many. */
gsize ll_scan_blanks (LlScan *scan);

/* The longest run of bytes from @set (a string); FALSE when there is none. */
gboolean ll_scan_span (LlScan *scan, const char *set, LlScan *run);

/* All up to, not including, @byte; FALSE when @byte does not occur. */
gboolean ll_scan_until (LlScan *scan, char byte, LlScan *run);

/* A decimal number of at most @max; FALSE on no digit or on more than @max. */
gboolean ll_scan_number (LlScan *scan, guint64 max, guint64 *number);

gsize ll_scan_length (const LlScan *run);

/* (transfer full) */
char *ll_scan_dup (const LlScan *run);

/* ASCII case ignored. */
gboolean ll_scan_equals (const LlScan *run, const char *word);

G_END_DECLS
