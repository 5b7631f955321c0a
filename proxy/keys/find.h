/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"
#include "keys/key.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * All keys of a recipient from all sources, asked in parallel: one search for an address
 * at a time however many ask (single flight), begun beside the check of the way, eight
 * seconds in all (LL_KEYS_BUDGET), remembered for a minute. What lasts longer is kept by
 * the sources themselves.
 */

/* What a source is asked. */
typedef struct
{
  const char *address; /* normalised */
  gboolean anew;       /* a person asks: past what the source keeps */
  LlDeadline deadline;
  GCancellable *cancellable;
} LlKeyQuery;

/* One source. Blocks; appends LlKey to @found. Returns NULL, or why it could not look: a sentence
 * for people (transfer full). */
typedef struct
{
  LlKeySource source;
  char *(*find) (gpointer data, const LlKeyQuery *query, GPtrArray *found);
  gpointer data; /* (not owned) */
} LlKeyFinder;

/* Looks at a key that was found, before it counts: blocks until @query's deadline at most. The same
 * key or another one. (transfer full) */
typedef LlKey *(*LlKeyCheck) (gpointer data, LlKey *key, const LlKeyQuery *query);

typedef struct _LlKeys LlKeys;

LlKeys *ll_keys_new (const LlKeyFinder *finders, guint n);
void ll_keys_free (LlKeys *keys);

/* Before the first search. @data: not owned. */
void ll_keys_set_check (LlKeys *keys, LlKeyCheck check, gpointer data);

/* How far one source is. */
typedef struct
{
  LlKeySource source;
  gboolean done;
  guint found;
  char *trouble; /* why it could not look, or NULL */
} LlKeyAnswer;

/* Begins to search, in the background; nothing when it is known or under way. */
void ll_keys_start (LlKeys *keys, const char *address);

typedef struct
{
  GPtrArray *keys; /* of LlKey */
  GStrv troubles;  /* "wkd: b.example does not answer": of the sources that could not look */
  GArray *answers; /* of LlKeyAnswer, in the order of the finders */
  gboolean done;   /* every source answered */
} LlKeyring;

/* A source answered. FALSE: that is enough. */
typedef gboolean (*LlKeysStep) (const LlKeyring *keyring, gpointer data);

/* What was found by @deadline. (transfer full), never NULL */
LlKeyring *ll_keys_wait (LlKeys *keys, const char *address, LlDeadline deadline);
void ll_keyring_free (LlKeyring *keyring);

/* The same, and @step after each answer, beginning with those that are there. */
LlKeyring *ll_keys_follow (
    LlKeys *keys, const char *address, LlDeadline deadline, LlKeysStep step, gpointer data);

/* The next search for @address asks every source anew, past what it keeps. */
void ll_keys_ask_anew (LlKeys *keys, const char *address);

/* A key came or went, or the network changed: the next one searches anew. */
void ll_keys_renew (LlKeys *keys);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlKeys, ll_keys_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlKeyring, ll_keyring_free)

G_END_DECLS
