/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"

G_BEGIN_DECLS

/*
 * Words and symbols for people: what window, tray and command line show beside the
 * names of api/names.h. Short phrases, no sentence ends, nothing said beyond the
 * evidence (promise 8): a lock is shown for what is assured, and for nothing else.
 *
 * A symbol never stands alone. The texts are static (transfer none) and never NULL.
 */

typedef enum
{
  LL_SYMBOLS_UNICODE,
  LL_SYMBOLS_ASCII, /* for terminals without UTF-8 */
} LlSymbols;

const char *ll_text_state (LlState state);
const char *ll_text_state_symbol (LlState state, LlSymbols symbols);
const char *ll_text_evidence (LlEvidence evidence);
const char *ll_text_evidence_symbol (LlEvidence evidence, LlSymbols symbols);
const char *ll_text_why (LlWhy why);
const char *ll_text_source (LlSource source);
const char *ll_text_bound (LlBound bound);
const char *ll_text_confidence (LlConfidence confidence);
const char *ll_text_confidence_symbol (LlConfidence confidence, LlSymbols symbols);
const char *ll_text_method (LlMethod method);
const char *ll_text_code (LlCode code);
/* A word of a letter's timeline; one that is not known here as it is. */
const char *ll_text_event (const char *event);

/* "eve@plain.lab", or "eve@plain.lab and 2 more", for @others beside her; the address keeps its
 * direction (api/bidi.h). A line of its own. (transfer full) */
char *ll_text_people (const char *address, guint others);

/* What became of one recipient of a letter. */
typedef struct
{
  LlMethod method;
  LlState state;
  LlBound bound;
} LlFate;

/* What is always said where it is so (design 4.6), for recipient @i of a letter whose @n
 * recipients have these @fates; empty where nothing is. (transfer container, strings static) */
GPtrArray *ll_text_always_said (const LlFate *fates, gsize n, gsize i);

/* A letter that left locked for some and open for others; else NULL. */
const char *ll_text_warning (const LlFate *fates, gsize n);

G_END_DECLS
