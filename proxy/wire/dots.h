/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The content of a letter on the wire: taking the dots away behind DATA, putting
 * them in for the provider, counting BDAT chunks. Streams of any split; knows
 * nothing of commands.
 *
 * Data ends with CRLF.CRLF and nothing else, and no lone CR passes: whatever
 * another server might take for the end of data cannot be carried past us.
 *
 * RFC 5321 2.3.8, 4.1.1.4, 4.5.2; RFC 3030.
 */

typedef enum
{
  LL_UNDOT_LINE, /* at the start of a line */
  LL_UNDOT_TEXT,
  LL_UNDOT_BARE,   /* behind LF alone: a new line, but one where a dot means nothing */
  LL_UNDOT_CR,     /* CR seen, LF must follow */
  LL_UNDOT_DOT,    /* CRLF. seen */
  LL_UNDOT_DOT_CR, /* CRLF.CR seen */
} LlUndotState;

typedef struct
{
  LlUndotState state;
  gboolean dotted;          /* DATA; FALSE for BDAT, where a dot is a dot */
  gboolean bare_lf_refused; /* else LF alone becomes CRLF */
  gboolean saw_bare_lf;
  gboolean added_crlf; /* by ll_undot_finish() */
  const char *fault;   /* (static) the first reason to refuse this content, or NULL */
} LlUndot;

void ll_undot_init (LlUndot *undot, gboolean dotted, gboolean bare_lf_refused);

/* Takes bytes up to the end of data and appends to @content what they mean. Returns how many
 * bytes it took; *ended is set when they held the end (never for BDAT). After a fault it goes
 * on to the end, and appends nothing more. */
gsize
ll_undot_feed (LlUndot *undot, const char *bytes, gsize length, GString *content, gboolean *ended);

/* After the last BDAT chunk: adds the CRLF that a last line may lack. */
void ll_undot_finish (LlUndot *undot, GString *content);

/* One BDAT chunk. */
typedef struct
{
  guint64 left;
  gboolean last;
} LlChunk;

/* How many of @length bytes belong to the chunk; counts them off. */
gsize ll_chunk_take (LlChunk *chunk, gsize length);

typedef struct
{
  gboolean inside_line;
} LlStuff;

#define LL_STUFF_INIT                                                                              \
  {                                                                                                \
    FALSE                                                                                          \
  }

/* Appends @bytes with a dot before each dot that starts a line. */
void ll_stuff_feed (LlStuff *stuff, const char *bytes, gsize length, GString *out);

/* The end of data, behind a CRLF. */
void ll_stuff_finish (LlStuff *stuff, GString *out);

G_END_DECLS
