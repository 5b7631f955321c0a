/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/store.h"

G_BEGIN_DECLS

/*
 * Copies of a letter that leave with other bytes than it came with: locked ones. They
 * lie beside it as ID.copyN, sealed like its content under a key of their own that is
 * derived from the letter's, and go with it. A copy is made once and leaves the same at
 * every try (facts/protection.md A.1); one that a crash left half made is made again.
 *
 * Errors: LL_STORE_ERROR (FULL, LOCKED, LOST, CORRUPT, ABSENT, IO).
 */

typedef struct _LlCopyWriter LlCopyWriter;

/* @number: that of the first of its recipients, counted from 1; an older one of that number is
 * replaced at commit. */
LlCopyWriter *ll_store_copy_begin (LlStore *store, LlLetter *letter, guint number, GError **error);
gboolean ll_copy_write (LlCopyWriter *writer, const void *bytes, gsize length, GError **error);

/* Durable when it returns TRUE. Consumes @writer in every case. */
gboolean ll_copy_commit (LlCopyWriter *writer, GError **error);
void ll_copy_abandon (LlCopyWriter *writer);

/* From the first byte; *size: octets of it. */
LlReader *
ll_store_read_copy (LlStore *store, LlLetter *letter, guint number, guint64 *size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlCopyWriter, ll_copy_abandon)

G_END_DECLS
