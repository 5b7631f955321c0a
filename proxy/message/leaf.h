/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/armour.h"
#include "message/headers.h"

G_BEGIN_DECLS

/*
 * One part that has no parts: its type from its header, and what its decoded content
 * turns out to be, for as long as anybody wants to know.
 */

typedef enum
{
  LL_LEAF_EMPTY,
  LL_LEAF_PGP,       /* an OpenPGP message and nothing else */
  LL_LEAF_ENVELOPED, /* a CMS enveloped message */
  LL_LEAF_SIGNED,    /* a CMS signed message */
  LL_LEAF_VERSION,   /* "Version: 1", which stands before a PGP/MIME message */
  LL_LEAF_OTHER,
} LlLeafFound;

typedef struct
{
  char *type; /* "text/plain", lower case */
  char *boundary;
  char *name;     /* file name, or NULL */
  char *protocol; /* parameter, lower case, or NULL */
  gboolean calendar_method;
} LlPartType;

/* GMime is ready: before anything of this room is asked of it. Any thread, any number of times. */
void ll_message_start (void);

/* What the part's header says; text/plain where it says nothing. */
void ll_part_type_init (LlPartType *type, const LlHeaders *headers);
void ll_part_type_clear (LlPartType *type);

typedef struct _LlLeaf LlLeaf;

/* Takes over what is in @type. */
LlLeaf *ll_leaf_new (LlPartType *type, const LlHeaders *headers);
void ll_leaf_free (LlLeaf *leaf);

/* FALSE: nobody needs more of it. */
gboolean ll_leaf_feed (LlLeaf *leaf, const char *bytes, gsize length);

LlLeafFound ll_leaf_finish (LlLeaf *leaf);

/* For whom, when it is PGP or ENVELOPED. After finish. (transfer none) */
const LlSealed *ll_leaf_sealed (const LlLeaf *leaf);

const LlPartType *ll_leaf_type (const LlLeaf *leaf);

/* A calendar with a method, in its header or in itself. After finish. */
gboolean ll_leaf_is_calendar (const LlLeaf *leaf);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLeaf, ll_leaf_free)

G_END_DECLS
