/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/store.h"

G_BEGIN_DECLS

/*
 * Originals: letters as the mail program wrote them, kept after their locked copies left, so that
 * their sender can read what he sent. The very file of the letter, sealed as it was in the spool
 * (states.c), in a folder of their own. Which letters are kept, and for how long, others decide.
 *
 * Thread-safe. Errors: LL_STORE_ERROR; LOCKED and LOST as in ll_store_read.
 */

/* Keeps @letter, which the caller owns; needs no key. Durable when it returns TRUE; once more is
 * no harm. */
gboolean ll_store_keep_original (LlStore *store, const LlLetter *letter, GError **error);

/* When the letter came (wall seconds); 0: it is not kept. */
gint64 ll_store_original_time (LlStore *store, const char *id);

/* From the first byte. ABSENT: it is not kept. (transfer full) */
LlReader *ll_store_read_original (LlStore *store, const char *id, GError **error);

typedef struct
{
  char *id;
  gint64 time; /* wall seconds */
} LlOriginal;

/* Newest first. (transfer full) of LlOriginal */
GPtrArray *ll_store_list_originals (LlStore *store);

/* Those that came before @before go. Returns how many. */
guint ll_store_prune_originals (LlStore *store, gint64 before);

G_END_DECLS
