/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "keys/key.h"

G_BEGIN_DECLS

/*
 * Which of somebody's keys locks a letter, on one page: pure, no I/O, no clock of its
 * own (design 4.4; facts/protection.md A.4).
 *
 *   used by itself    what the user accepted or keeps in his own keyring; what the recipient's own
 *                     domain publishes now; a certificate that verifies
 *   asked about once  any other that is sound
 *   holds the letter  a key that took the place of the one that was used before
 *   never             what the user rejected; what has a defect
 */

/* What the user and the past say of one address and one method. */
typedef struct
{
  char *accepted;   /* fingerprint, or NULL */
  GStrv rejected;   /* fingerprints; NULL: none */
  char *used;       /* fingerprint of the one that was used last, or NULL */
  LlKeySource from; /* where that one was found */
} LlContactKey;

typedef enum
{
  LL_LOCK_NO_KEY,       /* there is none, or none is sound */
  LL_LOCK_ASKS_FOR_KEY, /* there is one, and nobody vouches for it */
  LL_LOCK_OTHER_KEY,    /* there is another one than the last time */
  LL_LOCK_READY,
} LlLockFound;

typedef struct
{
  LlLockFound found;
  const LlKey *key; /* (borrowed) READY: to be used; ASKS, CHANGED: to be asked about; NO_KEY:
                     * the best of those with a defect, or NULL */
  guint others;     /* sound ones beside it */
  LlTrust trust;    /* why it may be used: its own, or ACCEPTED */
} LlLockChoice;

typedef enum
{
  LL_TRUST_STRICT,        /* only what the user accepted */
  LL_TRUST_ACCEPTED_ONES, /* the default: and what the domain publishes, and what verifies */
  LL_TRUST_OPPORTUNISTIC, /* anything sound: better than nothing, shown as unchecked */
} LlTrustLevel;

/* Of one key, with what the user said of it. @contact: NULL: nothing. */
LlTrust ll_trust_of (const LlKey *key, const LlContactKey *contact);

/* @keys: of LlKey, all of one address. @contact: NULL: nothing is known. */
LlLockChoice ll_trust_choose (const GPtrArray *keys,
                              LlMethod method,
                              const char *address,
                              const LlContactKey *contact,
                              LlTrustLevel level,
                              gint64 now);

G_END_DECLS
