/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/seal.h"
#include "spool/store.h"

G_BEGIN_DECLS

/*
 * The bytes of the spool's files, as the top of spool/states.c describes them: from
 * structs to bytes and back. Pure: no files, no keys. Everything read is bounded and
 * refused with LL_STORE_ERROR_CORRUPT (NEWER for a version that we do not know).
 */

/* SHA-256 over both stretches, cut to @length. */
void ll_format_check (
    const void *a, gsize a_length, const void *b, gsize b_length, guint8 *out, gsize length);

/* -- ID.letter ------------------------------------------------------------------------- */

#define LL_PREAMBLE_LENGTH 160
#define LL_FOOTER_LENGTH 64
#define LL_KEY_ID_LENGTH 8

/* 1000 recipients with long parameters and sentences stay well below. */
#define LL_HEADER_VARIANT_MAX (16 * 1024 * 1024)

/* The part of the preamble that the sealed key is bound to. */
#define LL_PREAMBLE_CONTEXT 32

typedef struct
{
  char id[13];
  guint8 key_id[LL_KEY_ID_LENGTH];
  LlSealedKey sealed;
} LlPreamble;

/* First the context (@sealed is filled over it), then the whole. */
void ll_format_preamble_context (const LlPreamble *preamble, guint8 context[LL_PREAMBLE_CONTEXT]);
void ll_format_preamble (const LlPreamble *preamble, guint8 out[LL_PREAMBLE_LENGTH]);
gboolean ll_parse_preamble (const guint8 *bytes, gsize length, LlPreamble *out, GError **error);

typedef struct
{
  guint64 size; /* of the content */
  guint64 header;
  guint64 facts;
  guint8 check[32];
} LlFooter;

/* Octets that @size octets of content take when sealed. */
guint64 ll_format_content_length (guint64 size);

/* What stands after the content: header, sealed facts, footer. (transfer full) */
GBytes *ll_format_trailer (const guint8 preamble[LL_PREAMBLE_LENGTH],
                           guint64 size,
                           GBytes *header,
                           GBytes *facts);

/* @file_length: of the whole file; the sum of its parts must be that. */
gboolean ll_parse_footer (const guint8 bytes[LL_FOOTER_LENGTH],
                          guint64 file_length,
                          LlFooter *out,
                          GError **error);

/* Whether the checksum of @trailer (header, facts and footer) is right. */
gboolean ll_check_trailer (const guint8 preamble[LL_PREAMBLE_LENGTH],
                           const guint8 *trailer,
                           gsize length,
                           GError **error);

/* Everything of @letter but facts and private fields. (transfer full) */
GBytes *ll_format_header (const LlLetter *letter);
gboolean ll_parse_header (GBytes *bytes, LlLetter *letter, GError **error);

/* A dictionary, or NULL for an empty one. */
GBytes *ll_format_dictionary (GVariant *dictionary);
gboolean ll_parse_dictionary (GBytes *bytes, GVariant **dictionary, GError **error);

/* -- progress ---------------------------------------------------------------------------- */

/* (transfer floating) */
GVariant *ll_format_progress (const LlProgress *progress);
/* Whether it still is what was formatted. */
gboolean ll_progress_is (const LlProgress *progress, GVariant *formatted);
LlProgress *ll_parse_progress (GVariant *variant, GError **error);

/* -- ID.journal ---------------------------------------------------------------------------- */

#define LL_JOURNAL_HEADER 32
#define LL_RECORD_HEADER 32

void ll_format_journal_header (const char *id, guint8 out[LL_JOURNAL_HEADER]);

/* FALSE without @error: no header was ever written. */
gboolean
ll_parse_journal_header (const guint8 *bytes, gsize length, const char *id, GError **error);

typedef struct
{
  guint32 sequence;
  guint32 base;
  GVariant *changes; /* a(u(uubuxxmsmsma{sv})) */
} LlRecord;

/* @changes is sunk. (transfer full), padded */
GBytes *ll_format_record (const char *id, guint32 sequence, guint32 base, GVariant *changes);

/* The record at the start of @bytes; *taken: its padded length. FALSE: none is there. */
gboolean
ll_parse_record (const guint8 *bytes, gsize length, const char *id, LlRecord *out, gsize *taken);

G_END_DECLS
