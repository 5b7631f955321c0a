/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The outline of a transferable OpenPGP key in binary (RFC 9580 10.1), before any engine
 * sees it: how many primary keys there are, and of which version. Pure and bounded; what is
 * in the packets is passed over.
 */

/* Real ones with photos stay below. */
#define LL_BLOB_MAX (64 * 1024)

typedef struct
{
  guint primaries;
  guint version; /* of the first one: 4 everywhere, 5 and 6 in a few places */
  guint user_ids;
} LlBlobOutline;

/* FALSE: not whole packets from the first octet to the last, or longer than LL_BLOB_MAX. */
gboolean ll_blob_outline (const guint8 *bytes, gsize length, LlBlobOutline *out);

G_END_DECLS
