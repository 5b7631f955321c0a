/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Whether what an engine made is what it was asked for: an OpenPGP message, whole to its end,
 * locked for the keys that were chosen and for no others. An engine that is broken, or is none, may
 * say that all went well; its word is not taken for it. Pure; looks at packets while they stream
 * by, and keeps their beginning alone. Keys that are not named cannot be compared, and are refused.
 * RFC 9580 4.2 (packets), 5.1 (PKESK), 10.3 (messages).
 */

typedef struct
{
  GByteArray *head; /* what stands before the data, at most LL_SESSION_KEYS_MAX */
  guint8 lead[6];   /* of a packet, or of a partial length, that is not all there yet */
  guint n_lead;
  guint64 left;     /* octets of this packet, or of this part of it */
  gboolean partial; /* another length comes behind them */
  gboolean open;    /* it reaches to the end, wherever that is */
  gboolean data;    /* the encrypted data has begun: nothing may stand behind it */
  gboolean bad;
} LlAddressed;

void ll_addressed_init (LlAddressed *addressed);
void ll_addressed_clear (LlAddressed *addressed);

/* FALSE: it cannot be a locked letter, whatever comes. */
gboolean ll_addressed_feed (LlAddressed *addressed, const guint8 *bytes, gsize length);

/* At the end. @keys: of LlKey. LL_ENGINE_ERROR_FAILED, in words for people. */
gboolean ll_addressed_check (const LlAddressed *addressed, const GPtrArray *keys, GError **error);

G_END_DECLS
