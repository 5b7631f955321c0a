/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/store.h"

G_BEGIN_DECLS

/*
 * Asides: short texts about letters that are kept elsewhere than in the spool, sealed as letters
 * are, to the public half of the user's key pair (format: spool/states.c). Each opens for the
 * letter and the purpose that it was sealed for, and for nothing else.
 *
 * Whoever has the public half can make one: that it opens says nothing of who wrote it.
 */

/* @text: UTF-8, LL_ASIDE_MAX octets at most. Needs no keyring. Thread-safe. (transfer full) */
GBytes *ll_aside_seal (LlStore *store, const char *id, const char *purpose, const char *text);

/* Opens many of them, for one thread at a time. A key is asked for once, and so is one that cannot
 * be had: make a new one for each answer to a person. */
typedef struct _LlAsides LlAsides;

LlAsides *ll_asides_new (LlStore *store);
void ll_asides_free (LlAsides *asides);

/* LL_STORE_ERROR: LOCKED and LOST as in ll_store_read; CORRUPT: no aside, or of another letter or
 * purpose; NEWER. (transfer full) */
char *ll_asides_open (
    LlAsides *asides, const char *id, const char *purpose, GBytes *sealed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlAsides, ll_asides_free)

G_END_DECLS
