/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/armour.h"

G_BEGIN_DECLS

/*
 * Whether what an engine made is what it was asked for: an OpenPGP message, whole to its end,
 * locked for the keys that were chosen and for no others. An engine that is broken, or is none, may
 * say that all went well; its word is not taken for it. Pure; looks at packets while they stream
 * by, and keeps their beginning alone. Armour is taken too: the user's gpg.conf may ask for it.
 *
 * Key ids that the user's GnuPG hides (throw-keyids) cannot be compared and are not refused; no key
 * that is named may be another's. RFC 9580 4.2 (packets), 5.1 (PKESK), 10.3 (messages).
 */

typedef struct
{
  gboolean begun;
  gboolean text; /* it is armour, and @armour looks at it */
  LlArmour armour;
  GByteArray *head; /* at most LL_SEALED_HEAD_MAX */
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
gboolean ll_addressed_check (LlAddressed *addressed, const GPtrArray *keys, GError **error);

G_END_DECLS
