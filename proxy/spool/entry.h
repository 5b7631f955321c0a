/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/format.h"
#include "spool/identity.h"

G_BEGIN_DECLS

/*
 * The bytes of the log, as the top of spool/states.c describes them. Pure, bounded: what is torn,
 * cut off, or of an earlier epoch is no entry.
 */

#define LL_LOG_HEADER 32
#define LL_LOG_ENTRY_HEADER 48

/* What an entry with @length octets takes. */
#define LL_LOG_ENTRY_OF(length) (LL_LOG_ENTRY_HEADER + (((gsize) (length) + 7) & ~(gsize) 7))

typedef enum
{
  LL_LOG_LETTER = 1, /* the bytes of ID.letter */
  LL_LOG_RECORD,     /* as in ID.journal */
  LL_LOG_GONE,
} LlLogKind;

typedef struct
{
  LlLogKind kind;
  char id[LL_ID_LENGTH + 1];
  const guint8 *payload; /* in what was parsed */
  gsize length;
} LlLogEntry;

void ll_format_log_header (guint64 epoch, guint8 out[LL_LOG_HEADER]);

/* FALSE without @error: no log was begun here. LL_STORE_ERROR_NEWER. */
gboolean ll_parse_log_header (const guint8 *bytes, gsize length, guint64 *epoch, GError **error);

/* (transfer full) */
GBytes *ll_format_log_entry (
    guint64 epoch, LlLogKind kind, const char *id, const void *payload, gsize length);

/* The entry at the start of @bytes; *taken: all of it. FALSE: none is there. */
gboolean ll_parse_log_entry (
    const guint8 *bytes, gsize length, guint64 epoch, LlLogEntry *out, gsize *taken);

G_END_DECLS
