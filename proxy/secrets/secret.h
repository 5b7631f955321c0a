/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A password, token or private key in memory that we own: locked against swap
 * where the kernel lets us, left out of core dumps, wiped on free. Never printed,
 * never in a GVariant that leaves the process, never in an error text.
 */

typedef struct _LlSecret LlSecret;

/* Copies @bytes. Binary safe; a NUL follows that is not counted. */
LlSecret *ll_secret_new (const char *bytes, gsize length);
LlSecret *ll_secret_new_string (const char *string);

LlSecret *ll_secret_copy (const LlSecret *secret);
void ll_secret_free (LlSecret *secret); /* NULL is fine */

/* (transfer none), NUL-terminated */
const char *ll_secret_peek (const LlSecret *secret);
gsize ll_secret_length (const LlSecret *secret);

/* In time that does not depend on where they differ. */
gboolean ll_secret_equal (const LlSecret *secret, const char *bytes, gsize length);

/* Overwrites memory that is not a LlSecret, in a way no compiler removes. */
void ll_secret_wipe (void *bytes, gsize length);

/* So, and frees it; NULL is fine. */
void ll_secret_wipe_text (char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSecret, ll_secret_free)

G_END_DECLS
